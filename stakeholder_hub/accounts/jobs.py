"""What accounts tidy up."""

from stakeholder_hub.accounts.pending import forget_old_contributions
from stakeholder_hub.accounts.signing import forget_ended_sessions
from stakeholder_hub.kernel.jobs import periodic


@periodic(seconds=6 * 3600, name="accounts.forget_unfinished")
def forget_unfinished() -> int:
    """Remove what visitors began and never finished, and sessions that ended long ago."""
    return forget_old_contributions() + forget_ended_sessions()
