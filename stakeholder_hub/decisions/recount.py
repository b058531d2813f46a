"""Counting again: a Pabulib file as it lies there, or a stored ballot from its stored votes."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.decisions.counting import chosen_positions, count, winners_in
from stakeholder_hub.decisions.evidence.leaves import lot_of
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.pabulib.tally import Tally, tally, tally_file
from stakeholder_hub.decisions.queries import votes_of
from stakeholder_hub.decisions.stored import file_again
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotFound
from stakeholder_hub.kernel.i18n import _, _l


def recount_file(path: str | Path) -> Tally:
    """The recount of a file that is not imported.

    Raises:
        PabulibError: the file is broken.
    """
    return tally(path)


def recount_ballot(reference: str) -> dict[str, Any]:
    """Count a closed ballot again and hold the outcome against the stored one. Options are named by position.

    ``winners`` are those of this count, ``official`` what the ballot says was chosen.

    Raises:
        NotFound: there is no such ballot.
        Invalid: it is not closed.
    """
    ballot = db.session.scalar(sa.select(Ballot).where(Ballot.reference == reference))
    if ballot is None:
        raise NotFound(_l("There is no ballot %(reference)s.", reference=reference))
    if ballot.state != BallotState.CLOSED:
        raise Invalid(_l("This ballot is not closed: nothing is counted before its end."))
    same = True
    if ballot.imported:
        again = tally_file(file_again(ballot, votes_of(ballot)))
        position = {project.id: place for place, project in enumerate(again.file.projects, start=1)}
        winners, voters, rule = (
            [position[one] for one in again.winners],
            again.result.voters,
            again.counted_by,
        )
    else:
        lot = lot_of(ballot.seed, ballot.root) if ballot.seed and ballot.root else None
        result = count(ballot, votes_of(ballot), lot=lot)
        winners, voters, rule = [int(one) for one in result.winners], result.voters, result.method
        same = result.to_json() == ballot.result
    stored = winners_in(ballot.result)
    differences = _differences(ballot, winners, voters)
    if not same and winners == stored:
        reason = _("The stored votes no longer give the stored figures: they have been changed.")
        differences.append({"project": None, "name": "", "official": None, "ours": None, "reason": reason})
    return {
        "reference": ballot.reference,
        "rule": rule,
        "winners": winners,
        "official": chosen_positions(ballot),
        "stored": stored,
        "agrees": same and winners == stored and voters == ballot.vote_count,
        "voters": voters,
        "differences": differences,
    }


def _differences(ballot: Ballot, winners: list[int], voters: int) -> list[dict[str, Any]]:
    """Where this count gives something else than what is stored or official, with the reason."""
    stored, official = winners_in(ballot.result), chosen_positions(ballot)
    told = {int(one["position"]): one for one in (ballot.result or {}).get("file", {}).get("differences", [])}
    found: list[dict[str, Any]] = []
    for option in ballot.options:
        at = option.position
        ours, theirs, kept = at in winners, at in official, at in stored
        if ours == theirs == kept:
            continue
        if ours != kept:
            reason = _("The stored votes no longer give the stored result: they have been changed.")
        else:
            reason = (
                told[at]["reason"]["en"] if at in told else _("The official result differs from the count.")
            )
        name = option.title.original.text
        found.append({"project": at, "name": name, "official": theirs, "ours": ours, "reason": reason})
    if voters != ballot.vote_count:
        reason = _(
            "%(found)s votes are stored, %(noted)s were counted.", found=voters, noted=ballot.vote_count
        )
        found.append({"project": None, "name": "", "official": None, "ours": None, "reason": reason})
    return found
