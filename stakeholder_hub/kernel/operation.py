"""``@operation``: one business transaction.

The outermost operation begins afresh, so that its checks see what is in the database now and not what a page
read a while ago, and commits at its end; nested operations join it; any error rolls everything back.
``commit()`` stands nowhere else.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from stakeholder_hub.kernel import events
from stakeholder_hub.kernel.database import db, writing
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.i18n import _l

P = ParamSpec("P")
R = TypeVar("R")

_depth: ContextVar[int] = ContextVar("hub_operation_depth", default=0)

_first_steps: list[Callable[[], None]] = []

OPERATIONS: dict[str, Callable[..., object]] = {}
"""Every operation by dotted name: for tests that walk all of them."""


def at_the_start(step: Callable[[], None]) -> Callable[[], None]:
    """Call ``step`` first in the transaction of every outermost operation."""
    if step not in _first_steps:
        _first_steps.append(step)
    return step


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Make ``function`` one transaction.

    Raises:
        Conflict: somebody else changed the same row first, or a unique rule was broken by a race.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _depth.get():
            return function(*args, **kwargs)
        with writing():
            return _run_outermost(function, *args, **kwargs)

    OPERATIONS[f"{function.__module__}.{function.__qualname__}"] = run
    return run


def _run_outermost(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    # Ends the reading transaction: what was loaded for the page expires and is read again under the write lock.
    db.session.commit()
    depth, waiting, committed = _depth.set(1), events.collect(), False
    try:
        for step in _first_steps:
            step()
        result = function(*args, **kwargs)
        db.session.commit()
        committed = True
        return result
    except StaleDataError as stale:
        db.session.rollback()
        raise Conflict(_l("Somebody else changed this at the same time. Please look at it again.")) from stale
    except IntegrityError as broken:
        db.session.rollback()
        raise Conflict(
            _l("Somebody else did the same at the same time. Please look at it again."),
        ) from broken
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _depth.reset(depth)
        events.release(waiting, committed=committed)


def inside_operation() -> bool:
    """Whether the caller runs inside an operation."""
    return bool(_depth.get())
