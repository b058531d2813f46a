"""Where a consultation runs, inviting places, and asking for one's own."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.queries import load_for_page
from stakeholder_hub.editions.forms import AskForm, InviteForm, ReasonForm
from stakeholder_hub.editions.listing import counts_of, page_of_places
from stakeholder_hub.editions.operations import (
    ask_to_take_part,
    invite_territories,
    refuse_request,
    take_back_invitation,
)
from stakeholder_hub.editions.places import chosen_places, offered, own_places
from stakeholder_hub.editions.policy import may_admit, may_invite
from stakeholder_hub.editions.queries import content_of, latest_core
from stakeholder_hub.editions.views.base import bp, crumbs_to, load_edition, run_parent
from stakeholder_hub.kernel.authorization import require, signed_in
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _, _l, _n
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import render_form


@bp.get("/consultations/<slug>/places/")
def places(slug: str) -> ResponseReturnValue:
    """Every place that takes part and whose consultation the reader may see."""
    consultation = load_for_page(slug, actor())
    core = latest_core(consultation.id)
    if core is None:
        raise NotFound()
    return render_template(
        "editions/places.html",
        consultation=consultation,
        content=content_of(core),
        counts=counts_of(consultation, actor()),
        page=page_of_places(consultation, actor()),
        breadcrumbs=crumbs_to(consultation, (_("Places"), None)),
    )


@bp.route("/consultations/<slug>/invite-places", methods=["GET", "POST"])
def invite(slug: str) -> ResponseReturnValue:
    """Choose places and write to them."""
    consultation = run_parent(slug)
    require(may_invite(actor(), consultation))
    form = InviteForm.on(offered(consultation), language())
    if form.submitted():
        with form.catching():
            sent = invite_territories(consultation, **invited(form, consultation), actor=actor())
            say(_n("%(num)s place is invited.", "%(num)s places are invited.", len(sent)))
            return redirect(url_for(".core", slug=slug), code=303)
    return render_form("editions/invite.html", form, consultation=consultation)


def invited(form: InviteForm, consultation: Consultation) -> dict[str, Any]:
    """What the operation takes."""
    found = chosen_places(
        consultation,
        ticked=(form.places.data or ()) if "places" in form else (),
        below=form.below.data or 0,
        listed=form.listed.data or "",
    )
    return {
        "territories": found,
        "message": form.message.data or "",
        "language": form.language.data,
        "reply_by": form.reply_by.data,
    }


@bp.post("/consultations/<slug>/places/<place>/take-back")
def take_back(slug: str, place: str) -> ResponseReturnValue:
    """Invite a place no longer."""
    edition = load_edition(slug, place)
    require(may_admit(actor(), edition))
    name = in_language(edition.territory.name).text
    take_back_invitation(edition, actor=actor())
    say(_("%(place)s is not invited any more.", place=name))
    return redirect(url_for(".core", slug=slug), code=303)


@bp.post("/consultations/<slug>/places/<place>/admit")
def admit(slug: str, place: str) -> ResponseReturnValue:
    """Invite a place that asked."""
    edition = load_edition(slug, place)
    require(may_admit(actor(), edition))
    invite_territories(edition.parent, territories=[edition.territory], actor=actor())
    say(_("%(place)s is invited and can begin.", place=in_language(edition.territory.name).text))
    return redirect(url_for(".core", slug=slug), code=303)


@bp.route("/consultations/<slug>/places/<place>/refuse", methods=["GET", "POST"])
def refuse(slug: str, place: str) -> ResponseReturnValue:
    """Tell a place that asked why it cannot take part."""
    edition = load_edition(slug, place)
    require(may_admit(actor(), edition))
    form = ReasonForm.from_request(language=language())
    if form.submitted():
        with form.catching():
            refuse_request(edition, reason=form.reason.data, language=language(), actor=actor())
            say(_("The place is told why."))
            return redirect(url_for(".core", slug=slug), code=303)
    return render_form(
        "editions/reason.html",
        form,
        heading=_("Why this place cannot take part"),
        lead=edition.territory.name,
        label=_("Tell them"),
        back=url_for(".core", slug=slug),
    )


@bp.route("/consultations/<slug>/take-part", methods=["GET", "POST"])
def ask(slug: str) -> ResponseReturnValue:
    """Ask whether one's own place can take part."""
    require(signed_in(actor(), _l("Sign in to ask whether your place can take part.")))
    consultation = load_for_page(slug, actor())
    form, own = AskForm.from_request(), {place.id: place for place in own_places(actor())}
    form.place.choices = [SelectChoice(place.id, in_language(place.name).text) for place in own.values()]
    if form.submitted():
        with form.catching():
            territory, words = own[form.place.data], form.message.data or ""
            ask_to_take_part(
                consultation, territory=territory, message=words, language=language(), actor=actor()
            )
            say(_("You have asked. You are told as soon as there is an answer."))
            return redirect(record_url(consultation), code=303)
    return render_form("editions/ask.html", form, consultation=consultation, own=own)
