"""What is filled in about referrals."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import Suggestion
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.records.models import Record
from stakeholder_hub.referrals.kinds import Gap, Outcome, Satisfaction
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.parties import Party, key_of
from stakeholder_hub.referrals.texts import LONGEST_NOTE, LONGEST_SENTENCE, LONGEST_TEXT
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import EditForm, HubForm, writing_languages

OTHER = 0
"""The choice of another body than those suggested."""

_SENTENCE = Length(max=LONGEST_SENTENCE, message=_l("Use at most 300 characters."))
_NOTE = Length(max=LONGEST_NOTE, message=_l("Use at most 4,000 characters."))
_TEXT = Length(max=LONGEST_TEXT, message=_l("Use at most 20,000 characters."))


def body_label(body: Body) -> str:
    """A body with its place, as a choice."""
    return f"{in_language(body.name).text} · {in_language(body.territory.name).text}"


def body_choices(bodies: Sequence[Body]) -> list[SelectChoice]:
    """Bodies under their levels: choices of a field."""
    ordered = sorted(bodies, key=lambda body: body.territory.level.rank)
    return [
        SelectChoice(body.id, body_label(body), optgroup=str(body.territory.level.label)) for body in ordered
    ]


class ReferralFields:
    """What is asked for, of whom and why: for the form that makes a referral and the one that changes a draft."""

    request = StringField(
        _l("What do you ask for?"),
        [InputRequired(_l("Say in one sentence what you ask for.")), _SENTENCE],
        description=_l("One sentence. It is the title of the referral."),
    )
    gap = RadioField(
        _l("Why can it not be solved here?"),
        [InputRequired(_l("Choose what fits best."))],
        choices=[SelectChoice(gap.value, gap.label) for gap in Gap],
    )
    reason = TextAreaField(
        _l("Explain it in your own words"),
        [InputRequired(_l("Say why it cannot be solved here.")), _TEXT],
        description=_l("What you have tried, and what only the other level can do."),
    )
    to_body = RadioField(_l("Who is asked?"), [InputRequired(_l("Choose who is asked."))], coerce=int)
    other_body = SelectField(_l("Another body"), coerce=int)
    skip_reason = TextAreaField(
        _l("If you pass a level by: why?"),
        [Optional(), _NOTE],
        description=_l("The bodies in between are told, with this reason. Leave it empty if there are none."),
    )
    wanted_by = DateField(
        _l("Answer wished for by"),
        [Optional()],
        description=_l(
            "Leave it empty for the time that the body has promised. It can be later; sooner only if the body agrees."
        ),
    )
    evidence = TextAreaField(
        _l("What shows it?"),
        [Optional(), _TEXT],
        description=_l("Figures, experiences, what people said."),
    )
    evidence_links = TextAreaField(_l("Links"), [Optional()], description=_l("One web address on each line."))
    evidence_records = StringField(
        _l("Other records of this site"),
        [Optional(), Length(max=500, message=_l("Use at most 500 characters."))],
        description=_l("Their references, for example VEL-2026-P12, with a space between them."),
    )
    uploads = MultipleFileField(_l("Photos or PDFs"))
    language = SelectField(_l("Written in"), choices=writing_languages())


def offer_addressees(form: Any, suggested: Sequence[Suggestion], others: Sequence[Body]) -> None:
    """Fill the choices of who can be asked; the reason stands under each suggestion."""
    form.bodies = {body.id: body for body in [*[s.body for s in suggested], *others]}
    form.reasons = {str(s.body.id): s.reason for s in suggested}
    form.standards = {str(body.id): body for body in form.bodies.values()}
    form.to_body.choices = [
        *[SelectChoice(s.body.id, body_label(s.body)) for s in suggested],
        SelectChoice(OTHER, _("Another body, from the list below")),
    ]
    form.other_body.choices = [SelectChoice(OTHER, _("Choose")), *body_choices(others)]
    if form.to_body.data is None and not form.is_submitted():
        form.to_body.data = suggested[0].body.id if suggested else OTHER


class ReferralForm(ReferralFields, HubForm):
    """Refer a matter."""


class EditReferralForm(ReferralFields, EditForm):
    """Change a draft."""


class AcknowledgeForm(HubForm):
    """Take a matter on."""

    note = TextAreaField(
        _l("What happens next?"),
        [InputRequired(_l("Say who deals with it, or what happens next.")), _NOTE],
        description=_l("Who deals with it, and how. Everybody who may see the matter reads this."),
    )
    reply_by = DateField(
        _l("Answer by"),
        [Optional()],
        description=_l("You can promise an earlier day. A later one is not possible."),
    )
    language = SelectField(_l("Written in"), choices=writing_languages())


class AnswerForm(HubForm):
    """Answer a matter, or forward it."""

    outcome = RadioField(
        _l("Your answer"),
        [InputRequired(_l("Choose how you answer."))],
        choices=[SelectChoice(outcome.value, outcome.label) for outcome in Outcome],
    )
    answer = TextAreaField(
        _l("Reasons"),
        [InputRequired(_l("Give the reasons for your answer.")), _TEXT],
        description=_l("The answer cannot be changed once it is published. It goes to everyone who spoke."),
    )
    language = SelectField(_l("Written in"), choices=writing_languages())
    named = SelectField(
        _l("By what is it carried out?"),
        coerce=int,
        description=_l("What you accept, wholly or in part, needs an action item or a decision."),
    )
    named_reference = StringField(
        _l("Or its reference"), [Optional(), Length(max=40)], description=_l("For example BAV-2026-A3.")
    )
    forward_to = SelectField(
        _l("Who is competent?"), coerce=int, description=_l("Only if you are not: the matter goes there.")
    )
    skip_reason = TextAreaField(
        _l("If you pass a level by: why?"),
        [Optional(), _NOTE],
    )

    def offer(self, named: Sequence[Record], suggested: Sequence[Suggestion], others: Sequence[Body]) -> None:
        """Fill what can be named, and to whom it can be forwarded."""
        self.records = {record.id: record for record in named}
        self.bodies = {body.id: body for body in [*[s.body for s in suggested], *others]}
        self.named.choices = [
            SelectChoice(OTHER, _("None yet")),
            *[SelectChoice(r.id, f"{r.reference} · {in_language(r.title).text}"[:120]) for r in named],
        ]
        known = {s.body.id for s in suggested}
        self.forward_to.choices = [
            SelectChoice(OTHER, _("Nobody: we answer it")),
            *[
                SelectChoice(s.body.id, f"{body_label(s.body)}: {s.reason}"[:200], optgroup=_("Suggested"))
                for s in suggested
            ],
            *body_choices([body for body in others if body.id not in known]),
        ]

    def choose(self, reference: str) -> None:
        """Choose what has just been made for this answer, if it can be named."""
        found = next((record for record in self.records.values() if record.reference == reference), None)
        if found is not None:
            self.named.data = found.id


class NoteForm(HubForm):
    """Add a note to an answer."""

    speaker = SelectField(_l("In the name of"))
    text = TextAreaField(
        _l("What the answer means here"),
        [InputRequired(_l("Write what the answer means here.")), _NOTE],
        description=_l("It stands beside the answer, under your name. It cannot be changed later."),
    )
    language = SelectField(_l("Written in"), choices=writing_languages())

    def offer(self, parties: Sequence[Party]) -> None:
        """Those of the way for whom the reader acts and who have added none."""
        self.parties = {key_of(party): party for party in parties}
        self.speaker.choices = [
            SelectChoice(key, in_language(party.name).text) for key, party in self.parties.items()
        ]


class TranslateForm(HubForm):
    """Give the answer in another language."""

    language = SelectField(_l("Language of the translation"))
    text = TextAreaField(
        _l("Translation"),
        [InputRequired(_l("Write the translation.")), _TEXT],
        description=_l("It is marked as a translation. The original stays one click away."),
    )

    def offer(self, source: str) -> None:
        """Every language but that of the original."""
        self.language.choices = [choice for choice in writing_languages() if choice.value != source]


class VerdictForm(HubForm):
    """Say whether the answer answered the question."""

    satisfaction = RadioField(
        _l("Does the answer answer the question?"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice(satisfaction.value, satisfaction.label) for satisfaction in Satisfaction],
    )
    text = TextAreaField(
        _l("A word on it"),
        [Optional(), _NOTE],
    )
    language = SelectField(_l("Written in"), choices=writing_languages())


class ReasonForm(HubForm):
    """Ask once more."""

    reason = TextAreaField(
        _l("What did the answer leave open?"),
        [InputRequired(_l("Say what the answer left open.")), _NOTE],
    )


class ConcludeForm(HubForm):
    """Say what became of a promise."""

    became = RadioField(
        _l("What became of it?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice("implemented", _l("It has been done")),
            SelectChoice("lapsed", _l("It will not be done")),
        ],
    )
    note = TextAreaField(
        _l("In a sentence"),
        [InputRequired(_l("Say in a sentence what became of it.")), _NOTE],
    )


class ConsentForm(HubForm):
    """Agree to be joined, or stay alone."""

    decision = RadioField(
        _l("May your matter be answered together with these?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice("agree", _l("Yes, join them")),
            SelectChoice("refuse", _l("No, we want an answer of our own")),
        ],
    )
    reason = TextAreaField(
        _l("A word on it"),
        [Optional(), _NOTE],
    )


class JoinForm(HubForm):
    """Ask several places whether their matters may be joined."""

    others = SelectMultipleField(
        _l("Which matters are similar?"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Those that share most words stand at the top."),
    )
    request = StringField(
        _l("What is asked in all of them?"),
        [InputRequired(_l("Say in one sentence what is asked in all of them.")), _SENTENCE],
    )
    reason = TextAreaField(
        _l("Why together?"),
        [Optional(), _NOTE],
    )
    language = SelectField(_l("Written in"), choices=writing_languages())

    def offer(self, similar: Sequence[Referral]) -> None:
        """The matters that can be joined, each with its place."""
        self.referrals = {referral.id: referral for referral in similar}
        self.others.choices = [
            SelectChoice(r.id, f"{in_language(r.territory.name).text}: {in_language(r.title).text}")
            for r in similar
        ]
