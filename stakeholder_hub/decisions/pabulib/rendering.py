"""A recount as a table of plain text, for a terminal."""

from stakeholder_hub.decisions.pabulib.reasons import decimal
from stakeholder_hub.decisions.pabulib.tally import Tally
from stakeholder_hub.kernel.i18n import _

NAME_WIDTH = 60


def render_text(tally: Tally) -> str:
    """The recount for people: what was counted, the winners, and each difference with its reason."""
    return "\n".join([*_head(tally), "", *_table(tally), *_differences(tally), *_remarks(tally), ""])


def _head(tally: Tally) -> list[str]:
    meta, unit = tally.file.meta, tally.file.unit
    currency = meta.get("currency", "")
    budget = f"{decimal(tally.file.smallest_budget, unit)} {currency}".strip()
    spent = f"{decimal(tally.result.spent, unit)} {currency}".strip()
    if tally.agrees is None:
        verdict = _("The file marks no official winners.")
    elif tally.agrees:
        verdict = _("The recount agrees with the official winners.")
    else:
        verdict = _("The recount differs from the official winners.")
    rule = tally.rule if not tally.assumed else f"{tally.rule} → {tally.counted_by}"
    return [
        " · ".join(text for text in (meta.get("description", ""), meta.get("instance", "")) if text),
        _("Rule: %(rule)s", rule=rule),
        _(
            "Voters: %(voters)s, projects: %(n)s",
            voters=tally.file.profile.voters,
            n=len(tally.file.projects),
        ),
        _("Budget: %(budget)s, spent: %(spent)s", budget=budget, spent=spent),
        verdict,
    ]


def _table(tally: Tally) -> list[str]:
    """Every project that either count elects, the best score first."""
    won = set(tally.winners)
    rows = [("", _("Project"), _("Score"), _("Cost"), _("Official"), _("Recount"), _("Name"))]
    disputed = {difference.project for difference in tally.differences}
    scale = tally.result.scores
    for project in sorted(tally.file.projects, key=lambda one: -scale[one.id]):
        if project.id in won or project.selected:
            rows.append(
                (
                    "≠" if project.id in disputed else "",
                    project.id,
                    str(scale[project.id]),
                    decimal(int(project.cost * tally.file.unit), tally.file.unit),
                    "–" if project.selected is None else _("yes") if project.selected else _("no"),
                    _("yes") if project.id in won else _("no"),
                    _plain(project.name),
                )
            )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return [_line(row, widths) for row in rows]


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    """One row; figures to the right, words to the left."""
    cells = [
        cell.rjust(width) if column in (2, 3) else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=False))
    ]
    return "  ".join([*cells, row[-1]]).rstrip()


def _plain(text: str) -> str:
    """A name on one line, without characters that could steer the terminal."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown if len(shown) <= NAME_WIDTH else shown[: NAME_WIDTH - 1] + "…"


def _differences(tally: Tally) -> list[str]:
    if not tally.differences:
        return []
    lines = ["", _("Differences:")]
    lines += [f"  {one.project} {_plain(one.name)}: {one.reason}" for one in tally.differences]
    return lines


def _remarks(tally: Tally) -> list[str]:
    lines = [f"  {_flat(str(note))}" for note in tally.notes]
    for warning in tally.warnings:
        where = _(
            "Line %(line)s (%(times)s×): %(text)s", line=warning.line, times=warning.count, text=warning.text
        )
        lines.append(f"  {_flat(where)}")
    return ["", _("Remarks:"), *lines] if lines else []


def _flat(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
