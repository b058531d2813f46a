"""Errors that reach a person: each has an HTTP status, a reason in plain words, and what may be done next."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from flask_babel.speaklater import LazyString

Reason: TypeAlias = "str | LazyString"


class HubError(Exception):
    """A refusal with a translatable ``reason``; ``status`` is the HTTP status it is answered with."""

    status = 400

    def __init__(self, reason: Reason = "") -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class NotAllowed(HubError):
    """The actor may not do this (403); ``sign_in`` tells that signing in would help."""

    status = 403

    def __init__(self, reason: Reason = "", *, sign_in: bool = False) -> None:
        super().__init__(reason)
        self.sign_in = sign_in


class NotFound(HubError):
    """There is no such thing, or none that this person may see (404): the two are never told apart."""

    status = 404


class Conflict(HubError):
    """Somebody else was faster (409). ``theirs`` and ``mine`` hold both texts, by field name."""

    status = 409

    def __init__(
        self, reason: Reason = "", *, theirs: dict[str, Any] | None = None, mine: dict[str, Any] | None = None
    ) -> None:
        super().__init__(reason)
        self.theirs = theirs or {}
        self.mine = mine or {}


class Invalid(HubError):
    """What was sent cannot be accepted (422); ``field`` names the form field the reason belongs to."""

    status = 422

    def __init__(self, reason: Reason = "", field: str | None = None) -> None:
        super().__init__(reason)
        self.field = field


@contextmanager
def at_field(name: str) -> Iterator[None]:
    """Whatever is invalid inside belongs to the form field of this name."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid(refusal.reason, name) from refusal


class TooLarge(HubError):
    """The upload or text is larger than this site takes (413)."""

    status = 413


class TooMany(HubError):
    """Too many tries in too short a time (429); ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, reason: Reason = "", *, retry_after: int = 60) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
