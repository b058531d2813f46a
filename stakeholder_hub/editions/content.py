"""What every edition has in common, as typed values and as the plain data that is stored.

A content is never changed: a new version is a new content. Items keep their ``key`` from version to version, so that
what was asked in one place can be held against what was asked in another. Answers of an item are known by their order.
Days are counted from the first day of an edition; each place has its own.

Values in, values out: nothing here asks the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from stakeholder_hub.consultations.models import Activity
from stakeholder_hub.decisions.electorate import Electorate
from stakeholder_hub.decisions.kinds import KIND_LABELS, Method, offer_of
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual

FORMAT = 1
"""The version of the plain data; raised when what is stored could no longer be read as it is."""


class ItemKind(StrEnum):
    """What is put to people."""

    QUESTION = "question"
    STATEMENT = "statement"
    BALLOT = "ballot"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            ItemKind.QUESTION: _l("Question with answers"),
            ItemKind.STATEMENT: _l("Statement to agree with"),
            ItemKind.BALLOT: _l("Vote on fixed options"),
        }[self]

    @property
    def methods(self) -> tuple[Method, ...]:
        """The ways it can be voted and counted, the usual one first."""
        return _METHODS[self]


_METHODS: dict[ItemKind, tuple[Method, ...]] = {
    ItemKind.QUESTION: (Method.PLURALITY, Method.MULTIPLE_CHOICE),
    ItemKind.STATEMENT: (Method.YES_NO, Method.GRADIENTS),
    ItemKind.BALLOT: (
        Method.YES_NO,
        Method.CONSENT,
        Method.PLURALITY,
        Method.APPROVAL,
        Method.SCORE,
        Method.MAJORITY_JUDGMENT,
        Method.IRV,
        Method.SCHULZE,
        Method.BORDA,
        Method.STV,
        Method.SPAV,
        Method.PHRAGMEN,
        Method.DOTS,
        Method.QUADRATIC,
    ),
}
"""Budgets are missing on purpose: each place has its own money and its own proposals."""

ANSWERS_TO_STATEMENT: tuple[Reason, ...] = (_l("I agree"), _l("I disagree"), _l("I pass"))
"""How yes, no and abstention are said where people answer to a statement."""

ELECTORATES: tuple[Electorate, ...] = (
    Electorate.EVERYONE,
    Electorate.MEMBERS,
    Electorate.RESIDENTS,
    Electorate.DELEGATES,
)
"""Who can be asked in every place alike; lists of people belong to one vote."""


class LocalPart(StrEnum):
    """What a place can add of its own."""

    PROPOSALS = "proposals"
    BALLOTS = "ballots"
    CATEGORIES = "categories"
    BACKGROUND = "background"
    PHASES = "phases"

    @property
    def label(self) -> Reason:
        """What may be added, in the reader's language."""
        return {
            LocalPart.PROPOSALS: _l("Proposals of the people there"),
            LocalPart.BALLOTS: _l("Questions and votes of its own"),
            LocalPart.CATEGORIES: _l("Headings of its own"),
            LocalPart.BACKGROUND: _l("A text about the place"),
            LocalPart.PHASES: _l("Phases of its own"),
        }[self]


@dataclass(frozen=True)
class CoreItem:
    """One question, statement or vote that is put to people in every edition, with its rule.

    ``options`` are empty where the method has fixed answers. ``min_choices`` and the rest mean what they mean on a
    ballot.
    """

    key: str
    kind: ItemKind
    title: Multilingual
    question: Multilingual
    method: Method
    options: tuple[Multilingual, ...] = ()
    electorate: Electorate = Electorate.EVERYONE
    min_choices: int = 1
    max_choices: int | None = None
    winners_wanted: int | None = None
    points_each: int | None = None
    conditions: Conditions = field(default_factory=Conditions)

    @property
    def vote_type(self) -> BallotKind:
        """What people fill in."""
        return offer_of(self.method).kinds[0]

    @property
    def how(self) -> Reason:
        """How people fill it in, in the reader's language."""
        return KIND_LABELS[self.vote_type]

    @property
    def texts(self) -> tuple[tuple[str, Multilingual], ...]:
        """Every text by the name of its place: ``title``, ``question``, ``option-1`` and so on."""
        options = ((f"option-{number}", option) for number, option in enumerate(self.options, start=1))
        return (("title", self.title), ("question", self.question), *options)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "key": self.key,
            "kind": self.kind.value,
            "title": told(self.title),
            "question": told(self.question),
            "method": self.method.value,
            "options": [told(option) for option in self.options],
            "electorate": self.electorate.value,
            "min_choices": self.min_choices,
            "max_choices": self.max_choices,
            "winners_wanted": self.winners_wanted,
            "points_each": self.points_each,
            "conditions": self.conditions.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CoreItem":
        """Back from plain data."""
        return cls(
            key=data["key"],
            kind=ItemKind(data["kind"]),
            title=heard(data["title"]),
            question=heard(data["question"]),
            method=Method(data["method"]),
            options=tuple(heard(option) for option in data["options"]),
            electorate=Electorate.read(data["electorate"]),
            min_choices=data["min_choices"],
            max_choices=data["max_choices"],
            winners_wanted=data["winners_wanted"],
            points_each=data["points_each"],
            conditions=Conditions.from_json(data["conditions"]),
        )


