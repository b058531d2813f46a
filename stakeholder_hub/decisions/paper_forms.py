"""What those fill in who enter ballots on paper."""

from collections.abc import Sequence

from wtforms import StringField, TextAreaField
from wtforms.widgets import HiddenInput

from stakeholder_hub.decisions.forms import NumbersField
from stakeholder_hub.decisions.operations.crossing import LONGEST_REASON
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.fields import Needed
from stakeholder_hub.webkit.forms import HubForm


class BatchForm(HubForm):
    """A batch of ballots on paper, to be entered the first time."""

    name = StringField(
        _l("Name of the batch"),
        [Needed(_l("Give the batch a name, such as that of its box."))],
        render_kw={"maxlength": 80},
    )
    lines = TextAreaField(
        _l("Sheets"),
        [Needed(_l("Enter at least one sheet."))],
        description=_l("One sheet on each line: the numbers on the ballot, with spaces between them."),
        render_kw={"rows": 14, "autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"},
    )


class SecondEntryForm(HubForm):
    """The same batch, entered by somebody else."""

    lines = TextAreaField(
        _l("Sheets"),
        [Needed(_l("Enter at least one sheet."))],
        description=_l("In the same order as the first time. You do not see what was read then."),
        render_kw={"rows": 14, "autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"},
    )


class SettlingForm(HubForm):
    """What stands on the sheets that were read differently."""

    lines = NumbersField(_l("Sheets"))

    def settled(self, numbers: Sequence[int]) -> dict[int, str]:
        """What was filled in for each of these sheets, as it was typed."""
        sent = self.lines.formdata or {}
        self.lines.typed = {number: sent.get(self.lines.input_name(number), "").strip() for number in numbers}
        return dict(self.lines.typed)


class CrossingForm(HubForm):
    """Which line of the roll is crossed off."""

    key = StringField(widget=HiddenInput())


class UndoingForm(HubForm):
    """Why it is taken back that somebody was crossed off."""

    reason = StringField(
        _l("Reason"),
        [Needed(_l("Give the reason."))],
        description=_l("For example: the ballot was brought back unused. It stays on record."),
        render_kw={"maxlength": LONGEST_REASON},
    )
