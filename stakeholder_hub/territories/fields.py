"""Form fields for names and time zones of places."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from wtforms import StringField
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.kernel.i18n import INTERFACE, NAMES
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.text import normalise_line


@lru_cache
def zones() -> list[SelectChoice]:
    """Every time zone by region and city, Europe first."""
    named = [
        zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
    ]
    ordered = sorted(named, key=lambda zone: (not zone.startswith("Europe/"), zone))
    return [SelectChoice(zone, zone.replace("_", " ")) for zone in [*ordered, "UTC"]]


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
