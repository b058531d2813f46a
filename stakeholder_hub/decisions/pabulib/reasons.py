"""Why a recount and the official winners differ, told from the figures of the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stakeholder_hub.decisions.methods.ballots import InvalidCount
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round
from stakeholder_hub.decisions.pabulib.rules import Case
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l

Explanation = tuple[str, Reason]


def decimal(amount: int, unit: int) -> str:
    """An amount of the smallest unit in plain decimal writing, exactly."""
    whole, rest = divmod(abs(amount), unit)
    places = len(str(unit)) - 1
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{rest:0{places}d}" if rest else f"{sign}{whole}"


@dataclass(frozen=True, eq=False)
class Group:
    """The projects of one category or district; ``leading``: its official winners lead it by score."""

    name: str
    column: str
    members: Sequence[str]
    winners: int
    spent: int
    leading: bool


@dataclass(frozen=True, eq=False)
class View:
    """All that an explanation may draw on."""

    case: Case
    result: Result
    marks: Mapping[str, int | None]
    turns: Mapping[str, Round]
    official_spent: int
    leading: bool
    groups: Mapping[str, Group]
    claimed: Result | None
    undescribed: bool = False

    def money(self, amount: int) -> str:
        """An amount as a person reads it, with thin gaps between thousands."""
        whole, point, rest = decimal(amount, self.case.file.unit).partition(".")
        grouped = f"{int(whole):,}".replace(",", "\u202f")
        return f"{grouped}{point}{rest} {self.case.file.meta.get('currency', '')}".strip()


def view_of(case: Case, result: Result, marks: Mapping[str, int | None], claimed: Result | None) -> View:
    """Look at the official winners from all sides that can explain them."""
    leading = _leads(list(marks), case, marks)
    return View(
        case=case,
        result=result,
        marks=marks,
        turns={turn.option: turn for turn in result.rounds},
        official_spent=sum(case.costs[option] for option, mark in marks.items() if mark),
        leading=leading,
        groups={} if leading else _groups(case, marks),
        claimed=claimed,
    )


def _leads(options: Sequence[str], case: Case, marks: Mapping[str, int | None]) -> bool:
    """Whether the official winners among ``options`` have the highest scores, without a gap."""
    standing = sorted(options, key=lambda option: (-case.scores[option], not marks[option]))
    return all(marks[before] or not marks[after] for before, after in pairwise(standing))


def _groups(case: Case, marks: Mapping[str, int | None]) -> dict[str, Group]:
    """Category or district of each project, if all have one and the official winners lead in each."""
    columns: dict[str, dict[str, str]] = {
        "category": {p.id: p.categories[0] for p in case.file.projects if len(p.categories) == 1},
        **{
            column: {p.id: p.extra[column] for p in case.file.projects if p.extra.get(column)}
            for column in ("district", "neighborhood", "subunit")
        },
    }
    for column, group_of in columns.items():
        if len(group_of) < len(marks) or len(set(group_of.values())) < 2:
            continue
        groups: dict[str, Group] = {}
        for name in dict.fromkeys(group_of.values()):
            members = [option for option in marks if group_of[option] == name]
            won = [option for option in members if marks[option]]
            spent = sum(case.costs[option] for option in won)
            groups[name] = Group(name, column, members, len(won), spent, _leads(members, case, marks))
        if all(group.leading for group in groups.values()):
            return {option: groups[group_of[option]] for option in marks}
    return {}


def explain(view: View, option: str, ours: bool) -> Explanation:
    """(code, reason) for one disputed project."""
    if view.marks[option] is None:
        return "marks_missing", _l("The file does not mark whether this project was selected.")
    if option in view.case.withdrawn:
        return "withdrawn", _l("Its cost marks the project as withdrawn, yet it is called selected.")
    if view.claimed is not None and (option in view.claimed.winners) is not ours:
        return "ballots_missing", _l(
            "PROJECTS claims other scores than the ballots give; "
            "by the claimed ones the official result is right."
        )
    if any(option in tie.options for tie in view.result.decisive_ties):
        return "tie", _l(
            "Equal with others at %(score)s; the tie decides, and the file does not say how it was broken.",
            score=view.turns[option].score,
        )
    return _not_official(view, option) if ours else _not_ours(view, option)


def _not_official(view: View, option: str) -> Explanation:
    """We elect it, officially it was not."""
    cost = view.case.costs[option]
    if group := view.groups.get(option):
        return "quota", _l(
            "Officially only the top of “%(group)s” was funded (projects: %(winners)s, cost: %(spent)s): "
            "each group seems to have had a budget of its own, which the file does not state.",
            winners=group.winners,
            group=group.name,
            spent=view.money(group.spent),
        )
    if view.official_spent + cost > view.case.budget:
        return "budget", _l(
            "The official winners leave %(left)s of the budget; "
            "this project costs %(cost)s and does not fit beside them.",
            left=view.money(max(0, view.case.budget - view.official_spent)),
            cost=view.money(cost),
        )
    if view.leading:
        return "stopped_early", _l(
            "By the costs in the file it would still fit: the official winners are those with the highest "
            "scores (projects: %(winners)s) and use %(spent)s of %(budget)s; this project costs %(cost)s. "
            "The official count ended before it.",
            winners=sum(1 for mark in view.marks.values() if mark),
            spent=view.money(view.official_spent),
            budget=view.money(view.case.budget),
            cost=view.money(cost),
        )
    if view.undescribed:
        return "rule_not_described", _l(
            "The rule lets a project shut out another or has terms of its own, which the file does not list."
        )
    return "not_explained", _l(
        "It fits into the budget (%(cost)s) with a score of %(score)s; "
        "nothing in the file says why it was passed over.",
        cost=view.money(cost),
        score=view.turns[option].score,
    )


def _not_ours(view: View, option: str) -> Explanation:
    """Officially it won, we do not elect it."""
    turn, group = view.turns[option], view.groups.get(option)
    if turn.outcome is Outcome.BELOW_THRESHOLD and not view.case.threshold.score:
        return "below_zero", _l(
            "Its score of %(score)s is below zero: there are more points against it than for it.",
            score=turn.score,
        )
    if turn.outcome is Outcome.BELOW_THRESHOLD:
        return "threshold", _l(
            "Its score of %(score)s does not reach the least score of %(least)s that the file states.",
            score=turn.score,
            least=view.case.threshold.score,
        )
    if group is not None:
        return "quota", _l(
            "It is at the top of “%(group)s” by score (projects funded there: %(winners)s): "
            "each group seems to have had a budget of its own, which the file does not state.",
            winners=group.winners,
            group=group.name,
        )
    if turn.outcome is Outcome.OVER_QUOTA_BUDGET:
        return "quota", _l("It does not fit into the budget of “%(group)s”.", group=turn.quota or "")
    if view.official_spent > view.case.budget:
        return "budget", _l(
            "The official winners cost %(spent)s together, more than the budget of %(budget)s.",
            spent=view.money(view.official_spent),
            budget=view.money(view.case.budget),
        )
    if turn.outcome is Outcome.OVER_BUDGET:
        return "does_not_fit", _l(
            "It costs %(cost)s, but only %(left)s were left when its turn came.",
            cost=view.money(turn.cost),
            left=view.money(turn.left),
        )
    if turn.outcome is Outcome.AFTER_STOP:
        return "after_stop", _l("The count ended at a project that did not fit, before this one.")
    return "supporters_short", _l("Its supporters could not pay for it together from their equal shares.")


def notes(view: View, *, disputed: bool) -> list[Reason]:
    """What should be known about the comparison as a whole."""
    said: list[Reason] = []
    if special := [option for option, mark in view.marks.items() if (mark or 0) > 1]:
        text = _l(
            "Selected for a special reason, which the comment may tell: %(projects)s.",
            projects=", ".join(special),
        )
        said.append(text)
    if view.result.decisive_ties:
        by_order = _l("A tie decides who wins; it was broken by the order of the projects in the file.")
        by_cost = _l("A tie decides who wins; the cheaper project was taken, then the one with more votes.")
        said.append(by_cost if view.result.method.startswith("equalshares") else by_order)
    if not disputed:
        return said
    if view.groups:
        names = dict.fromkeys((group.name, group.winners, group.spent) for group in view.groups.values())
        listed = "; ".join(f"{name}: {winners} ({view.money(spent)})" for name, winners, spent in names)
        said.append(
            _l(
                "In every group the official winners are the most supported projects: %(groups)s.",
                groups=listed,
            )
        )
    if comment := view.case.file.meta.get("comment"):
        said.append(_l("The file itself remarks: %(comment)s", comment=comment[:2000]))
    return said


def uncountable(rule: str, error: InvalidCount) -> Reason:
    """Why a stated rule could not be counted."""
    if error.code == "too_many_raises":
        return _l("The count by “%(rule)s” did not come to an end in reasonable time.", rule=rule)
    return _l("The rule “%(rule)s” cannot count ballots of this kind here.", rule=rule)
