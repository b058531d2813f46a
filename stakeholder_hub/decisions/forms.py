"""What coordinators and voters fill in."""

from datetime import datetime
from typing import Any, Self

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import IntegerField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from stakeholder_hub.consultations.drafts import LONGEST_QUESTION, LONGEST_TITLE
from stakeholder_hub.consultations.fields import AmountField, ChoiceField, LocalTimeField, Needed
from stakeholder_hub.consultations.models import Activity, Consultation, Phase
from stakeholder_hub.decisions.models import Ballot, Decision, Electorate, Method
from stakeholder_hub.decisions.operations.preparing import RULES
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.webkit.forms import HubForm

LARGEST_NUMBER = 100_000


class NumberField(IntegerField):
    """A whole number of zero or more, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.isdigit() and int(text[:12]) <= LARGEST_NUMBER):
            raise ValueError(_l("Give a whole number in digits."))
        self.data = int(text)


class TicksField(SelectMultipleField):
    """Things of a list, by number, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators, coerce=int, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(_l("Choose from the list.")) from wrong

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {choice.value for choice in self.choices}:
            raise ValidationError(_l("Choose from the list."))


class PickOneField(RadioField):
    """One of a few."""

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as wrong:
            raise ValidationError(_l("Choose from the list.")) from wrong


class VoteForm(HubForm):
    """A ballot to fill in."""

    choices = TicksField(_l("Your choice"))

    @classmethod
    def on(cls, ballot: Ballot, chosen: list[int] | None) -> Self:
        """The form for ``ballot``, with what was chosen before."""
        form = cls.from_request(choices=chosen or [])
        form.choices.choices = [SelectChoice(option.position, "") for option in ballot.options]
        return form


class BallotForm(HubForm):
    """Everything about a ballot that is being prepared."""

    title = StringField(
        _l("Name of the vote"),
        [Needed(_l("Give the vote a name."))],
        render_kw={"maxlength": LONGEST_TITLE},
    )
    question = StringField(
        _l("Question"),
        [Needed(_l("Write the question people vote on."))],
        description=_l("One sentence that everyone understands."),
        render_kw={"maxlength": LONGEST_QUESTION},
    )
    method = PickOneField(_l("How people vote"), choices=[])
    proposals = TicksField(_l("Proposals on the ballot"))
    budget = AmountField(
        _l("Money to spend"), description=_l("For a budget vote: what the winners may cost together.")
    )
    rule = PickOneField(_l("When the next proposal does not fit into the money that is left"), choices=[])
    winners_wanted = NumberField(
        _l("How many can win"),
        description=_l("For an approval vote. Left empty: every proposal that gets a vote."),
    )
    min_choices = NumberField(_l("Least number of choices"), description=_l("0 allows an empty vote."))
    max_choices = NumberField(_l("Most choices"), description=_l("Left empty: as many as people like."))
    electorate = PickOneField(_l("Who votes"), choices=[])
    phase = ChoiceField(_l("When"), description=_l("The vote opens and closes with this phase."))
    opens_at = LocalTimeField(_l("Opens at"), description=_l("Only for dates of its own."))
    closes_at = LocalTimeField(_l("Closes at"), description=_l("Only for dates of its own."))

    @classmethod
    def for_consultation(
        cls, consultation: Consultation, proposals: list[Proposal], ballot: Ballot | None = None
    ) -> Self:
        """The form with the choices there are, filled as most will want it, or as the ballot is."""
        form = cls.from_request(**(_filled(ballot) if ballot else _offered(consultation, proposals)))
        form.method.choices = [SelectChoice(m.value, m.label) for m in (Method.APPROVAL, Method.BUDGET)]
        form.rule.choices = [
            SelectChoice(RULES[0], _l("Pass it over and go on with cheaper ones")),
            SelectChoice(RULES[1], _l("End the count there")),
        ]
        form.electorate.choices = [SelectChoice(e.value, e.label) for e in Electorate]
        form.proposals.choices = [SelectChoice(proposal.id, proposal.reference) for proposal in proposals]
        form.phase.choices = [
            *[SelectChoice(str(phase.id), str(phase.id)) for phase in _coming(consultation)],
            SelectChoice("", _l("Dates of its own, given below")),
        ]
        return form

    def validate_opens_at(self, field: Any) -> None:
        self._check_time(field)

    def validate_closes_at(self, field: Any) -> None:
        self._check_time(field)

    def _check_time(self, field: Any) -> None:
        if not self.phase.data and field.data is None and not field.errors:
            raise StopValidation(_l("Say when, or choose a phase."))

    def terms(
        self, consultation: Consultation, proposals: list[Proposal], ballot: Ballot | None = None
    ) -> dict[str, Any]:
        """What the operation takes, from what was filled in."""
        language = ballot.source_language if ballot else consultation.source_language
        phase = next((p for p in consultation.phases if str(p.id) == self.phase.data), None)
        chosen = set(self.proposals.data or ())
        return {
            "title": _said(self.title.data, ballot.title if ballot else None, language),
            "question": _said(self.question.data, ballot.question if ballot else None, language),
            "method": Method(self.method.data),
            "proposals": [proposal for proposal in proposals if proposal.id in chosen],
            "budget": self.budget.data,
            "rule": self.rule.data,
            "winners_wanted": self.winners_wanted.data,
            "min_choices": 1 if self.min_choices.data is None else self.min_choices.data,
            "max_choices": self.max_choices.data,
            "electorate": Electorate(self.electorate.data),
            "phase": phase,
            "opens_at": phase.starts_at if phase else self._moment(self.opens_at, consultation),
            "closes_at": phase.ends_at if phase else self._moment(self.closes_at, consultation),
        }

    def _moment(self, field: Any, consultation: Consultation) -> datetime:
        return clock.from_local(field.data, consultation.timezone)


