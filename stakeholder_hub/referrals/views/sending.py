"""Referring a matter: choosing about what and for whom, writing, checking, sending, taking back."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.referrals.deadlines import earliest_reply
from stakeholder_hub.referrals.filling import chosen, ready, stored
from stakeholder_hub.referrals.forms import EditReferralForm, ReferralForm
from stakeholder_hub.referrals.operations import (
    draft_referral,
    edit_referral,
    send_referral,
    withdraw_referral,
)
from stakeholder_hub.referrals.pages import choices
from stakeholder_hub.referrals.parties import key_of
from stakeholder_hub.referrals.policy import may_edit_draft, may_withdraw
from stakeholder_hub.referrals.queries import load_referral
from stakeholder_hub.referrals.skipping import bodies_between
from stakeholder_hub.referrals.starting import start_from_request, topic_asked
from stakeholder_hub.referrals.views.blueprint import bp, crumbs
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form


@bp.route("/referrals/new", methods=["GET", "POST"])
@auth_required("session")
def new() -> ResponseReturnValue:
    """Refer a record: first the topic and in whose name, then the request to the body that is suggested."""
    start = start_from_request(actor())
    if start.sender is None or start.topic is None:
        return render_template("referrals/start.html", start=start, key_of=key_of, **choices())
    form = ready(ReferralForm.from_request(language=language()), start.sender, start.topic)
    if form.submitted():
        with form.catching():
            values = chosen(form, actor())
            referral = draft_referral(
                start.source, sender=start.sender, topic=start.topic, **values, actor=actor()
            )
            say(_("The draft is saved. Check it, then send it."))
            return redirect(url_for(".send", reference=referral.reference), code=303)
    return render_form("referrals/form.html", form, start=start, earliest=earliest_reply)


@bp.route("/referrals/<reference>/edit", methods=["GET", "POST"])
@auth_required("session")
def edit(reference: str) -> ResponseReturnValue:
    """Change a draft."""
    referral = load_referral(reference, actor())
    require(may_edit_draft(actor(), referral))
    topic = topic_asked() or referral.topic
    form = ready(EditReferralForm.from_request(**stored(referral, actor())), referral.sender, topic)
    if form.submitted():
        with form.catching():
            values = chosen(form, actor())
            edit_referral(referral, topic=topic, **values, version=form.version.data, actor=actor())
            say(_("The draft is saved. Check it, then send it."))
            return redirect(url_for(".send", reference=reference), code=303)
    page = {"referral": referral, "topic": topic, "breadcrumbs": crumbs(referral, _("Edit the draft"))}
    return render_form("referrals/form.html", form, **page, earliest=earliest_reply)


@bp.route("/referrals/<reference>/send", methods=["GET", "POST"])
@auth_required("session")
def send(reference: str) -> ResponseReturnValue:
    """Look at it once more, then hand it over."""
    referral = load_referral(reference, actor())
    require(may_edit_draft(actor(), referral))
    form = ActionForm.from_request()
    if form.submitted():
        with form.catching():
            send_referral(referral, actor=actor())
            say(_("Sent. The officials of the body are told, and the clock runs."))
            return redirect(record_url(referral), code=303)
    return render_form(
        "referrals/send.html",
        form,
        referral=referral,
        earliest=earliest_reply(referral.to_body),
        skipped=bodies_between(referral.sender.territory, referral.to_body, referral.topic),
        breadcrumbs=crumbs(referral, _("Check and send")),
    )


@bp.route("/referrals/<reference>/withdraw", methods=["GET", "POST"])
@auth_required("session")
def withdraw(reference: str) -> ResponseReturnValue:
    """Ask, then take a matter back."""
    referral = load_referral(reference, actor())
    require(may_withdraw(actor(), referral))
    form = ActionForm.from_request()
    if form.submitted():
        with form.catching():
            withdraw_referral(referral, actor=actor())
            say(_("It is taken back. Its place in the journey stays."))
            return redirect(record_url(referral), code=303)
    return render_form(
        "referrals/withdraw.html", form, referral=referral, breadcrumbs=crumbs(referral, _("Take it back"))
    )
