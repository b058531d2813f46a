"""The terms of a ballot: everything that stands before it opens, checked in one place."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Required, TypedDict

from stakeholder_hub.consultations.drafts import EARLIEST, LARGEST_BUDGET, LATEST
from stakeholder_hub.consultations.models import Phase
from stakeholder_hub.decisions.binding import STAKEHOLDERS, places_of
from stakeholder_hub.decisions.electorate import Electorate, Source
from stakeholder_hub.decisions.kinds import BudgetRule, Method, Offer, offer_of
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.methods.conditions import Base, Conditions, TerritoryKey
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations.body_terms import check_bodies_of
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal

FROM_LIST = _l("Choose from the list.")
WITH_ANSWERS = frozenset(Method) - {
    Method.YES_NO,
    Method.CONSENT,
    Method.GRADIENTS,
    Method.BUDGET,
    Method.IMPORTED,
}
"""Methods whose options may be answers of one's own, besides proposals."""


MOST_PROXIES = 10


class Terms(TypedDict, total=False):
    """What a ballot is to be. ``budget`` in hundredths of the consultation's currency; ``answers`` are options that are
    not proposals, in one language or in several; ``wording`` says the fixed answers of a question in other words, as
    many and in the same order; ``points_each`` are points, dots, credits as the method has them.
    """

    title: Required[Multilingual]
    question: Required[Multilingual]
    method: Required[Method]
    opens_at: Required[datetime]
    closes_at: Required[datetime]
    proposals: Sequence[Proposal]
    answers: Sequence[str | Multilingual]
    wording: Sequence[Multilingual]
    phase: Phase | None
    electorate: Electorate
    vote_type: BallotKind | None
    points_each: int | None
    budget: int | None
    rule: str
    least_support: int | None
    one_per_category: bool
    min_choices: int
    max_choices: int | None
    winners_wanted: int | None
    secret: bool
    conditions: Conditions
    max_proxies: int
    paper: bool


class _Marking(NamedTuple):
    least: int
    most: int | None


def set_terms(ballot: Ballot, terms: Terms) -> None:
    """Check the terms and write them on the ballot; its options come after.

    Raises:
        Invalid: with the reason at the field.
    """
    method = terms["method"]
    if method is Method.IMPORTED:
        raise Invalid(FROM_LIST, "method")
    offer = offer_of(method)
    _set_time(ballot, terms)
    _set_voters(ballot, terms)
    kind = terms.get("vote_type") or offer.kinds[0]
    if kind not in offer.kinds:
        raise Invalid(FROM_LIST, "vote_type")
    ballot.method, ballot.vote_type = method, kind
    # consent is given openly: who objects has to be heard
    ballot.secret = terms.get("secret", True) and method is not Method.CONSENT
    _set_money(ballot, offer, terms)
    ballot.points_each = _points(offer, kind, terms.get("points_each"))
    ballot.min_choices, ballot.max_choices = _marking(kind, terms)
    ballot.winners_wanted = _winners(offer, terms.get("winners_wanted"))
    ballot.conditions = _conditions(ballot, offer, terms.get("conditions", Conditions())).to_json() or None
    if ballot.paper and not ballot.secret:
        raise Invalid(_l("Ballots on paper have no names: an open vote cannot take them."), "paper")
    ballot.least_support = _least_support(method, kind, terms.get("least_support"))


def _set_time(ballot: Ballot, terms: Terms) -> None:
    opens_at, closes_at, phase = terms["opens_at"], terms["closes_at"], terms.get("phase")
    for name, moment in (("opens_at", opens_at), ("closes_at", closes_at)):
        if not EARLIEST <= moment <= LATEST:
            raise Invalid(_l("Choose a date between the years 1900 and 2200."), name)
    if closes_at <= opens_at:
        raise Invalid(_l("The vote must end after it begins."), "closes_at")
    if closes_at <= clock.now():
        raise Invalid(_l("The vote must end in the future."), "closes_at")
    if phase is not None and phase.consultation_id != ballot.consultation.id:
        raise Invalid(_l("Choose a phase of this consultation."), "phase")
    # A ballot belongs to a phase if it runs just as long; it then moves with the phase until it opens.
    if phase is not None and (phase.starts_at, phase.ends_at) != (opens_at, closes_at):
        phase = None
    ballot.opens_at, ballot.closes_at, ballot.phase = opens_at, closes_at, phase


def _set_voters(ballot: Ballot, terms: Terms) -> None:
    ballot.electorate = terms.get("electorate", Electorate.EVERYONE)
    nobody = ballot.group_id is None and ballot.consultation.group_id is None
    ballot.paper = terms.get("paper", False)
    ballot.max_proxies = terms.get("max_proxies", 0)
    if not 0 <= ballot.max_proxies <= MOST_PROXIES:
        raise Invalid(_l("Give a number from 0 to %(most)s.", most=MOST_PROXIES), "max_proxies")
    if ballot.max_proxies and not ballot.electorate.only_members:
        raise Invalid(_l("Only members of the group can give their vote to each other."), "max_proxies")
    if Source.MEMBERS in ballot.electorate.sources and nobody:
        raise Invalid(_l("There is no group whose members could vote."), "electorate")


