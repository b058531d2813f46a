"""Who sits at a group's table: seen and changed in one place."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.groups import queries, tables
from stakeholder_hub.groups.forms import MemberForm, SeatForm
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.operations import (
    add_member,
    remove_member,
    seat_organisation,
    unseat_organisation,
)
from stakeholder_hub.groups.policy import may_manage_group, may_see_members
from stakeholder_hub.groups.views.blueprint import bp
from stakeholder_hub.groups.views.groups import group_crumbs, group_page
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.downloads import download, wanted_format
from stakeholder_hub.webkit.flashes import say


def _members_page(group: Group) -> ResponseReturnValue:
    return redirect(url_for("groups.members", slug=group.slug), code=303)


@bp.get("/groups/<slug>/members")
def members(slug: str) -> ResponseReturnValue:
    """Everybody at the table; coordinators change role and sector here."""
    group = queries.group_at(slug)
    require(may_see_members(actor(), group))
    seats = queries.seats_of(group)
    if wanted_format():
        columns = [str(column) for column in tables.MEMBER_COLUMNS]
        return download(f"members-{group.slug}", columns, tables.member_rows(seats), title=_("Members"))
    return render_template("groups/members.html", group=group, seats=seats, **_managing(group))


def _managing(group: Group) -> dict[str, object]:
    may_manage = bool(may_manage_group(actor(), group))
    return {
        "may_manage": may_manage,
        "form": MemberForm.from_request(),
        "requests": queries.open_requests(group) if may_manage else [],
        "organisations": queries.organisations_at(group),
        "seatable": queries.could_sit_at(group) if may_manage else [],
        "breadcrumbs": group_crumbs(group, (_("Members"), None)),
    }


@bp.post("/groups/<slug>/members/<int:user_id>")
def change_member(slug: str, user_id: int) -> ResponseReturnValue:
    """Give a member another role or sector."""
    group = queries.group_at(slug)
    person = queries.member_of(group, user_id)
    form = MemberForm.from_request()
    if not form.validate_on_submit():
        raise Invalid(_l("Choose role and sector from the lists."))
    add_member(group, user=person, role=form.role.data, sector=form.sector.data, actor=actor())
    say(_("Saved: %(name)s.", name=person.name))
    return _members_page(group)


@bp.post("/groups/<slug>/members/<int:user_id>/remove")
def remove(slug: str, user_id: int) -> ResponseReturnValue:
    """Take a member's seat away."""
    group = queries.group_at(slug)
    person = queries.member_of(group, user_id)
    remove_member(group, user=person, actor=actor())
    say(_("%(name)s no longer sits in this group.", name=person.name))
    return _members_page(group) if may_see_members(actor(), group) else redirect(group_page(group), code=303)


@bp.post("/groups/<slug>/leave")
def leave(slug: str) -> ResponseReturnValue:
    """Give one's own seat back."""
    group, me = queries.group_at(slug), actor()
    remove_member(group, user=queries.member_of(group, me.id or 0), actor=me)
    say(_("You have left the group."))
    return redirect(group_page(group), code=303)


@bp.post("/groups/<slug>/organisations")
def seat(slug: str) -> ResponseReturnValue:
    """Give an organisation a seat."""
    group = queries.group_at(slug)
    require(may_manage_group(actor(), group))
    form = SeatForm.from_request()
    body = next((o for o in queries.could_sit_at(group) if o.slug == form.organisation.data), None)
    if body is None:
        raise Invalid(_l("Choose an organisation of the list."), "organisation")
    seat_organisation(group, organisation=body, actor=actor())
    say(_("%(organisation)s sits at the table now.", organisation=body.name))
    return _members_page(group)


@bp.post("/groups/<slug>/organisations/remove")
def unseat(slug: str) -> ResponseReturnValue:
    """Take an organisation's seat away."""
    group = queries.group_at(slug)
    body = queries.organisation_at(request.form.get("organisation", ""))
    unseat_organisation(group, organisation=body, actor=actor())
    say(_("%(organisation)s no longer sits at the table.", organisation=body.name))
    return _members_page(group)
