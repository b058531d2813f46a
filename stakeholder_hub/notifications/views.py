"""What I am told, and how often I am written to."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from stakeholder_hub.kernel.authorization import require, signed_in
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.notifications.frequency import MailFrequency
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.notifications.operations import choose_frequency, mark_all_read, mark_read
from stakeholder_hub.notifications.queries import load_notification, notifications_of, unread_count
from stakeholder_hub.notifications.sentences import icon_of, quotes_of, sentence_of
from stakeholder_hub.notifications.tokens import person_of
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint, next_or
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form
from stakeholder_hub.webkit.paging import Order, paginate

bp = feature_blueprint("notifications", __name__)

_SIGN_IN = _l("Sign in to see what is new for you.")


@bp.get("/notifications/")
def index() -> Any:
    """Everything I am told, the latest first."""
    require(signed_in(actor(), _SIGN_IN))
    mine, latest = notifications_of(actor()), Order(Notification.id, descending=True)
    if wanted_format():
        everything = paginate(mine, latest, size=MOST_ROWS).items
        rows = [(n.created_at, str(sentence_of(n, language())), _url(n)) for n in everything]
        return download("notifications", [_("When"), _("What"), _("Where")], rows, title=_("Notifications"))
    page = paginate(mine, latest)
    told = [(n, sentence_of(n, language()), icon_of(n.kind)) for n in page.items]
    quotes, unread = quotes_of(page.items, language()), unread_count(actor())
    return render_template(
        "notifications/index.html", page=page, told=told, quotes=quotes, unread=unread, form=ActionForm()
    )


@bp.post("/notifications/<int:notification_id>/read")
def read(notification_id: int) -> Response:
    """Mark one as read and go to what it is about, or stay."""
    require(signed_in(actor(), _SIGN_IN))
    notification = load_notification(notification_id, actor())
    mark_read(notification, actor=actor())
    return redirect(next_or(url_for(".index")), code=303)


@bp.post("/notifications/read")
def read_all() -> Response:
    """Mark everything as read."""
    require(signed_in(actor(), _SIGN_IN))
    mark_all_read(actor=actor())
    say(_("Everything is marked as read."))
    return redirect(url_for(".index"), code=303)


@bp.route("/notifications/stop/<token>", methods=["GET", "POST"])
def stop(token: str) -> Any:
    """Stop the mails, by the link in one of them: opening it only asks."""
    person, form = person_of(token), ActionForm.from_request()
    if form.submitted():
        choose_frequency(person, frequency=MailFrequency.NEVER)
        say(_("You will get no more of these mails. What is new stays on this site."))
        return redirect(url_for(".stop", token=token), code=303)
    stopped = person.mail_frequency == MailFrequency.NEVER
    return render_form("notifications/stop.html", form, stopped=stopped)


def _url(notification: Notification) -> str:
    return record_url(notification.record, external=True) if notification.record is not None else ""
