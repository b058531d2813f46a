"""Pages on which those who hand out ballots on paper cross people off the roll."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.decisions.operations import cross_off, undo_crossing
from stakeholder_hub.decisions.pages import about
from stakeholder_hub.decisions.paper import Crossing
from stakeholder_hub.decisions.paper_forms import CrossingForm, UndoingForm
from stakeholder_hub.decisions.policy import may_cross_off
from stakeholder_hub.decisions.queries import load_ballot
from stakeholder_hub.decisions.rolls import (
    crossings_of,
    found_on_roll,
    load_crossing,
    name_on,
    paper_balance,
)
from stakeholder_hub.decisions.views import bp
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form
from stakeholder_hub.webkit.paging import Order, paginate


@bp.route("/ballots/<reference>/roll", methods=["GET", "POST"])
def roll(reference: str) -> ResponseReturnValue:
    """Find somebody on the roll, and cross them off."""
    ballot = load_ballot(reference, actor())
    require(may_cross_off(actor(), ballot))
    form, words = CrossingForm.from_request(), request.args.get("q", "")[:254]
    if form.submitted():
        with form.catching():
            cross_off(ballot, key=form.key.data or "", actor=actor())
            say(_("Crossed off: this person can no longer vote online."))
            return redirect(url_for("decisions.roll", reference=reference), code=303)
    page = paginate(crossings_of(ballot), Order(Crossing.id, descending=True), rows=True)
    found, balance = found_on_roll(ballot, words), paper_balance(ballot)
    told = {"words": words, "found": found, "page": page, "balance": balance}
    return render_form("decisions/roll.html", form, **about(ballot), **told)


@bp.route("/ballots/<reference>/roll/<int:number>/undo", methods=["GET", "POST"])
def undo(reference: str, number: int) -> ResponseReturnValue:
    """Take back that somebody was crossed off, with the reason."""
    ballot = load_ballot(reference, actor())
    require(may_cross_off(actor(), ballot))
    crossing = load_crossing(ballot, number)
    form = UndoingForm.from_request()
    if form.submitted():
        with form.catching():
            undo_crossing(crossing, reason=form.reason.data or "", actor=actor())
            say(_("Undone: this person can vote online again."))
            return redirect(url_for("decisions.roll", reference=reference), code=303)
    return render_form(
        "decisions/undo.html", form, **about(ballot), crossing=crossing, name=name_on(crossing)
    )
