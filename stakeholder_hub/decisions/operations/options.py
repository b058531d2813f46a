"""What stands on a ballot: proposals, answers of one's own, or the fixed answers of a question."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from stakeholder_hub.consultations.drafts import LONGEST_TITLE
from stakeholder_hub.consultations.templates import said_in
from stakeholder_hub.decisions.kinds import ANSWERS, Method
from stakeholder_hub.decisions.models import Ballot, BallotOption
from stakeholder_hub.decisions.operations.terms import WITH_ANSWERS, Terms
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, Reason
from stakeholder_hub.kernel.i18n import INTERFACE, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Link, Relation
from stakeholder_hub.records.operations import add_link

MOST_OPTIONS = 500


def set_options(ballot: Ballot, terms: Terms, *, actor: Actor) -> None:
    """Put the options on a ballot that has none.

    Raises:
        Invalid: with the reason at ``proposals`` or ``answers``.
    """
    proposals = list(dict.fromkeys(terms.get("proposals", ())))
    answers = _own_answers(ballot, terms.get("answers", ()))
    for proposal in proposals:
        _put_to_vote(ballot, proposal, actor=actor)
    if ballot.method.asks_one_question:
        _set_answers(ballot, proposals, terms.get("wording", ()))
    else:
        _set_choices(ballot, proposals, answers)
    db.session.flush()
    db.session.expire(ballot, ["options"])


def _set_answers(ballot: Ballot, proposals: Sequence[Proposal], wording: Sequence[Multilingual]) -> None:
    if len(proposals) > 1:
        raise Invalid(_l("One question is asked here: choose one proposal, or none."), "proposals")
    subject = proposals[0].id if proposals else None
    said = wording or [in_interface(answer, ballot.source_language) for answer in ANSWERS[ballot.method]]
    if len(said) != len(ANSWERS[ballot.method]):
        raise Invalid(_l("Each of the fixed answers needs its words."), "wording")
    for position, answer in enumerate(said, start=1):
        _add(ballot, position, answer, subject if position == 1 else None)


def _set_choices(ballot: Ballot, proposals: Sequence[Proposal], answers: Sequence[Multilingual]) -> None:
    number = len(proposals) + len(answers)
    if not 1 <= number <= MOST_OPTIONS:
        where = "answers" if ballot.method is Method.MULTIPLE_CHOICE else "proposals"
        raise Invalid(_l("Put between 1 and %(most)s proposals on the ballot.", most=MOST_OPTIONS), where)
    if ballot.min_choices > number:
        raise Invalid(_l("There are fewer proposals on the ballot than people must choose."), "min_choices")
    for position, proposal in enumerate(proposals, start=1):
        label = proposal.category.name.original.text if proposal.category else None
        _add(ballot, position, proposal.title, proposal.id, proposal.cost, label)
    for position, answer in enumerate(answers, start=len(proposals) + 1):
        _add(ballot, position, answer)


def _own_answers(ballot: Ballot, answers: Sequence[str | Multilingual]) -> list[Multilingual]:
    given = [
        a if isinstance(a, Multilingual) else Multilingual.of(a, ballot.source_language) for a in answers
    ]
    tidy = [
        replace(answer, texts={code: " ".join(text.split()) for code, text in answer.texts.items()})
        for answer in given
        if answer.original.text.strip()
    ]
    written = [answer.original.text for answer in tidy]
    if written and ballot.method not in WITH_ANSWERS:
        raise Invalid(_l("Answers of your own do not go with this way of voting."), "answers")
    if len(set(written)) != len(written):
        raise Invalid(_l("The same answer stands here twice."), "answers")
    if any(len(text) > LONGEST_TITLE for answer in tidy for text in answer.texts.values()):
        raise Invalid(_l("An answer has more than %(most)s characters.", most=LONGEST_TITLE), "answers")
    return tidy


def in_interface(text: Reason, source: str) -> Multilingual:
    """``text`` in every language of the interface, from ``source`` if that is one of them."""
    start = source if source in INTERFACE else INTERFACE[0]
    title = Multilingual.of(said_in(text, start), start)
    for code in INTERFACE:
        if code != start:
            title = title.with_translation(code, said_in(text, code))
    return title


def _add(
    ballot: Ballot,
    position: int,
    title: Multilingual,
    proposal_id: int | None = None,
    cost: int | None = None,
    label: str | None = None,
) -> None:
    db.session.add(
        BallotOption(
            ballot=ballot,
            position=position,
            proposal_id=proposal_id,
            title=title,
            cost=cost,
            group_label=label,
        )
    )


def _put_to_vote(ballot: Ballot, proposal: Proposal, *, actor: Actor) -> None:
    title = proposal.title.original.text
    if proposal.consultation_id != ballot.consultation_id:
        raise Invalid(_l("One of these proposals belongs to another consultation."), "proposals")
    if ballot.method is Method.BUDGET:
        _check_cost(ballot, proposal)
    if ProposalState.ON_BALLOT not in proposal.moves.get(proposal.state, frozenset()):
        raise Invalid(
            _l("“%(title)s” cannot be put to the vote: %(state)s.", title=title, state=proposal.state_label),
            "proposals",
        )
    proposal.move_to(ProposalState.ON_BALLOT)
    add_link(proposal, Relation.PUT_TO_VOTE, ballot, actor=actor)


def _check_cost(ballot: Ballot, proposal: Proposal) -> None:
    title = proposal.title.original.text
    if not proposal.cost:
        raise Invalid(_l("“%(title)s” has no cost: a budget vote needs one.", title=title), "proposals")
    if proposal.cost > (ballot.budget or 0):
        raise Invalid(_l("“%(title)s” costs more than the whole budget.", title=title), "proposals")


def clear_options(ballot: Ballot) -> None:
    """Take everything off a ballot; its proposals can be put to another vote."""
    ids = [option.proposal_id for option in ballot.options if option.proposal_id is not None]
    waiting = sa.select(Proposal).where(Proposal.id.in_(ids), Proposal.state == ProposalState.ON_BALLOT)
    for proposal in db.session.scalars(waiting):
        proposal.move_to(ProposalState.ADMITTED)
    for option in list(ballot.options):
        db.session.delete(option)
    db.session.execute(
        sa.delete(Link).where(Link.target_id == ballot.id, Link.relation == Relation.PUT_TO_VOTE)
    )
    db.session.flush()
    db.session.expire(ballot, ["options"])
