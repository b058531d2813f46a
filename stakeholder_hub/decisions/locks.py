"""What of a ballot is not for those who run it to change: features above say so here.

A ballot that carries out a question common to many places keeps its words, its answers and its rule, whoever edits it
and in whatever way. The ballot does not know why; it asks everyone who has registered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations.terms import Terms
from stakeholder_hub.kernel.errors import Invalid, Reason
from stakeholder_hub.kernel.multilingual import Multilingual


@dataclass(frozen=True)
class Locked:
    """Terms that stand as they are, by name, and the reason for a coordinator."""

    terms: Mapping[str, Any]
    reason: Reason


TermsLock = Callable[[Ballot], Locked | None]

_locks: list[TermsLock] = []


def add_terms_lock(lock: TermsLock) -> TermsLock:
    """Ask ``lock(ballot)`` before the terms of a ballot change."""
    _locks.append(lock)
    return lock


def locked_terms(ballot: Ballot) -> Locked | None:
    """What stands as it is in ``ballot``, if anything does."""
    return next((found for lock in _locks if (found := lock(ballot)) is not None), None)


def with_locked(ballot: Ballot, terms: Terms) -> Terms:
    """``terms`` with what is locked as it stands, in all its languages.

    Raises:
        Invalid: something else was offered in its place; ``field`` says where.
    """
    locked = locked_terms(ballot)
    if locked is None:
        return terms
    for name, stands in locked.terms.items():
        offered = cast("dict[str, Any]", terms).get(name)
        if offered is not None and _said(offered) not in (_said(stands), _said(getattr(ballot, name, None))):
            raise Invalid(locked.reason, name)
    return cast(Terms, {**terms, **locked.terms})


def _said(value: Any) -> Any:
    """What a term says in its original language, for comparing."""
    if isinstance(value, Multilingual):
        return " ".join(value.original.text.split())
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list | tuple):
        return [said for said in map(_said, value) if said]
    return value
