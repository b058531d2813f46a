"""The register of bodies, one body, who may decide what in a place."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.bodies import parts, queries, tables
from stakeholder_hub.bodies.forms import KIND_DETAILS, BodyForm, CompetencesForm
from stakeholder_hub.bodies.matrix import matrix_of
from stakeholder_hub.bodies.models import Body, BodyKind, Topic
from stakeholder_hub.bodies.officials import officials_of
from stakeholder_hub.bodies.operations import (
    archive_body,
    edit_body,
    register_body,
    restore_body,
    set_competences,
    set_level_competences,
)
from stakeholder_hub.bodies.policy import may_act_for, may_change_body, may_register_body
from stakeholder_hub.groups.queries import choosable_places
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.territories.crumbs import Crumb, crumbs_for
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.policy import still_exists
from stakeholder_hub.territories.queries import by_slug, moved_to
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import ActionForm, render_form
from stakeholder_hub.webkit.paging import Order, paginate

bp: Blueprint = feature_blueprint("bodies", __name__)
BESIDE = 12


def page_of(body: Body) -> str:
    """The page of a body."""
    return url_for("bodies.show", slug=body.slug)


def crumbs_of(body: Body, *more: Crumb) -> list[Crumb]:
    """From the root of the tree down to the body, then ``more``."""
    return crumbs_for(body.territory, (in_language(body.name).text, page_of(body)), *more)


@bp.get("/bodies/")
def index() -> ResponseReturnValue:
    """The register: general-purpose bodies along the tree, and beside them those for one task."""
    wanted = parts.Wanted.of(request.args)
    place = wanted.territory()
    asked: dict[str, Any] = {"level": wanted.level, "topic": wanted.topic, "ended": wanted.ended}
    if wanted_format():
        bodies = db.session.scalars(
            queries.listed(place, kind=wanted.kind, **asked).order_by(Body.id).limit(MOST_ROWS)
        )
        columns = [str(column) for column in tables.COLUMNS]
        return download("bodies", columns, tables.body_rows(bodies), title=_("Bodies and competences"))
    main = queries.listed(place, kind=wanted.kind or BodyKind.GENERAL_PURPOSE, **asked)
    page = paginate(main, Order(Territory.path), Order(Body.id))
    across = _across(place, asked) if wanted.kind is None and "after" not in request.args else []
    context = {"page": page, "branches": _branches(page.items), "across": across, **_choices(place)}
    return render_template("bodies/index.html", wanted=wanted, place=place, **context)


def _across(place: Territory | None, asked: dict[str, Any]) -> Sequence[Body]:
    """The bodies for one task that end first."""
    statement = queries.listed(place, kind=BodyKind.TASK_SPECIFIC, **asked)
    ends = (Body.sunset_on.is_(None), Body.sunset_on, Body.id)
    return db.session.scalars(statement.order_by(*ends).limit(BESIDE)).all()


def _branches(bodies: Sequence[Body]) -> list[tuple[Territory, int, list[Body]]]:
    """Bodies by their place, each with how deep it lies below the widest of them."""
    top = min((len(body.territory.ancestor_ids) for body in bodies), default=0)
    grouped = groupby(bodies, key=lambda body: body.territory)
    return [(there, min(len(there.ancestor_ids) - top, 3), list(own)) for there, own in grouped]


def _choices(place: Territory | None) -> dict[str, Any]:
    me = actor()
    return {
        "places": choosable_places(place),
        "levels": [(level.value, level.label) for level in Level],
        "topics": [(topic.value, topic.label) for topic in Topic],
        "kinds": [(kind.value, kind.label) for kind in BodyKind],
        "is_active": _is_active,
        "may_register": bool(place is not None and may_register_body(me, place) and still_exists(place)),
    }


def _is_active(body: Body) -> bool:
    return body.is_active_on(clock.today(body.territory.timezone))


@bp.get("/bodies/<slug>/")
def show(slug: str) -> ResponseReturnValue:
    """A body: what it may decide, how soon it answers, who acts for it."""
    body, me = queries.body_shown(slug), actor()
    return render_template(
        "bodies/show.html",
        body=body,
        is_active=_is_active(body),
        officials=officials_of(body),
        acts=may_act_for(me, body),
        parts=parts.parts_of(body, me),
        may_change=may_change_body(me, body),
        action=ActionForm.from_request() if me.is_authenticated else None,
        breadcrumbs=crumbs_of(body),
    )


@bp.route("/bodies/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Enter an organisation or a group into the register of its place."""
    place = by_slug(request.args.get("place", ""))
    require(may_register_body(actor(), place))
    require(still_exists(place))
    organisations, groups = queries.owners_in(place)
    chosen, language = request.args.get("owner", ""), place.default_language
    form = BodyForm.for_new(organisations, groups, chosen=chosen, language=language)
    if form.submitted():
        with form.catching():
            owner = queries.owner_in(place, form.owner.data or "")
            body = register_body(owner, **form.body_values(None), actor=actor())
            say(_("It stands in the register. Now say what it may decide."))
            return redirect(url_for(".competences", slug=body.slug), code=303)
    context = {"body": None, "place": place, "details": KIND_DETAILS, "breadcrumbs": crumbs_for(place)}
    return render_form("bodies/edit.html", form, **context)


