"""Fields for what bodies do after the close: in the terms of a ballot, and where an official acts."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.consultations.fields import LocalTimeField
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.condition_fields import NOTHING, ConditionField
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.number_fields import NumberField
from stakeholder_hub.decisions.operations.afterwards import LONGEST_POSITION
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.ratifications.rules import Rule
from stakeholder_hub.ratifications.wording import RULES
from stakeholder_hub.webkit.fields import DayField, Needed, TicksField
from stakeholder_hub.webkit.forms import HubForm

BODY_FIELDS = (
    "veto_bodies",
    "veto_days",
    "veto_override",
    "ratify_bodies",
    "ratify_rule",
    "ratify_needed",
    "ratify_until",
)
USUAL_VETO_DAYS = 14


class BodyFields:
    """Which bodies can veto a result, and which have to ratify it."""

    veto_bodies = TicksField(
        _l("Bodies that can veto the result"),
        description=_l(
            "Each of them alone, within so many days after the end, with reasons that are public."
        ),
    )
    veto_days = NumberField(_l("Days for a veto"))
    veto_override = ConditionField(
        _l("What overrides a veto"), description=_l("A second vote of the same voters, yes or no.")
    )
    ratify_bodies = TicksField(
        _l("Bodies that have to ratify the result"),
        description=_l("Each answers with an act, its day and who signed it."),
    )
    ratify_rule = ConditionField(_l("How many have to ratify"))
    ratify_needed = NumberField(_l("How many bodies"), description=_l("Only for “so many of them”."))
    ratify_until = DayField(
        _l("Answers are taken until"),
        [Optional()],
        description=_l("Who has not answered by then has let it lapse."),
    )


def offer_bodies(form: Any, bodies: Sequence[Body]) -> None:
    """Fill in the choices; where there are no bodies, nothing is asked about them."""
    if not bodies:
        for name in BODY_FIELDS:
            del form[name]
        return
    choices = [
        SelectChoice(body.slug, f"{_name(body)} ({body.territory.name.original.text})") for body in bodies
    ]
    form.veto_bodies.choices, form.ratify_bodies.choices = choices, list(choices)
    form.veto_override.choices = [
        SelectChoice("", _l("Nothing: a veto is final")),
        SelectChoice("1/2", _l("More than half say yes again")),
        SelectChoice("2/3", _l("Two thirds say yes again")),
        SelectChoice("3/4", _l("Three quarters say yes again")),
    ]
    form.ratify_rule.choices = [NOTHING, *(SelectChoice(rule.value, label) for rule, label in RULES.items())]


def _name(body: Body) -> str:
    return body.name.original.text


def body_terms(form: Any) -> dict[str, Any]:
    """What was filled in, for :class:`Conditions`. Numbers that go with nothing that was chosen are left out."""
    if "veto_bodies" not in form:
        return {}
    vetoes, ratifies = tuple(form.veto_bodies.data or ()), tuple(form.ratify_bodies.data or ())
    terms: dict[str, Any] = {}
    if vetoes:
        override = form.veto_override.data
        terms |= {
            "veto_bodies": vetoes,
            "veto_days": form.veto_days.data or 0,
            "veto_override": Fraction(override) if override else None,
        }
    rule = Rule(form.ratify_rule.data) if form.ratify_rule.data else None
    if ratifies or rule is not None:
        until: date | None = form.ratify_until.data
        terms |= {
            "ratify_bodies": ratifies,
            "ratify_rule": rule or Rule.EVERY,
            "ratify_needed": form.ratify_needed.data or 0 if rule is Rule.SOME else 0,
            "ratify_until": until.isoformat() if until else "",
        }
    return terms


def filled_body_terms(ballot: Ballot) -> Mapping[str, Any]:
    """The fields as the ballot has them."""
    asked: Conditions = conditions_of(ballot)
    return {
        "veto_bodies": list(asked.veto_bodies),
        "veto_days": asked.veto_days or USUAL_VETO_DAYS,
        "veto_override": str(asked.veto_override or ""),
        "ratify_bodies": list(asked.ratify_bodies),
        "ratify_rule": asked.ratify_rule.value if asked.ratify_rule else "",
        "ratify_needed": asked.ratify_needed or None,
        "ratify_until": date.fromisoformat(asked.ratify_until) if asked.ratify_until else None,
    }


class VetoForm(HubForm):
    """Why a body blocks a result."""

    reasons = TextAreaField(
        _l("Reasons"),
        [Needed(_l("Give the reasons: a veto without reasons does not count."))],
        description=_l("They are public. Say what would have to change."),
        render_kw={"rows": 6},
    )
    position = StringField(
        _l("You sign as"),
        [Needed(_l("Say in which position you sign."))],
        description=_l("Your position in the body. It is shown with your name."),
        render_kw={"maxlength": LONGEST_POSITION},
    )


class AgainForm(HubForm):
    """When the voters are asked again."""

    opens_at = LocalTimeField(_l("Opens at"), [Needed(_l("Say when."))])
    closes_at = LocalTimeField(_l("Closes at"), [Needed(_l("Say when."))])
