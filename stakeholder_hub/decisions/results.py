"""The result of a closed ballot, ready to be shown: rows in order, what was spent, rounds and ties in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from stakeholder_hub.decisions import explaining
from stakeholder_hub.decisions.counting import chosen_positions, counted_positions
from stakeholder_hub.decisions.models import Ballot, BallotOption, SectorTurnout
from stakeholder_hub.decisions.narrating import (
    StageLine,
    counts_heads,
    fate_of,
    figure_in_words,
    figures_are,
    stage_lines,
    story_of,
)
from stakeholder_hub.decisions.turnout import Cell, cells
from stakeholder_hub.kernel.i18n import _, _n, fallbacks
from stakeholder_hub.kernel.multilingual import Fragment, Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.webkit.formats import format_number

POINTS = ("ordinal", "cumulative", "scoring")


@dataclass(frozen=True)
class ResultRow:
    """One option. ``votes`` is what it was ranked by, ``share`` of all voters where votes are heads."""

    rank: int
    position: int
    title: Multilingual
    votes: int | float
    figure: str
    share: float | None
    cost: int | None
    chosen: bool
    why: str
    group: str | None
    proposal_id: int | None


@dataclass(frozen=True)
class Outcome:
    """What a result page shows. Amounts are in hundredths.

    ``unit``: what the figures of the rows count; ``heads``: whether they are people. ``story``: why this one won.
    ``names``
    are the heads of the columns of ``stages`` and of the pairwise table ``duels``; ``grades`` has a row for each
    option.
    """

    rows: list[ResultRow]
    voters: int
    winners: int
    budget: int | None
    spent: int
    rounds: list[str]
    ties: list[str]
    unit: str
    heads: bool
    sectors: list[Cell]
    file: Mapping[str, Any]
    story: str = ""
    names: list[str] = field(default_factory=list)
    stages: list[StageLine] = field(default_factory=list)
    duels: list[tuple[str, list[int]]] = field(default_factory=list)
    grades: list[tuple[str, list[int]]] = field(default_factory=list)
    pending: bool = False

    @property
    def left(self) -> int:
        """What remains of the budget."""
        return max(0, (self.budget or 0) - self.spent)


def outcome_of(ballot: Ballot, language: str) -> Outcome:
    """The result of ``ballot``, which must be closed, for a reader of ``language``."""
    result = ballot.result or {}
    file = result.get("file", {})
    turns = {turn["option"]: turn for turn in result.get("rounds", [])}
    pending = ballot.after_close is Standing.PENDING
    chosen = counted_positions(ballot) if pending else chosen_positions(ballot)
    scale = int(file.get("scale", 1)) * int(result.get("details", {}).get("scale", 1))
    heads = file.get("kind") not in POINTS if file else counts_heads(ballot)
    disputed = {str(one["position"]): one["reason"] for one in file.get("differences", [])}
    titles = {str(option.position): option.title.in_(language).text for option in ballot.options}

    def score(option: BallotOption) -> int:
        return int(result.get("scores", {}).get(str(option.position), 0))

    def order(option: BallotOption) -> tuple[bool, int, int]:
        won = option.position in chosen
        return (not won, chosen.index(option.position) if won else -score(option), option.position)

    def reason(option: BallotOption) -> str:
        key = str(option.position)
        if ballot.method.asks_one_question:
            return ""
        if key in disputed:
            return in_one_of(disputed[key], language)
        return explaining.why(turns[key], ballot.currency) if key in turns else fate_of(key, result, titles)

    rows = [
        ResultRow(
            rank=rank,
            position=option.position,
            title=option.title,
            votes=_scaled(score(option), scale),
            figure=figure_in_words(ballot, _scaled(score(option), scale)),
            share=score(option) / ballot.vote_count if ballot.vote_count and heads else None,
            cost=option.cost,
            chosen=option.position in chosen,
            why=reason(option),
            group=option.group_label,
            proposal_id=option.proposal_id,
        )
        for rank, option in enumerate(_shown(ballot, order), start=1)
    ]
    tables = result.get("tables", {})
    by_lot = result.get("tie_break") == "lot"
    return Outcome(
        rows=rows,
        voters=ballot.vote_count,
        winners=len(chosen),
        budget=ballot.budget,
        spent=sum(row.cost or 0 for row in rows if row.chosen),
        rounds=[
            explaining.turn_in_words(
                turn,
                titles[turn["option"]],
                ballot.currency,
                _with_unit(ballot, _scaled(turn["score"], scale), heads=heads),
            )
            for turn in result.get("rounds", [])
            if not ballot.method.asks_one_question
        ],
        ties=[
            explaining.tie_in_words(
                tie,
                [titles[option] for option in tie["options"]],
                _tied_figure(tie, scale),
                by_lot=by_lot,
                all_won=set(tie["options"]) <= set(result["winners"]),
            )
            for tie in result.get("ties", [])
            if tie["score"] != "0"
        ],
        unit=str(_("Points") if file and not heads else figures_are(ballot)),
        heads=heads,
        sectors=sectors_of(ballot.turnout),
        file=file,
        story=story_of(ballot, titles),
        names=list(titles.values()),
        stages=stage_lines(result, titles),
        duels=[(titles[option], row) for option, row in tables.get("duels", {}).items()],
        grades=[(titles[option], row) for option, row in tables.get("grades", {}).items()],
        pending=pending,
    )


def _shown(ballot: Ballot, order: Callable[[BallotOption], Any]) -> list[BallotOption]:
    """The options as a result lists them: answers to a question in their own order, all else the winners first."""
    return list(ballot.options) if ballot.method.asks_one_question else sorted(ballot.options, key=order)


def _scaled(score: int, scale: int) -> int | float:
    return score if scale == 1 else score / scale


def _with_unit(ballot: Ballot, figure: int | float, *, heads: bool) -> str:
    if heads:
        return str(_n("%(num)s vote", "%(num)s votes", figure))
    return f"{figures_are(ballot)}: {figure_in_words(ballot, figure)}"


def _tied_figure(tie: Mapping[str, Any], scale: int) -> str:
    return format_number(round(float(Fraction(tie["score"]) / scale), 4))


def sectors_of(turnout: list[SectorTurnout]) -> list[Cell]:
    """Turnout by sector, small groups held back; every sector has its line, so that absence tells nothing."""
    if not turnout:
        return []
    voted = {row.sector: row.voted for row in turnout}
    known = {sector.value: voted.get(sector.value, 0) for sector in Sector}
    return cells(known, {row.sector: row.eligible for row in turnout})


def in_one_of(texts: Mapping[str, str], language: str) -> str:
    """The text for a reader of ``language`` among texts by language code."""
    return next((texts[code] for code in fallbacks(language) if texts.get(code)), "")


def result_columns(ballot: Ballot, outcome: Outcome) -> list[str]:
    """Headings of the result as a table."""
    return [
        _("Place"),
        _("Number on the ballot"),
        _("Proposal"),
        _("Language"),
        _("Category"),
        outcome.unit,
        _("Share"),
        _("Cost (%(currency)s)", currency=ballot.currency),
        _("Chosen"),
        _("Why"),
    ]


def result_rows(outcome: Outcome, language: str) -> list[list[Any]]:
    """The result as a table."""
    return [
        [
            row.rank,
            row.position,
            *_text_and_language(row.title.in_(language)),
            row.group,
            row.figure if outcome.grades else row.votes,
            round(row.share, 4) if row.share is not None else None,
            row.cost / 100 if row.cost is not None else None,
            (_("not binding yet") if outcome.pending else _("yes")) if row.chosen else _("no"),
            row.why,
        ]
        for row in outcome.rows
    ]


def _text_and_language(part: Fragment) -> tuple[str, str]:
    return part.text, part.lang
