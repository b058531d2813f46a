"""Pages that everybody who may see a proposal can read."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.queries import load_consultation
from stakeholder_hub.deliberation.asked import discussion_asked
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.diffing import compare
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.text import slugify
from stakeholder_hub.proposals.forms import AnswerForm, StateForm
from stakeholder_hub.proposals.listing import SORTS, Asked, asked, order_of, sorted_by, wanted_proposals
from stakeholder_hub.proposals.maps import Place
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.proposals.parts import next_steps
from stakeholder_hub.proposals.pins import map_of, picker_frame
from stakeholder_hub.proposals.policy import Tools, may_begin, tools_of
from stakeholder_hub.proposals.queries import MOST_PINS, history_of, load_for_page, load_proposal
from stakeholder_hub.proposals.tables import columns, rows
from stakeholder_hub.records.attachments import attachments_of, attachments_of_many
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.records.models import Attachment
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.paging import Page, paginate

bp = feature_blueprint("proposals", __name__)

MOST_PRINTED = 1000


@bp.get("/consultations/<slug>/proposals/")
def index(slug: str) -> ResponseReturnValue:
    """The proposals of a consultation, as a list or on the map."""
    consultation = load_consultation(slug, actor())
    wanted = asked(request.args, consultation)
    if wanted_format():
        return as_table(consultation, wanted)
    if wanted.needs_seed:
        return redirect(with_seed(request.args))
    page = page_of(consultation, wanted)
    return render_template(
        "proposals/index.html",
        consultation=consultation,
        wanted=wanted,
        page=page,
        **around(page, wanted, consultation),
        breadcrumbs=crumbs(consultation, (_("Proposals"), None)),
    )


def around(page: Page[Proposal], wanted: Asked, consultation: Consultation) -> dict[str, Any]:
    """What stands around the proposals of a page: the map, their pictures, the choices of the filter."""
    return {
        "map": map_of(consultation.territory, page.items) if wanted.view == "map" else None,
        "pictures": first_pictures(page.items),
        "may_begin": may_begin(actor(), consultation),
        "sorts": SORTS,
        "states": [(state.value, Proposal.state_labels[state]) for state in ProposalState],
    }


def with_seed(args: Mapping[str, str]) -> str:
    """The same list in the random order of the day."""
    kept = {
        name: value
        for name, value in args.items()
        if name in ("q", "category", "state", "place", "mine", "view")
    }
    return f"{request.path}?{urlencode({**kept, 'sort': 'random', 'seed': clock.today().toordinal() % 9973})}"


def page_of(consultation: Consultation, wanted: Asked) -> Page[Proposal]:
    """The page asked for; the map shows everything that has a place, up to a bound."""
    statement = wanted_proposals(wanted, consultation, actor())
    if wanted.view == "map":
        return Page(db.session.scalars(statement.order_by(*sorted_by(wanted)).limit(MOST_PINS)).all())
    return paginate(statement, *order_of(wanted))


def as_table(consultation: Consultation, wanted: Asked) -> Response:
    """The whole list as a file."""
    statement = wanted_proposals(wanted, consultation, actor()).order_by(*sorted_by(wanted))
    found = db.session.scalars(statement.limit(MOST_ROWS))
    title = _("Proposals")
    name = f"{slugify(consultation.slug or '')}-{slugify(title)}"
    return download(name, columns(consultation.currency), rows(found, language()), title=title)


def first_pictures(proposals: Any) -> dict[int, Attachment]:
    """The first picture of each proposal that has one."""
    found = attachments_of_many(p.id for p in proposals)
    first = {
        key: next((f for f in files if f.media_type.startswith("image/")), None)
        for key, files in found.items()
    }
    return {key: picture for key, picture in first.items() if picture is not None}


def crumbs(consultation: Consultation, *more: tuple[str, str | None]) -> Any:
    """Where a page of this consultation stands: place, consultation, proposals."""
    title = consultation.title.in_(language()).text
    return crumbs_for(
        consultation.territory, (title, url_for("consultations.show", slug=consultation.slug)), *more
    )


@bp.get("/consultations/<slug>/proposals/print")
def print_all(slug: str) -> str:
    """Every proposal in full, for the council's table."""
    consultation = load_consultation(slug, actor())
    wanted = asked(request.args, consultation)
    statement = wanted_proposals(wanted, consultation, actor()).order_by(*sorted_by(wanted))
    found = db.session.scalars(statement.limit(MOST_PRINTED)).all()
    return render_template("proposals/print.html", consultation=consultation, proposals=found, wanted=wanted)


@bp.get("/consultations/<slug>/proposals/map.svg")
def picker(slug: str) -> Response:
    """The map on which a place is chosen, as a picture."""
    consultation = load_consultation(slug, actor())
    chosen = _position(request.args)
    frame = picker_frame(consultation.territory, request.args.get("reach", type=int), chosen)
    if frame is None:
        raise NotFound()
    body = render_template(
        "proposals/picker.svg", frame=frame, chosen=chosen, territory=consultation.territory
    )
    return Response(body, mimetype="image/svg+xml", headers={"Cache-Control": "private, max-age=300"})


def _position(args: Any) -> Place | None:
    latitude, longitude = args.get("latitude", type=float), args.get("longitude", type=float)
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return Place(latitude, longitude)


@bp.get("/proposals/<reference>/")
def show(reference: str) -> str:
    """Text, support, state and journey of a proposal, and what is said about it."""
    proposal, changed = load_for_page(reference, actor())
    tools = tools_of(actor(), proposal)
    return render_template(
        "proposals/show.html",
        proposal=proposal,
        changed=changed,
        tools=tools,
        forms=manage_forms(proposal, tools),
        next_steps=next_steps(proposal, actor()),
        attachments=attachments_of(proposal),
        map=map_of(proposal.territory, [proposal], size=300),
        d=discussion_asked(proposal),
        journey=journey_of(proposal, actor()),
        breadcrumbs=crumbs_to(proposal),
    )


def crumbs_to(proposal: Proposal) -> Any:
    """Where the page of a proposal stands: place, consultation, proposals, reference."""
    all_of_them = url_for(".index", slug=proposal.consultation.slug)
    return crumbs(proposal.consultation, (_("Proposals"), all_of_them), (proposal.reference, None))


def manage_forms(proposal: Proposal, tools: Tools) -> dict[str, Any]:
    """The forms in place for those who run the consultation; empty for everybody else."""
    found: dict[str, Any] = {}
    if tools.answer:
        found["answer"] = answer_form(proposal, formdata=None)
    if tools.admit:
        found["state"] = StateForm(formdata=None)
        found["state"].offer(proposal)
    return found


def answer_form(proposal: Proposal, **more: Any) -> AnswerForm:
    """The form of the answer, holding the present one."""
    spoken = proposal.answer_language or proposal.territory.default_language
    form = AnswerForm(**more, answer=proposal.answer_text, language=spoken, version=proposal.version)
    form.offer(proposal)
    return form


@bp.get("/proposals/<reference>/versions")
def versions(reference: str) -> str:
    """What the proposal said before, and what was changed."""
    proposal = load_proposal(reference, actor())
    history = history_of(proposal)
    number = request.args.get("version", default=history[0].number, type=int)
    shown = next((r for r in history if r.number == number), None)
    if shown is None:
        raise NotFound()
    before = next((r for r in history if r.number == number - 1), None)
    return render_template(
        "proposals/versions.html",
        proposal=proposal,
        history=history,
        shown=shown,
        before=before,
        title_changes=compare(before.title if before else shown.title, shown.title),
        body_changes=compare(before.body_text if before else shown.body_text, shown.body_text),
    )