@dataclass(frozen=True)
class PlannedPhase:
    """A phase as it is recommended: from day ``from_day`` of an edition (the first is 0) to day ``to_day``."""

    title: Multilingual
    from_day: int
    to_day: int
    activities: tuple[Activity, ...]
    description: Multilingual | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "title": told(self.title),
            "from_day": self.from_day,
            "to_day": self.to_day,
            "activities": [activity.value for activity in self.activities],
            "description": told(self.description) if self.description is not None else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "PlannedPhase":
        """Back from plain data."""
        return cls(
            title=heard(data["title"]),
            from_day=data["from_day"],
            to_day=data["to_day"],
            activities=tuple(Activity(activity) for activity in data["activities"]),
            description=heard(data["description"]) if data["description"] is not None else None,
        )


@dataclass(frozen=True)
class Content:
    """All that is common. ``language`` is the one of the originals; ``open_to_all``: places may ask to take part."""

    language: str
    title: Multilingual
    question: Multilingual
    background: Multilingual
    phases: tuple[PlannedPhase, ...]
    items: tuple[CoreItem, ...] = ()
    categories: tuple[Multilingual, ...] = ()
    local: frozenset[LocalPart] = frozenset(LocalPart)
    open_to_all: bool = True

    def item(self, key: str) -> CoreItem | None:
        """The item with this key, if there is one."""
        return next((item for item in self.items if item.key == key), None)

    def allows(self, part: LocalPart) -> bool:
        """Whether places can add this."""
        return part in self.local

    @property
    def languages(self) -> list[str]:
        """In which languages question and background are there, the original first, then those with most texts."""
        return [self.language, *sorted(code for code in self.question.texts if code != self.language)]

    @property
    def days(self) -> int:
        """How long an edition takes if it keeps to what is recommended."""
        return max(phase.to_day for phase in self.phases)

    @property
    def voting_phase(self) -> int | None:
        """Which of the phases holds the vote on the items."""
        return next((n for n, phase in enumerate(self.phases) if Activity.BALLOT in phase.activities), None)

    def missing_in(self, language: str) -> int:
        """How many texts that people need to answer are not there in ``language``."""
        texts = [self.question, *(text for item in self.items for _name, text in item.texts)]
        return sum(not text.texts.get(language) for text in texts)

    def to_json(self) -> dict[str, Any]:
        """As the plain data that is stored."""
        return {
            "format": FORMAT,
            "language": self.language,
            "title": told(self.title),
            "question": told(self.question),
            "background": told(self.background),
            "phases": [phase.to_json() for phase in self.phases],
            "items": [item.to_json() for item in self.items],
            "categories": [told(category) for category in self.categories],
            "local": sorted(part.value for part in self.local),
            "open_to_all": self.open_to_all,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Content":
        """Back from what is stored.

        Raises:
            ValueError: it was written by a later format.
        """
        if data["format"] != FORMAT:
            raise ValueError(f"a core in format {data['format']} cannot be read")
        return cls(
            language=data["language"],
            title=heard(data["title"]),
            question=heard(data["question"]),
            background=heard(data["background"]),
            phases=tuple(PlannedPhase.from_json(phase) for phase in data["phases"]),
            items=tuple(CoreItem.from_json(item) for item in data["items"]),
            categories=tuple(heard(category) for category in data["categories"]),
            local=frozenset(LocalPart(part) for part in data["local"]),
            open_to_all=data["open_to_all"],
        )


def told(text: Multilingual) -> dict[str, Any]:
    """A text with its translations as plain data, as columns of such texts hold them."""
    return {
        "source": text.source,
        "texts": dict(text.texts),
        "by": dict(text.made_by),
        "of": dict(text.made_from),
    }


def heard(data: Mapping[str, Any]) -> Multilingual:
    """Back from plain data."""
    return Multilingual(data["source"], data["texts"], data.get("by", {}), data.get("of", {}))
