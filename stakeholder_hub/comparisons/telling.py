"""Comparisons in words, for pages and files alike."""

from collections.abc import Sequence

from stakeholder_hub.comparisons.aggregating import Level, Standing
from stakeholder_hub.comparisons.methods import Way
from stakeholder_hub.comparisons.queries import Town
from stakeholder_hub.comparisons.rollup import Compared, RollUp, Told
from stakeholder_hub.consultations.situation import Situation
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _, _l, _n
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP
from stakeholder_hub.webkit.formats import format_datetime, format_number, format_percent, in_language

WAYS: tuple[tuple[str, Reason], ...] = (
    ("by_people", _l("By people")),
    ("by_places", _l("By places")),
    ("by_population", _l("By inhabitants")),
)


def name_of(way: Way, outcome: int) -> str:
    """What an outcome is called, in the reader's language as far as there is a translation."""
    name = way.outcomes[outcome]
    return in_language(name).text if isinstance(name, Multilingual) else str(name)


def names_of(way: Way, outcomes: Sequence[int]) -> str:
    """Several outcomes in a row."""
    return ", ".join(name_of(way, outcome) for outcome in outcomes)


def ways_of(level: Level) -> list[tuple[Reason, Standing]]:
    """Each way of adding up that names a leader, with what it is called."""
    found = [(label, getattr(level, attribute)) for attribute, label in WAYS]
    return [(label, standing) for label, standing in found if standing is not None and standing.leaders]


def verdict(compared: Compared, level: Level) -> str:
    """Whether the ways of adding up agree, in a sentence or a few."""
    ways = ways_of(level)
    if not ways:
        return str(_("Nothing can be compared yet."))
    each = [f"{label}: {names_of(compared.way, way.leaders)}." for label, way in ways]
    if level.agree:
        return str(_("However one adds up: %(outcome)s.", outcome=names_of(compared.way, ways[0][1].leaders)))
    return " ".join([_("The ways of adding up disagree."), *each])


def in_places(compared: Compared, level: Level) -> str:
    """``Agreed in 15 of 18 places``; of a choice what most places chose. Empty where no place can be told."""
    standing = level.by_places
    if not standing.whole:
        return ""
    outcome = 0 if compared.way.is_question else (standing.leaders or (None,))[0]
    if outcome is None:
        return ""
    number = standing.figures[outcome] or 0
    if compared.way.is_question:
        agreed: str = _n(
            "Agreed in %(agreed)s of %(num)s place",
            "Agreed in %(agreed)s of %(num)s places",
            standing.whole,
            agreed=format_number(number),
        )
        return agreed
    chosen: str = _n(
        "%(outcome)s: chosen in %(chosen)s of %(num)s place",
        "%(outcome)s: chosen in %(chosen)s of %(num)s places",
        standing.whole,
        outcome=name_of(compared.way, outcome),
        chosen=format_number(number),
    )
    return chosen


def figure(value: int | None) -> str:
    """A number, or that it is held back."""
    return format_number(value) if value is not None else _("not shown")


def with_share(standing: Standing | None, outcome: int) -> str:
    """A figure with its share of the whole."""
    if standing is None:
        return "–"
    value, share = standing.figures[outcome], standing.share(outcome)
    if value is None or share is None:
        return figure(value)
    return f"{format_number(value)} ({format_percent(float(share))})"


def share_in(standing: Standing | None, outcome: int) -> str:
    """The share alone."""
    share = standing.share(outcome) if standing is not None else None
    return format_percent(float(share)) if share is not None else "–"


def decided_in_words(compared: Compared, edition_id: int) -> str:
    """What a place decided, or why nothing can be said of it."""
    told = compared.told.get(edition_id, Told.ABSENT)
    if told is not Told.DECIDED:
        return str(told.label)
    return names_of(compared.way, compared.comparison.decided[edition_id] or ()) or _("Nothing was chosen")


def missing_in_words(compared: Compared) -> list[str]:
    """Which places are not in the comparison of an item, and why: how many of each kind."""
    numbers = [(told, compared.number(told)) for told in Told if told is not Told.DECIDED]
    return [f"{told.label}: {format_number(number)}" for told, number in numbers if number]


def general_notes(rolled: RollUp) -> list[str]:
    """How all of it is added up, and what is held back."""
    notes = [
        _("Figures of %(when)s.", when=format_datetime(rolled.moment, rolled.parent.timezone)),
        _("By people: the votes of all places are added up; every vote counts the same."),
        _("By places: every place counts once, for what it decided by its own rule."),
        _(
            "By inhabitants: every place counts for what it decided, with the number of its inhabitants; places whose "
            "inhabitants are not known are left out."
        ),
        _("A result is compared from the close of the vote in a place; before that, nothing of it is used."),
        _(
            "Figures of fewer than %(num)s people are not shown, nor others from which they could be worked out. They "
            "are in a sum only together with those of other places. Zero is treated like every small figure.",
            num=SMALLEST_GROUP,
        ),
        _("What a place decided is not told where fewer than %(num)s people voted.", num=SMALLEST_GROUP),
        _(
            "Places that asked in other words, or that do not share their results, are not in the comparison; each is "
            "marked."
        ),
    ]
    if rolled.unshared:
        notes.append(
            _n(
                "%(num)s place does not share its results.",
                "%(num)s places do not share their results.",
                rolled.unshared,
            )
        )
    return notes


def notes_on(compared: Compared) -> list[str]:
    """What holds for one item: its method, and what its sums leave out."""
    level = compared.comparison.overall
    notes = [str(compared.way.note)]
    if level.not_in_sums:
        notes.append(
            _n(
                "The small figures of %(num)s place are not in the sums by people.",
                "The small figures of %(num)s places are not in the sums by people.",
                level.not_in_sums,
            )
        )
    if level.unknown:
        notes.append(
            _n(
                "The inhabitants of %(num)s place are not known.",
                "The inhabitants of %(num)s places are not known.",
                level.unknown,
            )
        )
    return notes


def state_of(town: Town) -> Reason:
    """How far a place is, in a few words."""
    if not town.takes_part or town.situation is None:
        return town.state.label
    return _l("In preparation") if town.situation is Situation.DRAFT else town.situation.label


def look_of(town: Town) -> str:
    """The state by whose colour and icon a place is shown."""
    if not town.takes_part or town.situation is None:
        return {"declined": "withdrawn", "withdrawn": "withdrawn"}.get(town.state, "draft")
    return town.situation.look
