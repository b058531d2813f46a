"""What people write about referrals, checked and ready to be stored."""

from stakeholder_hub.kernel.errors import Invalid, Reason, at_field
from stakeholder_hub.kernel.i18n import CONTENT, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.text import line_at, markdown, text_at, web_address

LONGEST_SENTENCE = 300
LONGEST_TEXT = 20_000
LONGEST_NOTE = 4_000
MOST_LINKS = 10


def sentence(raw: str, language: str, *, field: str, missing: Reason) -> Multilingual:
    """One line that says it. Raises Invalid at ``field``."""
    text = line_at(field, raw, longest=LONGEST_SENTENCE)
    if len(text) < 3:
        raise Invalid(missing, field)
    return Multilingual.of(text, written_in(language))


def body(raw: str, *, field: str, missing: Reason = "", longest: int = LONGEST_TEXT) -> tuple[str, str]:
    """A text as Markdown and as HTML; ``missing`` is the reason where it must not be empty. Raises Invalid."""
    text = text_at(field, raw, longest=longest, missing=missing)
    with at_field(field):
        return text, markdown(text)


def written_in(language: str) -> str:
    """The code of a language people may write in. Raises Invalid."""
    if language not in CONTENT:
        raise Invalid(_l("Choose the language you have written in."), "language")
    return language


def links(raw: str) -> list[str]:
    """Web addresses, one a line. Raises Invalid where a line is none."""
    lines = [web_address(line, field="evidence_links") for line in raw.splitlines()]
    found = list(dict.fromkeys(line for line in lines if line))
    if len(found) > MOST_LINKS:
        raise Invalid(_l("Give at most %(most)s links.", most=MOST_LINKS), "evidence_links")
    return found
