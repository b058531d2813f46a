"""What the journey tells of discussions: when one began and how long it became."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _ln
from stakeholder_hub.records.happenings import Happening, tells_of_many
from stakeholder_hub.records.models import Moderation, Record, Voice
from stakeholder_hub.records.queries import visible_to


@tells_of_many("deliberation.discussion")
def tell_of_discussions(records: Sequence[Record], actor: Actor) -> Iterator[tuple[int, Happening]]:
    """The first comment on each that still stands. One statement."""
    discussed = [record.id for record in records if record.comment_count and not record.origin.part_of]
    if not discussed:
        return
    rows = db.session.execute(
        sa.select(Comment.subject_id, sa.func.min(Comment.created_at), sa.func.count())
        .where(
            Comment.subject_id.in_(discussed),
            Comment.state == "published",
            Comment.moderation == Moderation.VISIBLE,
            visible_to(actor),
        )
        .group_by(Comment.subject_id)
    )
    for subject_id, first, number in rows:
        said = _ln("The discussion began: %(num)s comment", "The discussion began: %(num)s comments", number)
        yield subject_id, Happening(first, "discussed", said, Voice.BODY)
