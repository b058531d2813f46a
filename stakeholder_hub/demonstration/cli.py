"""``stakeholder-hub demo``."""

import json
from pathlib import Path

import click
from flask import current_app

from stakeholder_hub.demonstration.accounts import DEMO_ACCOUNTS
from stakeholder_hub.demonstration.across import story_references
from stakeholder_hub.demonstration.operations import load_demonstration
from stakeholder_hub.kernel.settings import Settings


@click.command("demo")
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    help="Folder or file with real votes (default: HUB_DEMO_DATA).",
)
@click.option(
    "--story", is_flag=True, help="Tell where the story across levels stands, as JSON; load what is missing."
)
def demo(data: Path | None, story: bool) -> None:
    """Load the demonstration: eighteen towns on the Danube, fictional people, real votes where a file is given."""
    if story:
        tell_where(data)
    else:
        load(data)


def tell_where(data: Path | None) -> None:
    """Print the references of the story's records, and nothing else."""
    settings: Settings = current_app.config["HUB_SETTINGS"]
    if not story_references():
        load_demonstration(data or settings.demo_data)
    click.echo(json.dumps(story_references(), indent=2))


def load(data: Path | None) -> None:
    """Load it, and say who can sign in."""
    settings: Settings = current_app.config["HUB_SETTINGS"]
    with click.progressbar(length=100, label="Loading the demonstration") as bar:
        done = 0

        def progress(share: float) -> None:
            nonlocal done
            bar.update(max(0, int(share * 100) - done))
            done = max(done, int(share * 100))

        load_demonstration(data or settings.demo_data, progress=progress)
    for label, email, password in DEMO_ACCOUNTS:
        click.echo(f"  {label:<28} {email:<30} {password}")


commands: list[click.Command] = [demo]
