"""The result of a closed ballot, ready to be shown: rows in order, what was spent, rounds and ties in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stakeholder_hub.decisions import explaining
from stakeholder_hub.decisions.counting import chosen_positions
from stakeholder_hub.decisions.models import Ballot, BallotOption, SectorTurnout
from stakeholder_hub.decisions.turnout import Cell, cells
from stakeholder_hub.kernel.i18n import _, fallbacks
from stakeholder_hub.kernel.multilingual import Fragment, Multilingual
from stakeholder_hub.kernel.sectors import Sector

POINTS = ("ordinal", "cumulative", "scoring")


@dataclass(frozen=True)
class ResultRow:
    """One option. ``votes`` is what it was ranked by, ``share`` of all voters where votes are heads."""

    rank: int
    position: int
    title: Multilingual
    votes: int | float
    share: float | None
    cost: int | None
    chosen: bool
    why: str
    group: str | None
    proposal_id: int | None


@dataclass(frozen=True)
class Outcome:
    """What a result page shows. Amounts are in hundredths."""

    rows: list[ResultRow]
    voters: int
    winners: int
    budget: int | None
    spent: int
    rounds: list[str]
    ties: list[str]
    in_points: bool
    sectors: list[Cell]
    file: Mapping[str, Any]

    @property
    def left(self) -> int:
        """What remains of the budget."""
        return max(0, (self.budget or 0) - self.spent)


def outcome_of(ballot: Ballot, language: str) -> Outcome:
    """The result of ``ballot``, which must be closed, for a reader of ``language``."""
    result = ballot.result or {}
    file = result.get("file", {})
    turns = {turn["option"]: turn for turn in result.get("rounds", [])}
    chosen = chosen_positions(ballot)
    scale = int(file.get("scale", 1))
    in_points = file.get("kind") in POINTS
    disputed = {str(one["position"]): one["reason"] for one in file.get("differences", [])}

    def score(option: BallotOption) -> int:
        return int(result.get("scores", {}).get(str(option.position), 0))

    def order(option: BallotOption) -> tuple[bool, int, int]:
        won = option.position in chosen
        return (not won, chosen.index(option.position) if won else -score(option), option.position)

    def reason(option: BallotOption) -> str:
        key = str(option.position)
        if key in disputed:
            return in_one_of(disputed[key], language)
        return explaining.why(turns[key], ballot.currency) if key in turns else ""

    rows = [
        ResultRow(
            rank=rank,
            position=option.position,
            title=option.title,
            votes=score(option) if scale == 1 else score(option) / scale,
            share=score(option) / ballot.vote_count if ballot.vote_count and not in_points else None,
            cost=option.cost,
            chosen=option.position in chosen,
            why=reason(option),
            group=option.group_label,
            proposal_id=option.proposal_id,
        )
        for rank, option in enumerate(sorted(ballot.options, key=order), start=1)
    ]
    titles = {str(option.position): option.title.in_(language).text for option in ballot.options}
    return Outcome(
        rows=rows,
        voters=ballot.vote_count,
        winners=len(chosen),
        budget=ballot.budget,
        spent=sum(row.cost or 0 for row in rows if row.chosen),
        rounds=[
            explaining.turn_in_words(_scaled(turn, scale), titles[turn["option"]], ballot.currency)
            for turn in result.get("rounds", [])
        ],
        ties=[
            explaining.tie_in_words(tie, [titles[option] for option in tie["options"]])
            for tie in result.get("ties", [])
            if tie["score"] != "0"
        ],
        in_points=in_points,
        sectors=sectors_of(ballot.turnout),
        file=file,
    )


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


def _scaled(turn: Mapping[str, Any], scale: int) -> dict[str, Any]:
    return {**turn, "score": turn["score"] if scale == 1 else turn["score"] / scale}


def result_columns(ballot: Ballot) -> list[str]:
    """Headings of the result as a table."""
    return [
        _("Place"),
        _("Number on the ballot"),
        _("Proposal"),
        _("Language"),
        _("Category"),
        _("Votes"),
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
            row.votes,
            round(row.share, 4) if row.share is not None else None,
            row.cost / 100 if row.cost is not None else None,
            _("yes") if row.chosen else _("no"),
            row.why,
        ]
        for row in outcome.rows
    ]


def _text_and_language(part: Fragment) -> tuple[str, str]:
    return part.text, part.lang
