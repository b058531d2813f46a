"""Fields for whole numbers."""

from wtforms.fields import IntegerField

from stakeholder_hub.kernel.i18n import _l

LARGEST_NUMBER = 100_000


class NumberField(IntegerField):
    """A whole number of zero or more, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.isdigit() and int(text[:12]) <= LARGEST_NUMBER):
            raise ValueError(_l("Give a whole number in digits."))
        self.data = int(text)
