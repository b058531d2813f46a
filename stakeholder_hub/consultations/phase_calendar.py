"""The phases as an iCalendar file (RFC 5545), so that nobody misses the end of one."""

from collections.abc import Iterator
from datetime import UTC, datetime

from stakeholder_hub.consultations.models import Consultation, Phase

WIDTH = 75


def calendar_file(consultation: Consultation, language: str, url: str) -> bytes:
    """One event for each phase, in ``language`` as far as there are texts."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Stakeholder Hub//Consultations//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(str(consultation.title.in_(language)))}",
    ]
    for phase in consultation.phases:
        lines += _event(consultation, phase, language, url)
    lines.append("END:VCALENDAR")
    return "".join(part + "\r\n" for line in lines for part in folded(line)).encode()


def _event(consultation: Consultation, phase: Phase, language: str, url: str) -> list[str]:
    summary = f"{consultation.title.in_(language)}: {phase.title.in_(language)}"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{consultation.reference.lower()}-{phase.id}@stakeholder-hub",
        f"DTSTAMP:{_moment(consultation.updated_at)}",
        f"SEQUENCE:{consultation.version}",
        f"DTSTART:{_moment(phase.starts_at)}",
        f"DTEND:{_moment(phase.ends_at)}",
        f"SUMMARY:{escaped(summary)}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
    ]
    if phase.description:
        lines.append(f"DESCRIPTION:{escaped(str(phase.description.in_(language)))}")
    return [*lines, "END:VEVENT"]


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A text value: backslash, semicolon, comma and line ends are escaped; other control characters go."""
    for raw, safe in (
        ("\\", "\\\\"),
        (";", "\\;"),
        (",", "\\,"),
        ("\r\n", "\\n"),
        ("\r", "\\n"),
        ("\n", "\\n"),
    ):
        text = text.replace(raw, safe)
    return "".join(c for c in text if c >= " " and c != "\x7f")


def folded(line: str) -> Iterator[str]:
    """``line`` in pieces of at most 75 octets; those that continue begin with a space. No character is cut in two."""
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > WIDTH:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + width
    yield piece
