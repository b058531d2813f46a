"""Pages of residences: one's own, and those that officers see."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.residents import queries
from stakeholder_hub.residents.forms import AskForm, ConfirmForm, ReasonForm
from stakeholder_hub.residents.models import Evidence, Residence, ResidenceState
from stakeholder_hub.residents.operations import (
    ask_for_residence,
    confirm_residence,
    give_up_residence,
    refuse_residence,
    revoke_residence,
)
from stakeholder_hub.residents.policy import may_answer_residence, may_revoke_residence
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import by_slug
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import ActionForm, render_form
from stakeholder_hub.webkit.paging import Order, paginate

bp = feature_blueprint("residents", __name__)


@bp.route("/account/residence", methods=["GET", "POST"])
@auth_required("session")
def mine() -> ResponseReturnValue:
    """Where I am verified, what I asked for, and the way to ask."""
    me = actor()
    home = me.home_territory.slug if me.home_territory is not None else ""
    form = AskForm.among(queries.towns_to_choose(), request.args.get("place", home))
    if form.submitted():
        with form.catching():
            asked = ask_for_residence(by_slug(form.place.data), actor=me)
            name = in_language(asked.territory.name).text
            say(_("You have asked %(place)s. You are told when there is an answer.", place=name))
            return redirect(url_for(".mine"), code=303)
    return render_form("residents/mine.html", form, **_own())


def _own() -> dict[str, object]:
    me = actor()
    return {
        "residence": queries.residence_of(me),
        "asked": queries.request_of(me),
        "all": queries.residences_of(me),
        "action": ActionForm.from_request(),
    }


@bp.post("/account/residence/<int:number>/give-up")
@auth_required("session")
def give_up(number: int) -> ResponseReturnValue:
    """Take my request back, or say that I live there no longer."""
    give_up_residence(queries.own_residence(number, actor()), actor=actor())
    say(_("Saved. You are not verified there."))
    return redirect(url_for(".mine"), code=303)


@bp.get("/places/<slug>/residents")
def requests(slug: str) -> ResponseReturnValue:
    """What waits for an officer of this place, and who is verified here and below."""
    place = queries.place_of_officer(slug, actor())
    words = request.args.get("q", "")[:80]
    return render_template(
        "residents/requests.html",
        place=place,
        today=clock.today(place.timezone),
        waiting=_waiting(place),
        words=words,
        page=paginate(queries.verified_in(place, words), Order(Residence.id, descending=True)),
        verified=queries.count_verified(place),
        breadcrumbs=crumbs_for(place, (_("Residents"), None)),
    )


def _waiting(place: Territory) -> list[tuple[Residence, bool]]:
    """The oldest requests first, with whether this officer may answer them."""
    asked = queries.listed_in(place, ResidenceState.ASKED).order_by(Residence.id).limit(100)
    found = db.session.scalars(asked).all()
    return [(one, bool(may_answer_residence(actor(), one))) for one in found]


@bp.route("/places/<slug>/residents/<int:number>/confirm", methods=["GET", "POST"])
def confirm(slug: str, number: int) -> ResponseReturnValue:
    """Say how it was verified."""
    place = queries.place_of_officer(slug, actor())
    residence = queries.residence_in(place, number)
    require(may_answer_residence(actor(), residence))
    form = ConfirmForm.beginning(clock.today(residence.territory.timezone))
    if form.submitted():
        with form.catching():
            found = Evidence(form.evidence.data)
            confirm_residence(residence, evidence=found, valid_until=form.valid_until.data, actor=actor())
            say(_("%(name)s is verified as a resident, and is told.", name=residence.user.name))
            return redirect(url_for(".requests", slug=slug), code=303)
    return render_form("residents/confirm.html", form, **_about(place, residence, _("Verify")))


@bp.route("/places/<slug>/residents/<int:number>/refuse", methods=["GET", "POST"])
def refuse(slug: str, number: int) -> ResponseReturnValue:
    """Say why it could not be verified."""
    place = queries.place_of_officer(slug, actor())
    residence = queries.residence_in(place, number)
    require(may_answer_residence(actor(), residence))
    form = ReasonForm.from_request()
    if form.submitted():
        with form.catching():
            refuse_residence(residence, reason=form.reason.data or "", actor=actor())
            say(_("The request is refused, and %(name)s is told why.", name=residence.user.name))
            return redirect(url_for(".requests", slug=slug), code=303)
    return render_form("residents/refuse.html", form, **_about(place, residence, _("Refuse")))


@bp.route("/places/<slug>/residents/<int:number>/revoke", methods=["GET", "POST"])
def revoke(slug: str, number: int) -> ResponseReturnValue:
    """Take a verification back, and say why."""
    place = queries.place_of_officer(slug, actor())
    residence = queries.residence_in(place, number)
    require(may_revoke_residence(actor(), residence))
    form = ReasonForm.from_request()
    if form.submitted():
        with form.catching():
            revoke_residence(residence, reason=form.reason.data or "", actor=actor())
            say(_("%(name)s is not verified here any more, and is told why.", name=residence.user.name))
            return redirect(url_for(".requests", slug=slug), code=303)
    return render_form("residents/revoke.html", form, **_about(place, residence, _("Take back")))


def _about(place: Territory, residence: Residence, what: str) -> dict[str, object]:
    crumbs = crumbs_for(place, (_("Residents"), url_for(".requests", slug=place.slug)), (what, None))
    return {"place": place, "residence": residence, "breadcrumbs": crumbs}
