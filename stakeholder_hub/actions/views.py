"""Pages of action items: list, board, calendar, one item, and the forms in place."""

from datetime import timedelta
from typing import Any

from babel import Locale
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.actions.forms import ContributorForm, EditItemForm, ItemForm, NoteForm, offer
from stakeholder_hub.actions.models import ActionItem, ActionStatus
from stakeholder_hub.actions.operations import (
    add_contributor,
    add_note,
    create_action_item,
    edit_action_item,
    remove_contributor,
)
from stakeholder_hub.actions.policy import may_create, may_edit, may_report
from stakeholder_hub.actions.queries import (
    Wanted,
    board,
    bodies_with_items,
    calendar,
    due_or_far,
    items_for,
    load_item,
    load_note,
    month_of,
    notes_of,
    places_with_items,
)
from stakeholder_hub.actions.starting import Start, start_from_request
from stakeholder_hub.actions.tables import columns, rows
from stakeholder_hub.actions.winning import winners_of
from stakeholder_hub.decisions.queries import load_ballot
from stakeholder_hub.decisions.standing import Standing, standing_of
from stakeholder_hub.deliberation.asked import discussion_asked
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.attachments import attachments_of_many
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.territories.queries import by_slug
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form, uploaded_files
from stakeholder_hub.webkit.paging import Order, paginate

bp = feature_blueprint("actions", __name__)

STATUSES = ("open", "overdue", *[status.value for status in ActionStatus])


def wanted_now() -> Wanted:
    """The filters of this request; what is not known is left out."""
    args = request.args
    body, status = args.get("organisation", ""), args.get("status", "")
    group = args.get("group", "")
    return Wanted(
        place=by_slug(args["place"]) if args.get("place") else None,
        organisation_id=int(body) if body.isascii() and body.isdigit() and len(body) < 10 else None,
        group_id=int(group) if group.isascii() and group.isdigit() and len(group) < 10 else None,
        status=status if status in STATUSES else "",
        words=args.get("q", "").strip()[:200],
    )


def _page(template: str, wanted: Wanted, **context: Any) -> str:
    return render_template(
        template,
        wanted=wanted,
        places=places_with_items(actor()),
        bodies=bodies_with_items(actor(), wanted.place),
        statuses=[(s.value, ActionItem.state_labels[s]) for s in ActionStatus],
        filters={
            k: v for k, v in request.args.items() if k in ("place", "organisation", "group", "status", "q")
        },
        today=clock.today(),
        **context,
    )


@bp.get("/actions/")
def index() -> ResponseReturnValue:
    """Every action item the reader may see: what is due first comes first."""
    wanted = wanted_now()
    statement = items_for(wanted, actor())
    if wanted_format():
        found = db.session.scalars(statement.order_by(due_or_far(), ActionItem.id).limit(MOST_ROWS))
        return download("action-items", columns(), rows(found), title=_("Action items"))
    return _page(
        "actions/index.html", wanted, page=paginate(statement, Order(due_or_far()), Order(ActionItem.id))
    )


@bp.get("/actions/board")
def show_board() -> str:
    """The items by status."""
    wanted = wanted_now()
    return _page("actions/board.html", wanted, board=board(items_for(wanted, actor())))


@bp.get("/actions/calendar")
def show_calendar() -> str:
    """The items by the day they are due."""
    wanted, month = wanted_now(), month_of(request.args.get("month", ""))
    locale = Locale.parse(language())
    weeks = calendar(items_for(wanted, actor()), month, locale.first_week_day)
    names = [locale.days["format"]["abbreviated"][(locale.first_week_day + n) % 7] for n in range(7)]
    before, after = month - timedelta(days=1), month + timedelta(days=32)
    return _page(
        "actions/calendar.html",
        wanted,
        weeks=weeks,
        month=month,
        day_names=names,
        months=(f"{before:%Y-%m}", f"{after:%Y-%m}"),
        month_name=f"{locale.months['stand-alone']['wide'][month.month]} {month.year}",
    )


@bp.get("/actions/<reference>/")
def show(reference: str) -> str:
    """What is to be done, by whom, by when, and how far it has come."""
    item, me = load_item(reference, actor()), actor()
    notes = notes_of(item)
    return render_template(
        "actions/show.html",
        item=item,
        notes=notes,
        note_files=attachments_of_many(note.id for note in notes),
        may_edit=may_edit(me, item),
        may_report=may_report(me, item),
        journey=journey_of(item, me),
        discussion=discussion_asked(item),
        breadcrumbs=crumbs_for(item.territory, (_("Actions"), url_for(".index")), (item.reference, None)),
        today=clock.today(item.territory.timezone),
    )


@bp.get("/notes/<reference>/")
def show_note(reference: str) -> ResponseReturnValue:
    """A progress note is shown on the page of its action item."""
    note = load_note(reference, actor())
    return redirect(record_url(note.action_item) + f"#{note.reference}", code=302)


@bp.route("/actions/new", methods=["GET", "POST"])
@auth_required("session")
def new() -> ResponseReturnValue:
    """Hand out something to be done: by hand, or from a proposal or a decision."""
    start: Start = start_from_request(actor())
    require(may_create(actor(), start.territory, start.group, start.body))
    form = ItemForm.from_request(**start.defaults(language()))
    offer(form, start.territory, start.group.id if start.group is not None else None)
    if form.submitted():
        with form.catching():
            item = create_action_item(**chosen(form), **start.arguments(), actor=actor())
            say(_("The action item has been added. Those who carry it out are told."))
            return redirect(record_url(item), code=303)
    crumbs = crumbs_for(start.territory, (_("Actions"), url_for(".index")), (_("New action item"), None))
    return render_form("actions/form.html", form, start=start, breadcrumbs=crumbs)


