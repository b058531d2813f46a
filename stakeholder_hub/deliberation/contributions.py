"""What a visitor wrote before giving an address becomes a comment or support once the address is confirmed."""

from typing import Any

from stakeholder_hub.accounts.pending import contribution
from stakeholder_hub.deliberation.addresses import place_of
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.deliberation.operations import add_comment, support_record
from stakeholder_hub.deliberation.queries import load_comment
from stakeholder_hub.records.queries import load_record


@contribution("deliberation.comment")
def comment_at_last(payload: dict[str, Any], *, actor: Any) -> str:
    """Add the comment that was written before; leads to it."""
    subject = load_record(payload["subject"], actor)
    parent = load_comment(payload["parent"], actor) if payload.get("parent") else None
    comment = add_comment(
        subject,
        body=payload["body"],
        stance=payload["stance"],
        language=payload["language"],
        parent=parent,
        actor=actor,
    )
    return place_of(comment)


@contribution("deliberation.support")
def support_at_last(payload: dict[str, Any], *, actor: Any) -> str:
    """Give the support that was meant before; leads to what is supported."""
    record = load_record(payload["record"], actor)
    if isinstance(record, Comment):
        record = load_comment(payload["record"], actor)
    support_record(record, actor=actor)
    return place_of(record)
