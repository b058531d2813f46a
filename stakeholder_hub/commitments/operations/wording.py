"""What a commitment says, checked: what, how measured, by when; and reasons where they are needed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments.models import Commitment
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid, Reason
from stakeholder_hub.kernel.i18n import CONTENT, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.text import line_at, markdown, text_at

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
LONGEST_MEASURE = 2_000
LONGEST_REASONS = 4_000
LONGEST_SPAN = timedelta(days=30 * 366)


@dataclass(frozen=True)
class Promise:
    """What is asked or promised: ``title`` in a few words, ``text`` more exactly, ``measure`` how one sees it kept."""

    title: str
    text: str
    measure: str
    due_on: date
    language: str

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "title": self.title,
            "text": self.text,
            "measure": self.measure,
            "due_on": self.due_on.isoformat(),
            "language": self.language,
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Promise":
        """Back from plain data."""
        return cls(**{**told, "due_on": date.fromisoformat(told["due_on"])})

    @classmethod
    def of(cls, commitment: Commitment) -> "Promise":
        """What a commitment says now."""
        return cls(
            commitment.title.original.text,
            commitment.body_text,
            commitment.measure,
            commitment.due_on,
            commitment.source_language,
        )


def checked_promise(
    body: Body, *, title: str, text: str, measure: str, due_on: date | None, language: str
) -> Promise:
    """The promise, normalised.

    Raises:
        Invalid: something is missing, too long, or due in the past, at the field.
    """
    if language not in CONTENT:
        raise Invalid(_l("Choose one of the languages in the list."), "language")
    today = clock.today(body.territory.timezone)
    if due_on is None or not today <= due_on <= today + LONGEST_SPAN:
        raise Invalid(_l("Say by when: today or later."), "due_on")
    return Promise(
        line_at(
            "title",
            title,
            longest=LONGEST_TITLE,
            missing=_l("Say in a few words what is to be promised."),
        ),
        text_at("text", text, longest=LONGEST_TEXT),
        text_at(
            "measure",
            measure,
            longest=LONGEST_MEASURE,
            missing=_l("Say how everybody can see that it was kept."),
        ),
        due_on,
        language,
    )


def write_down(commitment: Commitment, promise: Promise) -> None:
    """Let the commitment say this from now on."""
    commitment.title = Multilingual.of(promise.title, promise.language)
    commitment.source_language = promise.language
    commitment.body_text, commitment.body_html = promise.text, markdown(promise.text)
    commitment.measure, commitment.due_on = promise.measure, promise.due_on


def checked_reasons(reasons: str, missing: Reason) -> str:
    """The reasons; ``missing`` is said where there are none.

    Raises:
        Invalid: there are none, or they are too long, at ``reasons``.
    """
    return text_at("reasons", reasons, longest=LONGEST_REASONS, missing=missing)
