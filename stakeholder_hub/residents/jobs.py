"""What happens to residences by the clock."""

from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.residents.operations import forget_ended, tell_of_ending


@periodic(seconds=24 * 3600, name="residents.tell_of_ending")
def tell_of_ending_ones() -> int:
    """Tell those whose verification ends soon."""
    return tell_of_ending()


@periodic(seconds=24 * 3600, name="residents.forget_ended")
def forget_ended_ones() -> int:
    """Keep nothing of what is long over."""
    return forget_ended()
