"""What an official fills in for a body."""

from typing import Self

from wtforms import StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.consultations.fields import CardsField
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.ratifications.operations import LONGEST_ACT, LONGEST_POSITION
from stakeholder_hub.ratifications.rules import Outcome
from stakeholder_hub.webkit.fields import DayField, Needed
from stakeholder_hub.webkit.forms import HubForm

CHOICES = (
    (Outcome.ADOPTED, _l("The body ratifies it")),
    (Outcome.RESERVATIONS, _l("The body ratifies it with reservations")),
    (Outcome.REJECTED, _l("The body does not ratify it")),
)


class RatifyForm(HubForm):
    """What a body resolved."""

    outcome = CardsField(_l("What the body resolved"))
    act = StringField(
        _l("Act"),
        [Needed(_l("Give the title or the number of the act."))],
        description=_l("Its title or number, so that everybody can look it up."),
        render_kw={"maxlength": LONGEST_ACT},
    )
    acted_on = DayField(_l("Day of the act"), [Needed(_l("Give the day of the act: today or earlier."))])
    position = StringField(
        _l("You sign as"),
        [Needed(_l("Say in which position you sign."))],
        description=_l("Your position in the body. It is shown with your name."),
        render_kw={"maxlength": LONGEST_POSITION},
    )
    reasons = TextAreaField(
        _l("Reasons"),
        description=_l("Needed for reservations and for a refusal. They are public."),
        render_kw={"rows": 5},
    )

    @classmethod
    def for_body(cls, position: str) -> Self:
        """The form, with the position that the mandate names."""
        form = cls.from_request(position=position)
        form.outcome.choices = [SelectChoice(outcome.value, label) for outcome, label in CHOICES]
        return form
