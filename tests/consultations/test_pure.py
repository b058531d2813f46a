"""Amounts, calendar files and the moving of dates: no database needed."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from stakeholder_hub.consultations.amounts import amount_text, parse_amount
from stakeholder_hub.consultations.phase_calendar import calendar_file, escaped, folded
from stakeholder_hub.consultations.shifting import moved, weeks_between
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.multilingual import Multilingual


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [
        ("", None),
        ("  ", None),
        ("0", 0),
        ("12000", 1_200_000),
        ("12 000,50", 1_200_050),
        ("12.000,50", 1_200_050),
        ("12,000.50", 1_200_050),
        ("12\u00a0000", 1_200_000),
        ("12'000.5", 1_200_050),
        ("1.234", 123_400),
        ("1,234", 123_400),
        ("1.234.567", 123_456_700),
        ("1234,5", 123_450),
    ],
)
def test_amounts_are_read_in_both_conventions(text: str, hundredths: int | None) -> None:
    """H60."""
    assert parse_amount(text) == hundredths


@pytest.mark.parametrize(
    "text", ["twelve", "-5", "1.2.3", "1,2,3", "12.3456", "1e9", "٣", "5 €", "1" * 50, ",", "12."]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    if text == "12.":
        assert parse_amount(text) == 1200
    else:
        with pytest.raises(Invalid):
            parse_amount(text)


@pytest.mark.parametrize("hundredths", [0, 5, 100, 1_200_050, 10**14])
def test_an_amount_reads_as_it_was_written(hundredths: int) -> None:
    assert parse_amount(amount_text(hundredths)) == hundredths


def test_calendar_text_is_escaped_and_folded_at_whole_characters() -> None:
    """H24."""
    assert escaped("a,b;c\\d\r\nBEGIN:VEVENT\x07") == "a\\,b\\;c\\\\d\\nBEGIN:VEVENT"
    pieces = list(folded("SUMMARY:" + "č😀" * 60))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert "".join(piece[1:] if i else piece for i, piece in enumerate(pieces)) == "SUMMARY:" + "č😀" * 60


def test_a_calendar_holds_every_phase_in_the_readers_language() -> None:
    moment = datetime(2026, 9, 1, 6, tzinfo=UTC)
    phase = SimpleNamespace(
        id=7,
        title=Multilingual.of("Vote", "en", sl="Glasovanje"),
        description=Multilingual.of("Line\nBEGIN:VALARM", "en"),
        starts_at=moment,
        ends_at=moment.replace(hour=16),
    )
    consultation: Any = SimpleNamespace(
        title=Multilingual.of("Budget, 2026", "en"),
        phases=[phase],
        reference="VEL-2026-C1",
        updated_at=moment,
        version=3,
    )
    text = calendar_file(consultation, "sl", "https://hub.example/sl/consultations/budget/").decode()
    lines = text.split("\r\n")
    assert lines.count("BEGIN:VEVENT") == 1
    assert "BEGIN:VALARM" not in lines
    assert "DTSTART:20260901T060000Z" in lines
    assert "SUMMARY:Budget\\, 2026: Glasovanje" in lines
    assert "UID:vel-2026-c1-7@stakeholder-hub" in lines
    assert text.endswith("END:VCALENDAR\r\n")


def test_dates_move_to_the_same_weekday_on_or_after_the_wanted_day() -> None:
    for wanted in (date(2027, 1, 31), date(2027, 2, 1), date(2027, 2, 2)):
        old = date(2026, 2, 2)
        new = date.fromordinal(old.toordinal() + 7 * weeks_between(old, wanted))
        assert new.weekday() == old.weekday()
        assert 0 <= (new - wanted).days < 7


def test_a_moved_hour_that_the_clock_skips_becomes_the_next() -> None:
    zone = "Europe/Ljubljana"
    before = datetime(2026, 3, 22, 1, 30, tzinfo=UTC)
    assert moved(before, 1, zone) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
