"""Evidence that a promise is kept, and what another body says of it."""

from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments.events import EvidenceGiven, EvidenceVerified
from stakeholder_hub.commitments.models import Claim, Commitment, CommitmentState, Evidence, Finding
from stakeholder_hub.commitments.operations.holding import hold, let_all_read, move
from stakeholder_hub.commitments.operations.wording import checked_reasons
from stakeholder_hub.commitments.policy import may_show, may_verify
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import markdown, normalise, plain, web_address
from stakeholder_hub.records.attachments import attach_file
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link, add_record

LONGEST_TEXT = 20_000
SHOWS = {Claim.PARTLY: CommitmentState.PARTLY, Claim.KEPT: CommitmentState.KEPT}


@operation
def give_evidence(
    commitment: Commitment,
    *,
    claim: Claim,
    text: str,
    url: str = "",
    uploads: Sequence[FileStorage] = (),
    language: str,
    actor: Actor,
) -> Evidence:
    """Show what was done. That it was started is taken as said; that it was kept holds once another body verified it.

    Raises:
        NotAllowed: the actor does not act for the body that promised.
        Invalid: no text, or a link that is none, at the field.
    """
    hold(commitment)
    require(may_show(actor, commitment))
    try:
        said = normalise(text, longest=LONGEST_TEXT).strip()
    except Invalid as refusal:
        raise Invalid(refusal.reason, "text") from refusal
    if not said:
        raise Invalid(_l("Say what was done, and how one can see it."), "text")
    evidence = Evidence(
        title=Multilingual.of(plain(said, 120), language),
        state="published",
        territory=commitment.territory,
        group_id=commitment.group_id,
        context_id=commitment.context_id or commitment.id,
        visibility=commitment.visibility,
        source_language=language,
        commitment=commitment,
        promiser_id=commitment.body_id,
        claim=claim,
        finding=Finding.WAITING,
        body_text=said,
        body_html=markdown(said),
        url=web_address(url, field="url"),
    )
    add_record(evidence, actor=actor)
    let_all_read(evidence, commitment)
    for upload in uploads:
        attach_file(evidence, upload=upload, actor=actor)
    if commitment.state == CommitmentState.PLEDGED:
        move(commitment, CommitmentState.STARTED, body=commitment.body, language=language, actor=actor)
    emit(EvidenceGiven(actor=actor, subject=evidence))
    return evidence


@operation
def verify_evidence(
    evidence: Evidence, *, body: Body, finding: Finding, reasons: str = "", language: str, actor: Actor
) -> Evidence:
    """Say for another body whether the evidence shows what it claims. Confirmed, the promise counts as kept, or as
    kept in part; disputed, it says why, and the promise stands where it stood.

    Raises:
        NotAllowed: the actor acts for the body that promised, or not for ``body``, or it has been verified.
        Invalid: disputed without reasons.
    """
    commitment = evidence.commitment
    hold(commitment)
    db.session.refresh(evidence)
    require(may_verify(actor, evidence, body))
    if finding is Finding.WAITING:
        raise Invalid(_l("Choose from the list."), "finding")
    disputes = finding is Finding.DISPUTED
    why = checked_reasons(reasons, _l("Say what the evidence does not show.") if disputes else "")
    evidence.finding, evidence.verifier_body, evidence.verifier_id = finding, body, actor.id
    evidence.finding_reasons, evidence.finding_language = why, language
    evidence.verified_at = clock.now()
    db.session.flush()
    state = SHOWS.get(evidence.claim)
    if (
        finding is Finding.CONFIRMED
        and state is not None
        and state in commitment.moves.get(commitment.state, ())
    ):
        move(commitment, state, body=body, reasons=why, language=language, actor=actor)
        add_link(commitment, Relation.RESULTED_IN, evidence, actor=actor)
    emit(EvidenceVerified(actor=actor, subject=evidence, body=body, finding=finding.value))
    return evidence
