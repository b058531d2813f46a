"""Comments, support and follows, made through the operations that people use."""

from typing import Any

from stakeholder_hub.deliberation.models import Comment, Stance
from stakeholder_hub.deliberation.operations import add_comment
from stakeholder_hub.records.models import Record
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation


def make_comment(
    subject: Record | None = None,
    *,
    body: str = "A thought about this.",
    stance: Stance | str = Stance.NEUTRAL,
    language: str = "en",
    actor: Any = None,
    **values: Any,
) -> Comment:
    """A comment by somebody on a consultation that takes comments, unless told otherwise."""
    return add_comment(
        subject or make_consultation(),
        body=body,
        stance=stance,
        language=language,
        actor=actor or make_user(),
        **values,
    )
