"""Organisations and who may speak for them."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.groups import parts, queries, tables
from stakeholder_hub.groups.forms import MandateForm, OrganisationForm
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.groups.operations import (
    create_organisation,
    edit_organisation,
    give_mandate,
    revoke_mandate,
)
from stakeholder_hub.groups.policy import may_add_organisation, may_manage_organisation, may_speak_for
from stakeholder_hub.groups.views.blueprint import bp
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.sectors import HELIX
from stakeholder_hub.territories.crumbs import Crumb, crumbs_for
from stakeholder_hub.territories.queries import by_slug, person_at
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form
from stakeholder_hub.webkit.paging import Order, paginate


def _page_of(body: Organisation) -> str:
    return url_for("groups.organisation", slug=body.slug)


def _crumbs(body: Organisation, *more: Crumb) -> list[Crumb]:
    return crumbs_for(body.territory, (body.name, _page_of(body)), *more)


@bp.get("/organisations/")
def organisations() -> ResponseReturnValue:
    """The organisations of a place and below it."""
    wanted = parts.Wanted.of(request.args)
    place = wanted.territory()
    statement = queries.organisations_listed(place, wanted.sector)
    if wanted_format():
        bodies = db.session.scalars(statement.order_by(Organisation.id).limit(MOST_ROWS))
        columns = [str(column) for column in tables.ORGANISATION_COLUMNS]
        return download("organisations", columns, tables.organisation_rows(bodies), title=_("Organisations"))
    context = {
        "page": paginate(statement, Order(Organisation.name), Order(Organisation.id)),
        "places": queries.choosable_places(place),
        "sectors": [(sector.value, sector.label) for sector in HELIX],
        "may_add": bool(place is not None and may_add_organisation(actor(), place)),
    }
    return render_template("groups/organisations.html", wanted=wanted, place=place, **context)


@bp.get("/organisations/<slug>/")
def organisation(slug: str) -> ResponseReturnValue:
    """An organisation and its delegates."""
    body, me = queries.organisation_at(slug), actor()
    return render_template(
        "groups/organisation.html",
        body=body,
        groups=queries.groups_with(body),
        standing=parts.standing,
        day=clock.today(body.territory.timezone),
        may_manage=may_manage_organisation(me, body),
        speaks=may_speak_for(me, body),
        beside=parts.beside(body, me),
        action=ActionForm.from_request() if me.is_authenticated else None,
        breadcrumbs=_crumbs(body),
    )


@bp.route("/organisations/new", methods=["GET", "POST"])
def new_organisation() -> ResponseReturnValue:
    """Add an organisation to a place."""
    place = by_slug(request.args.get("place", ""))
    require(may_add_organisation(actor(), place))
    form = OrganisationForm.for_new(place.default_language)
    if form.submitted():
        with form.catching():
            body = create_organisation(place, **form.values, actor=actor())
            say(_("The organisation has been added. Now name who may speak for it."))
            return redirect(_page_of(body), code=303)
    return render_form(
        "groups/edit_organisation.html", form, body=None, place=place, breadcrumbs=crumbs_for(place)
    )


@bp.route("/organisations/<slug>/edit", methods=["GET", "POST"], endpoint="edit_organisation")
def edit(slug: str) -> ResponseReturnValue:
    """Describe an organisation anew."""
    body = queries.organisation_at(slug)
    require(may_manage_organisation(actor(), body))
    form = OrganisationForm.for_organisation(body)
    if form.submitted():
        with form.catching():
            edit_organisation(body, **form.values, actor=actor())
            say(_("The organisation has been changed."))
            return redirect(_page_of(body), code=303)
    return render_form(
        "groups/edit_organisation.html", form, body=body, place=body.territory, breadcrumbs=_crumbs(body)
    )


@bp.route("/organisations/<slug>/mandates/new", methods=["GET", "POST"])
def new_mandate(slug: str) -> ResponseReturnValue:
    """Name somebody who may speak for the organisation."""
    body = queries.organisation_at(slug)
    require(may_manage_organisation(actor(), body))
    form = MandateForm.beginning(clock.today(body.territory.timezone))
    if form.submitted():
        with form.catching():
            days: dict[str, Any] = {"starts_on": form.starts_on.data, "ends_on": form.ends_on.data}
            person = person_at(form.email.data)
            give_mandate(body, user=person, position=form.position.data or "", **days, actor=actor())
            say(_("%(name)s may speak for the organisation.", name=person.name))
            return redirect(_page_of(body), code=303)
    return render_form("groups/mandate.html", form, body=body, breadcrumbs=_crumbs(body))


@bp.post("/organisations/<slug>/mandates/<int:mandate_id>/end")
def end_mandate(slug: str, mandate_id: int) -> ResponseReturnValue:
    """End a mandate at once."""
    body = queries.organisation_at(slug)
    revoke_mandate(queries.mandate_of(body, mandate_id), actor=actor())
    say(_("The mandate has ended."))
    return redirect(_page_of(body), code=303)
