"""What of each way to vote can be compared between places, and what not. Values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.editions.content import CoreItem
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual

AGREED, NOT_AGREED = 0, 1


class Figures(StrEnum):
    """What the figures of a ballot are, once they are added up over places."""

    ANSWERS = "answers"
    VOTES = "votes"
    POINTS = "points"
    NONE = "none"

    @property
    def label(self) -> Reason:
        """The head of a column."""
        return _l("Points") if self is Figures.POINTS else _l("Votes")


_FIGURES: dict[Method, Figures] = {
    Method.YES_NO: Figures.ANSWERS,
    Method.CONSENT: Figures.ANSWERS,
    Method.GRADIENTS: Figures.ANSWERS,
    Method.PLURALITY: Figures.VOTES,
    Method.MULTIPLE_CHOICE: Figures.VOTES,
    Method.APPROVAL: Figures.VOTES,
    Method.SCORE: Figures.POINTS,
    Method.BORDA: Figures.POINTS,
    Method.DOTS: Figures.POINTS,
    Method.QUADRATIC: Figures.POINTS,
}
"""Methods that are not here compare rankings, grades or loads within one vote: such figures cannot be added up."""

_SUPPORTING: dict[Method, tuple[int, int]] = {
    Method.YES_NO: (1, 2),
    Method.CONSENT: (2, 3),
    Method.GRADIENTS: (3, 8),
}
"""Of the fixed answers, how many of the first are for it; up to which one they are for or against."""


@dataclass(frozen=True)
class Way:
    """How one item is compared. ``outcomes`` are the names of what a place can decide."""

    method: Method
    outcomes: "tuple[Multilingual | Reason, ...]"
    figures: Figures

    @property
    def names(self) -> "tuple[Multilingual | str, ...]":
        """The outcomes as pages print them: texts of the core, and words of the house in the reader's language."""
        return tuple(name if isinstance(name, Multilingual) else str(name) for name in self.outcomes)

    @property
    def is_question(self) -> bool:
        """Whether a place agrees or does not, instead of choosing among options."""
        return self.figures is Figures.ANSWERS

    @property
    def one_each(self) -> bool:
        """Whether every vote counts for one outcome."""
        return self.is_question or self.method is Method.PLURALITY

    @property
    def leads_by_people(self) -> bool:
        """Whether a majority of all people would decide. By consent one objection of one person may."""
        return self.figures is not Figures.NONE and self.method is not Method.CONSENT

    @property
    def tied(self) -> int | None:
        """The outcome that equal numbers mean."""
        return NOT_AGREED if self.is_question else None

    @property
    def note(self) -> Reason:
        """What is compared and what not, in a sentence."""
        return _NOTES.get(self.method, _NOT_ADDED)

    def read(
        self, figures: Mapping[str, int], chosen: Sequence[int]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Figures and decision by outcome, from those of a ballot by position."""
        positions = sorted(int(name) for name in figures)
        ordered = [figures[str(position)] for position in positions]
        if self.is_question:
            first, last = _SUPPORTING[self.method]
            told = (sum(ordered[:first]), sum(ordered[first:last]))
            return told, (AGREED if chosen else NOT_AGREED,)
        place = {position: number for number, position in enumerate(positions)}
        decided = tuple(place[position] for position in chosen)
        return (tuple(ordered) if self.figures is not Figures.NONE else ()), decided


def way_of(item: CoreItem) -> Way:
    """How an item of a core is compared."""
    figures = _FIGURES.get(item.method, Figures.NONE)
    outcomes: tuple[Multilingual | Reason, ...] = item.options
    if figures is Figures.ANSWERS:
        outcomes = (_l("It is agreed"), _l("It is not agreed"))
    return Way(item.method, outcomes, figures)


_VOTES = _l(
    "Votes for each option are added up. A place stands for the options that won there by its own rule."
)
_POINTS = _l(
    "Points are added up, so that a place with more voters has more of them. A place stands for the options that won "
    "there."
)
_NOT_ADDED = _l(
    "Rankings, grades and shared loads are counted within each place and cannot be added up over places: what is "
    "compared is what each place decided."
)
_NOTES: dict[Method, Reason] = {
    Method.YES_NO: _l("Compared are the votes for and against; abstentions count for turnout only."),
    Method.CONSENT: _l(
        "Consent is reached where no reasoned objection stands. Added up are those who consent and those who object; a "
        "majority of all people decides nothing here."
    ),
    Method.GRADIENTS: _l("The three most favourable answers count as agreement, the other five do not."),
    Method.PLURALITY: _VOTES,
    Method.MULTIPLE_CHOICE: _VOTES,
    Method.APPROVAL: _VOTES,
    Method.SCORE: _POINTS,
    Method.BORDA: _POINTS,
    Method.DOTS: _POINTS,
    Method.QUADRATIC: _POINTS,
}


def same_words(item: CoreItem, other: CoreItem | None) -> bool:
    """Whether two versions of an item ask the same, in the same words of the original and by the same method."""
    if other is None:
        return False

    def said(one: CoreItem) -> tuple[object, ...]:
        terms = (one.method, one.min_choices, one.max_choices, one.winners_wanted, one.points_each)
        return (terms, [(name, text.original) for name, text in one.texts if name != "title"])

    return said(item) == said(other)