class EditBallotForm(BallotForm):
    """The same for a ballot that is prepared already."""

    version = NumberField(widget=HiddenInput())


def _said(text: str, before: Multilingual | None, language: str) -> Multilingual:
    return before.with_source(text) if before else Multilingual.of(text, language)


def _coming(consultation: Consultation) -> list[Phase]:
    """Phases a ballot can still run in: those with a vote first."""
    now = clock.now()
    ahead = [phase for phase in consultation.phases if phase.ends_at > now]
    return sorted(ahead, key=lambda phase: (Activity.BALLOT not in phase.activities, phase.starts_at))


def _offered(consultation: Consultation, proposals: list[Proposal]) -> dict[str, Any]:
    phases = [p for p in _coming(consultation) if Activity.BALLOT in p.activities]
    return {
        "method": (Method.BUDGET if consultation.budget else Method.APPROVAL).value,
        "proposals": [proposal.id for proposal in proposals],
        "budget": consultation.budget,
        "rule": RULES[0],
        "winners_wanted": 1,
        "min_choices": 1,
        "electorate": Electorate.EVERYONE.value,
        "phase": str(phases[0].id) if phases else "",
    }


def _filled(ballot: Ballot) -> dict[str, Any]:
    zone = ballot.consultation.timezone
    own_dates = ballot.phase_id is None
    return {
        "title": ballot.title.original.text,
        "question": ballot.question.original.text,
        "method": ballot.method.value,
        "proposals": [option.proposal_id for option in ballot.options],
        "budget": ballot.budget,
        "rule": ballot.rule,
        "winners_wanted": ballot.winners_wanted,
        "min_choices": ballot.min_choices,
        "max_choices": ballot.max_choices,
        "electorate": ballot.electorate.value,
        "phase": "" if own_dates else str(ballot.phase_id),
        "opens_at": clock.to_local(ballot.opens_at, zone).replace(tzinfo=None) if own_dates else None,
        "closes_at": clock.to_local(ballot.closes_at, zone).replace(tzinfo=None) if own_dates else None,
        "version": ballot.version,
    }


class ReasonsForm(HubForm):
    """The group's reasons for a decision."""

    version = NumberField(widget=HiddenInput())
    reasons = TextAreaField(
        _l("Reasons"),
        description=_l("Say why it was decided so, and what happens next."),
        render_kw={"rows": 8},
    )

    @classmethod
    def on(cls, decision: Decision) -> Self:
        """The form with the reasons as they stand."""
        return cls.from_request(reasons=decision.reasons_text, version=decision.version)
