"""Places: the tree, describing and adding a place, who holds which role there."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.territories.forms import KINDS_OF_CHANGE, ChangeForm, PlaceForm, RoleForm
from stakeholder_hub.territories.models import Level, Territory, TerritoryChange
from stakeholder_hub.territories.operations import (
    call_off_change,
    choose_home,
    create_territory,
    edit_territory,
    grant_role,
    plan_change,
    revoke_role,
)
from stakeholder_hub.territories.overview import Spot, overview
from stakeholder_hub.territories.policy import may_add_below, may_manage_territory, may_reshape
from stakeholder_hub.territories.queries import (
    by_slug,
    change_of,
    changes_of,
    grant_in,
    grants_in,
    moved_to,
    person_at,
    possible_parents,
    possible_successors,
)
from stakeholder_hub.territories.tables import PLACE_COLUMNS, place_rows
from stakeholder_hub.territories.tree import Tree, Wanted, tree_for
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint, next_or
from stakeholder_hub.webkit.downloads import download, wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import ActionForm, render_form

bp: Blueprint = feature_blueprint("territories", __name__)


def load_place(slug: str) -> Territory:
    """The place at ``slug``, also by an address it used to have.

    Raises:
        NotFound: there is none.
    """
    now = moved_to(slug)
    return by_slug(now or slug)


def page_of(place: Territory) -> str:
    """The page of a place."""
    return url_for("portal.territory", slug=place.slug)


@bp.get("/places/")
def index() -> ResponseReturnValue:
    """The tree."""
    wanted = Wanted.of(request.args)
    tree = tree_for(wanted)
    if wanted_format():
        return download("places", [str(c) for c in PLACE_COLUMNS], place_rows(tree), title=_("Places"))
    levels = [(level.value, level.label) for level in Level]
    return render_template(
        "territories/index.html", wanted=wanted, tree=tree, drawing=_drawing(tree), levels=levels
    )


def _drawing(tree: Tree) -> Any:
    """The towns that were found, drawn where they lie."""
    return overview(
        [
            Spot(in_language(p.name).text, page_of(p), p.latitude, p.longitude)
            for p in (node.place for node in tree.found if not node.children)
            if p.latitude is not None and p.longitude is not None
        ][:60]
    )


@bp.route("/places/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Add a place below another."""
    parent = load_place(request.args.get("parent", ""))
    require(may_add_below(actor(), parent))
    form = PlaceForm.for_new(parent)
    if form.submitted():
        with form.catching():
            values = form.place_values(Multilingual(form.language.data), None)
            place = create_territory(
                parent=parent, level=form.level.data, code=form.code.data, **values, actor=actor()
            )
            say(_("The place has been added."))
            return redirect(page_of(place), code=303)
    return render_form(
        "territories/edit.html", form, place=None, parent=parent, breadcrumbs=crumbs_for(parent)
    )


@bp.route("/places/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Describe a place anew, or hang it elsewhere."""
    place = load_place(slug)
    require(may_manage_territory(actor(), place))
    form = PlaceForm.for_place(place, possible_parents(actor(), place))
    if form.submitted():
        with form.catching():
            values = form.place_values(place.name, place.description)
            values |= {"slug": form.slug.data, "version": form.version.data, "parent": _parent_chosen(form)}
            edit_territory(place, **values, actor=actor())
            say(_("The place has been changed."))
            return redirect(page_of(place), code=303)
    return render_form("territories/edit.html", form, place=place, parent=None, breadcrumbs=crumbs_for(place))


def _parent_chosen(form: PlaceForm) -> Territory | None:
    """Where the place is to lie, where that can be chosen."""
    return by_slug(form.parent.data) if form.parent is not None and form.parent.data else None


@bp.route("/places/<slug>/changes", methods=["GET", "POST"])
def changes(slug: str) -> ResponseReturnValue:
    """What became of a place, and what is planned; move, merge or dissolve it."""
    place, me = load_place(slug), actor()
    require(may_reshape(me, place))
    choices = {"successors": possible_successors(me, place), "parents": possible_parents(me, place)}
    form = ChangeForm.for_place(place, **choices)
    if form.submitted():
        with form.catching():
            change = plan_change(place, **_change_values(form), actor=me)
            say(_said(change))
            return redirect(page_of(place), code=303)
    context = {"place": place, "changes": changes_of(place), "details": KINDS_OF_CHANGE}
    button = ActionForm.from_request()
    return render_form(
        "territories/changes.html", form, **context, action=button, breadcrumbs=crumbs_for(place)
    )


def _change_values(form: ChangeForm) -> dict[str, Any]:
    taken = {name: form[name].data for name in ("kind", "day", "language")}
    into = by_slug(form.into.data) if form.into.data else None
    successors = [by_slug(slug) for slug in form.successors.data or ()]
    return {**taken, "reason": form.reason.data or "", "into": into, "successors": successors}


def _said(change: TerritoryChange) -> Reason:
    if change.carried_out_at is not None:
        return _l("It is done. What happened here before stays readable at its address.")
    return _l("It is planned. On that day it happens by itself.")


@bp.post("/places/<slug>/changes/<int:change_id>/call-off")
def call_off(slug: str, change_id: int) -> ResponseReturnValue:
    """Give up what was planned for a place."""
    place = load_place(slug)
    call_off_change(change_of(place, change_id), actor=actor())
    say(_("The plan has been called off."))
    return redirect(url_for(".changes", slug=place.slug), code=303)


@bp.route("/places/<slug>/roles", methods=["GET", "POST"])
def roles(slug: str) -> ResponseReturnValue:
    """Who holds which role here; give one."""
    place = load_place(slug)
    require(may_manage_territory(actor(), place))
    form = RoleForm.from_request()
    if form.submitted():
        with form.catching():
            person = person_at(form.email.data)
            grant_role(person, role=form.role.data, territory=place, actor=actor())
            say(_("%(name)s has the role now.", name=person.name))
            return redirect(url_for(".roles", slug=place.slug), code=303)
    context = {"place": place, "held": grants_in(place), "action": ActionForm.from_request()}
    return render_form("territories/roles.html", form, **context, breadcrumbs=crumbs_for(place))


@bp.post("/places/<slug>/roles/<int:grant_id>/revoke")
def revoke(slug: str, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    place = load_place(slug)
    grant = grant_in(place, grant_id)
    name = grant.user.name
    revoke_role(grant, actor=actor())
    say(_("%(name)s no longer has the role.", name=name))
    if not may_manage_territory(actor(), place):
        return redirect(page_of(place), code=303)
    return redirect(url_for(".roles", slug=place.slug), code=303)


@bp.post("/places/<slug>/home")
def make_home(slug: str) -> ResponseReturnValue:
    """Make this my town."""
    place = load_place(slug)
    choose_home(place, actor=actor())
    say(
        _(
            "%(place)s is your town now: what happens there is shown first.",
            place=in_language(place.name).text,
        )
    )
    return redirect(next_or(page_of(place)), code=303)
