"""What a core must hold so that every edition can be carried out by it. Pure, as the content itself."""

import re
from collections.abc import Sequence
from dataclasses import replace

from stakeholder_hub.consultations import drafts
from stakeholder_hub.consultations.models import Activity
from stakeholder_hub.decisions.kinds import Method, offer_of
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.operations.terms import check_conditions
from stakeholder_hub.editions.content import ELECTORATES, Content, CoreItem, PlannedPhase
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual

MOST_ITEMS = 40
MOST_ANSWERS = 50
MOST_DAYS = 3660
_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")


def checked(content: Content) -> Content:
    """``content`` with tidy texts, if every edition could be carried out by it.

    Raises:
        Invalid: with the reason at the field; those of an item are named ``items-0-question``.
    """
    language = drafts.checked_language(content.language)
    keys = [item.key for item in content.items]
    if len(keys) > MOST_ITEMS:
        raise Invalid(_l("At most %(most)s questions are possible.", most=MOST_ITEMS), "items")
    if len(set(keys)) != len(keys) or not all(_KEY.fullmatch(key) for key in keys):
        raise Invalid(_l("Each question needs a short name of its own."), "items")
    phases = _checked_phases(content.phases, language)
    if keys and not any(Activity.BALLOT in phase.activities for phase in phases):
        raise Invalid(_l("The questions need a phase in which people vote."), "phases")
    return replace(
        content,
        title=_line(content.title, language, "title", drafts.LONGEST_TITLE),
        question=_line(content.question, language, "question", drafts.LONGEST_QUESTION),
        background=drafts.checked_text(content.background, "background"),
        phases=phases,
        items=tuple(_placed(item, language, number) for number, item in enumerate(content.items)),
        categories=tuple(drafts.checked_categories(content.categories)),
        local=frozenset(content.local),
    )


def checked_item(item: CoreItem, language: str) -> CoreItem:
    """``item`` with tidy texts and only such terms as its method knows.

    Raises:
        Invalid: with the reason at the field.
    """
    if item.method not in item.kind.methods:
        raise Invalid(_l("Choose from the list."), "method")
    if item.electorate not in ELECTORATES:
        raise Invalid(_l("Choose from the list."), "electorate")
    check_conditions(item.method, item.conditions, item.electorate)
    if item.conditions.territories is not None:
        raise Invalid(
            _l("An edition is held in one place: majorities of places are compared above."), "conditions"
        )
    tidy = replace(
        item,
        title=_line(item.title, language, "title", drafts.LONGEST_TITLE),
        question=_line(item.question, language, "question", drafts.LONGEST_QUESTION),
        options=_checked_options(item, language),
    )
    return _with_numbers(tidy)


def _placed(item: CoreItem, language: str, number: int) -> CoreItem:
    try:
        return checked_item(item, language)
    except Invalid as refusal:
        raise Invalid(refusal.reason, f"items-{number}-{refusal.field}") from refusal


def _line(text: Multilingual, language: str, field: str, longest: int) -> Multilingual:
    if text.source != language:
        raise Invalid(_l("All originals of the core are in one language."), field)
    return drafts.checked_line(text, field, longest=longest)


def _checked_options(item: CoreItem, language: str) -> tuple[Multilingual, ...]:
    if item.method.asks_one_question:
        if item.options:
            raise Invalid(_l("Answers of your own do not go with this way of voting."), "options")
        return ()
    options = tuple(_line(option, language, "options", drafts.LONGEST_TITLE) for option in item.options)
    if not 2 <= len(options) <= MOST_ANSWERS:
        raise Invalid(_l("Give between 2 and %(most)s answers.", most=MOST_ANSWERS), "options")
    if len({option.original.text.casefold() for option in options}) != len(options):
        raise Invalid(_l("The same answer stands here twice."), "options")
    return options


def _with_numbers(item: CoreItem) -> CoreItem:
    """The item with numbers only where its method has them.

    Raises:
        Invalid: they do not fit each other, or the answers.
    """
    offer, number = offer_of(item.method), len(item.options)
    if item.vote_type is BallotKind.CHOOSE_ONE:
        item = replace(item, min_choices=1, max_choices=None)
    if item.min_choices < 0:
        raise Invalid(_l("Give a number of zero or more."), "min_choices")
    if number and item.min_choices > number:
        raise Invalid(_l("There are fewer answers than people must choose."), "min_choices")
    if item.max_choices is not None and item.max_choices < max(item.min_choices, 1):
        raise Invalid(_l("The most choices must not be fewer than the least."), "max_choices")
    if not offer.several:
        item = replace(item, winners_wanted=None)
    elif item.winners_wanted is not None and not 1 <= item.winners_wanted <= number:
        raise Invalid(
            _l("At least one answer must be able to win, and no more than there are."), "winners_wanted"
        )
    if not item.vote_type.has_points or item.method is Method.MAJORITY_JUDGMENT:
        return replace(item, points_each=None)
    if item.points_each is not None and not 1 <= item.points_each <= offer.most_points:
        raise Invalid(_l("Give a number from 1 to %(most)s.", most=offer.most_points), "points_each")
    return item


def _checked_phases(phases: Sequence[PlannedPhase], language: str) -> tuple[PlannedPhase, ...]:
    if not phases:
        raise Invalid(_l("A consultation needs at least one phase."), "phases")
    if len(phases) > drafts.MOST_PHASES:
        raise Invalid(_l("At most %(most)s phases are possible.", most=drafts.MOST_PHASES), "phases")
    for phase in phases:
        if not 0 <= phase.from_day < phase.to_day <= MOST_DAYS:
            raise Invalid(_l("A phase cannot end before it begins."), "phases")
        if not phase.activities:
            raise Invalid(_l("Say what people can do in this phase."), "phases")
    if min(phase.from_day for phase in phases) != 0:
        raise Invalid(_l("The first phase begins on the first day."), "phases")
    tidy = [
        replace(phase, title=_line(phase.title, language, "phases", drafts.LONGEST_PHASE_TITLE))
        for phase in phases
    ]
    return tuple(sorted(tidy, key=lambda phase: (phase.from_day, phase.to_day)))


def free_key(title: str, taken: Sequence[str]) -> str:
    """A short name for an item, made of its title, that none of ``taken`` has."""
    letters = re.sub(r"[^a-z0-9]+", "-", title.casefold().encode("ascii", "ignore").decode()).strip("-")
    stem = (letters if letters[:1].isalpha() else f"q-{letters}").strip("-")[:32].strip("-")
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)
