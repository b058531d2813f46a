"""What is missing at a group's table or in a consultation, and where those who run it can invite."""

from collections.abc import Sequence

from flask import url_for

from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.policy import may_manage_group
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.representation.picture import Row
from stakeholder_hub.representation.queries import Table
from stakeholder_hub.representation.wording import Gap, nobody_yet, too_few
from stakeholder_hub.webkit.formats import in_language


def gaps_in(
    rows: Sequence[Row], place: str, *, group: Group | None, actor: Actor, seats: bool = False
) -> list[Gap]:
    """Sectors of which nobody is there, then those with less than was agreed.

    ``seats``: it is about a group's table, where nobody has to sit for themselves.
    """
    invites = group is not None and group.archived_at is None and bool(may_manage_group(actor, group))

    def invite(sector: Sector) -> str | None:
        return (
            url_for("groups.invite", slug=group.slug, sector=sector.value)
            if group is not None and invites
            else None
        )

    nobody = [
        Gap(row.sector, nobody_yet(row.sector, place), invite(row.sector))
        for row in rows
        if row.count == 0 and (row.sector is not Sector.CITIZEN or row.target or not seats)
    ]
    short = [
        Gap(row.sector, too_few(row.sector, row.count, row.total, row.target or 0), invite(row.sector))
        for row in rows
        if row.count and row.falls_short
    ]
    return [*nobody, *short]


def tables_told(tables: Sequence[Table]) -> list[tuple[Group, list[str]]]:
    """For each place the sentences about who is missing at the table of its group."""
    return [
        (
            table.group,
            [nobody_yet(sector, in_language(table.group.territory.name).text) for sector in table.missing],
        )
        for table in tables
        if table.missing
    ]