@bp.route("/bodies/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Describe a body anew."""
    body = queries.body_at(slug)
    require(may_change_body(actor(), body))
    form = BodyForm.for_body(body)
    if form.submitted():
        with form.catching():
            edit_body(body, **form.body_values(body.remit), version=form.version.data, actor=actor())
            say(_("The body has been changed."))
            return redirect(page_of(body), code=303)
    context = {"body": body, "place": body.territory, "details": KIND_DETAILS, "breadcrumbs": crumbs_of(body)}
    return render_form("bodies/edit.html", form, **context)


@bp.route("/bodies/<slug>/competences", methods=["GET", "POST"])
def competences(slug: str) -> ResponseReturnValue:
    """Say what a body may do about each topic."""
    body = queries.body_at(slug)
    require(may_change_body(actor(), body))
    form = CompetencesForm.showing(body.competences, language=body.territory.default_language)
    if form.submitted():
        with form.catching():
            set_competences(body, **form.values, actor=actor())
            say(_("What it may decide has been written down."))
            return redirect(page_of(body), code=303)
    return render_form(
        "bodies/competences.html", form, name=body.name, back=page_of(body), breadcrumbs=crumbs_of(body)
    )


@bp.post("/bodies/<slug>/end")
def end(slug: str) -> ResponseReturnValue:
    """Take a body out of the register."""
    body = queries.body_at(slug)
    archive_body(body, actor=actor())
    say(_("It is taken out of the register. What it did stays readable."))
    return redirect(page_of(body), code=303)


@bp.post("/bodies/<slug>/resume")
def resume(slug: str) -> ResponseReturnValue:
    """Put a body that was taken out back into the register."""
    body = queries.body_at(slug)
    restore_body(body, actor=actor())
    say(_("It stands in the register again."))
    return redirect(page_of(body), code=303)


@bp.get("/places/<slug>/competences")
def matrix(slug: str) -> ResponseReturnValue:
    """Who may decide what in a place."""
    place, me = by_slug(moved_to(slug) or slug), actor()
    may_say = may_register_body(me, place) and still_exists(place)
    context = {"matrix": matrix_of(place), "may_say": may_say, "every_level": _levels_from(place)}
    return render_template("bodies/matrix.html", place=place, **context, breadcrumbs=crumbs_for(place))


def _levels_from(place: Territory) -> list[Level]:
    """The place's own level and the narrower ones: about these it can say what they usually may do."""
    return [level for level in Level if level.rank >= place.level.rank]


@bp.route("/places/<slug>/competences/<level>", methods=["GET", "POST"])
def levels(slug: str, level: str) -> ResponseReturnValue:
    """Say what a level usually may do in a place."""
    place = by_slug(slug)
    require(may_register_body(actor(), place))
    wanted = _level_of(place, level)
    form = CompetencesForm.showing(
        queries.level_competences_in(place, wanted), language=place.default_language
    )
    if form.submitted():
        with form.catching():
            set_level_competences(place, level=wanted, **form.values, actor=actor())
            say(_("What the level usually may decide has been written down."))
            return redirect(url_for(".matrix", slug=place.slug), code=303)
    context = {"name": place.name, "level": wanted, "back": url_for(".matrix", slug=place.slug)}
    return render_form("bodies/competences.html", form, **context, breadcrumbs=crumbs_for(place))


def _level_of(place: Territory, name: str) -> Level:
    """The level of this name, one the place can speak about.

    Raises:
        NotFound: there is none.
    """
    for level in _levels_from(place):
        if level.value == name:
            return level
    raise NotFound()