def _set_money(ballot: Ballot, offer: Offer, terms: Terms) -> None:
    rule, budget = terms.get("rule", BudgetRule.GREEDY.value), terms.get("budget")
    if offer.method is not Method.BUDGET:
        ballot.rule, ballot.budget, ballot.one_per_category = BudgetRule.GREEDY.value, None, False
        return
    if rule not in set(BudgetRule):
        raise Invalid(FROM_LIST, "rule")
    if not BudgetRule(rule).takes(ballot.vote_type):
        raise Invalid(_l("This way of spending cannot be counted from such ballots."), "rule")
    if not (budget and 0 < budget <= LARGEST_BUDGET):
        raise Invalid(_l("Say how much money there is to spend."), "budget")
    one_each = terms.get("one_per_category", False)
    if one_each and rule not in (BudgetRule.GREEDY, BudgetRule.GREEDY_NO_SKIP):
        raise Invalid(_l("One winner for each category goes with the rule of the most votes only."), "rule")
    ballot.rule, ballot.budget, ballot.one_per_category = rule, budget, one_each


def _points(offer: Offer, kind: BallotKind, wanted: int | None) -> int | None:
    if not kind.has_points:
        return None
    if offer.method is Method.MAJORITY_JUDGMENT:
        return offer.points
    points = offer.points if wanted is None else wanted
    if points is None or not 1 <= points <= offer.most_points:
        raise Invalid(_l("Give a number from 1 to %(most)s.", most=offer.most_points), "points_each")
    return points


def _marking(kind: BallotKind, terms: Terms) -> _Marking:
    least, most = terms.get("min_choices", 1), terms.get("max_choices")
    if kind is BallotKind.CHOOSE_ONE:
        return _Marking(1, 1)
    if least < 0:
        raise Invalid(_l("Give a number of zero or more."), "min_choices")
    if most is not None and most < max(least, 1):
        raise Invalid(_l("The most choices must not be fewer than the least."), "max_choices")
    return _Marking(least, most)


def _winners(offer: Offer, wanted: int | None) -> int | None:
    if wanted is not None and wanted < 1:
        raise Invalid(_l("At least one proposal must be able to win."), "winners_wanted")
    if offer.method is Method.APPROVAL:
        return wanted
    if offer.several:
        return wanted or 1
    return None


def _least_support(method: Method, kind: BallotKind, wanted: int | None) -> int | None:
    if wanted is not None and wanted < 1:
        raise Invalid(_l("Give a whole number above zero, or nothing."), "least_support")
    takes = method in (Method.APPROVAL, Method.MULTIPLE_CHOICE) or (
        method is Method.BUDGET and kind is BallotKind.APPROVAL
    )
    return wanted if takes else None


def _conditions(ballot: Ballot, offer: Offer, wanted: Conditions) -> Conditions:
    """The conditions, if they can be checked in such a vote.

    Raises:
        Invalid: with the reason at the condition.
    """
    check_conditions(offer.method, wanted, ballot.electorate)
    if wanted.territories in (TerritoryKey.PEOPLE, TerritoryKey.EU):
        if any(people is None for people in places_of(ballot).values()):
            raise Invalid(_l("The number of people is not known for every town."), "territories")
    check_bodies_of(ballot, wanted)
    return wanted


def check_conditions(method: Method, wanted: Conditions, electorate: Electorate) -> None:
    """Whether such conditions go with a method and those who vote, wherever the vote is held.

    Raises:
        Invalid: with the reason at the condition.
    """
    asks = method is Method.YES_NO
    if not asks and (
        wanted.threshold
        or wanted.sectors
        or wanted.organisations is not None
        or wanted.territories is not None
    ):
        raise Invalid(_l("Majorities of this kind need a vote with yes and no."), "conditions")
    if asks and wanted.winner_share is not None:
        raise Invalid(_l("Say what share must say yes instead."), "winner_share")
    if wanted.overrule is not None and method is not Method.CONSENT:
        raise Invalid(_l("Only objections can be overruled."), "overrule")
    if not 0 <= wanted.sectors <= len(STAKEHOLDERS):
        raise Invalid(_l("There are four sectors."), "sectors")
    entitled = wanted.quorum_share is not None or (
        wanted.threshold is not None and wanted.threshold_base is Base.ELIGIBLE
    )
    if entitled and electorate.for_everyone:
        raise Invalid(_l("Nobody knows how many could vote: choose who votes first."), "quorum_share")
