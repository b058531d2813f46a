"""Personal data, declared column by column, so that export and erasure are generic."""

from typing import Any, Literal

Retention = Literal["account", "record", "month", "quarter"]
"""How long a value is kept: ``account`` until the account is erased, ``record`` as long as the record has its
place in the journey (the name is removed on erasure), ``month``/``quarter`` after it was last needed."""


def personal(purpose: str, retention: Retention = "account") -> dict[str, Any]:
    """Value for ``mapped_column(info=...)``: this column holds personal data, what for and how long."""
    return {"personal": {"purpose": purpose, "retention": retention}}
