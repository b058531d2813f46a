"""The records of a file, one after the other, with bounds on everything that could run away."""

import csv
from collections.abc import Iterator
from typing import TextIO

from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.kernel.i18n import _l

MAX_LINE = 1_000_000
MAX_COLUMNS = 1_000
MAX_LINES_IN_RECORD = 200


class _Lines(Iterator[str]):
    """Lines with their number; refuses those too long, too wide or without end."""

    def __init__(self, text: TextIO) -> None:
        self.text = text
        self.number = 0
        self.first_of_record = 1

    def begin_record(self) -> None:
        self.first_of_record = self.number + 1

    def __next__(self) -> str:
        try:
            line = self.text.readline(MAX_LINE + 1)
        except UnicodeError as error:
            reason = _l("The characters cannot be read: the file is damaged or its encoding is wrong.")
            raise PabulibError(0, reason) from error  # text is decoded in blocks: the line is not known
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_LINE:
            raise PabulibError(self.number, _l("The line is longer than %(most)s characters.", most=MAX_LINE))
        if line.count(";") >= MAX_COLUMNS:
            raise PabulibError(self.number, _l("The line has more than %(most)s columns.", most=MAX_COLUMNS))
        if "\0" in line:
            raise PabulibError(self.number, _l("There is a NUL byte: this is not a text file."))
        if self.number - self.first_of_record >= MAX_LINES_IN_RECORD:
            raise PabulibError(self.first_of_record, _l("A quotation mark is opened here and never closed."))
        return line


def records(text: TextIO) -> Iterator[tuple[int, list[str]]]:
    """(line where it begins, fields without surrounding space) of each record that is not empty."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=";", skipinitialspace=True)
    while True:
        lines.begin_record()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise PabulibError(lines.number, _l("A field is too long or badly quoted.")) from error
        fields = [field.strip() for field in row]
        if any(fields):
            yield lines.first_of_record, fields
