"""Commands: the journey of a record, for people and for programs."""

from typing import Any

import click
from flask_babel import force_locale

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE, _
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.journey_data import journey_json
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.records.timeline import Moment, Speaker, timeline_of


@click.command("journey")
@click.argument("reference")
@click.option(
    "--json", "as_json", is_flag=True, help="As data (docs/api.md): the same as the address for machines."
)
@click.option("--everything", is_flag=True, help="Also what is not public.")
@click.option(
    "--language",
    type=click.Choice(INTERFACE),
    default=DEFAULT,
    show_default=True,
    help="The language it is told in.",
)
def journey(reference: str, *, as_json: bool, everything: bool, language: str) -> None:
    """Tell where the record REFERENCE comes from and what became of it."""
    actor: Any = SYSTEM if everything else VISITOR
    try:
        timeline = timeline_of(load_record(reference, actor), actor)
    except NotFound:
        hint = "" if everything else " that everybody may read (--everything tells of the others)"
        raise click.ClickException(f"There is no record {reference}{hint}.") from None
    if as_json:
        click.echo(journey_json(timeline), nl=False)
        return
    with force_locale(language):
        for moment in timeline.moments:
            click.echo(line_of(moment, language))
        if timeline.journey.truncated:
            click.echo(_("The trail is long: only its nearest part is shown."))


def line_of(moment: Moment, language: str) -> str:
    """One line: when, where, what, which record, who."""
    record = moment.record
    where = f"{moment.place.name.in_(language)} ({moment.place.level.label})"
    when = f"{clock.to_local(moment.at, moment.zone):%Y-%m-%d %H:%M}"
    what = f"{record.kind_label} {record.reference}: {moment.said}"
    title = f" “{record.title.in_(language)}” [{record.state_label}]" if moment.is_beginning else ""
    text = f"\n    {moment.text.in_(language)}" if moment.text else ""
    by = name_of(moment.by, language) + (f" ({moment.position})" if moment.position else "")
    to = f" → {name_of(moment.to, language)}" if moment.to is not None else ""
    due = _("due by %(day)s", day=moment.until.isoformat()) if moment.until is not None else ""
    until = f", {due}" if due else ""
    return f"{when}  {where}  {what}{title}, {by}{to}{until}{text}"


def name_of(speaker: Speaker, language: str) -> str:
    """The name behind a step, or that there is none any more."""
    if isinstance(speaker.name, Multilingual):
        return speaker.name.in_(language).text
    return speaker.name or _("Somebody who has left")


commands: list[click.Command] = [journey]
