"""Ratification in words."""

from collections.abc import Mapping

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _, _l, _n
from stakeholder_hub.ratifications.models import Ratification
from stakeholder_hub.ratifications.rules import Outcome, Rule, Standing, Tally

OUTCOMES: Mapping[Outcome, Reason] = {
    Outcome.WAITING: _l("Waits for an answer"),
    Outcome.ADOPTED: _l("Ratified"),
    Outcome.RESERVATIONS: _l("Ratified with reservations"),
    Outcome.REJECTED: _l("Not ratified"),
    Outcome.LAPSED: _l("Lapsed: no answer in time"),
}
STANDINGS: Mapping[Standing, Reason] = {
    Standing.PENDING: _l("Waits for ratification"),
    Standing.HELD: _l("Ratified"),
    Standing.FAILED: _l("Not ratified"),
}
RULES: Mapping[Rule, Reason] = {
    Rule.EVERY: _l("Every one of them"),
    Rule.SOME: _l("So many of them"),
    Rule.LEVELS: _l("At every level more than half of them"),
}
TONES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.WAITING: ("neutral", "clock"),
    Outcome.ADOPTED: ("ok", "check"),
    Outcome.RESERVATIONS: ("ok", "check"),
    Outcome.REJECTED: ("danger", "close"),
    Outcome.LAPSED: ("warning", "clock"),
}


def asked_in_words(rule: Rule, needed: int, bodies: int) -> str:
    """How many have to ratify."""
    if rule is Rule.EVERY:
        return str(_n("The named body has to ratify.", "All %(num)s named bodies have to ratify.", bodies))
    if rule is Rule.LEVELS:
        return str(_("At every level more than half of the named bodies have to ratify."))
    return str(
        _("At least %(needed)s of %(bodies)s named bodies have to ratify.", needed=needed, bodies=bodies)
    )


def tally_in_words(rule: Rule, told: Tally) -> str:
    """How far it is, and how many are missing."""
    by_level = rule is Rule.LEVELS
    if by_level:
        reached = _("Reached at %(reached)s of %(all)s levels.", reached=told.ratified, all=told.bodies)
    else:
        reached = _("Ratified by %(reached)s of %(all)s bodies.", reached=told.ratified, all=told.bodies)
    if not told.missing:
        return str(reached)
    if by_level:
        missing = _n("%(num)s level is missing.", "%(num)s levels are missing.", told.missing)
    else:
        missing = _n("%(num)s body is missing.", "%(num)s bodies are missing.", told.missing)
    return f"{reached} {missing}"


def waits_in_words(ratification: Ratification, until: str) -> str:
    """What it waits for: ``waits for 2 of 3 bodies until ...``."""
    told = ratification.tally
    figures = {"missing": told.missing, "all": told.bodies, "until": until}
    if ratification.rule is Rule.LEVELS:
        return str(_("Waits for %(missing)s of %(all)s levels until %(until)s.", **figures))
    return str(_("Waits for %(missing)s of %(all)s bodies until %(until)s.", **figures))
