"""The terms that give bodies a say after the close, checked before the vote."""

from datetime import date, timedelta
from fractions import Fraction

from stakeholder_hub.decisions.aftermath import bodies_about
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.ratifications.rules import Rule

MOST_VETO_DAYS = 365
LONGEST_RATIFICATION = timedelta(days=3 * 366)


def check_bodies_of(ballot: Ballot, wanted: Conditions) -> None:
    """Refuse bodies that have nothing to do with the place of the vote, and times that do not fit.

    Raises:
        Invalid: with the reason at the field.
    """
    if not wanted.come_after:
        if wanted.veto_days or wanted.veto_override is not None:
            raise Invalid(_l("Name the bodies that can veto."), "veto_bodies")
        if wanted.ratify_rule is not None or wanted.ratify_needed or wanted.ratify_until:
            raise Invalid(_l("Name the bodies that have to ratify."), "ratify_bodies")
        return
    known = {body.slug for body in bodies_about(ballot.consultation.territory)}
    for field, named in (("veto_bodies", wanted.veto_bodies), ("ratify_bodies", wanted.ratify_bodies)):
        if not set(named) <= known or len(set(named)) != len(named):
            raise Invalid(_l("Choose from the list."), field)
    _check_veto(wanted)
    _check_ratification(ballot, wanted)


def _check_veto(wanted: Conditions) -> None:
    if not wanted.veto_bodies:
        if wanted.veto_days or wanted.veto_override is not None:
            raise Invalid(_l("Name the bodies that can veto."), "veto_bodies")
        return
    if not 1 <= wanted.veto_days <= MOST_VETO_DAYS:
        raise Invalid(_l("Give a number from 1 to %(most)s.", most=MOST_VETO_DAYS), "veto_days")
    if wanted.veto_override is not None and not Fraction(1, 2) <= wanted.veto_override <= 1:
        raise Invalid(_l("Choose from the list."), "veto_override")


def _check_ratification(ballot: Ballot, wanted: Conditions) -> None:
    if not wanted.ratify_bodies:
        if wanted.ratify_rule is not None or wanted.ratify_needed or wanted.ratify_until:
            raise Invalid(_l("Name the bodies that have to ratify."), "ratify_bodies")
        return
    if wanted.ratify_rule is Rule.SOME and not 1 <= wanted.ratify_needed <= len(wanted.ratify_bodies):
        raise Invalid(
            _l("Give a number from 1 to %(most)s.", most=len(wanted.ratify_bodies)), "ratify_needed"
        )
    try:
        day = date.fromisoformat(wanted.ratify_until)
    except ValueError as wrong:
        raise Invalid(_l("Say until which day the bodies have to answer."), "ratify_until") from wrong
    last_day = clock.to_local(ballot.closes_at, ballot.consultation.timezone).date()
    if not last_day < day <= last_day + LONGEST_RATIFICATION:
        raise Invalid(_l("Choose a day after the end of the vote, within three years."), "ratify_until")
