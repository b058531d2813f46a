"""Winners by number of approvals (approval voting, Brams and Fishburn 1978; multiwinner: "AV")."""

from collections.abc import Sequence

from stakeholder_hub.decisions.methods.ballots import Profile
from stakeholder_hub.decisions.methods.highest import count_highest
from stakeholder_hub.decisions.methods.result import Result
from stakeholder_hub.decisions.methods.threshold import NO_THRESHOLD, Threshold


def count_approvals(
    profile: Profile,
    *,
    seats: int | None = 1,
    threshold: Threshold = NO_THRESHOLD,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
) -> Result:
    """The ``seats`` options with the highest score among those that reach the threshold.

    ``seats=None`` elects every option that reaches the threshold. For ballots with ranks or points the
    profile's score is used. ``order`` breaks ties, earlier first. An option nobody supports never wins.
    Raises :class:`InvalidCount` for a negative number of seats or an incomplete order.
    """
    return count_highest(
        profile.scores(),
        method="approval",
        voters=profile.voters,
        seats=seats,
        threshold=threshold,
        order=order,
        tie_break=tie_break,
    )
