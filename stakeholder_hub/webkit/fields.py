"""Form fields whose refusals are said in our own words."""

import math
from datetime import date
from typing import Any

from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l


class Needed:
    """The field must be filled in, unless its row is left out."""

    field_flags = {"required": True}

    def __init__(self, reason: Reason) -> None:
        self.reason = reason

    def __call__(self, form: Any, field: Any) -> None:
        if getattr(form, "left_out", False):
            field.errors = []
            raise StopValidation()
        if field.errors:
            raise StopValidation()
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(self.reason)


class _Offered:
    """Refuses what was not offered in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]
        except ValueError as wrong:
            raise ValueError(_l("Choose from the list.")) from wrong

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)  # type: ignore[misc]
        except ValidationError as wrong:
            raise ValidationError(_l("Choose from the list.")) from wrong


class ChoiceField(_Offered, SelectField):
    """One of a list."""


class OneOfField(_Offered, RadioField):
    """One of a few, all of them in sight."""


class TicksField(_Offered, SelectMultipleField):
    """Some of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DayField(DateField):
    """A calendar day."""

    data: date | None

    def process_formdata(self, valuelist: list[str]) -> None:
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(_l("Write the day as in 2026-11-30.")) from wrong


class WholeField(StringField):
    """A whole number; spaces and points between thousands are understood."""

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = "".join((valuelist or [""])[0].split()).replace(".", "").replace("\u2019", "")
        if not raw:
            self.data = None
        elif raw.isascii() and raw.isdigit() and len(raw) < 12:
            self.data = int(raw)
        else:
            self.data = None
            raise ValueError(_l("Write a whole number."))

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "" if self.data is None else str(self.data)


class DegreesField(StringField):
    """A coordinate in degrees, with a point or a comma."""

    def process_data(self, value: Any) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip().replace(",", ".").replace("\u2212", "-") if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            number = float(text) if len(text) <= 30 and text.isascii() and "_" not in text else math.nan
        except ValueError:
            number = math.nan
        if not -360 <= number <= 360:
            raise ValueError(_l("Write degrees as in 46.36."))
        self.data = number

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.6f}".rstrip("0").rstrip(".")
