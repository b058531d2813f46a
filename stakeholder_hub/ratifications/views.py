"""The page on which an official answers for a body. What is ratified shows the answers on its own page."""

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.bodies.officials import position_in
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.ratifications.forms import RatifyForm
from stakeholder_hub.ratifications.operations import ratify
from stakeholder_hub.ratifications.policy import may_ratify
from stakeholder_hub.ratifications.queries import load_seat
from stakeholder_hub.ratifications.rules import Outcome
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form

bp = feature_blueprint("ratifications", __name__)


@bp.route("/ratifications/<reference>/<body>", methods=["GET", "POST"])
@auth_required("session")
def answer(reference: str, body: str) -> ResponseReturnValue:
    """Say for a body whether it ratifies."""
    record = load_record(reference, actor())
    seat = load_seat(record, body)
    require(may_ratify(actor(), seat))
    form = RatifyForm.for_body(position_in(seat.body, actor()))
    if form.submitted():
        with form.catching():
            values = {**form.values, "outcome": Outcome(form.outcome.data)}
            ratify(seat, **values, language=language(), actor=actor())
            say(_("The answer of the body is on record. Everybody who follows this is told."))
            return redirect(record_url(record) + "#ratification", code=303)
    return render_form("ratifications/answer.html", form, record=record, seat=seat)
