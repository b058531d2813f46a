"""Keyset paging: a list is read on from the last row seen, so that rows that come or go in between
neither repeat nor hide others, and the thousandth page costs what the first does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import request, url_for
from sqlalchemy.sql import Select
from werkzeug.exceptions import BadRequest

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l

T = TypeVar("T")

SIZE = 20
LARGEST = 100


@dataclass(frozen=True)
class Order:
    """One sort column. ``expression`` must never be NULL (coalesce it); the last one must be unique."""

    expression: Any
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list and the addresses of its neighbours, ``None`` where there are none."""

    items: Sequence[T]
    next_url: str | None = None
    prev_url: str | None = None

    def __bool__(self) -> bool:
        return bool(self.items)


def page_size(default: int = SIZE) -> int:
    """``per_page`` of the request, held between 1 and 100."""
    raw = request.args.get("per_page", "")
    return max(1, min(int(raw), LARGEST)) if raw.isascii() and raw.isdigit() and len(raw) < 10 else default


def paginate(
    statement: Select[Any], *order: Order, size: int | None = None, unique: bool = False, rows: bool = False
) -> Page[Any]:
    """Run ``statement`` for the page that the request asks for by ``after`` or ``before``.

    ``rows`` keeps whole rows instead of the first column; ``unique`` is for joined collections.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    size = size or page_size()
    cursor, backwards = request.args.get("after"), False
    if cursor is None and (before := request.args.get("before")) is not None:
        cursor, backwards = before, True
    keys = [o.expression.label(f"_key{i}") for i, o in enumerate(order)]
    query = statement.add_columns(*keys)
    if cursor is not None:
        query = query.where(_beyond(order, _read(cursor, order), backwards=backwards))
    query = query.order_by(
        *[o.expression.desc() if o.descending != backwards else o.expression.asc() for o in order]
    )
    result = db.session.execute(query.limit(size + 1))
    found = list(result.unique() if unique else result)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_next, has_prev = (bool(cursor), more) if backwards else (more, cursor is not None)
    width = len(order)
    first = _write(found[0][-width:]) if found else None
    last = _write(found[-1][-width:]) if found else None
    return Page(
        [row[:-width] if rows else row[0] for row in found],
        next_url=_url(after=last) if has_next and last else None,
        prev_url=_url(before=first) if has_prev and first else None,
    )


def _beyond(order: Sequence[Order], values: Sequence[Any], *, backwards: bool) -> Any:
    alternatives = []
    for i, o in enumerate(order):
        equal = [order[j].expression == values[j] for j in range(i)]
        further = o.expression < values[i] if o.descending != backwards else o.expression > values[i]
        alternatives.append(sa.and_(*equal, further))
    return sa.or_(*alternatives)


def _url(**cursor: str) -> str:
    args: dict[str, Any] = {
        k: v
        for k, v in request.args.to_dict(flat=False).items()
        if k not in ("after", "before", "lang", *(request.view_args or {})) and not k.startswith("_")
    }
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **args, **cursor})


def _write(values: Sequence[Any]) -> str:
    plain = [v.isoformat() if isinstance(v, datetime | date) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _read(cursor: str, order: Sequence[Order]) -> list[Any]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values = json.loads(raw)
        if not isinstance(values, list) or len(values) != len(order):
            raise ValueError
        return [_typed(value, o.expression.type) for value, o in zip(values, order, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as broken:
        raise BadRequest(_l("This page of the list does not exist. Begin at the first.")) from broken


def _typed(value: Any, kind: Any) -> Any:
    wanted = kind.python_type
    if wanted is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if wanted is date:
        return date.fromisoformat(value)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):
        raise ValueError
    if isinstance(value, int) and abs(value) > 2**62:
        raise ValueError
    if isinstance(value, str) and "\x00" in value:
        raise ValueError
    return value
