"""What people and officers fill in about residences."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Self

from wtforms import TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.residents.models import Evidence
from stakeholder_hub.residents.operations import LONGEST_REASON
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.webkit.fields import ChoiceField, DayField, Needed
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import HubForm

USUALLY = timedelta(days=2 * 365)
"""How long a verification holds unless the officer chooses another day."""


class AskForm(HubForm):
    """In which town somebody lives."""

    place = ChoiceField(
        _l("The town I live in"),
        [Needed(_l("Choose the town you live in."))],
        description=_l("An officer of this town sees your name and e-mail address."),
    )

    @classmethod
    def among(cls, towns: Sequence[Territory], chosen: str) -> Self:
        """The form with all towns, one of them chosen."""
        form = cls.from_request(place=chosen)
        named = sorted((in_language(town.name).text, town.slug) for town in towns)
        form.place.choices = [SelectChoice("", "–"), *(SelectChoice(slug, name) for name, slug in named)]
        return form


class ConfirmForm(HubForm):
    """How an officer made sure."""

    evidence = ChoiceField(
        _l("How it was verified"),
        [Needed(_l("Say how you made sure."))],
        choices=[SelectChoice("", "–"), *(SelectChoice(kind.value, kind.label) for kind in Evidence)],
        description=_l("Only this is kept. Do not note the number of a document anywhere."),
    )
    valid_until = DayField(
        _l("Holds until"),
        [Optional()],
        description=_l("That day included. Left empty: until it is taken back."),
    )

    @classmethod
    def beginning(cls, today: date) -> Self:
        """The form as most will want it."""
        return cls.from_request(valid_until=today + USUALLY)


class ReasonForm(HubForm):
    """Why an officer refuses, or takes back."""

    reason = TextAreaField(
        _l("Reason"),
        [Needed(_l("Give the reason: the person reads it."))],
        description=_l("The person reads it. Say what is missing and what they can do."),
        render_kw={"rows": 4, "maxlength": LONGEST_REASON},
    )
