"""What happens to accounts."""

from typing import ClassVar

from stakeholder_hub.kernel.events import Event


class PersonRegistered(Event):
    """An account was made."""

    name: ClassVar[str] = "accounts.registered"


class PasswordChanged(Event):
    """An account has another password."""

    name: ClassVar[str] = "accounts.password_changed"


class ProfileChanged(Event):
    """A person changed what others see of them."""

    name: ClassVar[str] = "accounts.profile_changed"


class EmailChanged(Event):
    """An account has another address."""

    name: ClassVar[str] = "accounts.email_changed"


class SignedOutEverywhere(Event):
    """Every session of an account ended."""

    name: ClassVar[str] = "accounts.signed_out_everywhere"


class AccountErased(Event):
    """A person's data was removed."""

    name: ClassVar[str] = "accounts.erased"
