"""Events are facts: emitted inside an operation, heard by subscribers in the same transaction.

What must not be lost is a row before the commit. A subscriber writes rows; work that may be repeated is
nudged with :func:`after_commit`.
"""

from collections import defaultdict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. ``actor`` did it (``None``: the system), ``subject`` is what it happened to.

    ``name`` is the stable name the audit keeps; ``details`` are plain values without personal data.
    """

    name: ClassVar[str] = "event"

    actor: Any
    subject: Any

    def details(self) -> dict[str, Any]:
        """Plain values for the audit; nothing that tells a person or a choice."""
        return {}


E = TypeVar("E", bound=Event)

_subscribers: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)
_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("hub_after_commit", default=None)


def subscribe(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Call the decorated function for every event of ``kind`` or of a subclass."""

    def register(subscriber: Callable[[E], None]) -> Callable[[E], None]:
        if subscriber not in _subscribers[kind]:
            _subscribers[kind].append(subscriber)
        return subscriber

    return register


def emit(event: Event) -> None:
    """Hand ``event`` to its subscribers, in the transaction of the operation that emits it."""
    for kind in type(event).__mro__:
        for subscriber in _subscribers.get(kind, ()):
            subscriber(event)


def after_commit(action: Callable[[], None]) -> None:
    """Call ``action`` once the outermost operation has committed; never when it rolls back."""
    waiting = _after_commit.get()
    if waiting is None:
        action()
    else:
        waiting.append(action)


def collect() -> Any:
    """Begin to collect what waits for the commit; returns the token for :func:`release`."""
    return _after_commit.set([])


def release(token: Any, *, committed: bool) -> None:
    """End collecting; run what waited if the transaction was committed."""
    waiting = _after_commit.get() or []
    _after_commit.reset(token)
    if committed:
        for action in waiting:
            action()
