"""Commands: count anew, beside making the search index anew."""

import click

from stakeholder_hub.comparisons.rebuilding import rebuild_counts
from stakeholder_hub.search.cli import rebuild


@rebuild.command("aggregates")
def rebuild_aggregates() -> None:
    """Count contributions, participants and results of all consultations anew; the figures stay the same."""
    click.echo(f"{rebuild_counts()} consultations counted.")
