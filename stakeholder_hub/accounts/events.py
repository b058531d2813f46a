"""What happens to accounts."""

from typing import ClassVar

from stakeholder_hub.kernel.events import Event


class PersonRegistered(Event):
    """An account was made."""

    name: ClassVar[str] = "accounts.registered"


class PasswordChanged(Event):
    """An account has another password."""

    name: ClassVar[str] = "accounts.password_changed"
