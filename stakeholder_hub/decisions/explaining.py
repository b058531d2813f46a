"""How votes are counted, and what became of each proposal, in words a citizen understands."""

from collections.abc import Mapping, Sequence
from typing import Any

from stakeholder_hub.decisions.electorate import Source
from stakeholder_hub.decisions.kinds import BudgetRule, Method, offer_of
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.methods.result import Outcome
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.operations.roll import RollRead
from stakeholder_hub.kernel.i18n import _, _n
from stakeholder_hub.webkit.formats import format_money, format_number, in_language

MOST_NAMES = 6


def how_to_vote(ballot: Ballot) -> str:
    """What to do on the ballot, in one or two sentences."""
    return " ".join(part for part in (_first(ballot), _limits(ballot)) if part)


def _first(ballot: Ballot) -> str:
    kind, points = ballot.vote_type, format_number(ballot.points_each or 0)
    if ballot.method is Method.BUDGET and kind is BallotKind.APPROVAL:
        money = format_money(ballot.budget, ballot.currency)
        return str(_("Choose what you want the money to be spent on: up to %(budget)s in all.", budget=money))
    if ballot.method is Method.MAJORITY_JUDGMENT:
        return str(_("Give each one the grade it deserves. What you leave out counts as the lowest grade."))
    if ballot.method is Method.QUADRATIC:
        return str(
            _(
                "You have %(points)s credits. One vote for a proposal costs 1 credit, two cost 4, three cost 9, "
                "and so on.",
                points=points,
            )
        )
    if kind is BallotKind.CUMULATIVE:
        return str(_("You have %(points)s points. Spread them as you like.", points=points))
    if kind is BallotKind.SCORING:
        return str(_("Give each one from 0 to %(points)s points.", points=points))
    if kind is BallotKind.ORDINAL:
        return str(_("Give 1 to your first choice, 2 to the next, and so on. You need not rank all of them."))
    if kind is BallotKind.CHOOSE_ONE:
        return str(_("Choose one."))
    return str(_("Tick everything you agree with."))


def _limits(ballot: Ballot) -> str:
    least, most = ballot.min_choices, ballot.max_choices
    if ballot.vote_type is BallotKind.CHOOSE_ONE:
        return ""
    if most is not None and most == least:
        return str(_n("Choose exactly %(num)s proposal.", "Choose exactly %(num)s proposals.", most))
    if most is not None and least > 1:
        return str(_("Choose from %(least)s to %(most)s proposals.", least=least, most=most))
    if most is not None:
        return str(_n("Choose at most %(num)s proposal.", "Choose at most %(num)s proposals.", most))
    if least > 1:
        return str(_n("Choose at least %(num)s proposal.", "Choose at least %(num)s proposals.", least))
    return ""


def how_it_is_counted(ballot: Ballot) -> str:
    """How winners are found, in a few sentences."""
    if ballot.method is Method.IMPORTED:
        return str(_("This vote was held elsewhere. Its votes were brought in and counted again here."))
    parts = [_rule(ballot)]
    if ballot.least_support:
        votes = _n("%(num)s vote", "%(num)s votes", ballot.least_support)
        parts.append(_("A proposal needs at least %(votes)s to win.", votes=votes))
    if ballot.one_per_category:
        parts.append(_("Of each category at most one wins."))
    if not ballot.method.asks_one_question:
        parts.append(tie_rule(ballot))
    return " ".join(str(part) for part in parts)


def tie_rule(ballot: Ballot) -> str:
    """What decides between equals."""
    if ballot.seed_commitment or ballot.state == BallotState.PREPARED:
        return str(_("Where votes are equal, a lot decides that nobody can know or choose beforehand."))
    return str(_("Where votes are equal, what stands first on the ballot goes first."))


def _rule(ballot: Ballot) -> str:
    seats = ballot.winners_wanted
    if ballot.method is Method.APPROVAL and seats is None:
        return str(_("Every proposal that gets a vote is chosen. The number of votes says in which order."))
    if ballot.method is Method.BUDGET:
        return spending_rule(BudgetRule(ballot.rule))
    if ballot.method in (Method.APPROVAL, Method.MULTIPLE_CHOICE) and seats is not None:
        return str(_n("The one with the most votes wins.", "The %(num)s with the most votes win.", seats))
    several = str(_n("One can win.", "%(num)s can win.", seats)) if seats and seats > 1 else ""
    return f"{offer_of(ballot.method).says} {several}".strip()


def spending_rule(rule: BudgetRule) -> str:
    """How the money is spent, in a sentence or two."""
    if rule is BudgetRule.GREEDY_NO_SKIP:
        return str(
            _(
                "What got the most votes is paid for first, then the next, until something does not fit into the money "
                "that is left."
            )
        )
    if rule is BudgetRule.GREEDY:
        return str(
            _(
                "What got the most votes is paid for first, then the next, as long as the money lasts; what does not "
                "fit into the rest is passed over."
            )
        )
    if rule is BudgetRule.PHRAGMEN:
        return str(
            _(
                "The cost of each winner is carried by those who chose it. What burdens them least goes next, until "
                "something does not fit into the money that is left."
            )
        )
    shares = _(
        "Every voter commands an equal part of the money. A proposal is paid for by those who chose it, and the "
        "one that "
        "costs them least for what they get goes first; the parts are raised until the money is used as well as "
        "it can be."
    )
    if rule is BudgetRule.EQUAL_SHARES_ADD1:
        return str(shares)
    rest = _("What is left goes to the proposals with the most votes that fit.")
    return f"{shares} {rest}"


