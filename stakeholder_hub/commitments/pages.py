"""What the pages of commitments and texts show, put together in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import bodies_acted_for
from stakeholder_hub.commitments.clauses import Change, Clause, compare
from stakeholder_hub.commitments.forms import TextForm
from stakeholder_hub.commitments.models import Commitment, Evidence, Finding, TextVersion
from stakeholder_hub.commitments.operations.wording import Promise
from stakeholder_hub.commitments.parts import askers_for, clauses_told, edit_url
from stakeholder_hub.commitments.policy import may_revise_text, may_show, may_verify
from stakeholder_hub.commitments.queries import (
    bodies_below,
    current_text,
    evidence_of,
    versions_of,
)
from stakeholder_hub.commitments.steps import Step, steps_for
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.deliberation.asked import discussion_asked
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.errors import NotAllowed, NotFound
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.ratifications.parts import ratification_part
from stakeholder_hub.ratifications.queries import ratification_of
from stakeholder_hub.ratifications.rules import Rule
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.attachments import attachments_of_many
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.territories.crumbs import crumbs_for

NOT_YOURS = _l("Only officials of a body that stands behind this decision can ask others, once it binds.")


def crumbs_of(commitment: Commitment) -> list[tuple[str, str | None]]:
    """The way to a commitment."""
    return crumbs_for(
        commitment.territory,
        (_("Commitments"), url_for("commitments.index")),
        (commitment.reference, None),
    )


def commitment_page(commitment: Commitment, actor: Actor) -> dict[str, Any]:
    """Everything about a commitment, with what this reader can do."""
    shown = evidence_of(commitment, actor)
    return {
        "commitment": commitment,
        "offer": Promise.from_json(commitment.offer) if commitment.offer else None,
        "decision": commitment.decision,
        "history": commitment.history,
        "evidence": [(one, _can_verify(one, actor)) for one in shown],
        "files": attachments_of_many(one.id for one in shown),
        "steps": steps_for(commitment, actor),
        "may_show": bool(actor.is_authenticated and may_show(actor, commitment)),
        "journey": journey_of(commitment, actor),
        "discussion": discussion_asked(commitment),
        "breadcrumbs": crumbs_of(commitment),
        "today": clock.today(commitment.territory.timezone),
    }


def step_page(commitment: Commitment, step: Step) -> dict[str, Any]:
    """What is asked and offered, beside the form of a step."""
    offer = Promise.from_json(commitment.offer) if commitment.offer else None
    return {"commitment": commitment, "step": step, "asked": Promise.of(commitment), "offer": offer}


def _can_verify(evidence: Evidence, actor: Actor) -> bool:
    return evidence.finding is Finding.WAITING and bool(verifiers_for(evidence, actor))


def verifiers_for(evidence: Evidence, actor: Actor) -> list[Body]:
    """The bodies for which the reader can verify this; who asked first."""
    if not actor.is_authenticated:
        return []
    found = [body for body in bodies_acted_for(actor) if may_verify(actor, evidence, body)]
    return sorted(found, key=lambda body: body.id != evidence.commitment.asker_id)


def asking(decision: Decision, actor: Actor, wanted: str) -> Body:
    """The body for which the reader asks others: the one called ``wanted``, else the first.

    Raises:
        NotAllowed: the reader acts for none that stands behind the decision, or it does not bind.
    """
    found = askers_for(decision, actor)
    if not found:
        raise NotAllowed(NOT_YOURS)
    return next((body for body in found if body.slug == wanted), found[0])


@dataclass(frozen=True)
class Desk:
    """What a text is written with: for whom, which version there is, and the bodies that ratify or can be asked to."""

    asker: Body
    text: TextVersion | None
    bodies: Sequence[Body]

    def arguments(self, form: TextForm) -> dict[str, Any]:
        """What the operation takes."""
        if self.text is not None:
            return {
                "clauses": form.drafts,
                "note": form.note.data or "",
                "version": form.version.data or 0,
                "until": form.until.data,
            }
        return {
            "asker": self.asker,
            "clauses": form.drafts,
            "bodies": form.ratifiers,
            "rule": Rule(form.rule.data),
            "needed": form.needed.data or 0,
            "until": form.until.data,
        }


def writing(decision: Decision, actor: Actor, wanted: str) -> Desk:
    """What is needed to write the text of a decision, or a new version of it.

    Raises:
        NotAllowed: the reader does not act for the body whose text it is, or would be.
    """
    text = current_text(decision)
    if text is None:
        asker = asking(decision, actor, wanted)
        return Desk(asker, None, bodies_below(asker))
    require(may_revise_text(actor, text))
    ratification = ratification_of(decision)
    return Desk(text.asker, text, [seat.body for seat in ratification.seats] if ratification else [])


@dataclass(frozen=True)
class Revision:
    """A version with what changed in it, and whose ratification it reset."""

    text: TextVersion
    changes: Sequence[Change]
    reset: Sequence[Body]


def text_page(decision: Decision, actor: Actor) -> dict[str, Any]:
    """The text of a decision, who ratified it, and all its versions.

    Raises:
        NotFound: it has none.
    """
    versions = versions_of(decision)
    ratification = ratification_of(decision)
    if not versions or ratification is None:
        raise NotFound()
    bodies = {seat.body_id: seat.body for seat in ratification.seats}
    revisions = [
        Revision(
            after,
            [c for c in _compared(before, after, bodies) if c.kind != "same"],
            [bodies[number] for number in after.reset_bodies if number in bodies],
        )
        for before, after in zip(versions[1:], versions, strict=False)
    ]
    return {
        "decision": decision,
        "text": versions[0],
        "clauses": clauses_told(versions[0], ratification),
        "ratification": ratification_part(decision, actor, ratification),
        "revisions": revisions,
        "edit_url": edit_url(decision, versions[0], actor),
        "zone": decision.territory.timezone,
        "breadcrumbs": crumbs_for(
            decision.territory, (str(decision.title.original), record_url(decision)), (_("Text"), None)
        ),
    }


def _compared(before: TextVersion, after: TextVersion, bodies: dict[int, Body]) -> list[Change]:
    old, new = ([Clause.from_json(one) for one in text.clauses] for text in (before, after))
    return compare(old, new, material=after.material, everybody=bodies)
