"""Pages: all places side by side, one item in every place, and both as files."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.comparisons import telling
from stakeholder_hub.comparisons.drawing import map_of
from stakeholder_hub.comparisons.files import file_of, wanted_kind
from stakeholder_hub.comparisons.queries import COUNTRY, listed
from stakeholder_hub.comparisons.rollup import RollUp, roll_up
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.queries import load_for_page
from stakeholder_hub.editions.models import Edition
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.paging import Order, Page, page_size, paginate

bp = feature_blueprint("comparisons", __name__)

TOWNS_ON_A_PAGE = 50


@bp.get("/consultations/<slug>/compare/")
def show(slug: str) -> ResponseReturnValue:
    """Every place side by side."""
    parent = load_for_page(slug, actor())
    rolled = roll_up(parent, actor())
    if kind := wanted_kind():
        return answer(file_of(rolled, kind), parent, kind)
    return render_template(
        "comparisons/show.html",
        rolled=rolled,
        drawing=map_of(rolled),
        breadcrumbs=crumbs(parent),
        **paged(rolled),
        **words(rolled, url_for(".show", slug=slug)),
    )


@bp.get("/consultations/<slug>/compare/<key>/")
def item(slug: str, key: str) -> ResponseReturnValue:
    """One question in every place."""
    parent = load_for_page(slug, actor())
    rolled = roll_up(parent, actor(), only=key)
    compared = rolled.item(key)
    if kind := wanted_kind():
        return answer(file_of(rolled, kind), parent, kind)
    return render_template(
        "comparisons/item.html",
        rolled=rolled,
        compared=compared,
        drawing=map_of(rolled, compared),
        breadcrumbs=crumbs(parent, in_language(compared.item.title).text),
        **paged(rolled),
        **words(rolled, url_for(".item", slug=slug, key=key)),
    )


def paged(rolled: RollUp) -> dict[str, Any]:
    """The places of this page of the table, by country and code."""
    order = (Order(COUNTRY), Order(Territory.code), Order(Edition.id))
    page: Page[int] = paginate(listed(rolled.parent.id), *order, size=page_size(TOWNS_ON_A_PAGE))
    return {"page": page, "towns": [rolled.towns[key] for key in page.items if key in rolled.towns]}


def words(rolled: RollUp, address: str) -> dict[str, Any]:
    """The words of the page and the addresses of its files."""
    files = {kind: f"{address}?format={kind}" for kind in ("csv", "xlsx", "pdf")}
    return {
        "telling": telling,
        "notes": telling.general_notes(rolled),
        "sectors": list(Sector),
        "files": files,
        "parent": rolled.parent,
    }


def answer(body: tuple[bytes, str], parent: Consultation, kind: str) -> Response:
    """A file to take away."""
    data, media_type = body
    response = Response(data, mimetype=media_type)
    name = "-".join(filter(None, (parent.slug, (request.view_args or {}).get("key"))))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-compared.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def crumbs(parent: Consultation, *last: str) -> list[tuple[str, str | None]]:
    """From the places down to the comparison."""
    here = url_for(".show", slug=parent.slug) if last else None
    trail = [(in_language(parent.title).text, record_url(parent)), (_("All places compared"), here)]
    return list(crumbs_for(parent.territory, *trail, *[(name, None) for name in last]))