def who_votes(ballot: Ballot) -> str:
    """Whom the vote is for, in one sentence."""
    sources = ballot.electorate.ordered
    if len(sources) > 1:
        named = "; ".join(source_named(ballot, source) for source in sources)
        if ballot.electorate.every:
            return str(_("Whoever is all of these when the vote opens: %(who)s.", who=named))
        return str(_("Whoever is at least one of these when the vote opens: %(who)s.", who=named))
    if sources == [Source.MEMBERS]:
        return str(_("Members of the group vote, if they joined before the vote opened."))
    if sources == [Source.RESIDENTS]:
        place = in_language(ballot.territory.name).text
        return str(
            _("Residents of %(place)s vote, if the town verified them before the vote opened.", place=place)
        )
    if sources == [Source.DELEGATES]:
        return str(
            _("Delegates of the organisations here vote, if their mandate was in force when the vote opened.")
        )
    if sources == [Source.LIST]:
        return str(_("People on a list vote, which was fixed before the vote opened."))
    return str(_("Everyone votes who has an account with a confirmed address, once."))


def source_named(ballot: Ballot, source: Source) -> str:
    """One source of voters, inside a sentence."""
    if source is Source.RESIDENTS:
        return str(_("verified resident of %(place)s", place=in_language(ballot.territory.name).text))
    return str(
        {
            Source.MEMBERS: _("member of the group"),
            Source.DELEGATES: _("delegate of an organisation here"),
            Source.LIST: _("named on the list of voters"),
        }[source]
    )


def why(turn: Mapping[str, Any], currency: str) -> str:
    """What became of a proposal when its turn came (a round of the stored result)."""
    cost, left = format_money(turn["cost"], currency), format_money(turn["left"], currency)
    outcome = Outcome(turn["outcome"])
    if outcome is Outcome.ELECTED and "rate" in turn and turn["cost"]:
        # shares may have been raised: what is left of them is not what is left of the money
        return str(_("It costs %(cost)s, carried together by those who chose it.", cost=cost))
    if outcome is Outcome.ELECTED:
        return str(
            _("It costs %(cost)s; %(left)s were left.", cost=cost, left=left)
            if turn["cost"]
            else _("It is among those that won.")
        )
    if outcome is Outcome.OVER_BUDGET:
        return str(
            _("It costs %(cost)s, but only %(left)s were left when its turn came.", cost=cost, left=left)
        )
    if outcome is Outcome.BELOW_THRESHOLD:
        return str(_("It got too few votes.") if turn["score"] else _("Nobody chose it."))
    if outcome is Outcome.QUOTA_FULL:
        return str(_("Another one of “%(group)s” had won already.", group=turn.get("quota") or "–"))
    if outcome is Outcome.OVER_QUOTA_BUDGET:
        return str(_("The part of the budget for “%(group)s” was used up.", group=turn.get("quota") or "–"))
    return str(
        {
            Outcome.AFTER_STOP: _("The count ended before it, at a proposal that did not fit."),
            Outcome.NO_SEAT: _("Others stood before it."),
            Outcome.WITHDRAWN: _("It was withdrawn."),
            Outcome.SUPPORTERS_SHORT: _("Its supporters could not pay for it together from their shares."),
        }[outcome]
    )


def turn_in_words(turn: Mapping[str, Any], title: str, currency: str, figure: str) -> str:
    """One round of the count as a sentence; ``figure`` is what the option got, with its unit."""
    chosen = Outcome(turn["outcome"]) is Outcome.ELECTED
    told = _("chosen") if chosen else _("not chosen")
    return str(
        _(
            "“%(title)s” (%(votes)s): %(chosen)s. %(why)s",
            title=title,
            votes=figure,
            chosen=told,
            why=why(turn, currency),
        )
    )


def named_in_a_row(titles: Sequence[str]) -> str:
    """Titles in quotes, one after the other, and how many more there are beyond the first few."""
    names = ", ".join(str(_("“%(title)s”", title=title)) for title in titles[:MOST_NAMES])
    if len(titles) > MOST_NAMES:
        more = format_number(len(titles) - MOST_NAMES)
        return str(_("%(names)s and %(more)s more", names=names, more=more))
    return names


def tie_in_words(
    tie: Mapping[str, Any], titles: Sequence[str], figure: str, *, by_lot: bool, all_won: bool = False
) -> str:
    """Who stood equal, and whether that decided anything; ``all_won``: all of them did in the end, so that what the
    order may have decided is what came after them.
    """
    names = named_in_a_row(titles)
    if not tie["decisive"]:
        return str(_("Equal with %(score)s: %(names)s. This changed nothing.", score=figure, names=names))
    if all_won and by_lot:
        told = _(
            "Equal with %(score)s: %(names)s. The lot decided which of them came first, and so what came after.",
            score=figure,
            names=names,
        )
    elif all_won:
        told = _(
            "Equal with %(score)s: %(names)s. The order on the ballot decided which of them came first, and so what "
            "came after.",
            score=figure,
            names=names,
        )
    elif by_lot:
        told = _("Equal with %(score)s: %(names)s. The lot decided between them.", score=figure, names=names)
    else:
        told = _(
            "Equal with %(score)s: %(names)s. The order on the ballot decided between them.",
            score=figure,
            names=names,
        )
    return str(told)


def roll_told(read: RollRead) -> str:
    """What was read from a list of voters."""
    told = _n("%(num)s person is on the list now.", "%(num)s people are on the list now.", read.people)
    if not read.again:
        return str(told)
    again = _n("%(num)s line named somebody again.", "%(num)s lines named somebody again.", read.again)
    return f"{told} {again}"
