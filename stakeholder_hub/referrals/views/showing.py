"""Reading: the public list, one matter with its whole way, one answer, the inbox of a body."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.bodies.queries import bodies_acted_for, body_at
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.referrals import pages, tables
from stakeholder_hub.referrals.listing import Wanted, choosable, referrals_for
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.policy import may_see_inbox
from stakeholder_hub.referrals.queries import (
    answered_by,
    figures_of,
    inbox_of,
    joining_requests_for,
    load_referral,
    load_response,
)
from stakeholder_hub.referrals.views.blueprint import bp, crumbs
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.paging import Order, paginate

_LATEST = (Order(Referral.id, descending=True),)
_DUE_FIRST = (Order(Referral.due_at), Order(Referral.id))


@bp.get("/referrals/")
def index() -> ResponseReturnValue:
    """Every matter the reader may see, the latest first; of overdue ones the longest overdue first."""
    wanted = Wanted.of(request.args)
    statement = referrals_for(wanted, actor())
    if wanted_format():
        found = db.session.scalars(statement.order_by(Referral.id.desc()).limit(MOST_ROWS))
        return download("referrals", tables.columns(), tables.rows(found), title=_("Referrals"))
    return render_template(
        "referrals/index.html",
        page=paginate(statement, *(_DUE_FIRST if wanted.overdue else _LATEST)),
        wanted=wanted,
        **choosable(actor()),
        **pages.choices(),
        now=clock.now(),
    )


@bp.get("/referrals/<reference>/")
def show(reference: str) -> str:
    """The request, the ladder of bodies it climbed, the answer and its way back."""
    referral = load_referral(reference, actor())
    return render_template(
        "referrals/show.html",
        **pages.referral_page(referral, actor()),
        journey=journey_of(referral, actor()),
        breadcrumbs=crumbs(referral),
    )


@bp.get("/responses/<reference>/")
def show_response(reference: str) -> str:
    """One answer with its notes, in the reader's language where there is one; the original with ``?original=1``."""
    response = load_response(reference, actor())
    return render_template(
        "referrals/response.html",
        **pages.response_page(response, actor(), original=request.args.get("original") == "1"),
        journey=journey_of(response, actor()),
        breadcrumbs=crumbs(response),
    )


@bp.get("/referrals/inbox/")
@auth_required("session")
def inboxes() -> str:
    """Everything that the bodies one acts for owe an answer to, what is due first at the top."""
    bodies = bodies_acted_for(actor())
    statement = inbox_of(bodies, actor())
    return render_template(
        "referrals/inbox.html",
        body=None,
        bodies=bodies,
        page=paginate(statement, *_DUE_FIRST),
        requests=joining_requests_for(bodies),
        now=clock.now(),
    )


@bp.get("/referrals/inbox/<slug>/")
@auth_required("session")
def inbox(slug: str) -> str:
    """One inbox, one deadline, one answer: what one body owes, what it has answered, how it keeps its promise."""
    body = body_at(slug)
    require(may_see_inbox(actor(), body))
    answered = request.args.get("view") == "answered"
    statement = answered_by(body, actor()) if answered else inbox_of([body], actor())
    return render_template(
        "referrals/inbox.html",
        body=body,
        answered=answered,
        page=paginate(statement, *(_LATEST if answered else _DUE_FIRST)),
        requests=joining_requests_for([body]),
        figures=figures_of(body),
        now=clock.now(),
        breadcrumbs=crumbs_for(body.territory, (_("Referrals"), url_for(".index")), (_("Inbox"), None)),
    )
