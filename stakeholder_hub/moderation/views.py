"""Pages of moderation: reporting, the queue, hiding with a reason, asking for a review."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.moderation.forms import HideForm, ReportForm, ReviewForm
from stakeholder_hub.moderation.operations import (
    ask_for_review,
    hide_record,
    keep_record,
    report_record,
    show_again,
    uphold_hiding,
)
from stakeholder_hub.moderation.policy import (
    may_ask_review,
    may_decide_review,
    may_moderate,
    may_report,
    may_see_queue,
)
from stakeholder_hub.moderation.queries import open_reports, report_of, review_of, waiting_for
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint, next_or
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form
from stakeholder_hub.webkit.limits import limiter
from stakeholder_hub.webkit.paging import Order, paginate

bp = feature_blueprint("moderation", __name__)


@bp.get("/moderation/")
def index() -> Any:
    """What waits for me as a moderator, the longest waiting first."""
    require(may_see_queue(actor()))
    waiting = waiting_for(actor())
    order = Order(waiting.selected_columns.waits_since)
    if wanted_format():
        rows = [
            (r.reference, str(r.title.original), record_url(r, external=True))
            for r in paginate(waiting, order, size=MOST_ROWS).items
        ]
        return download("moderation", [_("Reference"), _("What"), _("Where")], rows, title=_("Moderation"))
    page = paginate(waiting, order)
    reports = open_reports([record.id for record in page.items])
    return render_template("moderation/index.html", page=page, reports=reports, form=HideForm(formdata=None))


@bp.route("/report/<reference>", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
def report(reference: str) -> Any:
    """Say that something breaks the rules."""
    record = load_record(reference, actor())
    require(may_report(actor(), record))
    form = ReportForm.from_request()
    if form.submitted():
        with form.catching():
            report_record(record, **form.values, actor=actor())
            say(_("Thank you. A moderator looks at it and you are told the outcome."))
            return redirect(record_url(record), code=303)
    return render_form("moderation/report.html", form, record=record, mine=report_of(record, actor().id))


@bp.route("/moderation/<reference>", methods=["GET", "POST"])
def decide(reference: str) -> Any:
    """One record as moderators see it: the reports, and hiding it with a reason."""
    record = load_record(reference, actor())
    require(may_moderate(actor(), record))
    form = HideForm.from_request()
    if form.submitted():
        with form.catching():
            hide_record(record, **form.values, actor=actor())
            say(_("It is hidden. Its author is told the reason and can ask for a review."))
            return redirect(_back(), code=303)
    return render_form(
        "moderation/decide.html",
        form,
        record=record,
        reports=open_reports([record.id]).get(record.id, []),
        review=review_of(record),
        verdict=may_decide_review(actor(), record),
    )


@bp.post("/moderation/<reference>/keep")
def keep(reference: str) -> Response:
    """Leave it as it is."""
    keep_record(load_record(reference, actor()), actor=actor())
    say(_("It stays. Those who reported it are told."))
    return redirect(_back(), code=303)


@bp.post("/moderation/<reference>/show")
def unhide(reference: str) -> Response:
    """Show it again."""
    show_again(load_record(reference, actor()), actor=actor())
    say(_("It is shown again. Its author is told."))
    return redirect(_back(), code=303)


@bp.post("/moderation/<reference>/uphold")
def uphold(reference: str) -> Response:
    """Leave it hidden after a review."""
    uphold_hiding(load_record(reference, actor()), actor=actor())
    say(_("It stays hidden. Its author is told."))
    return redirect(_back(), code=303)


@bp.route("/moderation/<reference>/review", methods=["GET", "POST"])
def review(reference: str) -> Any:
    """Ask, as the author, for a second look."""
    record = load_record(reference, actor())
    require(may_ask_review(actor(), record))
    form = ReviewForm.from_request()
    if form.submitted():
        with form.catching():
            ask_for_review(record, **form.values, actor=actor())
            say(_("Your request is on its way. You are told the outcome."))
            return redirect(record_url(record), code=303)
    return render_form("moderation/review.html", form, record=record)


def _back() -> str:
    return next_or(url_for("moderation.index"))