@bp.get("/actions/from/<reference>/")
@auth_required("session")
def from_ballot(reference: str) -> str:
    """The winners of a vote, and what carries each of them out."""
    ballot = load_ballot(reference, actor())
    require(may_create(actor(), ballot.territory, ballot.group))
    if standing_of(ballot, clock.now()) is not Standing.CLOSED:
        raise NotFound()
    return render_template(
        "actions/winners.html",
        ballot=ballot,
        winners=winners_of(ballot, actor()),
        today=clock.today(ballot.territory.timezone),
        breadcrumbs=crumbs_for(
            ballot.territory, (_("Actions"), url_for(".index")), (_("Hand out what was chosen"), None)
        ),
    )


@bp.route("/actions/<reference>/edit", methods=["GET", "POST"])
@auth_required("session")
def edit(reference: str) -> ResponseReturnValue:
    """Change what is to be done, by whom, by when."""
    item = load_item(reference, actor())
    require(may_edit(actor(), item))
    form = EditItemForm.from_request(**stored(item))
    offer(form, item.territory, item.group_id)
    if form.submitted():
        with form.catching():
            edit_action_item(item, **chosen(form), version=form.version.data, actor=actor())
            say(_("Your changes are saved."))
            return redirect(record_url(item), code=303)
    return render_form("actions/form.html", form, item=item, breadcrumbs=_crumbs(item, _("Edit")))


@bp.route("/actions/<reference>/report", methods=["GET", "POST"])
@auth_required("session")
def report(reference: str) -> ResponseReturnValue:
    """Write down what was done, with evidence."""
    item = load_item(reference, actor())
    require(may_report(actor(), item))
    form = NoteForm.from_request(status=item.state, progress=item.progress)
    form.offer(item)
    if form.submitted():
        with form.catching():
            add_note(item, **reported(form), language=language(), actor=actor())
            say(_("Thank you. Your note is published, and everyone who follows this is told."))
            return redirect(record_url(item), code=303)
    return render_form(
        "actions/report.html", form, item=item, breadcrumbs=_crumbs(item, _("Report progress"))
    )


@bp.route("/actions/<reference>/contributors", methods=["GET", "POST"])
@auth_required("session")
def contributors(reference: str) -> ResponseReturnValue:
    """Name people and organisations that help."""
    item = load_item(reference, actor())
    require(may_edit(actor(), item))
    helpers = EditItemForm()
    offer(helpers, item.territory, item.group_id)
    form = ContributorForm.from_request()
    form.contributor.choices = helper_choices(helpers)
    if form.submitted():
        with form.catching():
            add_contributor(item, **picked(helpers, form.contributor.data), actor=actor())
            say(_("Added."))
            return redirect(url_for(".contributors", reference=item.reference), code=303)
    return render_form(
        "actions/contributors.html", form, item=item, breadcrumbs=_crumbs(item, _("Who helps"))
    )


@bp.post("/actions/<reference>/contributors/<int:contributor_id>/remove")
@auth_required("session")
def remove(reference: str, contributor_id: int) -> ResponseReturnValue:
    """Somebody helps no more."""
    item = load_item(reference, actor())
    remove_contributor(item, contributor_id=contributor_id, actor=actor())
    say(_("Removed."))
    return redirect(url_for(".contributors", reference=item.reference), code=303)


def _crumbs(item: ActionItem, last: str) -> list[tuple[str, str | None]]:
    return crumbs_for(
        item.territory, (_("Actions"), url_for(".index")), (item.reference, record_url(item)), (last, None)
    )


def chosen(form: Any) -> dict[str, Any]:
    """The form's values with bodies and people in place of their keys."""
    values = {k: v for k, v in form.values.items() if k != "version"}
    organisation: Organisation | None = form.bodies.get(values["organisation"])
    return {**values, "organisation": organisation, "person": form.people.get(values["person"])}


def reported(form: NoteForm) -> dict[str, Any]:
    """The note's values, with the status as what it is and the files really chosen."""
    values = {**form.values, "uploads": uploaded_files(form.uploads.data)}
    return {**values, "status": ActionStatus(values["status"])}


def stored(item: ActionItem) -> dict[str, Any]:
    """What the edit form begins with."""
    return {
        "title": item.title.original.text,
        "description": item.body_text,
        "organisation": item.organisation_id or 0,
        "person": item.person_id or 0,
        "starts_on": item.starts_on,
        "due_on": item.due_on,
        "language": item.source_language,
        "version": item.version,
    }


def helper_choices(form: Any) -> list[SelectChoice]:
    """People and organisations as choices of one list."""
    people = [SelectChoice(f"person-{key}", user.name) for key, user in form.people.items()]
    return [*people, *[SelectChoice(f"body-{key}", body.name) for key, body in form.bodies.items()]]


def picked(form: Any, value: str) -> dict[str, Any]:
    """The person or the organisation behind a choice of :func:`helper_choices`."""
    kind, _dash, key = value.partition("-")
    return {"user": form.people[int(key)]} if kind == "person" else {"organisation": form.bodies[int(key)]}
