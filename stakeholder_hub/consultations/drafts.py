"""What a consultation is made of before it is stored, and what it must hold to be accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from stakeholder_hub.consultations.models import Activity
from stakeholder_hub.kernel.errors import Invalid, Reason
from stakeholder_hub.kernel.i18n import CONTENT, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.text import markdown, normalise, normalise_line

MOST_PHASES = 12
MOST_CATEGORIES = 30
LONGEST_TITLE = 160
LONGEST_QUESTION = 400
LONGEST_PHASE_TITLE = 120
LONGEST_PHASE_TEXT = 2000
LONGEST_CATEGORY = 80
LONGEST_TEXT = 50_000
LARGEST_BUDGET = 10**14
LONGEST_SPAN = timedelta(days=3660)
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class PhaseDraft:
    """One phase as it is to be: aware times, what people can do. ``id`` names the stored phase it changes."""

    title: Multilingual
    starts_at: datetime
    ends_at: datetime
    activities: Sequence[Activity]
    description: Multilingual | None = None
    id: int | None = field(default=None, kw_only=True)


def checked_language(language: str) -> str:
    """The code of a language people may write in.

    Raises:
        Invalid: it is none of them.
    """
    if language not in CONTENT:
        raise Invalid(_l("Choose one of the languages in the list."), "language")
    return language


def checked_line(value: Multilingual, field_name: str, *, longest: int, missing: Reason = "") -> Multilingual:
    """A one-line text in every language it has, normalised; without an original it is refused.

    Raises:
        Invalid: empty or too long, at ``field_name``.
    """
    return _checked(value, field_name, longest, missing or _l("Please fill this in."), line=True)


def checked_text(
    value: Multilingual, field_name: str, *, longest: int = LONGEST_TEXT, missing: Reason = ""
) -> Multilingual:
    """A longer text in every language it has, normalised; ``missing`` is the reason where one must be there."""
    return _checked(value, field_name, longest, missing, line=False)


def _checked(
    value: Multilingual, field_name: str, longest: int, missing: Reason, *, line: bool
) -> Multilingual:
    checked_language(value.source)
    texts: dict[str, str] = {}
    for code, text in value.texts.items():
        checked_language(code)
        try:
            clean = normalise_line(text, longest=longest) if line else normalise(text, longest=longest)
        except Invalid as refusal:
            raise Invalid(refusal.reason, field_name) from refusal
        if clean or code == value.source:
            texts[code] = clean
    if missing and not texts.get(value.source):
        raise Invalid(missing, field_name)
    return Multilingual(value.source, texts, value.made_by, value.made_from)


def html_of(value: Multilingual, field_name: str) -> Multilingual:
    """The stored HTML of a Markdown text, language by language.

    Raises:
        Invalid: too long, at ``field_name``.
    """
    try:
        made = {code: markdown(text, longest=LONGEST_TEXT) for code, text in value.texts.items()}
    except Invalid as refusal:
        raise Invalid(refusal.reason, field_name) from refusal
    return Multilingual(value.source, made, value.made_by, value.made_from)


def phase_field(index: int, name: str) -> str:
    """The form field of one value of the phase at ``index``: ``phases-0-ends_at``."""
    return f"phases-{index}-{name}"


def checked_phases(drafts: Sequence[PhaseDraft]) -> list[PhaseDraft]:
    """The phases in the order of their beginnings, every one in order.

    Raises:
        Invalid: none or too many, an empty name, an end before its start, times out of reach, nothing to do.
    """
    if not drafts:
        raise Invalid(_l("A consultation needs at least one phase."), "phases")
    if len(drafts) > MOST_PHASES:
        raise Invalid(_l("At most %(most)s phases are possible.", most=MOST_PHASES), "phases")
    checked = [_checked_phase(draft, index) for index, draft in enumerate(drafts)]
    return sorted(checked, key=lambda draft: (draft.starts_at, draft.ends_at))


def _checked_phase(draft: PhaseDraft, index: int) -> PhaseDraft:
    title = checked_line(
        draft.title,
        phase_field(index, "title"),
        longest=LONGEST_PHASE_TITLE,
        missing=_l("Give this phase a name."),
    )
    description = draft.description
    if description is not None:
        description = checked_text(description, phase_field(index, "description"), longest=LONGEST_PHASE_TEXT)
    for name, moment in (("starts_at", draft.starts_at), ("ends_at", draft.ends_at)):
        if not EARLIEST <= moment <= LATEST:
            raise Invalid(_l("Choose a date between the years 1900 and 2200."), phase_field(index, name))
    if draft.ends_at <= draft.starts_at:
        raise Invalid(_l("A phase cannot end before it begins."), phase_field(index, "ends_at"))
    if draft.ends_at - draft.starts_at > LONGEST_SPAN:
        raise Invalid(_l("A phase can last ten years at most."), phase_field(index, "ends_at"))
    try:
        activities = list(dict.fromkeys(Activity(a) for a in draft.activities))
    except ValueError as unknown:
        raise Invalid(_l("Choose from the list."), phase_field(index, "activities")) from unknown
    if not activities:
        raise Invalid(_l("Say what people can do in this phase."), phase_field(index, "activities"))
    return replace(draft, title=title, description=description or None, activities=activities)


def checked_categories(names: Sequence[Multilingual]) -> list[Multilingual]:
    """The headings for proposals, each once.

    Raises:
        Invalid: too many, empty or too long ones.
    """
    seen: dict[str, Multilingual] = {}
    for name in names:
        clean = checked_line(name, "categories", longest=LONGEST_CATEGORY)
        seen.setdefault(clean.original.text.casefold(), clean)
    if len(seen) > MOST_CATEGORIES:
        raise Invalid(_l("At most %(most)s headings are possible.", most=MOST_CATEGORIES), "categories")
    return list(seen.values())


def checked_budget(budget: int | None) -> int | None:
    """The amount in hundredths.

    Raises:
        Invalid: below nothing or beyond reason.
    """
    if budget is not None and not 0 <= budget <= LARGEST_BUDGET:
        raise Invalid(_l("Give an amount of zero or more."), "budget")
    return budget
