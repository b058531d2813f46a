"""In which order a reader sees the options: drawn by lot, so that nobody gains by standing first."""

from collections.abc import Sequence

from stakeholder_hub.decisions.methods.ties import by_lot
from stakeholder_hub.decisions.models import Ballot, BallotOption


def drawn_for(ballot: Ballot, reader_id: int | None) -> Sequence[BallotOption]:
    """The options in an order of this reader's own that stays the same at every visit; visitors share one."""
    options = {str(option.position): option for option in ballot.options}
    return [options[name] for name in by_lot(tuple(options), f"{ballot.reference}:{reader_id or 'visitor'}")]
