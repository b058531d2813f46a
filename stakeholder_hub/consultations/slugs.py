"""Addresses of consultations: made from the name once, and never changed again, so that links last."""

import sqlalchemy as sa

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.text import slugify
from stakeholder_hub.records.models import Record

KIND = "consultation"
RESERVED = {"new"}


def free_slug(text: str) -> str:
    """A slug for ``text`` that no consultation has: ``ideas``, ``ideas-2``, ..."""
    wanted = slugify(text)
    found = db.session.scalars(
        sa.select(Record.slug).where(
            Record.kind == KIND,
            sa.or_(Record.slug == wanted, Record.slug.startswith(f"{wanted}-", autoescape=True)),
        )
    )
    return _free(wanted, {slug for slug in found if slug} | RESERVED)


def free_category_slug(text: str, taken: set[str]) -> str:
    """A slug for a heading that is not in ``taken``; it is added there."""
    slug = _free(slugify(text, longest=60), taken)
    taken.add(slug)
    return slug


def _free(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
