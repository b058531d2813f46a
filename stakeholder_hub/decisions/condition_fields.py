"""The choices there are for what must hold for a result to bind."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms.fields.choices import SelectChoice

from stakeholder_hub.decisions.methods.conditions import TerritoryKey
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.fields import ChoiceField

NOTHING = SelectChoice("", _l("Nothing is asked for"))
CONDITION_CHOICES: Mapping[str, Sequence[SelectChoice]] = {
    "quorum_share": (
        NOTHING,
        *(SelectChoice(f"{part}/100", f"{part} %") for part in (10, 20, 25, 30, 40)),
        SelectChoice("1/2", _l("Half")),
        SelectChoice("2/3", _l("Two thirds")),
    ),
    "threshold": (
        SelectChoice("", _l("More yes than no")),
        SelectChoice("2/3 valid", _l("Two thirds of yes and no")),
        SelectChoice("3/4 valid", _l("Three quarters of yes and no")),
        SelectChoice("1/2 cast", _l("More than half of all who vote")),
        SelectChoice("1/2 present", _l("More than half of all who are present")),
        SelectChoice("2/3 present", _l("Two thirds of all who are present")),
        SelectChoice("1/2 eligible", _l("More than half of all who are entitled")),
        SelectChoice("2/3 eligible", _l("Two thirds of all who are entitled")),
    ),
    "winner_share": (
        NOTHING,
        *(SelectChoice(f"{part}/100", f"{part} %") for part in (5, 10, 20, 30)),
        SelectChoice("1/2", _l("More than half")),
    ),
    "sectors": (NOTHING, *(SelectChoice(str(number), str(number)) for number in (2, 3, 4))),
    "organisations": (
        NOTHING,
        SelectChoice("1/2", _l("More than half of them")),
        SelectChoice("2/3", _l("Two thirds of them")),
    ),
    "overrule": (
        SelectChoice("", _l("Nothing overrules an objection")),
        SelectChoice("2/3", _l("Two thirds")),
        SelectChoice("3/4", _l("Three quarters")),
        SelectChoice("9/10", "90 %"),
    ),
    "territories": (
        NOTHING,
        SelectChoice(TerritoryKey.EACH.value, _l("More than half of the towns, each with one vote")),
        SelectChoice(TerritoryKey.PEOPLE.value, _l("Towns with more than half of the people")),
        SelectChoice(TerritoryKey.EU.value, _l("55 % of the towns with 65 % of the people")),
    ),
}


class ConditionField(ChoiceField):
    """A condition to choose; nothing is asked for where it was not sent at all."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        self.data = self.data or ""
        super().pre_validate(form)
