"""Commands: bring in a vote held elsewhere, count a vote again, check the archive of a result."""

import json
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask_babel import force_locale

from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.importing import import_pabulib
from stakeholder_hub.decisions.pabulib.rendering import render_text
from stakeholder_hub.decisions.recount import recount_ballot, recount_file
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import DEFAULT
from stakeholder_hub.territories.queries import by_slug


@click.group("import")
def import_() -> None:
    """Bring in data from elsewhere."""


@import_.command("pabulib")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--territory", "territory_slug", required=True, help="Slug of the place, for example veszprem.")
@click.option("--group", "group_slug", help="Slug of the group that ran it, where there is one.")
def pabulib(file: Path, territory_slug: str, group_slug: str | None) -> None:
    """Bring in a participatory budget from a Pabulib file, with its votes, as a closed consultation."""
    with force_locale(DEFAULT):
        try:
            territory = by_slug(territory_slug)
        except NotFound as missing:
            raise click.ClickException(f"There is no place with the slug {territory_slug}.") from missing
        group = _group(group_slug)
        with click.progressbar(length=1000, label=f"Importing {file.name}") as bar:

            def progress(done: int, all_: int) -> None:
                bar.update(done * 1000 // max(all_, 1) - bar.pos)

            consultation = import_pabulib(
                file, territory=territory, group=group, actor=SYSTEM, progress=progress
            )
    click.echo(
        f"Imported as {consultation.reference}: {consultation.proposal_count} proposals, "
        f"{consultation.participant_count} votes."
    )


def _group(slug: str | None) -> Group | None:
    if slug is None:
        return None
    found = db.session.scalar(sa.select(Group).where(Group.slug == slug))
    if found is None:
        raise click.ClickException(f"There is no group with the slug {slug}.")
    return found


@click.command("tally")
@click.argument("what", metavar="REFERENCE|FILE.pb")
@click.option("--json", "as_json", is_flag=True, help="Write plain data for programs.")
def tally(what: str, as_json: bool) -> None:
    """Count a ballot or a Pabulib file again and say where and why the outcome differs from the official one.

    A file is only read, not imported. A ballot is counted from its stored, anonymous votes.
    """
    with force_locale(DEFAULT):
        path = Path(what)
        if path.suffix.lower() == ".pb" or path.is_file():
            if not path.is_file():
                raise click.ClickException(f"There is no file {what}.")
            counted = recount_file(path)
            click.echo(_json(counted.to_json()) if as_json else render_text(counted), nl=as_json)
            return
        result = recount_ballot(what)
        click.echo(_json(result) if as_json else _told(result))


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def _told(result: dict[str, Any]) -> str:
    lines = [
        f"{result['reference']}: counted by {result['rule']}, {result['voters']} votes.",
        f"Winners (numbers on the ballot): {', '.join(map(str, result['winners'])) or 'none'}",
        "The recount gives the stored result."
        if result["agrees"]
        else "The recount DIFFERS from the stored result.",
    ]
    lines += [f"  {one['project'] or '-'} {one['name']}: {one['reason']}" for one in result["differences"]]
    return "\n".join(lines)


@click.command("verify")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", help="The public key from the page of the result; without it anybody could have signed."
)
@click.option("--json", "as_json", is_flag=True, help="Write plain data for programs.")
def verify(archive: Path, key: str | None, as_json: bool) -> None:
    """Count the votes of an archive again and check that nothing in it was altered.

    The same as ``python3 verify.py ARCHIVE``, which every archive holds: the second counter, not the first.
    """
    report = check(archive.read_bytes(), key)
    if as_json:
        told = {
            "reference": report.reference,
            "in_order": not report.problems,
            "problems": report.problems,
            "votes_held_back": report.held_back,
            "key": report.key,
            "result": json.loads(report.result) if report.result else None,
        }
        click.echo(_json(told))
    elif report.result is not None:
        click.echo(report.result.decode(), nl=False)
    for problem in report.problems:
        click.echo(f"ALTERED: {problem}", err=True)
    if report.problems:
        raise SystemExit(1)
    signed = "" if key else f" It is signed with {report.key}: compare that with the page of the result."
    held = (
        " Single votes are held back, so the result could not be counted again." if report.held_back else ""
    )
    click.echo(f"The archive of {report.reference} is in order.{held}{signed}", err=True)


commands: list[click.Command] = [import_, tally, verify]
