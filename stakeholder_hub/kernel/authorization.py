"""Who may do what, named once.

A policy is a function ``may_x(actor, subject) -> Verdict`` marked with :func:`permission`; operations call
``require(may_x(...))`` and pages ask the same function before they offer a button, so that the two agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol

from stakeholder_hub.kernel.errors import NotAllowed, NotFound, Reason

P = ParamSpec("P")

PERMISSIONS: dict[str, Callable[..., "Verdict"]] = {}
"""Every named permission: what the matrix of role x phase x level is tested against."""


class Actor(Protocol):
    """Whoever asks: a signed-in user or a :class:`Visitor`."""

    @property
    def id(self) -> Any: ...

    @property
    def is_authenticated(self) -> bool: ...

    @property
    def grants(self) -> Any: ...


@dataclass(frozen=True)
class Visitor:
    """Someone who has not signed in."""

    id: None = None
    is_authenticated: bool = False
    grants: tuple[()] = ()
    name: str = ""


VISITOR = Visitor()


@dataclass(frozen=True)
class System:
    """The installation itself: first start, commands, sweeps. It may do everything and is nobody's account."""

    id: None = None
    is_authenticated: bool = True
    grants: tuple[()] = ()
    name: str = ""


SYSTEM = System()


def is_system(actor: object) -> bool:
    """Whether the installation itself acts."""
    return isinstance(actor, System)


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with a reason a citizen understands. Truthy when allowed."""

    allowed: bool
    reason: Reason = ""
    sign_in: bool = False
    hidden: bool = False

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)


def refused(reason: Reason, *, sign_in: bool = False) -> Verdict:
    """No, and why; ``sign_in`` where signing in would help."""
    return Verdict(False, reason, sign_in=sign_in)


def unseen() -> Verdict:
    """No, and not even that it exists may be told: answered with 404."""
    return Verdict(False, hidden=True)


def first_refusal(*checks: "tuple[object, Reason] | Verdict") -> Verdict:
    """The first check that fails, as a refusal; :data:`ALLOWED` where none does."""
    for check in checks:
        verdict = check if isinstance(check, Verdict) else Verdict(bool(check[0]), check[1])
        if not verdict:
            return verdict
    return ALLOWED


def signed_in(actor: Actor, reason: Reason) -> Verdict:
    """A check that refuses visitors and tells that signing in would help."""
    return ALLOWED if actor.is_authenticated else refused(reason, sign_in=True)


def permission(name: str) -> Callable[[Callable[P, Verdict]], Callable[P, Verdict]]:
    """Name a policy, e.g. ``proposals.submit``; a name is given once."""

    def mark(policy: Callable[P, Verdict]) -> Callable[P, Verdict]:
        if name in PERMISSIONS:
            raise ValueError(f"permission {name!r} is named twice")
        PERMISSIONS[name] = policy
        return policy

    return mark


def require(verdict: Verdict) -> None:
    """Raise unless allowed.

    Raises:
        NotFound: the subject may not be seen at all.
        NotAllowed: with the reason of the verdict.
    """
    if verdict.hidden:
        raise NotFound()
    if not verdict:
        raise NotAllowed(verdict.reason, sign_in=verdict.sign_in)
