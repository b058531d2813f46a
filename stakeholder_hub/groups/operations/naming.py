"""Names and addresses of groups and organisations."""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.text import normalise_line, slugify

LONGEST_NAME = 160


def checked_name(text: str) -> str:
    """A name in order.

    Raises:
        Invalid: empty or too long.
    """
    name = normalise_line(text)
    if not name:
        raise Invalid(_l("Give it a name."), "name")
    if len(name) > LONGEST_NAME:
        raise Invalid(_l("Use at most %(most)s characters for the name.", most=LONGEST_NAME), "name")
    return name


def free_slug(model: Any, text: str) -> str:
    """An address that nothing of this kind has yet."""
    base, number = slugify(text), 1
    slug = base
    while db.session.scalar(sa.select(model.id).where(model.slug == slug)) is not None:
        number += 1
        slug = f"{base}-{number}"
    return slug
