"""Commands: count anew what became of proposals."""

import click

from stakeholder_hub.outcomes.counting import count_changed, count_everything_anew
from stakeholder_hub.search.cli import rebuild


@rebuild.command("outcomes")
def rebuild_outcomes() -> None:
    """Count anew what became of proposals, in every consultation."""
    total = count_everything_anew()
    while count_changed():
        pass
    click.echo(f"{total} consultations are counted.")
