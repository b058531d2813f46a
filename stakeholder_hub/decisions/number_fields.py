"""Fields for whole numbers."""

from wtforms.fields import IntegerField

from stakeholder_hub.kernel.i18n import _l

LARGEST_NUMBER = 100_000
LONGEST = 12


def whole_number(text: str) -> int | None:
    """The number that ``text`` writes in digits, if it is not too large, nor written too long to be looked at."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        return None
    number = int(text)
    return number if number <= LARGEST_NUMBER else None


class NumberField(IntegerField):
    """A whole number of zero or more, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        number = whole_number(text)
        if number is None:
            raise ValueError(_l("Give a whole number in digits."))
        self.data = number
