"""What bodies have to say after the close, in words: before the vote, while it is pending, and after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import cast

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.decisions.aftermath import after_checks, bodies_named, overridden_by
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.methods.conditions import AfterCheck, AfterKind, Conditions
from stakeholder_hub.decisions.models import Ballot, Veto
from stakeholder_hub.decisions.shares import share_in_words
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import _, _n
from stakeholder_hub.ratifications.models import Ratification
from stakeholder_hub.ratifications.rules import Rule, Standing
from stakeholder_hub.ratifications.wording import asked_in_words, tally_in_words, waits_in_words
from stakeholder_hub.webkit.formats import format_date, format_datetime, in_language


@dataclass(frozen=True)
class ToldAfter:
    """One condition after the close: what it asks for, how it stands, and what that rests on."""

    asked: str
    standing: Standing | None = None
    reached: str = ""


def after_conditions_in_words(ballot: Ballot) -> list[str]:
    """What bodies have to say, before anybody has voted."""
    asked = conditions_of(ballot)
    if not asked.come_after:
        return []
    named = bodies_named((*asked.veto_bodies, *asked.ratify_bodies))
    return list(_sentences(asked, named).values())


def _sentences(asked: Conditions, named: Mapping[str, Body]) -> dict[AfterKind, str]:
    told: dict[AfterKind, str] = {}
    if asked.veto_bodies:
        told[AfterKind.VETO] = _veto_asked(asked, named)
    if asked.ratify_bodies:
        rule = asked.ratify_rule or Rule.EVERY
        how = asked_in_words(rule, asked.ratify_needed, len(asked.ratify_bodies))
        told[AfterKind.RATIFICATION] = _(
            "%(how)s They are: %(bodies)s. Answers are taken until %(day)s.",
            how=how,
            bodies=_names(named[slug] for slug in asked.ratify_bodies if slug in named),
            day=format_date(date.fromisoformat(asked.ratify_until)),
        )
    return told


def _veto_asked(asked: Conditions, named: Mapping[str, Body]) -> str:
    told = _n(
        "No veto comes within %(num)s day after the end. It can come from: %(bodies)s.",
        "No veto comes within %(num)s days after the end. It can come from: %(bodies)s.",
        asked.veto_days,
        bodies=_names(named[slug] for slug in asked.veto_bodies if slug in named),
    )
    if asked.veto_override is None:
        again = _("A veto is final.")
    elif asked.veto_override <= Fraction(1, 2):
        again = _("A second vote with more than half of yes and no overrides it.")
    else:
        share = share_in_words(asked.veto_override)
        again = _("A second vote with at least %(share)s of yes and no overrides it.", share=share)
    return f"{told} {again}"


def after_in_words(
    ballot: Ballot,
    vetoes: Sequence[Veto],
    second: Ballot | None,
    ratification: Ratification | None,
    named: Mapping[str, Body],
) -> list[ToldAfter]:
    """Each condition after the close with how it stands. Where the vote itself came to nothing, no body was asked."""
    sentences = _sentences(conditions_of(ballot), named)
    if ballot.after_close is None:
        nothing = _("No body was asked: nothing was chosen that could bind.")
        return [ToldAfter(sentence, None, nothing) for sentence in sentences.values()]
    told = []
    for one in after_checks(ballot, vetoes, second, ratification):
        if one.kind is AfterKind.VETO:
            reached = _veto_told(ballot, one, vetoes, second)
        else:
            # bodies were asked at the close, so there is one
            reached = _ratification_told(ballot, one, cast(Ratification, ratification))
        told.append(ToldAfter(sentences[one.kind], one.standing, reached))
    return told


def _veto_told(ballot: Ballot, one: AfterCheck, vetoes: Sequence[Veto], second: Ballot | None) -> str:
    until = format_datetime(ballot.veto_until, ballot.consultation.timezone) if ballot.veto_until else ""
    if vetoes:
        who = _(
            "Vetoed by %(bodies)s on %(day)s.",
            bodies=_names(veto.body for veto in vetoes),
            day=format_date(clock.to_local(vetoes[0].vetoed_at, ballot.consultation.timezone).date()),
        )
        overridden = _("A second vote overrode this.")
        return f"{who} {overridden}" if overridden_by(second) else who
    if one.standing is Standing.PENDING:
        return str(_("A veto can come until %(when)s.", when=until))
    return str(_("No veto came; the time for it ended on %(when)s.", when=until))


def _ratification_told(ballot: Ballot, one: AfterCheck, ratification: Ratification) -> str:
    if one.standing is Standing.PENDING:
        until = format_datetime(ratification.last_moment, ballot.consultation.timezone)
        return waits_in_words(ratification, until)
    return tally_in_words(ratification.rule, ratification.tally)


def _names(bodies: Iterable[Body]) -> str:
    return ", ".join(in_language(body.name).text for body in bodies)
