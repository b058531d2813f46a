"""After the answer: notes, translations, the verdict, asking once more."""

from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import NotAllowed
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.referrals.forms import NoteForm, ReasonForm, TranslateForm, VerdictForm
from stakeholder_hub.referrals.kinds import Satisfaction
from stakeholder_hub.referrals.models import Response
from stakeholder_hub.referrals.operations import (
    add_local_note,
    judge_answer,
    reopen_referral,
    translate_answer,
)
from stakeholder_hub.referrals.pages import answer_shown, speakers
from stakeholder_hub.referrals.policy import may_judge, may_reopen, may_translate
from stakeholder_hub.referrals.queries import answer_to, load_referral, load_response
from stakeholder_hub.referrals.views.blueprint import bp, crumbs
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form


@bp.route("/responses/<reference>/note", methods=["GET", "POST"])
@auth_required("session")
def note(reference: str) -> ResponseReturnValue:
    """Say what an answer means for one's own people."""
    response = load_response(reference, actor())
    if not (mine := speakers(response, actor())):
        raise NotAllowed(_l("Only the bodies and groups on the way of this answer add notes to it, once."))
    form = NoteForm.from_request(language=language())
    form.offer(mine)
    if form.submitted():
        with form.catching():
            values = {**form.values, "speaker": form.parties[form.speaker.data]}
            add_local_note(response, **values, actor=actor())
            say(_("Your note stands beside the answer."))
            return redirect(record_url(response), code=303)
    return _with_answer("referrals/note.html", form, response, _("Note"))


@bp.route("/responses/<reference>/translate", methods=["GET", "POST"])
@auth_required("session")
def translate(reference: str) -> ResponseReturnValue:
    """Give an answer in one more language."""
    response = load_response(reference, actor())
    require(may_translate(actor(), response))
    form = TranslateForm.from_request(language=language())
    form.offer(response.answer.source)
    if form.submitted():
        with form.catching():
            translate_answer(response, **form.values, actor=actor())
            say(_("The translation is there. Those who read in this language are told."))
            return redirect(record_url(response), code=303)
    return _with_answer("referrals/translate.html", form, response, _("Translation"))


@bp.route("/referrals/<reference>/judge", methods=["GET", "POST"])
@auth_required("session")
def judge(reference: str) -> ResponseReturnValue:
    """Say whether the answer answered the question."""
    referral = load_referral(reference, actor())
    require(may_judge(actor(), referral))
    form, response = VerdictForm.from_request(language=language()), answer_to(referral)
    if form.submitted():
        with form.catching():
            judge_answer(referral, **judged(form), actor=actor())
            say(_("Thank you. What you say stands beside the answer."))
            return redirect(record_url(referral), code=303)
    return render_form(
        "referrals/judge.html",
        form,
        referral=referral,
        response=response,
        shown=answer_shown(response),
        breadcrumbs=crumbs(referral, _("Judge the answer")),
    )


@bp.route("/referrals/<reference>/reopen", methods=["GET", "POST"])
@auth_required("session")
def reopen(reference: str) -> ResponseReturnValue:
    """Put the question once more."""
    referral = load_referral(reference, actor())
    require(may_reopen(actor(), referral))
    form = ReasonForm.from_request()
    if form.submitted():
        with form.catching():
            again = reopen_referral(referral, reason=form.reason.data or "", actor=actor())
            say(_("The question is open again. The body that answered is told, and its clock runs anew."))
            return redirect(record_url(again), code=303)
    return render_form(
        "referrals/reopen.html", form, referral=referral, breadcrumbs=crumbs(referral, _("Ask once more"))
    )


def judged(form: VerdictForm) -> dict[str, Any]:
    """The values of a verdict as the operation takes them."""
    return {**form.values, "satisfaction": Satisfaction(form.satisfaction.data)}


def _with_answer(
    template: str, form: NoteForm | TranslateForm, response: Response, last: str
) -> ResponseReturnValue:
    return render_form(
        template,
        form,
        response=response,
        shown=answer_shown(response, original=True),
        breadcrumbs=crumbs(response, last),
    )
