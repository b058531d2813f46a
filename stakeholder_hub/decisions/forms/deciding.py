"""What is said about objections, and why it was decided so."""

from typing import Self

from wtforms import TextAreaField
from wtforms.widgets import HiddenInput

from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.decisions.number_fields import NumberField
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.fields import Needed
from stakeholder_hub.webkit.forms import HubForm


class ObjectionForm(HubForm):
    """How an objection was resolved."""

    answer = TextAreaField(
        _l("How it was resolved"),
        [Needed(_l("Say how the objection was resolved."))],
        description=_l("For example what was changed, and that the person agrees."),
        render_kw={"rows": 5},
    )


class ReasonsForm(HubForm):
    """The group's reasons for a decision."""

    version = NumberField(widget=HiddenInput())
    reasons = TextAreaField(
        _l("Reasons"),
        description=_l("Say why it was decided so, and what happens next."),
        render_kw={"rows": 8},
    )

    @classmethod
    def on(cls, decision: Decision) -> Self:
        """The form with the reasons as they stand."""
        return cls.from_request(reasons=decision.reasons_text, version=decision.version)
