"""Commands: make derived data anew."""

import click

from stakeholder_hub.search.sources import rebuild_index


@click.group()
def rebuild() -> None:
    """Make derived data anew."""


@rebuild.command("search")
def rebuild_search() -> None:
    """Make the search index anew from what is stored."""
    with click.progressbar(length=1, label="Search index", show_pos=True, show_percent=False) as bar:

        def tell(kind: str, number: int) -> None:
            bar.label = f"Search index: {kind}"
            bar.length = max(bar.length or 1, bar.pos + 2)
            bar.update(1)

        total = rebuild_index(progress=tell)
        bar.length = max(1, bar.pos)
        bar.update(0)
    click.echo(f"{total} things can be found.")


commands: list[click.Command] = [rebuild]
