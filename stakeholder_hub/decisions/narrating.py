"""Why this one won: one paragraph in plain words for each method, and what became of each option on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from stakeholder_hub.decisions import explaining
from stakeholder_hub.decisions.binding import passed_at_close
from stakeholder_hub.decisions.kinds import ANSWERS, GRADES, BudgetRule, Method
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _, _l, _n
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.webkit.formats import format_number, format_percent

Titles = Mapping[str, str]
Plain = Mapping[str, Any]


@dataclass(frozen=True)
class StageLine:
    """One stage of a count with transfers: what happened, and the votes of every option (``None``: out of the
    count).
    """

    number: int
    told: str
    votes: list[float | None]
    exhausted: float


def figures_are(ballot: Ballot) -> Reason:
    """What the figure beside an option in the result counts."""
    if ballot.method in (Method.IRV, Method.STV):
        return _l("First choices")
    if ballot.method is Method.SCHULZE:
        return _l("Duels won")
    if ballot.method is Method.MAJORITY_JUDGMENT:
        return _l("Middle grade")
    if ballot.method is Method.QUADRATIC:
        return _l("Votes")
    points = ballot.vote_type.has_points or ballot.vote_type is BallotKind.ORDINAL
    return _l("Points") if points else _l("Votes")


def counts_heads(ballot: Ballot) -> bool:
    """Whether the figure beside an option is a number of people, so that its share of the voters means something."""
    return ballot.vote_type in (BallotKind.APPROVAL, BallotKind.CHOOSE_ONE) or ballot.method in (
        Method.IRV,
        Method.STV,
    )


def figure_in_words(ballot: Ballot, figure: float) -> str:
    """The figure as it is shown: a grade by its name, everything else as a number."""
    if ballot.method is Method.MAJORITY_JUDGMENT:
        return str(GRADES[int(figure)])
    return format_number(figure)


def story_of(ballot: Ballot, titles: Titles) -> str:
    """Why this one won, or why none did, in one paragraph; empty for votes that were held elsewhere."""
    told = _STORIES.get(ballot.method)
    if told is None or not ballot.result:
        return ""
    story = told(ballot, ballot.result, titles)
    if ballot.method.asks_one_question or not ballot.result["winners"] or _stands(ballot):
        return story
    but = _("But not everything held that must hold for the result to bind: nothing is chosen.")
    return f"{story} {but}"


def _stands(ballot: Ballot) -> bool:
    """Whether nothing keeps what was counted from being chosen, as far as is known."""
    return passed_at_close(ballot) and ballot.after_close is not Standing.FAILED


def _named(options: Sequence[str], titles: Titles) -> str:
    return explaining.named_in_a_row([titles[option] for option in options])


def _nobody(result: Plain) -> str:
    return str(_("Nobody voted.") if not result["voters"] else _("Nothing reached what it needed."))


def _adopted(ballot: Ballot) -> str:
    """The end of a story in which the count itself was enough, in view of what else had to hold."""
    if _stands(ballot):
        return str(_("It is adopted."))
    return str(
        _("That would be enough, but not everything held that has to hold besides: it is not adopted.")
    )


def _highest(ballot: Ballot, result: Plain, titles: Titles) -> str:
    if not result["winners"]:
        return _nobody(result)
    names = _named(result["winners"], titles)
    scale = result["details"].get("scale", 1)
    least = min(result["scores"][option] for option in result["winners"]) / scale
    rest = [score / scale for option, score in result["scores"].items() if option not in result["winners"]]
    unit = str(figures_are(ballot))
    first = (
        _("%(names)s won with %(least)s (%(unit)s).", names=names, least=format_number(least), unit=unit)
        if len(result["winners"]) == 1
        else _(
            "%(names)s won, each with at least %(least)s (%(unit)s).",
            names=names,
            least=format_number(least),
            unit=unit,
        )
    )
    if not rest:
        return str(first)
    second = _("The best of the others has %(next)s.", next=format_number(max(rest)))
    return f"{first} {second}"


def _yes_no(ballot: Ballot, result: Plain, _titles: Titles) -> str:
    yes, no, abstained = (result["scores"][option] for option in ("1", "2", "3"))
    valid = yes + no
    if not valid:
        return str(_("Nobody said yes or no, so nothing is adopted."))
    told = _(
        "%(yes)s said yes and %(no)s said no: %(share)s of those who decided agreed.",
        yes=format_number(yes),
        no=format_number(no),
        share=format_percent(yes / valid),
    )
    end = (
        _adopted(ballot) if result["winners"] else _("It is not adopted: more would have to say yes than no.")
    )
    kept_out = _n("%(num)s person abstained.", "%(num)s people abstained.", abstained) if abstained else ""
    return " ".join(str(part) for part in (told, end, kept_out) if part)


def _consent(ballot: Ballot, result: Plain, _titles: Titles) -> str:
    if not result["voters"]:
        return _nobody(result)
    standing = result["details"]["standing"]
    consent = result["scores"]["1"] + result["scores"]["2"]
    told = _n("%(num)s person consented.", "%(num)s people consented.", consent)
    if standing:
        blocked = _n(
            "It is not adopted: %(num)s objection stands.",
            "It is not adopted: %(num)s objections stand.",
            standing,
        )
        return f"{told} {blocked}"
    free = _("No objection stands.")
    return f"{told} {free} {_adopted(ballot)}"


def _gradients(ballot: Ballot, result: Plain, _titles: Titles) -> str:
    median, valid = result["details"]["median"], result["details"]["valid"]
    if not valid:
        return _nobody(result)
    told = _(
        "%(share)s support it, with or without reservations. The answer in the middle is “%(answer)s”: half of "
        "all are at "
        "least as much in favour.",
        share=format_percent(result["details"]["supporting"] / valid),
        answer=ANSWERS[ballot.method][median],
    )
    end = _adopted(ballot) if result["winners"] else _("It is not adopted.")
    return f"{told} {end}"


def _judgment(ballot: Ballot, result: Plain, titles: Titles) -> str:
    if not result["winners"]:
        return _nobody(result)
    winner = result["winners"][0]
    grade = GRADES[result["scores"][winner]]
    told = _(
        "%(name)s won: at least half of the voters give it the grade “%(grade)s” or a better one.",
        name=_named([winner], titles),
        grade=grade,
    )
    alike = {option for tie in result["ties"] if winner in tie["options"] for option in tie["options"]}
    same = [o for o, s in result["scores"].items() if s == result["scores"][winner] and o != winner]
    if tied := [option for option in same if option in alike]:
        shared = _("%(names)s got the very same grades.", names=_named(tied, titles))
        told = f"{told} {shared}"
    equals = [option for option in same if option not in alike]
    if not equals and tied:
        return str(told)
    if not equals:
        alone = _("No other has so good a middle grade.")
        return f"{told} {alone}"
    shared = _(
        "%(names)s have the same middle grade; taking such grades away from both sides one by one, it kept the better "
        "one longer.",
        names=_named(equals, titles),
    )
    return f"{told} {shared}"


def _runoff(_ballot: Ballot, result: Plain, titles: Titles) -> str:
    if not result["winners"]:
        return _nobody(result)
    last = result["stages"][-1]
    votes = Fraction(last["tallies"][result["winners"][0]])
    all_ = sum((Fraction(one) for one in last["tallies"].values()), Fraction(0))
    left = len(result["stages"]) - 1
    told = _(
        "%(name)s won with %(votes)s of the %(all)s votes that still counted.",
        name=_named(result["winners"], titles),
        votes=format_number(float(votes)),
        all=format_number(float(all_)),
    )
    if not left:
        at_once = _("More than half had it as their first choice.")
        return f"{told} {at_once}"
    before = _n(
        "%(num)s proposal had left before, and its votes had gone to the next choice on each ballot.",
        "%(num)s proposals had left before, and their votes had gone to the next choice on each ballot.",
        left,
    )
    return f"{told} {before}"


def _transferable(_ballot: Ballot, result: Plain, titles: Titles) -> str:
    if not result["winners"]:
        return _nobody(result)
    return str(
        _(
            "%(names)s were elected. With %(valid)s valid votes and %(seats)s to elect, %(quota)s votes were "
            "enough; what "
            "somebody had beyond that went on to the next choice in equal parts of every ballot.",
            names=_named(result["winners"], titles),
            valid=format_number(result["details"]["valid"]),
            seats=format_number(result["details"]["seats"]),
            quota=format_number(result["details"]["quota"]),
        )
    )


def _schulze(_ballot: Ballot, result: Plain, titles: Titles) -> str:
    if not result["winners"]:
        return _nobody(result)
    name = _named(result["winners"], titles)
    if result["details"]["condorcet"]:
        return str(
            _("%(name)s won: held against each of the others, more voters prefer it every time.", name=name)
        )
    duels, options = result["tables"]["duels"], list(titles)
    winner, row = options.index(result["winners"][0]), duels[result["winners"][0]]
    if all(row[place] >= duels[option][winner] for place, option in enumerate(options)):
        return str(_("%(name)s won: held against each of the others, it loses to none of them.", name=name))
    return str(
        _(
            "%(name)s won. No proposal wins all its duels: some beat each other in a circle. So the weakest "
            "duels are set "
            "aside; on the strongest ways that remain, nothing beats it.",
            name=name,
        )
    )


def _proportional(_ballot: Ballot, result: Plain, titles: Titles) -> str:
    if not result["winners"]:
        return _nobody(result)
    return str(
        _(
            "%(names)s won. They were chosen one after the other; a ballot counted less, the more of its choices "
            "had won "
            "already, so that every larger group has its part.",
            names=_named(result["winners"], titles),
        )
    )


def _loads(_ballot: Ballot, result: Plain, titles: Titles) -> str:
    if not result["winners"]:
        return _nobody(result)
    return str(
        _(
            "%(names)s won. Each winner is a load that its supporters carry together; the next one was always the one "
            "that left nobody with more to carry than needed.",
            names=_named(result["winners"], titles),
        )
    )


def _budget(ballot: Ballot, result: Plain, titles: Titles) -> str:
    if not result["winners"]:
        return _nobody(result)
    chosen = _n("%(num)s proposal is paid for.", "%(num)s proposals are paid for.", len(result["winners"]))
    share = _(
        "They use %(share)s of the money.", share=format_percent(result["spent"] / max(result["budget"], 1))
    )
    rule = explaining.spending_rule(BudgetRule(ballot.rule))
    return f"{chosen} {share} {rule}"


_STORIES: dict[Method, Callable[[Ballot, Plain, Titles], str]] = {
    Method.YES_NO: _yes_no,
    Method.CONSENT: _consent,
    Method.GRADIENTS: _gradients,
    Method.MULTIPLE_CHOICE: _highest,
    Method.PLURALITY: _highest,
    Method.APPROVAL: _highest,
    Method.SCORE: _highest,
    Method.BORDA: _highest,
    Method.DOTS: _highest,
    Method.QUADRATIC: _highest,
    Method.MAJORITY_JUDGMENT: _judgment,
    Method.IRV: _runoff,
    Method.STV: _transferable,
    Method.SCHULZE: _schulze,
    Method.SPAV: _proportional,
    Method.PHRAGMEN: _loads,
    Method.BUDGET: _budget,
}


def stage_lines(result: Plain, titles: Titles) -> list[StageLine]:
    """The stages of a count with transfers, with a column for each of ``titles``."""
    return [
        StageLine(
            stage["number"],
            _stage_in_words(stage, titles),
            [
                float(Fraction(stage["tallies"][option])) if option in stage["tallies"] else None
                for option in titles
            ],
            float(Fraction(stage["exhausted"])),
        )
        for stage in result.get("stages", [])
    ]


def _stage_in_words(stage: Plain, titles: Titles) -> str:
    told = []
    if stage["source"]:
        told.append(_("The votes of %(name)s moved on.", name=_named([stage["source"]], titles)))
    if stage["elected"]:
        told.append(_("Elected: %(names)s.", names=_named(stage["elected"], titles)))
    if stage["excluded"]:
        told.append(_("Leaves the count: %(names)s.", names=_named(stage["excluded"], titles)))
    return " ".join(str(part) for part in told)


def fate_of(option: str, result: Plain, titles: Titles) -> str:
    """What became of an option in a count without turns; empty where the rounds tell it."""
    for stage in result.get("stages", []):
        votes = format_number(round(float(Fraction(stage["tallies"].get(option, 0))), 2))
        if option in stage["elected"]:
            return str(
                _("Elected at stage %(number)s with %(votes)s votes.", number=stage["number"], votes=votes)
            )
        if option in stage["excluded"]:
            return str(
                _(
                    "Left the count at stage %(number)s with %(votes)s votes.",
                    number=stage["number"],
                    votes=votes,
                )
            )
    ways = result.get("tables", {}).get("ways")
    if not ways:
        return ""
    places = list(ways)
    at = places.index(option)
    beaten_by = [other for place, other in enumerate(places) if ways[other][at] > ways[option][place]]
    return str(
        _("Nothing beats it.")
        if not beaten_by
        else _("Beaten by %(names)s.", names=_named(beaten_by, titles))
    )
