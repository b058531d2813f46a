"""The ``stakeholder-hub`` command. Features bring their own commands in ``<feature>/cli.py`` as ``commands``."""

import contextlib
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from stakeholder_hub.kernel.errors import HubError
from stakeholder_hub.kernel.settings import SettingsError

COMMANDS: dict[str, str] = {
    "run": "stakeholder_hub.server",
    "work": "stakeholder_hub.server",
    "migrate": "stakeholder_hub.server",
    "doctor": "stakeholder_hub.upkeep",
    "backup": "stakeholder_hub.upkeep",
    "restore": "stakeholder_hub.upkeep",
    "user": "stakeholder_hub.territories.cli",
    "demo": "stakeholder_hub.demonstration.cli",
    "import": "stakeholder_hub.decisions.cli",
    "tally": "stakeholder_hub.decisions.cli",
    "verify": "stakeholder_hub.decisions.cli",
    "journey": "stakeholder_hub.records.cli",
    "rebuild": "stakeholder_hub.search.cli",
    "catalogues": "stakeholder_hub.kernel.catalogues",
}
"""Every command and the module that holds it: read only when it is asked for, so that --help is quick."""

MORE: dict[str, tuple[str, ...]] = {
    "rebuild": ("stakeholder_hub.comparisons.cli", "stakeholder_hub.outcomes.cli"),
}
"""Modules of features further up that add their own words to a command."""

ALONE = frozenset({"run", "work", "migrate", "doctor", "backup", "restore", "verify", "catalogues"})
"""Commands that make their own application, or need none. The others run inside one whose database is migrated."""

SUMMARIES: dict[str, str] = {
    "run": "Serve the site; prepares everything on first start.",
    "work": "Do the background work (run starts it by itself).",
    "migrate": "Bring the database to the newest state, or back by one step.",
    "doctor": "Say what is wrong with an installation and how to mend it.",
    "backup": "Write database and files to one archive.",
    "restore": "Bring back what backup wrote.",
    "user": "Make accounts, give roles.",
    "demo": "Load the demonstration.",
    "import": "Bring in data from elsewhere.",
    "tally": "Count a ballot or a Pabulib file again.",
    "verify": "Check the archive of a result and count it again.",
    "journey": "Tell where a record comes from and what became of it.",
    "rebuild": "Make derived data anew: the search index, kept counts.",
    "catalogues": "Collect, compile and check translations.",
}


class HubCommands(click.Group):
    """Finds commands without importing them all; turns refusals into one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        commands: list[click.Command] = import_module(module).commands
        for adding in MORE.get(cmd_name, ()):
            import_module(adding)
        return next((command for command in commands if command.name == cmd_name), None)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for --help, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; what was refused is told in a sentence, never as a stack trace."""
        words = [*ctx._protected_args, *ctx.args]
        try:
            with self._surroundings(ctx, words):
                return super().invoke(ctx)
        except (HubError, SettingsError) as refusal:
            raise click.ClickException(str(refusal)) from refusal

    def _surroundings(self, ctx: click.Context, words: list[str]) -> contextlib.AbstractContextManager[Any]:
        """The application's context for commands of features; nothing for those that make their own."""
        if not words or words[0] in ALONE or {"--help", "-h"} & set(words):
            return contextlib.nullcontext()
        server = import_module("stakeholder_hub.server")
        context: contextlib.AbstractContextManager[Any] = server.prepared_app(
            ctx.params["instance"]
        ).app_context()
        return context


@click.group(
    cls=HubCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="stakeholder-hub")
@click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="HUB_INSTANCE",
    help="Folder of this installation: database, files, secret (default: instance/).",
)
@click.pass_context
def hub(ctx: click.Context, instance: Path | None) -> None:
    """Stakeholder Hub: consultations, decisions and shared action items across towns, levels and languages."""
    ctx.obj = instance


def main() -> None:
    """Entry point of the command."""
    with contextlib.suppress(AttributeError, ValueError):
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    hub(prog_name="stakeholder-hub")
