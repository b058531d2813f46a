"""Form fields with refusals in our own words."""

from typing import Any

from wtforms import DateTimeLocalField, RadioField, StringField
from wtforms.validators import ValidationError

from stakeholder_hub.consultations.amounts import amount_text, parse_amount
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l


class LocalTimeField(DateTimeLocalField):
    """Day and time on the wall clock of the place."""

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(label, validators, format=formats, **more)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written or filled in."""
        return self.data is None and not any((self.raw_data or [""])[:1])

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(_l("Write day and time as in 2026-11-30 18:00.")) from wrong


class CardsField(RadioField):
    """One of a few, shown side by side."""

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as wrong:
            raise ValidationError(_l("Choose one of these.")) from wrong


class AmountField(StringField):
    """An amount of money; ``data`` is in hundredths."""

    def process_data(self, value: Any) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = parse_amount(valuelist[0])
        except Invalid as refusal:
            self.data = None
            raise ValueError(refusal.reason) from refusal

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else amount_text(self.data)
