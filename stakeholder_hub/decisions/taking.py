"""Taking a vote that was sent: from somebody with an account at once, from a visitor after the address is confirmed."""

from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue

from stakeholder_hub.accounts.pending import ask_for_address, contribution
from stakeholder_hub.decisions.marks import Marks, checked
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import cast_vote, give_proxy, take_back_proxy
from stakeholder_hub.decisions.operations.objecting import checked_reason
from stakeholder_hub.decisions.queries import load_ballot
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.idempotency import leads_to

KIND = "decisions.vote"


def take_vote(
    ballot: Ballot, marks: Marks, *, reason: str = "", language: str = "en", actor: Any
) -> ResponseReturnValue:
    """Store the vote and lead back to the ballot; a visitor is asked for the address, with the choice checked.

    Raises:
        Invalid: the choice does not fit the ballot.
        NotAllowed: the ballot is not open to this person.
    """
    if not actor.is_authenticated:
        kept = checked(ballot, marks)
        why = checked_reason(ballot, kept, reason)
        payload = {"ballot": ballot.reference, "choices": kept.choices, "points": kept.points}
        return ask_for_address(KIND, {**payload, "reason": why, "language": language})
    page = leads_to(record_url(ballot))
    cast_vote(
        ballot, choices=marks.choices, points=marks.points, reason=reason, language=language, actor=actor
    )
    say(_("Your vote is stored. You can change it until the vote ends."))
    return redirect(page, code=303)


def change_proxy(ballot: Ballot, holder: str, *, actor: Any) -> str:
    """Give the actor's vote to the person with this number, or take it back where none is named; returns what to say.

    Raises:
        Invalid: the other cannot carry it.
        NotAllowed: the ballot takes no proxies from the actor.
    """
    if not holder:
        take_back_proxy(ballot, actor=actor)
        return str(_("You vote yourself."))
    proxy = give_proxy(ballot, holder_id=int(holder), actor=actor)
    return str(_("%(name)s votes for you in this vote, and is told.", name=proxy.holder.name))


@contribution(KIND)
def cast_pending_vote(payload: dict[str, Any], *, actor: Any) -> str:
    """Cast the vote of somebody whose address is confirmed now; returns the page that shows it."""
    ballot = load_ballot(str(payload["ballot"]), actor)
    points = payload.get("points")
    cast_vote(
        ballot,
        choices=[int(position) for position in payload["choices"]],
        points=None if points is None else [int(number) for number in points],
        reason=str(payload.get("reason", "")),
        language=str(payload.get("language", "en")),
        actor=actor,
    )
    return record_url(ballot)
