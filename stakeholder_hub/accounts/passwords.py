"""Passwords that are long enough and still the first that others try."""

import re
from itertools import pairwise

COMMON = frozenset(
    ["password", "passwort", "geslo", "jelszo", "lozinka", "zaporka", "heslo"]
    + ["parola", "administrator", "welcome", "willkommen", "dobrodosli", "letmein", "iloveyou"]
    + ["sunshine", "princess", "football", "superman", "starwars", "trustno", "monkey"]
    + ["dragon", "master", "shadow", "qwertz", "qwerty", "azerty", "asdfgh"]
    + ["yxcvbn", "zxcvbn", "stakeholderhub", "stakeholder", "changeme", "secret", "default"]
)
"""Words that stand alone in many stolen lists; digits and signs around them make them no better."""

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertzuiopasdfghjklyxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
)
_AROUND = re.compile(r"[\W\d_]+")
_LEAST_DIFFERENT = 5


def is_common(password: str) -> bool:
    """Whether it is a well-known word with trimmings, a run of keys, or a few characters over and over."""
    low = password.casefold()
    if len(set(low)) < _LEAST_DIFFERENT:
        return True
    bare = _AROUND.sub("", low)
    return any(bare in (word, word * 2) for word in COMMON) or _is_run(low)


def _is_run(text: str) -> bool:
    """Whether every key is the neighbour of the one before, in either direction, but for two jumps at most."""
    pairs = {a + b for row in _ROWS for line in (row, row[::-1]) for a, b in pairwise(line)}
    jumps = sum(a + b not in pairs for a, b in pairwise(text))
    return jumps <= 2
