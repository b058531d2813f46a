"""What can be taken away from a closed ballot: the result, and the votes it was counted from."""

from collections.abc import Iterable
from typing import Any

from flask import Response

from stakeholder_hub.decisions.evidence.publishing import archive_of
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.queries import votes_of
from stakeholder_hub.decisions.results import outcome_of, result_columns, result_rows
from stakeholder_hub.kernel.errors import NotAllowed, NotFound
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP
from stakeholder_hub.webkit.downloads import download


def result_file(ballot: Ballot, language: str) -> Response:
    """The result as a table.

    Raises:
        NotFound: there is none yet.
    """
    if ballot.state != BallotState.CLOSED:
        raise NotFound()
    outcome = outcome_of(ballot, language)
    rows = result_rows(outcome, language)
    return download(f"{ballot.reference}-result", result_columns(ballot, outcome), rows, title=_("Result"))


def votes_file(ballot: Ballot) -> Response:
    """Every vote as the numbers of its choices on the ballot, in random order.

    Raises:
        NotFound: the ballot is not closed.
        NotAllowed: so few people voted that single votes would tell who cast them.
    """
    if ballot.state != BallotState.CLOSED:
        raise NotFound()
    if ballot.vote_count < SMALLEST_GROUP:
        raise NotAllowed(
            _l("Fewer than %(num)s people voted: single votes are not published.", num=SMALLEST_GROUP)
        )
    columns = [_("Vote"), _("Numbers on the ballot"), _("Points")]
    return download(f"{ballot.reference}-votes", columns, _lines(ballot), title=_("Votes"))


def archive_file(ballot: Ballot) -> Response:
    """The archive of a result, with the second counter in it.

    Raises:
        NotFound: the ballot is not closed, or was held elsewhere.
    """
    response = Response(archive_of(ballot), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{ballot.reference}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _lines(ballot: Ballot) -> Iterable[list[Any]]:
    for number, vote in enumerate(votes_of(ballot), start=1):
        yield [number, " ".join(map(str, vote.choices)), " ".join(map(str, vote.points or ()))]
