"""From what was filled in to what an operation takes, and back."""

from collections.abc import Sequence
from typing import Any

from flask import request

from stakeholder_hub.bodies.models import Body, Topic
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Invalid, NotFound
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.referrals.forms import OTHER, AnswerForm, offer_addressees
from stakeholder_hub.referrals.kinds import Gap, Outcome
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.operations.holding import chains_of
from stakeholder_hub.referrals.parties import Party
from stakeholder_hub.referrals.queries import evidence_of, nameable_by, stops_of
from stakeholder_hub.referrals.starting import addressees, all_bodies, further_addressees
from stakeholder_hub.webkit.forms import uploaded_files


def ready(form: Any, sender: Party, topic: Topic) -> Any:
    """The form with everybody who can be asked, the likeliest as choices with the reason."""
    suggested = addressees(sender, topic)
    offer_addressees(form, suggested, all_bodies(sender, {s.body.id for s in suggested}))
    if form.to_body.data not in (None, *[choice.value for choice in form.to_body.choices]):
        form.other_body.data, form.to_body.data = form.to_body.data, OTHER
    return form


def chosen(form: Any, actor: Actor) -> dict[str, Any]:
    """The values of a referral's form as the operation takes them. Raises Invalid at the field."""
    values = {k: v for k, v in form.values.items() if k not in ("other_body", "version")}
    body: Body | None = form.bodies.get(values["to_body"] or form.other_body.data)
    if body is None:
        raise Invalid(_l("Choose who is asked."), "other_body")
    return {
        **values,
        "to_body": body,
        "gap": Gap(values["gap"]),
        "evidence_records": records_named(values["evidence_records"], actor, field="evidence_records"),
        "uploads": uploaded_files(form.uploads.data),
    }


def records_named(raw: str, actor: Actor, *, field: str) -> Sequence[Record]:
    """The records with these references, parted by spaces, commas or semicolons. Raises Invalid at ``field``."""
    found: dict[int, Record] = {}
    for reference in raw.replace(",", " ").replace(";", " ").split()[:20]:
        try:
            record = load_record(reference.upper(), actor)
        except NotFound as unknown:
            reason = _l("There is no %(reference)s, or you may not see it.", reference=reference)
            raise Invalid(reason, field) from unknown
        found[record.id] = record
    return list(found.values())


def stored(referral: Referral, actor: Actor) -> dict[str, Any]:
    """What the form of a draft begins with."""
    return {
        "request": referral.title.original.text,
        "gap": referral.gap.value,
        "reason": referral.body_text,
        "to_body": referral.to_body_id,
        "skip_reason": referral.skip_reason,
        "wanted_by": referral.wanted_by,
        "evidence": referral.evidence_text,
        "evidence_links": "\n".join(referral.evidence_links),
        "evidence_records": " ".join(record.reference for record in evidence_of(referral, actor)),
        "language": referral.source_language,
        "version": referral.version,
    }


def ready_to_answer(form: AnswerForm, referral: Referral, actor: Actor) -> AnswerForm:
    """The form of an answer with what can be named and to whom it can be forwarded."""
    had = stops_of(chains_of(referral))
    form.offer(nameable_by(referral, actor), further_addressees(referral), all_bodies(referral.to_body, had))
    if not form.is_submitted():
        form.choose(request.args.get("named", ""))
    return form


def answered(form: AnswerForm, actor: Actor) -> dict[str, Any]:
    """The values of an answer as the operation takes them. Raises Invalid at the field."""
    values = {k: v for k, v in form.values.items() if k not in ("named_reference",)}
    outcome = Outcome(values["outcome"])
    named: Record | None = form.records.get(values["named"])
    if named is None and form.named_reference.data:
        named = next(iter(records_named(form.named_reference.data, actor, field="named_reference")), None)
    forward_to = form.bodies.get(values["forward_to"]) if outcome is Outcome.NOT_COMPETENT else None
    return {
        **values,
        "outcome": outcome,
        "named": named if outcome.promises else None,
        "forward_to": forward_to,
    }
