"""Home, a place, my desk, search, and what this is."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.bodies.queries import bodies_acted_for
from stakeholder_hub.deliberation.queries import followed_by
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.portal import places
from stakeholder_hub.portal.desk import own_proposals, waiting
from stakeholder_hub.residents.policy import may_verify_residents
from stakeholder_hub.residents.queries import waiting_by_place
from stakeholder_hub.search.kinds import kinds
from stakeholder_hub.search.queries import search as find
from stakeholder_hub.territories.crumbs import crumbs_along
from stakeholder_hub.territories.policy import may_add_below, may_manage_territory, may_reshape
from stakeholder_hub.territories.queries import by_slug, lineage_and_children, place_at
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint, negotiated

bp = feature_blueprint("portal", __name__)


def front_door() -> ResponseReturnValue:
    """The bare address leads to the start page in the reader's language."""
    return redirect(url_for("portal.home", lang=negotiated()), code=302)


@bp.get("/")
def home() -> ResponseReturnValue:
    """My town, or the choice of one, and what is open now."""
    if wanted := request.args.get("place"):
        return redirect(url_for(".territory", slug=by_slug(wanted).slug), code=302)
    me = actor()
    town = me.home_territory if me.is_authenticated else None
    return render_template(
        "portal/home.html",
        town=town,
        open_here=places.open_around(me, town) if town is not None else [],
        open_now=places.open_now(me),
        towns=places.towns() if town is None else [],
        done=places.lately_done(me),
        figures=places.figures(me),
    )


@bp.get("/places/<slug>/")
def territory(slug: str) -> ResponseReturnValue:
    """A place: what I can do now and until when, then what became of earlier things."""
    place, me = place_at(slug), actor()
    if place.slug != slug:
        return redirect(url_for(".territory", slug=place.slug), code=301)
    above, below = lineage_and_children(place)
    return render_template(
        "portal/territory.html",
        place=place,
        **places.about_place(me, place),
        may_manage=may_manage_territory(me, place),
        may_add=may_add_below(me, place),
        may_reshape=may_reshape(me, place),
        may_verify=may_verify_residents(me, place),
        today=clock.today(place.timezone),
        children=below,
        breadcrumbs=crumbs_along(above),
    )


@bp.get("/desk/")
@auth_required("session")
def desk() -> str:
    """What waits for me, most urgent first; then what I began and follow."""
    me = actor()
    return render_template(
        "portal/desk.html",
        waiting=waiting(me),
        to_verify=waiting_by_place(me),
        has_inbox=bool(bodies_acted_for(me)),
        proposals=own_proposals(me),
        followed=db.session.scalars(followed_by(me).limit(10)).all(),
        open_here=places.open_around(me, me.home_territory) if me.home_territory else [],
    )


@bp.get("/search")
def search() -> str:
    """Everything the reader may find."""
    words, kind = request.args.get("q", "")[:500], request.args.get("kind", "")
    number = request.args.get("page", "1")
    place = by_slug(request.args["place"]) if request.args.get("place") else None
    known = {k.name: k for k in kinds()}
    found = find(
        words,
        actor(),
        kinds=[kind] if kind in known else [],
        territory=place,
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
    )
    return render_template(
        "portal/search.html", words=words, found=found, kinds=known.values(), kind=kind, place=place
    )


@bp.get("/about")
def about() -> str:
    """What this is, how a voice is followed, privacy and accessibility."""
    return render_template("portal/about.html")
