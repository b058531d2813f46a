"""Joining similar matters of several places: the body asks, each place decides."""

from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.referrals.forms import ConsentForm, JoinForm
from stakeholder_hub.referrals.operations import ask_to_join, decide_joining
from stakeholder_hub.referrals.policy import may_bundle, may_consent
from stakeholder_hub.referrals.queries import load_referral, request_about, similar_to
from stakeholder_hub.referrals.views.blueprint import bp, crumbs
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form


@bp.route("/referrals/<reference>/join", methods=["GET", "POST"])
@auth_required("session")
def join(reference: str) -> ResponseReturnValue:
    """Ask the places of similar matters whether they may be answered together."""
    referral = load_referral(reference, actor())
    require(may_bundle(actor(), referral))
    form = JoinForm.from_request(language=language(), request=referral.title.original.text)
    form.offer(similar_to(referral, actor()))
    if form.submitted():
        with form.catching():
            ask_to_join(referral, **picked(form), actor=actor())
            say(_("The places are asked. Each that agrees is joined; the others stay alone."))
            return redirect(record_url(referral), code=303)
    return render_form(
        "referrals/join.html",
        form,
        referral=referral,
        breadcrumbs=crumbs(referral, _("Join with similar matters")),
    )


@bp.route("/referrals/<reference>/consent", methods=["GET", "POST"])
@auth_required("session")
def consent(reference: str) -> ResponseReturnValue:
    """Agree that one's matter is answered together with others, or stay alone."""
    referral = load_referral(reference, actor())
    require(may_consent(actor(), asked := request_about(referral)))
    form = ConsentForm.from_request()
    if form.submitted():
        with form.catching():
            agreed = form.decision.data == "agree"
            decide_joining(asked, agreed=agreed, reason=form.reason.data or "", actor=actor())
            say(_("It is joined.") if agreed else _("It stays alone and gets an answer of its own."))
            return redirect(record_url(referral), code=303)
    return render_form(
        "referrals/consent.html",
        form,
        referral=referral,
        asked=asked,
        breadcrumbs=crumbs(referral, _("Joining")),
    )


def picked(form: JoinForm) -> dict[str, Any]:
    """The values of the form as the operation takes them: the matters in place of their keys."""
    return {**form.values, "others": [form.referrals[i] for i in form.others.data or []]}
