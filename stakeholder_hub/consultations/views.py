"""Pages that everybody who may see a consultation can read."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.consultations.listing import SORTS, Wanted, consultations_for, order_of
from stakeholder_hub.consultations.models import Activity, Consultation, Template
from stakeholder_hub.consultations.overview import (
    open_activities,
    overview_of,
    timeline,
    until,
)
from stakeholder_hub.consultations.parts import AFTER_BACKGROUND, parts_of, tools_for, what_stands
from stakeholder_hub.consultations.phase_calendar import calendar_file
from stakeholder_hub.consultations.queries import (
    groups_run_by,
    load_for_page,
    participation_by_sector,
    places_with_consultations,
    slug_of_reference,
    versions_of,
)
from stakeholder_hub.consultations.situation import Situation, situation_of
from stakeholder_hub.consultations.tables import columns, rows
from stakeholder_hub.deliberation.asked import discussion_asked
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound, Reason
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.territories.policy import manages
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.paging import paginate
from stakeholder_hub.webkit.sections import FilledSection

bp = feature_blueprint("consultations", __name__)

_REFERENCE = re.compile(r"[A-Z0-9]{1,8}-[0-9]{4}-C[0-9]{1,9}")


@bp.app_template_global("consultation_situation")
def _situation(consultation: Consultation) -> Situation:
    return situation_of(consultation, clock.now())


bp.add_app_template_global(until, "consultation_until")
bp.add_app_template_global(what_stands, "what_stands")
bp.add_app_template_global(open_activities, "consultation_open_activities")


@bp.get("/consultations/")
def index() -> ResponseReturnValue:
    """Every consultation the reader may see: what is open now first."""
    wanted = Wanted.of(request.args)
    place = wanted.territory()
    statement, order = consultations_for(wanted, place, actor()), order_of(wanted)
    if wanted_format():
        sorts = [o.expression.desc() if o.descending else o.expression.asc() for o in order]
        found = db.session.scalars(statement.order_by(*sorts).limit(MOST_ROWS))
        return download("consultations", columns(), rows(found, language()), title=_("Consultations"))
    page = paginate(statement, *order)
    return render_template(
        "consultations/index.html", page=page, wanted=wanted, place=place, **list_context()
    )


def list_context() -> dict[str, Any]:
    """What the list can be narrowed by, and whether the reader can begin a consultation."""
    known = actor().is_authenticated
    return {
        "places": places_with_consultations(actor()),
        "situations": choices(s for s in Situation if known or s is not Situation.DRAFT),
        "templates": choices(Template),
        "sorts": SORTS,
        "may_begin": known and bool(groups_run_by(actor())),
        "open_activities": open_activities,
        "until": until,
    }


def choices(members: Iterable[Situation] | Iterable[Template]) -> list[tuple[str, Reason]]:
    """Values and names for a filter."""
    return [(member.value, member.label) for member in members]


@bp.get("/consultations/<slug>/")
def show(slug: str) -> ResponseReturnValue:
    """The question, the phase, one big button; then everything else about it."""
    if _REFERENCE.fullmatch(slug):
        return redirect_to_slug(slug)
    consultation = load_for_page(slug, actor())
    return render_template(
        "consultations/show.html",
        consultation=consultation,
        overview=overview_of(consultation, actor()),
        timeline=timeline(consultation),
        **parts_by_place(consultation),
        **managing_tools(consultation),
        talk=discussion_asked(consultation) if takes_or_has_comments(consultation) else None,
        journey=journey_of(consultation, actor()),
        breadcrumbs=crumbs(consultation),
        sectors=participation_by_sector(consultation) if _has_shares(consultation.participant_count) else [],
    )


def parts_by_place(consultation: Consultation) -> dict[str, list[FilledSection]]:
    """What other features add: before the background, and after it."""
    parts = parts_of(consultation, actor())
    return {
        "parts_before": [part for part in parts if part.position < AFTER_BACKGROUND],
        "parts_after": [part for part in parts if part.position >= AFTER_BACKGROUND],
    }


def managing_tools(consultation: Consultation) -> dict[str, Any]:
    """What those who run it can do beside what it offers itself."""
    runs_it = manages(actor(), consultation)
    return {"can_manage": runs_it, "tools": tools_for(consultation, actor()) if runs_it else []}


def takes_or_has_comments(consultation: Consultation) -> bool:
    """Whether a discussion belongs on the page: there is one, or a phase for it."""
    planned = any(Activity.DISCUSSION in phase.activities for phase in consultation.phases)
    return consultation.comment_count > 0 or planned


def crumbs(consultation: Consultation) -> list[tuple[str, str | None]]:
    """From the places down to the consultation."""
    name = consultation.title.in_(language()).text
    return list(crumbs_for(consultation.territory, (name, record_url(consultation))))


def _has_shares(participants: int) -> bool:
    return participants >= 2 * SMALLEST_GROUP


def redirect_to_slug(reference: str) -> ResponseReturnValue:
    """From the readable reference to the page."""
    slug = slug_of_reference(reference, actor())
    if slug is None:
        raise NotFound()
    return redirect(url_for(".show", slug=slug), code=301)


@bp.get("/consultations/<slug>/calendar.ics")
def calendar(slug: str) -> Response:
    """The phases for a calendar."""
    consultation = load_for_page(slug, actor())
    body = calendar_file(consultation, language(), record_url(consultation, external=True))
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{consultation.slug}.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.get("/consultations/<slug>/history")
def history(slug: str) -> ResponseReturnValue:
    """What question and background said before."""
    consultation = load_for_page(slug, actor())
    return render_template(
        "consultations/history.html", consultation=consultation, versions=versions_of(consultation)
    )
