"""How votes are counted, and what became of each proposal, in words a citizen understands."""

from collections.abc import Mapping, Sequence
from typing import Any

from stakeholder_hub.decisions.methods.result import Outcome
from stakeholder_hub.decisions.models import Ballot, Electorate, Method
from stakeholder_hub.kernel.i18n import _, _n
from stakeholder_hub.webkit.formats import format_money, format_number

MOST_NAMES = 6


def how_to_vote(ballot: Ballot) -> str:
    """What to do on the ballot, in one or two sentences."""
    if ballot.method is Method.BUDGET:
        first = _(
            "Choose what you want the money to be spent on: up to %(budget)s in all.",
            budget=format_money(ballot.budget, ballot.currency),
        )
    else:
        first = _("Tick every proposal you agree with.")
    return " ".join(part for part in (first, _limits(ballot)) if part)


def _limits(ballot: Ballot) -> str:
    least, most = ballot.min_choices, ballot.max_choices
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
    """How winners are found, in two sentences."""
    if ballot.method is Method.IMPORTED:
        return str(_("This vote was held elsewhere. Its votes were brought in and counted again here."))
    tie = _("Where votes are equal, what stands first on the ballot goes first.")
    if ballot.method is Method.BUDGET:
        if ballot.rule == "greedy-no-skip":
            first = _(
                "What got the most votes is paid for first, then the next, until something does not fit into the "
                "money that is left."
            )
        else:
            first = _(
                "What got the most votes is paid for first, then the next, as long as the money lasts; what does not "
                "fit into the rest is passed over."
            )
    elif ballot.winners_wanted is None:
        return str(_("Every proposal that gets a vote is chosen. The number of votes says in which order."))
    else:
        first = _n(
            "The proposal with the most votes wins.",
            "The %(num)s proposals with the most votes win.",
            ballot.winners_wanted,
        )
    return f"{first} {tie}"


def who_votes(ballot: Ballot) -> str:
    """Whom the vote is for."""
    if ballot.electorate is Electorate.MEMBERS:
        return str(_("Members of the group vote, if they joined before the vote opened."))
    return str(_("Everyone votes who has an account with a confirmed address, once."))


def why(turn: Mapping[str, Any], currency: str) -> str:
    """What became of a proposal when its turn came (a round of the stored result)."""
    cost, left = format_money(turn["cost"], currency), format_money(turn["left"], currency)
    outcome = Outcome(turn["outcome"])
    if outcome is Outcome.ELECTED:
        return str(
            _("It costs %(cost)s; %(left)s were left.", cost=cost, left=left)
            if turn["cost"]
            else _("It is among those with the most votes.")
        )
    if outcome is Outcome.OVER_BUDGET:
        return str(
            _("It costs %(cost)s, but only %(left)s were left when its turn came.", cost=cost, left=left)
        )
    if outcome is Outcome.BELOW_THRESHOLD:
        return str(_("It got too few votes.") if turn["score"] else _("Nobody chose it."))
    if outcome in (Outcome.OVER_QUOTA_BUDGET, Outcome.QUOTA_FULL):
        return str(_("The part of the budget for “%(group)s” was used up.", group=turn.get("quota") or "–"))
    return str(
        {
            Outcome.AFTER_STOP: _("The count ended before it, at a proposal that did not fit."),
            Outcome.NO_SEAT: _("Others got more votes."),
            Outcome.WITHDRAWN: _("It was withdrawn."),
            Outcome.SUPPORTERS_SHORT: _("Its supporters could not pay for it together from their shares."),
        }[outcome]
    )


def turn_in_words(turn: Mapping[str, Any], title: str, currency: str) -> str:
    """One round of the count as a sentence."""
    votes = _n("%(num)s vote", "%(num)s votes", turn["score"])
    chosen = Outcome(turn["outcome"]) is Outcome.ELECTED
    told = _("chosen") if chosen else _("not chosen")
    return str(
        _(
            "“%(title)s” (%(votes)s): %(chosen)s. %(why)s",
            title=title,
            votes=votes,
            chosen=told,
            why=why(turn, currency),
        )
    )


def tie_in_words(tie: Mapping[str, Any], titles: Sequence[str]) -> str:
    """Who stood equal, and whether that decided anything."""
    names = ", ".join(f"“{title}”" for title in titles[:MOST_NAMES])
    if len(titles) > MOST_NAMES:
        names = _("%(names)s and %(more)s more", names=names, more=format_number(len(titles) - MOST_NAMES))
    if tie["decisive"]:
        return str(
            _(
                "Equal with %(score)s: %(names)s. The order on the ballot decided between them.",
                score=tie["score"],
                names=names,
            )
        )
    return str(_("Equal with %(score)s: %(names)s. This changed nothing.", score=tie["score"], names=names))
