"""Ways into a group: joining, asking for a seat, invitations by link, code and mail."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.groups import queries
from stakeholder_hub.groups.forms import GuestsForm, JoinForm, LinkForm
from stakeholder_hub.groups.guests import Plan, as_text, plan_invitations
from stakeholder_hub.groups.invitation_mail import accept_address
from stakeholder_hub.groups.models import Group, Invitation
from stakeholder_hub.groups.operations import (
    accept_invitation,
    ask_to_join,
    invite_by_link,
    invite_people,
    join_group,
    refuse_request,
    revoke_invitation,
    take_in,
)
from stakeholder_hub.groups.operations.invitations import open_invitation
from stakeholder_hub.groups.parts import Wanted
from stakeholder_hub.groups.policy import may_ask_to_join, may_join, may_manage_group
from stakeholder_hub.groups.qrcode import Code, code_for
from stakeholder_hub.groups.views.blueprint import bp
from stakeholder_hub.groups.views.groups import group_crumbs, group_page
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _, _n
from stakeholder_hub.webkit.actor import actor, language, request_path
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import ActionForm, render_form
from stakeholder_hub.webkit.pagecache import not_shared


def _managed(slug: str) -> Group:
    group = queries.group_at(slug)
    require(may_manage_group(actor(), group))
    return group


def _invitations_page(group: Group) -> ResponseReturnValue:
    return redirect(url_for("groups.invitations", slug=group.slug), code=303)


@bp.route("/groups/<slug>/join", methods=["GET", "POST"])
def join(slug: str) -> ResponseReturnValue:
    """Join a group that is open, or ask for a seat."""
    group, me = queries.group_at(slug), actor()
    is_open = bool(group.open_to_join)
    require(may_join(me, group) if is_open else may_ask_to_join(me, group))
    form = JoinForm.from_request(sector=me.sector)
    if form.submitted():
        with form.catching():
            sits = _take_seat(group, form)
            say(
                _("Welcome to the table!")
                if sits
                else _("The coordinators have been asked. They will answer.")
            )
            return redirect(group_page(group), code=303)
    return render_form(
        "groups/join.html", form, group=group, is_open=is_open, breadcrumbs=group_crumbs(group)
    )


def _take_seat(group: Group, form: JoinForm) -> bool:
    """Join where that is open to all, else ask; whether the person sits there now."""
    if group.open_to_join:
        join_group(group, sector=form.sector.data, actor=actor())
        return True
    return ask_to_join(group, sector=form.sector.data, actor=actor())


@bp.post("/groups/<slug>/requests/<int:invitation_id>")
def answer_request(slug: str, invitation_id: int) -> ResponseReturnValue:
    """Give a seat to somebody who asked, or say no."""
    asked = queries.invitation_in(_managed(slug), invitation_id)
    if request.form.get("answer") == "yes":
        person = take_in(asked, actor=actor())
        say(_("%(name)s sits in the group now.", name=person.name))
    else:
        person = refuse_request(asked, actor=actor())
        say(_("%(name)s has been told that there is no seat.", name=person.name))
    return redirect(url_for("groups.members", slug=slug), code=303)


@bp.get("/groups/<slug>/invitations")
def invitations(slug: str) -> ResponseReturnValue:
    """Open invitations, and the ways to make more."""
    group = _managed(slug)
    return render_template(
        "groups/invitations.html",
        group=group,
        invitations=queries.open_invitations(group),
        requests=queries.open_requests(group),
        link=LinkForm.from_request(),
        breadcrumbs=group_crumbs(group, (_("Invitations"), None)),
    )


@bp.post("/groups/<slug>/invitations/link")
def invite_link(slug: str) -> ResponseReturnValue:
    """Make a link for many."""
    group = _managed(slug)
    form = LinkForm.from_request()
    if form.submitted():
        with form.catching():
            values = {**form.values, "days": form.days.data or 30}
            token = invite_by_link(group, **values, actor=actor())
            return redirect(url_for("groups.poster", slug=group.slug, token=token), code=303)
    context = {"invitations": queries.open_invitations(group), "requests": queries.open_requests(group)}
    crumbs = group_crumbs(group, (_("Invitations"), None))
    return (
        render_template("groups/invitations.html", group=group, link=form, breadcrumbs=crumbs, **context),
        form.answer_status,
    )


@bp.get("/groups/<slug>/invitations/<token>/poster")
def poster(slug: str, token: str) -> ResponseReturnValue:
    """A link as address and code: to be copied, shown or printed."""
    group = _managed(slug)
    invitation = open_invitation(token)
    if invitation.group_id != group.id:
        raise NotFound()
    address = accept_address(token, language())
    code: Code = code_for(address)
    crumbs = group_crumbs(group, (_("Invitation"), None))
    return render_template(
        "groups/poster.html",
        group=group,
        invitation=invitation,
        address=address,
        code=code,
        breadcrumbs=crumbs,
    )


@bp.route("/groups/<slug>/invitations/people", methods=["GET", "POST"])
def invite(slug: str) -> ResponseReturnValue:
    """Write to people: first what would happen, then one click."""
    group = _managed(slug)
    form = GuestsForm.from_request(
        language=group.territory.default_language, sector=Wanted.of(request.args).sector
    )
    plan: Plan | None = None
    if form.submitted():
        with form.catching():
            plan = plan_invitations(group, form.given())
            if form.confirmed.data == "yes" and plan.guests:
                return _send(group, form, plan)
    text = as_text(plan.guests) if plan is not None else ""
    crumbs = group_crumbs(group, (_("Invite people"), None))
    return render_form("groups/invite.html", form, group=group, plan=plan, text=text, breadcrumbs=crumbs)


def _send(group: Group, form: GuestsForm, plan: Plan) -> ResponseReturnValue:
    taken = ("role", "sector", "message", "language")
    values = {name: form[name].data for name in taken} | {"message": form.message.data or ""}
    sent = invite_people(group, people=plan.guests, **values, actor=actor())
    say(_n("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", sent))
    return _invitations_page(group)


@bp.post("/groups/<slug>/invitations/<int:invitation_id>/revoke")
def revoke(slug: str, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    group = _managed(slug)
    revoke_invitation(queries.invitation_in(group, invitation_id), actor=actor())
    say(_("The invitation has been taken back."))
    return _invitations_page(group)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """What one is invited to, and the button that accepts. Looking uses nothing up."""
    not_shared()
    invitation, me = open_invitation(token), actor()
    form = ActionForm.from_request() if me.is_authenticated else None
    if form is not None and form.submitted():
        with form.catching():
            group = accept_invitation(token, actor=me)
            say(_("Welcome! You sit in the group %(group)s now.", group=in_language(group.name).text))
            return redirect(group_page(group), code=303)
    if request.method == "POST" and form is None:
        return redirect(url_for("security.login", next=request_path()), code=303)
    return _accept_page(invitation, form)


def _accept_page(invitation: Invitation, form: ActionForm | None) -> ResponseReturnValue:
    context = {"invitation": invitation, "group": invitation.group, "form": form, "back": request_path()}
    status = form.answer_status if form is not None else 200
    return render_template("groups/accept.html", **context), status
