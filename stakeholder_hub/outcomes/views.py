"""What became of my contributions, of somebody's, and of those of a place."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required
from werkzeug.exceptions import BadRequest

from stakeholder_hub.kernel.authorization import VISITOR, Actor
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.outcomes.contributions import (
    MADE_OF,
    PUBLIC_KINDS,
    Kind,
    contributed,
    own_page,
    shown_at,
    sums_of,
)
from stakeholder_hub.outcomes.figures import Shown, asked, behind, figures_of, headings_in, years_in
from stakeholder_hub.outcomes.operations import hide_contributions, show_contributions
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.territories.queries import by_slug
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.paging import Order, paginate

bp = feature_blueprint("outcomes", __name__)


@bp.get("/desk/contributions/")
@auth_required("session")
def mine() -> str:
    """All I ever contributed and what became of it; whom I support and where I voted is shown to nobody else."""
    me = actor()
    return render_template(
        "outcomes/mine.html",
        page=own_page(me),
        **_contributions(me, me, tuple(Kind)),
        breadcrumbs=[(_("My desk"), url_for("portal.desk")), (_("You said, we did"), None)],
    )


@bp.post("/desk/contributions/show")
@auth_required("session")
def show() -> ResponseReturnValue:
    """Let everybody read what I contributed publicly."""
    show_contributions(actor=actor())
    say(_("Your public contributions now stand on a page for everyone. Its address is below."))
    return redirect(url_for(".mine"), code=303)


@bp.post("/desk/contributions/hide")
@auth_required("session")
def hide() -> ResponseReturnValue:
    """Take that back."""
    hide_contributions(actor=actor())
    say(_("The page is gone. Its old address leads nowhere any more."))
    return redirect(url_for(".mine"), code=303)


@bp.get("/people/<address>/")
def person(address: str) -> str:
    """What somebody contributed publicly and what became of it, where they show it."""
    page = shown_at(address)
    return render_template(
        "outcomes/person.html", page=page, **_contributions(page.user, VISITOR, PUBLIC_KINDS)
    )


def _contributions(whose: Any, reader: Actor, kinds: tuple[Kind, ...]) -> dict[str, Any]:
    """The sums, and the list that is asked for."""
    name = request.args.get("show") or str(kinds[0])
    if name not in kinds:
        raise BadRequest(_l("There is no such list. Begin with the first."))
    kind = Kind(name)
    what = MADE_OF[kind]
    found = paginate(
        contributed(kind, whose, reader),
        Order(what.created_at, descending=True),
        Order(what.id, descending=True),
    )
    return {"kind": kind, "kinds": kinds, "found": found, "sums": sums_of(whose, reader, kinds)}


@bp.get("/places/<slug>/outcomes/")
def place(slug: str) -> str:
    """What became of what people put forward in a place: figures, each with the list behind it."""
    here, wanted = by_slug(slug), asked(request.args)
    newest = (Order(Proposal.created_at, descending=True), Order(Proposal.id, descending=True))
    return render_template(
        "outcomes/place.html",
        place=here,
        wanted=wanted,
        figures=figures_of(here, wanted),
        found=paginate(behind(here, wanted), *newest),
        lists=tuple(Shown),
        headings=headings_in(here),
        years=years_in(here),
        breadcrumbs=crumbs_for(here, (_("You said, we did"), None)),
    )
