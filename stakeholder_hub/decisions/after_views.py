"""Pages on which something is done about a result after the close: a veto, and the second vote."""

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.bodies.officials import position_in
from stakeholder_hub.bodies.queries import body_at
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.body_fields import AgainForm, VetoForm
from stakeholder_hub.decisions.operations import ask_again, veto_result
from stakeholder_hub.decisions.pages import about
from stakeholder_hub.decisions.policy import may_ask_again, may_veto
from stakeholder_hub.decisions.queries import load_ballot
from stakeholder_hub.decisions.views import bp
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form


@bp.route("/ballots/<reference>/veto/<body>", methods=["GET", "POST"])
@auth_required("session")
def veto(reference: str, body: str) -> ResponseReturnValue:
    """Block a result for a body, with reasons."""
    ballot = load_ballot(reference, actor())
    if body not in conditions_of(ballot).veto_bodies:
        raise NotFound()
    found = body_at(body)
    require(may_veto(actor(), ballot, found))
    form = VetoForm.from_request(position=position_in(found, actor()))
    if form.submitted():
        with form.catching():
            veto_result(ballot, body=found, **form.values, language=language(), actor=actor())
            say(_("The veto is on record with its reasons. Those who voted are told."))
            return redirect(record_url(ballot) + "#checks", code=303)
    return render_form("decisions/veto.html", form, **about(ballot), body=found)


@bp.route("/ballots/<reference>/again", methods=["GET", "POST"])
@auth_required("session")
def again(reference: str) -> ResponseReturnValue:
    """Ask the voters a second time, in spite of a veto."""
    ballot = load_ballot(reference, actor())
    require(may_ask_again(actor(), ballot))
    form, zone = AgainForm.from_request(), ballot.consultation.timezone
    if form.submitted():
        with form.catching():
            times = {name: clock.from_local(moment, zone) for name, moment in form.values.items()}
            second = ask_again(ballot, **times, actor=actor())
            say(_("The second vote is prepared. Look at it once more before it opens."))
            return redirect(record_url(second), code=303)
    return render_form("decisions/again.html", form, **about(ballot))
