"""Form fields whose refusals are said in our own words."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import INTERFACE, NAMES, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.text import normalise_line


@lru_cache
def zones() -> list[tuple[str, str]]:
    """Every time zone by region and city, Europe first."""
    named = [
        zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
    ]
    ordered = sorted(named, key=lambda zone: (not zone.startswith("Europe/"), zone))
    return [(zone, zone.replace("_", " ")) for zone in [*ordered, "UTC"]]


class Needed:
    """The field must be filled in."""

    field_flags = {"required": True}

    def __init__(self, reason: Reason) -> None:
        self.reason = reason

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors:
            raise StopValidation()
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(self.reason)


class ChoiceField(SelectField):
    """One of a list."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(_l("Choose from the list.")) from wrong

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as wrong:
            raise ValidationError(_l("Choose from the list.")) from wrong


class OneOfField(RadioField):
    """One of a few, all of them in sight."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(_l("Choose from the list.")) from wrong

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as wrong:
            raise ValidationError(_l("Choose from the list.")) from wrong


class TicksField(SelectMultipleField):
    """Some of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_l("Choose from the list."))


class DayField(DateField):
    """A calendar day."""

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

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = (valuelist or [""])[0].strip().replace(",", ".")
        if not raw:
            self.data = None
            return
        try:
            self.data = float(raw) if len(raw) < 24 else None
        except ValueError as wrong:
            self.data = None
            raise ValueError(_l("Write degrees as in 46.36.")) from wrong
        if self.data is None or not -360 <= self.data <= 360:
            raise ValueError(_l("Write degrees as in 46.36."))

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "" if self.data is None else str(self.data)


class NameInLanguages:
    """Mixed into a form with a ``name``: the name in every language of the interface, beside its original."""

    name_en = StringField(NAMES["en"])
    name_sl = StringField(NAMES["sl"])
    name_de = StringField(NAMES["de"])
    name_hu = StringField(NAMES["hu"])
    name_hr = StringField(NAMES["hr"])

    def show_names(self, stored: Multilingual) -> None:
        """Fill in what is stored, unless something was typed already."""
        for code in INTERFACE:
            field = self[f"name_{code}"]  # type: ignore[index]
            if field.raw_data is None:
                field.data = stored.texts.get(code, "") if code != stored.source else ""

    def translations(self, source: str) -> list[Any]:
        """The fields beside the original in ``source``."""
        return [self[f"name_{code}"] for code in INTERFACE if code != source]  # type: ignore[index]

    def names(self, stored: Multilingual) -> Multilingual:
        """``stored`` with the original and the translations that were typed."""
        value = stored.with_source(self["name"].data or "")  # type: ignore[index]
        for code in INTERFACE:
            text = normalise_line(self[f"name_{code}"].data or "", longest=400)  # type: ignore[index]
            if code != stored.source and text != stored.texts.get(code, ""):
                value = value.with_translation(code, text)
        return value
