"""What a voter fills in: the ballot itself, and who votes in their place."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self

from wtforms import Field, TextAreaField
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.marks import Marks, marks_from
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.number_fields import whole_number
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.fields import ChoiceField, TicksField
from stakeholder_hub.webkit.forms import HubForm

WITH_NUMBERS = (BallotKind.ORDINAL, BallotKind.CUMULATIVE, BallotKind.SCORING)
"""Ballots on which a number stands beside each option."""


class NumbersField(Field):
    """A number beside each of some options: places of a ranking, or points. Empty ones are not marked.

    ``data`` maps positions of options to numbers. What was typed stays in ``typed``, whatever it is.
    """

    positions: Sequence[int] = ()
    typed: Mapping[int, str] = MappingProxyType({})

    def input_name(self, position: int) -> str:
        """The name of the input beside an option."""
        return f"{self.name}-{position}"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[Any] = []
        self.data = dict(data or {})
        self.typed = {position: str(number) for position, number in self.data.items()}
        self.formdata = formdata

    def read(self, positions: Sequence[int]) -> None:
        """Take the numbers beside ``positions`` from what was sent, if anything was."""
        self.positions = positions
        if not self.formdata:
            return
        given = {position: self.formdata.get(self.input_name(position), "").strip() for position in positions}
        self.typed = {position: text for position, text in given.items() if text}
        self.data = {}
        for position, text in self.typed.items():
            if (number := whole_number(text)) is not None:
                self.data[position] = number
            elif not self.process_errors:
                self.process_errors.append(_l("Give whole numbers in digits."))


class VoteForm(HubForm):
    """A ballot to fill in: ticks or one choice in ``choices``, places and points in ``numbers``."""

    choices = TicksField(_l("Your choice"), coerce=int)
    numbers = NumbersField(_l("Your choice"))
    reason = TextAreaField(
        _l("Why you object"),
        description=_l("Only for an objection. It is shown with your name, so that the others can answer."),
        render_kw={"rows": 4},
    )

    ballot: Ballot

    @classmethod
    def on(cls, ballot: Ballot, before: Marks | None = None, reason: str = "") -> Self:
        """The form for ``ballot``, with what was chosen, and objected, before."""
        form = cls.from_request(
            reason=reason,
            choices=before.choices if before else [],
            numbers=before.by_option if before and ballot.vote_type in WITH_NUMBERS else {},
        )
        form.ballot = ballot
        if ballot.method is not Method.CONSENT:
            del form.reason
        form.choices.choices = [SelectChoice(option.position, "") for option in ballot.options]
        form.numbers.read([option.position for option in ballot.options])
        if ballot.vote_type in WITH_NUMBERS:
            form.choices.data = []
        return form

    @property
    def marks(self) -> Marks:
        """What was filled in.

        Raises:
            Invalid: two options share a place.
        """
        if self.ballot.vote_type in WITH_NUMBERS:
            return marks_from(self.ballot.vote_type, self.numbers.data or {})
        return Marks(list(self.choices.data or ()))

    @property
    def why(self) -> str:
        """The reason of an objection, where there is one."""
        return (self.reason.data or "") if "reason" in self else ""


class ProxyForm(HubForm):
    """Who votes for somebody."""

    holder = ChoiceField(
        _l("Who votes for you"), description=_l("The person votes for you as for themselves.")
    )

    @classmethod
    def among(cls, people: Sequence[tuple[int, str]], chosen: int | None) -> Self:
        """The form with those who may carry a vote."""
        form = cls.from_request(holder=str(chosen or ""))
        form.holder.choices = [
            SelectChoice("", _l("Nobody: I vote myself")),
            *(SelectChoice(str(number), name) for number, name in people),
        ]
        return form
