"""Everything about a ballot that is being prepared."""

from datetime import datetime
from fractions import Fraction
from typing import Any, Self

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from stakeholder_hub.consultations.drafts import LONGEST_QUESTION, LONGEST_TITLE
from stakeholder_hub.consultations.fields import AmountField, LocalTimeField
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.aftermath import bodies_about
from stakeholder_hub.decisions.body_fields import BodyFields, body_terms, offer_bodies
from stakeholder_hub.decisions.condition_fields import CONDITION_CHOICES, ConditionField
from stakeholder_hub.decisions.electorate import Electorate, Source
from stakeholder_hub.decisions.forms.beginnings import coming_phases, usual_values, values_of
from stakeholder_hub.decisions.kinds import KIND_LABELS, OFFERS, BudgetRule, Method, Offer, offer_of
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.methods.conditions import Base, Conditions, TerritoryKey
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.number_fields import NumberField
from stakeholder_hub.decisions.operations.terms import WITH_ANSWERS
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.webkit.fields import ChoiceField, Needed, OneOfField, TicksField
from stakeholder_hub.webkit.forms import HubForm

SOURCES = [SelectChoice(source.value, source.label) for source in Source]
WHO_VOTES = (
    SelectChoice("everyone", _l("Everyone with a confirmed account")),
    SelectChoice("any", _l("Whoever belongs to at least one of those ticked below")),
    SelectChoice("all", _l("Whoever belongs to all of those ticked below")),
)
_OFFERED = frozenset(offer.method.value for offer in OFFERS)


class BallotForm(BodyFields, HubForm):
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
    method = StringField(widget=HiddenInput())
    proposals = TicksField(_l("Proposals on the ballot"), coerce=int)
    answers = TextAreaField(
        _l("Answers of your own"),
        description=_l("One on each line, besides the proposals ticked above, or instead of them."),
        render_kw={"rows": 4},
    )
    vote_type = OneOfField(_l("How people fill in the ballot"), choices=[])
    points_each = NumberField(_l("Points"))
    budget = AmountField(_l("Money to spend"), description=_l("What the winners may cost together."))
    rule = OneOfField(_l("How the money is spent"), choices=[])
    one_per_category = BooleanField(_l("At most one winner in each category"))
    least_support = NumberField(
        _l("Least number of votes"), description=_l("A proposal with fewer cannot win. Left empty: one.")
    )
    winners_wanted = NumberField(_l("How many can win"))
    min_choices = NumberField(_l("Least number of choices"), description=_l("0 allows an empty vote."))
    max_choices = NumberField(_l("Most choices"), description=_l("Left empty: as many as people like."))
    secret = OneOfField(_l("Secret or open"), choices=[])
    electorate = OneOfField(_l("Who votes"), choices=list(WHO_VOTES))
    sources = TicksField(_l("Groups of voters"), choices=SOURCES, coerce=Source)
    paper = BooleanField(_l("Ballots on paper are taken too, and entered by two people"))
    max_proxies = NumberField(
        _l("Votes of others that one person may carry"),
        description=_l("For members who cannot vote themselves. 0: everybody votes in person."),
    )
    quorum_votes = NumberField(_l("Least number of people who vote"))
    quorum_share = ConditionField(_l("Share of those entitled who vote"))
    quorum_sector = NumberField(_l("Least number of people from each of the four sectors"))
    quorum_territory = NumberField(_l("Least number of people from each town"))
    threshold = ConditionField(_l("How many must say yes"))
    winner_share = ConditionField(_l("Share of the voters that each winner needs"))
    sectors = ConditionField(
        _l("Sectors that must agree"), description=_l("In each of them more say yes than no.")
    )
    organisations = ConditionField(
        _l("Organisations that must agree"),
        description=_l("One organisation, one vote, cast by its delegates with a mandate."),
    )
    territories = ConditionField(_l("Towns that must agree"))
    overrule = ConditionField(
        _l("Share of the voters that can overrule objections"),
        description=_l("Left empty: every objection that stands blocks."),
    )
    phase = ChoiceField(_l("When"), description=_l("The vote opens and closes with this phase."))
    opens_at = LocalTimeField(_l("Opens at"), description=_l("Only for dates of its own."))
    closes_at = LocalTimeField(_l("Closes at"), description=_l("Only for dates of its own."))

    offer: Offer

    @classmethod
    def for_consultation(
        cls,
        consultation: Consultation,
        proposals: list[Proposal],
        ballot: Ballot | None = None,
        method: Method = Method.APPROVAL,
    ) -> Self:
        """The form for one way of voting, filled as most will want it, or as the ballot is."""
        filled = usual_values(consultation, proposals, method) | (values_of(ballot, method) if ballot else {})
        form = cls.from_request(**filled)
        method = Method(form.method.data) if form.method.data in _OFFERED else Method.APPROVAL
        form.method.data = method.value
        offer = offer_of(method)
        form.offer = offer
        form.vote_type.choices = [SelectChoice(kind.value, KIND_LABELS[kind]) for kind in offer.kinds]
        form.rule.choices = [SelectChoice(rule.value, rule.label) for rule in BudgetRule]
        form.secret.choices = [
            SelectChoice("secret", _l("Secret: nobody learns who chose what")),
            SelectChoice("open", _l("Open: names are shown beside the votes after the end")),
        ]
        for name, choices in CONDITION_CHOICES.items():
            form[name].choices = list(choices)
        _leave_out(form, offer)
        offer_bodies(form, bodies_about(consultation.territory))
        form.proposals.choices = [SelectChoice(proposal.id, proposal.reference) for proposal in proposals]
        form.phase.choices = [
            *[SelectChoice(str(phase.id), str(phase.id)) for phase in coming_phases(consultation)],
            SelectChoice("", _l("Dates of its own, given below")),
        ]
        return form

    def validate_opens_at(self, field: Any) -> None:
        self._check_time(field)

    def validate_closes_at(self, field: Any) -> None:
        self._check_time(field)

    def validate_sources(self, field: Any) -> None:
        if self.electorate.data == "everyone" and field.data:
            raise StopValidation(
                _l("You ticked who votes, but chose everyone above. Take one of the two back.")
            )
        if self.electorate.data != "everyone" and not field.data:
            raise StopValidation(_l("Tick at least one."))

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
            "method": self.offer.method,
            "proposals": [proposal for proposal in proposals if proposal.id in chosen],
            "answers": (self._given("answers") or "").splitlines(),
            "vote_type": BallotKind(self._given("vote_type") or self.offer.kinds[0]),
            "points_each": self._given("points_each"),
            "budget": self._given("budget"),
            "rule": self._given("rule") or BudgetRule.GREEDY.value,
            "one_per_category": bool(self._given("one_per_category")),
            "least_support": self._given("least_support"),
            "winners_wanted": self._given("winners_wanted"),
            "min_choices": 1 if self._given("min_choices") is None else self._given("min_choices"),
            "max_choices": self._given("max_choices"),
            "secret": self._given("secret") != "open",
            "conditions": self._conditions(),
            "paper": bool(self._given("paper")),
            "max_proxies": self._given("max_proxies") or 0,
            "electorate": Electorate(frozenset(self.sources.data or ()), every=self.electorate.data == "all"),
            "phase": phase,
            "opens_at": phase.starts_at if phase else self._moment(self.opens_at, consultation),
            "closes_at": phase.ends_at if phase else self._moment(self.closes_at, consultation),
        }

    def _conditions(self) -> Conditions:
        share, base = (
            ((self._given("threshold") or "").split() + [Base.VALID])[:2]
            if self._given("threshold")
            else ("", "")
        )
        return Conditions(
            quorum_votes=self._given("quorum_votes") or 0,
            quorum_share=_fraction(self._given("quorum_share")),
            quorum_sector=self._given("quorum_sector") or 0,
            quorum_territory=self._given("quorum_territory") or 0,
            threshold=_fraction(share),
            threshold_base=Base(base or Base.VALID),
            winner_share=_fraction(self._given("winner_share")),
            sectors=int(self._given("sectors") or 0),
            organisations=_fraction(self._given("organisations")),
            overrule=_fraction(self._given("overrule")),
            territories=TerritoryKey(self._given("territories")) if self._given("territories") else None,
            **body_terms(self),
        )

    def _given(self, name: str) -> Any:
        """What was filled in, or ``None`` where this way of voting does not ask for it."""
        field = self._fields.get(name)
        return None if field is None else field.data

    def _moment(self, field: Any, consultation: Consultation) -> datetime:
        return clock.from_local(field.data, consultation.timezone)


