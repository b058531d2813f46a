"""Which towns can be chosen as one's own: told by territories, which stand above accounts."""

from collections.abc import Callable, Sequence

_source: list[Callable[[], Sequence[tuple[int, str]]]] = []


def set_home_choices(source: Callable[[], Sequence[tuple[int, str]]]) -> None:
    """Say where the choices come from: pairs of a territory's id and its name."""
    _source[:] = [source]


def home_choices() -> list[tuple[int, str]]:
    """The towns there are."""
    return list(_source[0]()) if _source else []
