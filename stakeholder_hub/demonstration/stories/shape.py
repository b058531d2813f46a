"""What the towns of the demonstration talk about: consultations with proposals and comments, in their languages.

Days are relative to the day of loading: ``-20`` is twenty days ago.
"""

from dataclasses import dataclass, field

from stakeholder_hub.consultations.models import Activity, Template


@dataclass(frozen=True)
class Remark:
    """A comment: its stance (``for``, ``against``, ``neutral``), text, and the answers to it."""

    stance: str
    text: str
    answers: tuple["Remark", ...] = ()


@dataclass(frozen=True)
class Idea:
    """A proposal. ``cost`` is in whole units of the currency, ``support`` how many support it."""

    title: str
    text: str
    support: int = 0
    category: int | None = None
    cost: int | None = None
    place: tuple[float, float, str] | None = None
    remarks: tuple[Remark, ...] = ()
    answer: str | None = None


@dataclass(frozen=True)
class Stretch:
    """A phase: its title, first and last day, and what can be done in it."""

    title: str
    first: int
    last: int
    activities: tuple[Activity, ...]


@dataclass(frozen=True)
class Task:
    """An action item: which proposal it carries out (by position), who, when, how far."""

    title: str
    text: str
    idea: int
    due: int
    status: str = "planned"
    sector: str = "administration"
    note: str | None = None


@dataclass(frozen=True)
class Poll:
    """A further vote of a consultation, on answers of its own, from its first to its last day.

    ``conditions`` are plain data as the ballot holds them; ``members``: only the group votes; ``objection``: what one of
    the voters objects, where the vote is by consent.
    """

    title: str
    question: str
    method: str
    first: float
    last: float
    answers: tuple[str, ...] = ()
    winners: int | None = None
    voters: int = 40
    members: bool = False
    conditions: dict[str, object] = field(default_factory=dict)
    objection: str = ""
    translations: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """One consultation of the demonstration."""

    town: str
    language: str
    slug: str
    title: str
    question: str
    background: str
    template: Template
    phases: tuple[Stretch, ...]
    categories: tuple[str, ...] = ()
    ideas: tuple[Idea, ...] = ()
    tasks: tuple[Task, ...] = ()
    polls: tuple[Poll, ...] = ()
    budget: int | None = None
    method: str | None = None
    winners: int | None = None
    voters: int = 0
    translations: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Title and question in other languages."""
    is_published: bool = True


OPEN = (Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION)
"""What can be done while ideas are collected."""