class EditBallotForm(BallotForm):
    """The same for a ballot that is prepared already."""

    version = NumberField(widget=HiddenInput())


def _leave_out(form: BallotForm, offer: Offer) -> None:
    """Take away what a way of voting does not ask for."""
    method, kinds = offer.method, set(offer.kinds)
    needless = {
        "answers": method not in WITH_ANSWERS,
        "vote_type": len(kinds) == 1,
        "points_each": offer.points is None or method is Method.MAJORITY_JUDGMENT,
        "budget": method is not Method.BUDGET,
        "rule": method is not Method.BUDGET,
        "one_per_category": method is not Method.BUDGET,
        "least_support": method not in (Method.APPROVAL, Method.MULTIPLE_CHOICE, Method.BUDGET),
        "winners_wanted": not offer.several,
        "min_choices": kinds == {BallotKind.CHOOSE_ONE},
        "max_choices": not kinds & {BallotKind.APPROVAL, BallotKind.ORDINAL},
        **dict.fromkeys(
            ("threshold", "sectors", "organisations", "territories"), method is not Method.YES_NO
        ),
        "overrule": method is not Method.CONSENT,
        "secret": method is Method.CONSENT,
        "paper": method is Method.CONSENT,
        "winner_share": kinds.isdisjoint({BallotKind.APPROVAL, BallotKind.CHOOSE_ONE})
        or method.asks_one_question,
    }
    for name, needed in needless.items():
        if needed:
            del form[name]


def _fraction(text: str | None) -> Fraction | None:
    return Fraction(text) if text else None


def _said(text: str, before: Multilingual | None, language: str) -> Multilingual:
    return before.with_source(text) if before else Multilingual.of(text, language)
