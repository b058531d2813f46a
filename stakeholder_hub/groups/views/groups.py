"""Groups: the list, one group, setting it up, describing it, ending it."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.groups import parts, queries, tables
from stakeholder_hub.groups.forms import GroupForm
from stakeholder_hub.groups.models import Group, GroupKind
from stakeholder_hub.groups.operations import archive_group, create_group, edit_group
from stakeholder_hub.groups.policy import (
    may_ask_to_join,
    may_create_group,
    may_join,
    may_manage_group,
    may_see_members,
)
from stakeholder_hub.groups.views.blueprint import bp
from stakeholder_hub.kernel.authorization import Actor, Verdict, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.crumbs import Crumb, crumbs_for
from stakeholder_hub.territories.queries import by_slug
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import ActionForm, render_form
from stakeholder_hub.webkit.paging import Order, paginate


def group_page(group: Group) -> str:
    """The page of a group."""
    return url_for("groups.show", slug=group.slug)


def group_crumbs(group: Group, *more: Crumb) -> list[Crumb]:
    """From the root of the tree down to the group, then ``more``."""
    return crumbs_for(group.territory, (in_language(group.name).text, group_page(group)), *more)


@bp.get("/groups/")
def index() -> ResponseReturnValue:
    """The groups of a place and below it."""
    wanted = parts.Wanted.of(request.args)
    place = wanted.territory()
    statement = parts.groups_for(wanted, place, actor())
    if wanted_format():
        groups = db.session.scalars(statement.order_by(Group.id).limit(MOST_ROWS)).all()
        counts = queries.member_counts(group.id for group in groups)
        columns = [str(column) for column in tables.GROUP_COLUMNS]
        return download("groups", columns, tables.group_rows(groups, counts), title=_("Groups"))
    page = paginate(statement, Order(Group.created_at, descending=True), Order(Group.id, descending=True))
    return render_template("groups/index.html", page=page, wanted=wanted, place=place, **_around(page, place))


def _around(page: object, place: object) -> dict[str, object]:
    ids = [group.id for group in page.items]  # type: ignore[attr-defined]
    return {
        "members": queries.member_counts(ids),
        "missing": queries.missing_sectors(ids),
        "own": parts.own_group_ids(actor()),
        "places": queries.choosable_places(place),  # type: ignore[arg-type]
        "kinds": [(kind.value, kind.label) for kind in GroupKind],
        "may_create": bool(place is not None and may_create_group(actor(), place)),  # type: ignore[arg-type]
    }


@bp.get("/groups/<slug>/")
def show(slug: str) -> ResponseReturnValue:
    """A group: what for, who is at the table, who is missing."""
    group, me = queries.group_at(slug), actor()
    return render_template(
        "groups/show.html",
        group=group,
        gauge=queries.gauge_of(group),
        seats=queries.seats_of(group),
        organisations=queries.organisations_at(group),
        work=parts.work_of(group, me),
        **_allowed(group, me),
        asked=queries.has_asked(group, me),
        beside=parts.beside(group, me),
        action=ActionForm.from_request() if me.is_authenticated else None,
        breadcrumbs=group_crumbs(group),
    )


def _allowed(group: Group, me: Actor) -> dict[str, Verdict]:
    return {
        "sees_members": may_see_members(me, group),
        "may_manage": may_manage_group(me, group),
        "may_join": may_join(me, group),
        "may_ask": may_ask_to_join(me, group),
    }


@bp.route("/groups/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Set up a group in a place."""
    place = by_slug(request.args.get("place", ""))
    require(may_create_group(actor(), place))
    form = GroupForm.for_new(place.default_language if place.default_language else language())
    if form.submitted():
        with form.catching():
            values = form.group_values(Multilingual(form.language.data))
            group = create_group(place, **values, actor=actor())
            say(_("The group has been set up. Now invite people to the table."))
            return redirect(group_page(group), code=303)
    return render_form("groups/edit.html", form, group=None, place=place, breadcrumbs=crumbs_for(place))


@bp.route("/groups/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Describe a group anew."""
    group = queries.group_at(slug)
    require(may_manage_group(actor(), group))
    form = GroupForm.for_group(group)
    if form.submitted():
        with form.catching():
            edit_group(group, **form.group_values(group.name), version=form.version.data, actor=actor())
            say(_("The group has been changed."))
            return redirect(group_page(group), code=303)
    return render_form(
        "groups/edit.html", form, group=group, place=group.territory, breadcrumbs=group_crumbs(group)
    )


@bp.post("/groups/<slug>/end")
def end(slug: str) -> ResponseReturnValue:
    """End a group."""
    group = queries.group_at(slug)
    archive_group(group, actor=actor())
    say(_("The group has ended. What it did stays readable."))
    return redirect(group_page(group), code=303)
