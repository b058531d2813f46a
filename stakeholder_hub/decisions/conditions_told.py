"""Conditions in words: what must hold before the vote, and what held, and by how much not, after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from stakeholder_hub.decisions.after_told import after_conditions_in_words
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.methods.conditions import Base, Conditions, Kind, TerritoryKey
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.shares import share_in_words
from stakeholder_hub.kernel.i18n import _, _n
from stakeholder_hub.webkit.formats import format_number, format_percent

HALF = Fraction(1, 2)
"""A share of one half has to be passed; a greater one is enough when reached."""


@dataclass(frozen=True)
class Told:
    """One condition: what it asks for, and after the count what was reached and what was missing."""

    asked: str
    met: bool | None = None
    reached: str = ""


def conditions_in_words(ballot: Ballot) -> list[str]:
    """What must hold for the result to bind, a sentence each: first what votes decide, then what bodies do after it."""
    return [*asked_in_words(conditions_of(ballot)), *after_conditions_in_words(ballot)]


def about_votes(ballot: Ballot) -> list[str]:
    """What must hold at the close."""
    return asked_in_words(conditions_of(ballot))


def asked_in_words(asked: Conditions) -> list[str]:
    """The same of conditions wherever they stand."""
    told: list[str] = []
    if asked.quorum_votes:
        told.append(_n("At least %(num)s person votes.", "At least %(num)s people vote.", asked.quorum_votes))
    if asked.quorum_share is not None:
        told.append(_("At least %(share)s of those entitled vote.", share=share_in_words(asked.quorum_share)))
    if asked.quorum_sector:
        told.append(
            _n(
                "At least %(num)s person votes from each of the four sectors.",
                "At least %(num)s people vote from each of the four sectors.",
                asked.quorum_sector,
            )
        )
    if asked.quorum_territory:
        told.append(
            _n(
                "At least %(num)s person votes from each town.",
                "At least %(num)s people vote from each town.",
                asked.quorum_territory,
            )
        )
    if asked.threshold is not None:
        told.append(_threshold(asked.threshold, asked.threshold_base))
    if asked.winner_share is not None:
        told.append(_winners(asked.winner_share))
    if asked.sectors:
        told.append(
            _n(
                "In at least %(num)s of the four sectors more say yes than no.",
                "In at least %(num)s of the four sectors more say yes than no.",
                asked.sectors,
            )
        )
    if asked.organisations is not None:
        told.append(_organisations(asked.organisations))
    if asked.territories is not None:
        told.append(_places(asked.territories))
    if asked.overrule is not None:
        told.append(
            _(
                "Objections are overruled if at least %(share)s of those who vote consent.",
                share=share_in_words(asked.overrule),
            )
        )
    return [str(one) for one in told]


def _winners(share: Fraction) -> str:
    if share <= HALF:
        return str(
            _(
                "Each winner has the votes of more than %(share)s of those who voted.",
                share=share_in_words(share),
            )
        )
    return str(
        _("Each winner has the votes of at least %(share)s of those who voted.", share=share_in_words(share))
    )


def _organisations(share: Fraction) -> str:
    if share <= HALF:
        return str(
            _(
                "More than %(share)s of the organisations agree, each with one vote by its delegates.",
                share=share_in_words(share),
            )
        )
    return str(
        _(
            "At least %(share)s of the organisations agree, each with one vote by its delegates.",
            share=share_in_words(share),
        )
    )


def _places(key: TerritoryKey) -> str:
    return str(
        {
            TerritoryKey.EACH: _("More than half of the towns agree, each with one vote."),
            TerritoryKey.PEOPLE: _("Towns in which more than half of the people live agree."),
            TerritoryKey.EU: _("At least 55% of the towns agree, in which at least 65% of the people live."),
        }[key]
    )


def _threshold(share: Fraction, base: Base) -> str:
    of = {
        Base.VALID: _("of those who say yes or no"),
        Base.CAST: _("of all who vote, abstentions included"),
        Base.PRESENT: _("of all who are present, whether they vote or not,"),
        Base.ELIGIBLE: _("of all who are entitled to vote"),
    }[base]
    if share <= HALF:
        return str(_("More than %(share)s %(of)s say yes.", share=share_in_words(share), of=of))
    return str(_("At least %(share)s %(of)s say yes.", share=share_in_words(share), of=of))


def checks_in_words(ballot: Ballot) -> list[Told]:
    """Each condition with what was reached, in the order of :func:`about_votes`.

    The two halves of the European majority stand on lines of their own.
    """
    asked = about_votes(ballot)
    checks = list(ballot.checks or ())
    if len(checks) > len(asked) and asked:
        asked = [*asked, asked[-1]]
    return [
        Told(sentence, bool(check["met"]), _reached(check))
        for sentence, check in zip(asked, checks, strict=False)
    ]


def _reached(check: Mapping[str, Any]) -> str:
    if "unknown" in check:
        return str(_("This cannot be checked: a figure it needs is not known."))
    reached, base, missing = check["reached"], check["base"], check["missing"]
    kind = Kind(check["kind"])
    if base is None:
        told = _("Reached: %(reached)s.", reached=format_number(reached))
    elif not base:
        told = _("There is nothing to count here.")
    else:
        share = format_percent(reached / base, 1)
        told = _(
            "Reached: %(reached)s of %(base)s (%(share)s).",
            reached=format_number(reached),
            base=format_number(base),
            share=share,
        )
    if not missing:
        return str(told)
    short = _missing(kind, missing)
    return f"{told} {short}"


def _missing(kind: Kind, missing: int) -> str:
    if kind is Kind.PEOPLE:
        return str(
            _n(
                "Towns with %(num)s more person are missing.",
                "Towns with %(num)s more people are missing.",
                missing,
            )
        )
    if kind in (Kind.TERRITORIES, Kind.QUORUM_TERRITORY):
        return str(_n("%(num)s town is missing.", "%(num)s towns are missing.", missing))
    if kind in (Kind.SECTORS, Kind.QUORUM_SECTOR):
        return str(_n("%(num)s sector is missing.", "%(num)s sectors are missing.", missing))
    if kind is Kind.ORGANISATIONS:
        return str(_n("%(num)s organisation is missing.", "%(num)s organisations are missing.", missing))
    return str(_n("%(num)s vote is missing.", "%(num)s votes are missing.", missing))
