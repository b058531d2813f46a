"""Pages of discussions: the form of a comment, one comment with its thread, support, follows."""

from typing import Any

from flask import redirect, render_template
from werkzeug.wrappers import Response

from stakeholder_hub.accounts.pending import ask_for_address
from stakeholder_hub.deliberation.addresses import place_of, stay_or
from stakeholder_hub.deliberation.forms import CommentForm, EditCommentForm
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.deliberation.operations import (
    add_comment,
    edit_comment,
    follow_record,
    support_record,
    unfollow_record,
    withdraw_comment,
    withdraw_support,
)
from stakeholder_hub.deliberation.policy import (
    may_edit_comment,
    may_follow,
    may_withdraw_comment,
    open_to_comments,
    open_to_support,
    standing,
)
from stakeholder_hub.deliberation.queries import (
    discussion_around,
    is_following,
    load_comment,
    supported_by,
)
from stakeholder_hub.groups.queries import organisations_spoken_for
from stakeholder_hub.kernel.authorization import Verdict, require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form

bp = feature_blueprint("deliberation", __name__)


@bp.route("/discuss/<reference>", methods=["GET", "POST"])
def discuss(reference: str) -> Any:
    """The form of a comment; a visitor's is kept until the address is confirmed."""
    return _comment(load_record(reference, actor()), None)


@bp.route("/comments/<reference>/reply", methods=["GET", "POST"])
def reply(reference: str) -> Any:
    """The form of an answer."""
    parent = load_comment(reference, actor())
    require(standing(parent))
    return _comment(parent.subject, parent)


def _comment(subject: Record, parent: Comment | None) -> Any:
    _require_but_signing_in(open_to_comments(actor(), subject))
    form = CommentForm.from_request(language=language())
    organisations = organisations_spoken_for(actor())
    form.offer(organisations)
    if form.submitted():
        if not actor().is_authenticated:
            about = {"subject": subject.reference, "parent": parent.reference if parent else None}
            return ask_for_address("deliberation.comment", {**form.values, **about})
        chosen = {o.slug: o for o in organisations}.get(form.values.get("speaking_for", ""))
        with form.catching():
            values = {**form.values, "speaking_for": chosen, "parent": parent}
            comment = add_comment(subject, **values, actor=actor())
            say(_("Your comment is there."))
            return redirect(place_of(comment), code=303)
    return render_form("deliberation/comment.html", form, subject=subject, parent=parent)


@bp.get("/comments/<reference>/")
def show(reference: str) -> str:
    """One comment with the thread it stands in."""
    comment = load_comment(reference, actor())
    around = discussion_around(comment, actor())
    return render_template("deliberation/show.html", comment=comment, discussion=around)


@bp.route("/comments/<reference>/edit", methods=["GET", "POST"])
def edit(reference: str) -> Any:
    """Change one's own comment."""
    comment = load_comment(reference, actor())
    require(may_edit_comment(actor(), comment))
    form = EditCommentForm.from_request(
        stance=comment.stance.value,
        body=comment.body_text,
        language=comment.source_language,
        version=comment.version,
    )
    if form.submitted():
        with form.catching():
            edit_comment(comment, **form.values, actor=actor())
            say(_("Your comment has been changed."))
            return redirect(place_of(comment), code=303)
    return render_form("deliberation/edit.html", form, comment=comment)


@bp.route("/comments/<reference>/withdraw", methods=["GET", "POST"])
def withdraw(reference: str) -> Any:
    """Take one's own comment back, after being asked."""
    comment = load_comment(reference, actor())
    require(may_withdraw_comment(actor(), comment))
    form = ActionForm.from_request()
    if form.submitted():
        with form.catching():
            withdraw_comment(comment, actor=actor())
            say(_("Your comment has been withdrawn."))
            return redirect(place_of(comment), code=303)
    return render_form("deliberation/withdraw.html", form, comment=comment)


@bp.route("/support/<reference>", methods=["GET", "POST"])
def support(reference: str) -> Any:
    """Support a record; a visitor's support is kept until the address is confirmed."""
    record = _any_record(reference)
    _require_but_signing_in(open_to_support(actor(), record))
    form = ActionForm.from_request()
    if form.submitted():
        if not actor().is_authenticated:
            return ask_for_address("deliberation.support", {"record": record.reference})
        if support_record(record, actor=actor()):
            say(_("You support this now."))
        return redirect(stay_or(place_of(record)), code=303)
    has = record.id in supported_by(actor(), [record.id])
    return render_form("deliberation/support.html", form, record=record, has_supported=has)


@bp.post("/support/<reference>/withdraw")
def stop_support(reference: str) -> Response:
    """Take the support back."""
    record = _any_record(reference)
    if withdraw_support(record, actor=actor()):
        say(_("You have taken your support back."))
    return redirect(stay_or(place_of(record)), code=303)


@bp.route("/follow/<reference>", methods=["GET", "POST"])
def follow(reference: str) -> Any:
    """Follow a record: for those who have signed in."""
    record = load_record(reference, actor())
    require(may_follow(actor(), record))
    form = ActionForm.from_request()
    if form.submitted():
        follow_record(record, actor=actor())
        say(_("You will be told what becomes of this."))
        return redirect(stay_or(record_url(record)), code=303)
    return render_form(
        "deliberation/follow.html", form, record=record, following=is_following(record, actor())
    )


@bp.post("/follow/<reference>/stop")
def stop_following(reference: str) -> Response:
    """Follow a record no more."""
    record = load_record(reference, actor())
    unfollow_record(record, actor=actor())
    say(_("You will no longer be told about this."))
    return redirect(stay_or(record_url(record)), code=303)


def _any_record(reference: str) -> Record:
    """The record of whatever kind; a comment only where what it is about may be seen."""
    record = load_record(reference, actor())
    return load_comment(reference, actor()) if isinstance(record, Comment) else record


def _require_but_signing_in(verdict: Verdict) -> None:
    """Refuse for every reason but that nobody has signed in: a visitor gives the address afterwards."""
    if not verdict.sign_in:
        require(verdict)
