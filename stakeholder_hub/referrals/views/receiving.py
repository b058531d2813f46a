"""What officials do: acknowledge, deliberate, answer or forward, say what became of it."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.referrals.filling import answered, ready_to_answer
from stakeholder_hub.referrals.forms import AcknowledgeForm, AnswerForm, ConcludeForm
from stakeholder_hub.referrals.operations import (
    acknowledge_referral,
    answer_referral,
    begin_deliberation,
    conclude_referral,
)
from stakeholder_hub.referrals.parts import answer_steps
from stakeholder_hub.referrals.policy import may_acknowledge, may_answer, may_conclude, may_deliberate
from stakeholder_hub.referrals.queries import load_referral
from stakeholder_hub.referrals.views.blueprint import bp, crumbs
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form


@bp.route("/referrals/<reference>/acknowledge", methods=["GET", "POST"])
@auth_required("session")
def acknowledge(reference: str) -> ResponseReturnValue:
    """Take a matter on by name."""
    referral = load_referral(reference, actor())
    require(may_acknowledge(actor(), referral))
    form = AcknowledgeForm.from_request(language=language(), reply_by=referral.reply_by)
    if form.submitted():
        with form.catching():
            acknowledge_referral(referral, **form.values, actor=actor())
            say(_("Acknowledged. Those who asked are told, and by when they get an answer."))
            return redirect(record_url(referral), code=303)
    return render_form(
        "referrals/acknowledge.html", form, referral=referral, breadcrumbs=crumbs(referral, _("Acknowledge"))
    )


@bp.route("/referrals/<reference>/deliberate", methods=["GET", "POST"])
@auth_required("session")
def deliberate(reference: str) -> ResponseReturnValue:
    """Say that the body deliberates."""
    referral = load_referral(reference, actor())
    require(may_deliberate(actor(), referral))
    form = ActionForm.from_request()
    if form.submitted():
        with form.catching():
            begin_deliberation(referral, actor=actor())
            say(_("Everybody sees now that you deliberate. Answer when you have decided."))
            return redirect(record_url(referral), code=303)
    return render_form(
        "referrals/deliberate.html",
        form,
        referral=referral,
        breadcrumbs=crumbs(referral, _("In deliberation")),
    )


@bp.route("/referrals/<reference>/answer", methods=["GET", "POST"])
@auth_required("session")
def answer(reference: str) -> ResponseReturnValue:
    """Answer with reasons, or forward it to the body that is competent."""
    referral = load_referral(reference, actor())
    require(may_answer(actor(), referral))
    form = ready_to_answer(AnswerForm.from_request(language=language()), referral, actor())
    if form.submitted():
        with form.catching():
            response = answer_referral(referral, **answered(form, actor()), actor=actor())
            say(_("The answer is published. Everyone who spoke gets it."))
            return redirect(record_url(response), code=303)
    return render_form(
        "referrals/answer.html",
        form,
        referral=referral,
        steps=answer_steps(referral, actor()),
        breadcrumbs=crumbs(referral, _("Answer")),
    )


@bp.route("/referrals/<reference>/conclude", methods=["GET", "POST"])
@auth_required("session")
def conclude(reference: str) -> ResponseReturnValue:
    """Say that what was promised is done, or will not be."""
    referral = load_referral(reference, actor())
    require(may_conclude(actor(), referral))
    form = ConcludeForm.from_request()
    if form.submitted():
        with form.catching():
            implemented = form.became.data == "implemented"
            conclude_referral(referral, implemented=implemented, note=form.note.data or "", actor=actor())
            say(_("Thank you. Everyone who spoke is told."))
            return redirect(url_for(".show", reference=reference), code=303)
    return render_form(
        "referrals/conclude.html",
        form,
        referral=referral,
        breadcrumbs=crumbs(referral, _("What became of it")),
    )
