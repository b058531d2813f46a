"""Proposals are put forward, changed, withdrawn, answered and admitted."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.consultations.models import Consultation, Participation
from stakeholder_hub.deliberation.models import Follow
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal, ProposalState, ProposalVersion
from stakeholder_hub.proposals.operations import (
    answer_proposal,
    edit_proposal,
    set_proposal_state,
    submit_proposal,
    withdraw_proposal,
)
from stakeholder_hub.proposals.queries import history_of
from stakeholder_hub.records.models import Link, Relation
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.proposals import make_proposal
from tests.factories.territories import make_territory

pytestmark = pytest.mark.usefixtures("app")


def edit(proposal: Proposal, **changes: Any) -> Proposal:
    said = {
        "title": proposal.title.original.text,
        "body": proposal.body_text,
        "version": proposal.version,
        "category": proposal.category,
        "cost": proposal.cost,
        "actor": proposal.author,
    }
    return edit_proposal(proposal, **{**said, **changes})


def test_a_proposal_is_numbered_counted_followed_linked_and_noted() -> None:
    consultation, author = make_consultation(), make_user()
    proposal = make_proposal(consultation, title="More trees", actor=author)
    assert "-P1" in proposal.reference
    assert proposal.body_html == "<p>Plant <strong>trees</strong> along the street.</p>"
    assert (consultation.proposal_count, consultation.participant_count) == (1, 1)
    assert db.session.scalar(sa.select(Follow.user_id).where(Follow.record_id == proposal.id)) == author.id
    link = db.session.scalars(sa.select(Link).where(Link.target_id == proposal.id)).one()
    assert (link.source_id, link.relation) == (consultation.id, Relation.PROMPTED)
    assert (
        db.session.scalar(sa.select(AuditEntry).where(AuditEntry.event == "proposals.submitted")) is not None
    )


def test_a_person_with_two_proposals_takes_part_once() -> None:
    consultation, author = make_consultation(), make_user()
    make_proposal(consultation, actor=author)
    make_proposal(consultation, actor=author)
    assert (consultation.proposal_count, consultation.participant_count) == (2, 1)


def test_what_comes_from_elsewhere_is_nobodys_participation() -> None:
    consultation = make_consultation()
    title = Multilingual.of("Parkok", "hu", en="Parks")
    proposal = submit_proposal(
        consultation, title=title, body="x", language="hu", external_key="17", target="Citizens", actor=SYSTEM
    )
    assert proposal.title.in_("en").text == "Parks"
    assert proposal.source_language == "hu"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Participation)) == 0
    with pytest.raises(Conflict):
        submit_proposal(consultation, title=title, body="x", language="hu", external_key="17", actor=SYSTEM)
    assert consultation.proposal_count == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", {"title": " \u200b "}),
        ("title", {"title": "x" * 10_000}),
        ("body", {"body": "   "}),
        ("body", {"body": "x" * 20_001}),
        ("cost", {"cost": -1}),
        ("cost", {"cost": 10**15}),
        ("language", {"language": "xx"}),
        ("place", {"place": "x" * 161}),
        ("latitude", {"latitude": 46.0}),
        ("latitude", {"latitude": 91.0, "longitude": 15.0}),
        ("latitude", {"latitude": float("nan"), "longitude": 15.0}),
    ],
)
def test_what_is_not_in_order_is_refused_at_its_field(field: str, values: dict[str, Any]) -> None:
    consultation = make_consultation()
    with pytest.raises(Invalid) as refusal:
        make_proposal(consultation, **{"title": "T", **values})
    assert refusal.value.field == field
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 0


def test_a_place_must_be_near_the_town_and_the_refusal_says_how_far_it_is() -> None:
    town = make_territory(latitude=46.36, longitude=15.11)
    consultation = make_consultation(territory=town)
    near = make_proposal(consultation, latitude=46.40, longitude=15.20)
    assert (near.latitude, near.longitude) == (46.40, 15.20)
    with pytest.raises(Invalid, match=r"[0-9]+ km away"):
        make_proposal(consultation, latitude=48.2, longitude=16.37)


def test_an_amount_of_many_millions_is_kept_whole() -> None:
    proposal = make_proposal(cost=12_345_678_901)
    db.session.expire_all()
    assert proposal.cost == 12_345_678_901


def test_an_edit_keeps_what_was_said_before_and_who_said_it() -> None:
    proposal = make_proposal(title="Trees", body="Some trees.")
    author, begun = proposal.author_id, proposal.created_at
    with_more = edit(proposal, title="More trees", body="Many trees.")
    edit(with_more, body="Very many trees.")
    history = history_of(proposal)
    assert [(r.number, r.title, r.body_text) for r in history] == [
        (3, "More trees", "Very many trees."),
        (2, "More trees", "Many trees."),
        (1, "Trees", "Some trees."),
    ]
    assert history[-1].written_at == begun
    assert {r.written_by.id for r in history if r.written_by} == {author}


def test_an_edit_that_changes_nothing_leaves_no_version_and_no_note() -> None:
    proposal = make_proposal()
    before = proposal.version
    edit(proposal)
    assert proposal.version == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProposalVersion)) == 0


def test_a_change_of_the_text_alone_raises_the_version() -> None:
    proposal = make_proposal()
    with clock.frozen(proposal.updated_at):
        before = proposal.version
        edit(proposal, body="Something else.")
    assert proposal.version > before


def test_the_second_editor_is_told_and_both_texts_are_there() -> None:
    proposal = make_proposal(title="Trees")
    seen = proposal.version
    edit(proposal, title="Oaks", version=seen)
    with pytest.raises(Conflict) as refusal:
        edit(proposal, title="Limes", body="Limes smell.", version=seen)
    assert refusal.value.theirs["title"] == "Oaks"
    assert refusal.value.theirs["version"] == proposal.version
    assert refusal.value.mine == {"title": "Limes", "body": "Limes smell."}
    assert proposal.title.original.text == "Oaks"


def test_translations_of_a_title_become_stale_by_an_edit() -> None:
    proposal = make_proposal(title=Multilingual.of("Drevesa", "sl", en="Trees"), language="sl")  # type: ignore[arg-type]
    edit(proposal, title="Več dreves")
    assert proposal.title.is_stale("en")


def test_a_withdrawn_proposal_keeps_its_place_and_is_counted_no_more() -> None:
    consultation = make_consultation()
    proposal = make_proposal(consultation)
    withdraw_proposal(proposal, actor=proposal.author)
    assert proposal.state == ProposalState.WITHDRAWN
    assert proposal.withdrawn_at is not None
    assert consultation.proposal_count == 0
    with pytest.raises(NotAllowed):
        withdraw_proposal(proposal, actor=proposal.author)
    assert consultation.proposal_count == 0


def test_an_answer_holds_its_reasons_and_the_new_state() -> None:
    proposal = make_proposal()
    answer_proposal(proposal, answer="**Yes**, next year.", language="en", state="admitted", actor=SYSTEM)
    assert proposal.answer_html == "<p><strong>Yes</strong>, next year.</p>"
    assert proposal.state == ProposalState.ADMITTED
    assert proposal.answered_at is not None


def test_nothing_is_refused_admission_without_reasons() -> None:
    proposal = make_proposal()
    with pytest.raises(Invalid) as refusal:
        set_proposal_state(proposal, state="not_admitted", actor=SYSTEM)
    assert refusal.value.field == "answer"
    with pytest.raises(Invalid):
        answer_proposal(proposal, answer="  ", language="en", state="not_admitted", actor=SYSTEM)
    answer_proposal(proposal, answer="The law forbids it.", language="en", state="not_admitted", actor=SYSTEM)
    assert proposal.state == ProposalState.NOT_ADMITTED


@pytest.mark.parametrize("state", ["selected", "on_ballot", "withdrawn", "nonsense"])
def test_what_a_vote_or_the_author_decides_is_not_set_by_hand(state: str) -> None:
    with pytest.raises(Invalid):
        set_proposal_state(make_proposal(), state=state, actor=SYSTEM)


def test_an_answer_to_an_older_version_tells_what_stands_there() -> None:
    proposal = make_proposal()
    seen = proposal.version
    answer_proposal(proposal, answer="Yes.", language="en", version=seen, actor=SYSTEM)
    with pytest.raises(Conflict) as refusal:
        answer_proposal(proposal, answer="No.", language="en", version=seen, actor=SYSTEM)
    assert refusal.value.theirs["answer"] == "Yes."


def test_phases_open_and_close_to_the_millisecond() -> None:
    consultation = make_consultation()
    phase = consultation.phases[0]
    with clock.frozen(phase.ends_at - timedelta(milliseconds=1)):
        make_proposal(consultation)
    for moment in (phase.ends_at, phase.ends_at + timedelta(milliseconds=1)):
        with clock.frozen(moment), pytest.raises(NotAllowed, match="time for proposals is over"):
            make_proposal(consultation)


def test_a_proposal_has_the_visibility_of_its_consultation() -> None:
    draft: Consultation = make_consultation(published=False)
    proposal = make_proposal(draft, actor=SYSTEM)
    assert proposal.visibility == draft.visibility
