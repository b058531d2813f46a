"""What coordinators fill in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.consultations import drafts
from stakeholder_hub.consultations.drafts import PhaseDraft, phase_field
from stakeholder_hub.consultations.fields import AmountField, CardsField, LocalTimeField
from stakeholder_hub.consultations.models import Activity, Phase
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.webkit.fields import ChoiceField, DayField, Needed, TicksField
from stakeholder_hub.webkit.forms import EditForm, HubForm


class PhaseRow(Form):
    """One phase of the timeline."""

    id = HiddenField()
    title = StringField(_l("Name of the phase"), [Needed(_l("Give this phase a name."))])
    starts_at = LocalTimeField(_l("Begins"), [Needed(_l("Say when this phase begins."))])
    ends_at = LocalTimeField(_l("Ends"), [Needed(_l("Say when this phase ends."))])
    activities = TicksField(
        _l("What people can do"),
        [Needed(_l("Say what people can do in this phase."))],
        choices=[SelectChoice(activity.value, activity.label) for activity in Activity],
    )
    description = TextAreaField(_l("What happens in it"))
    remove = BooleanField(_l("Leave this phase out"))

    @property
    def left_out(self) -> bool:
        """Whether the row is not meant: ticked so, or added and never filled in."""
        untouched = not self.title.data and self.starts_at.is_blank and self.ends_at.is_blank
        return bool(self.remove.data or untouched)


class Timeline:
    """The phases within a form: read from rows, moved together, refused at the row."""

    phases = FieldList(FormField(PhaseRow), label=_l("Phases"), max_entries=drafts.MOST_PHASES + 1)

    _kept: Sequence[int] = ()

    def show_phases(self, phases: Sequence[Phase | PhaseDraft], zone: str) -> None:
        """Fill the rows."""
        for phase in phases:
            self.phases.append_entry(
                {
                    "id": phase.id or "",
                    "title": phase.title.original.text,
                    "starts_at": clock.to_local(phase.starts_at, zone).replace(tzinfo=None),
                    "ends_at": clock.to_local(phase.ends_at, zone).replace(tzinfo=None),
                    "activities": [str(activity) for activity in phase.activities],
                    "description": phase.description.original.text if phase.description else "",
                }
            )

    def add_row(self) -> None:
        """One more empty phase, where there is room."""
        if len(self.phases) < drafts.MOST_PHASES:
            self.phases.append_entry({"activities": [Activity.DISCUSSION.value]})

    def move_phases(self, days: int) -> None:
        """Move every row by ``days``; what cannot be moved stays."""
        for row in self.phases:
            for field in (row.form.starts_at, row.form.ends_at):
                try:
                    field.data = field.data + timedelta(days=days) if field.data else None
                except OverflowError:
                    continue
                field.raw_data = None if field.data else field.raw_data

    def phase_drafts(self, zone: str, texts: "PhaseTexts") -> list[PhaseDraft]:
        """The rows as phases, their wall-clock times in ``zone`` turned into moments.

        Raises:
            Invalid: at the row: the time does not exist, occurs twice, or is out of reach.
        """
        kept: list[int] = []
        found: list[PhaseDraft] = []
        self._kept = kept
        for number, row in enumerate(self.phases):
            if row.form.left_out:
                continue
            kept.append(number)
            at = len(kept) - 1
            key = int(row.form.id.data) if str(row.form.id.data or "").isdecimal() else None
            found.append(
                PhaseDraft(
                    title=texts.title(key, row.form.title.data),
                    starts_at=_moment(row.form.starts_at.data, zone, phase_field(at, "starts_at")),
                    ends_at=_moment(row.form.ends_at.data, zone, phase_field(at, "ends_at")),
                    activities=[Activity(activity) for activity in row.form.activities.data],
                    description=texts.description(key, row.form.description.data),
                    id=key,
                )
            )
        return found

    def refuse(self, reason: Reason, field: str | None = None) -> None:
        """Put a refusal of a phase at its row."""
        number, _dash, name = (field or "").removeprefix("phases-").partition("-")
        if field and field.startswith("phases-") and number.isdecimal() and int(number) < len(self._kept):
            row = self.phases[self._kept[int(number)]].form
            if name in row:
                row[name].errors = [*row[name].errors, reason]
                self.phases.errors = [entry.errors for entry in self.phases]
                return
        if field == "phases":
            field = None
        super().refuse(reason, field)  # type: ignore[misc]


def _moment(naive: datetime, zone: str, field: str) -> datetime:
    try:
        return clock.from_local(naive, zone)
    except Invalid as refusal:
        raise Invalid(refusal.reason, field) from refusal


class PhaseTexts:
    """Where a phase's translations come from: what was left as it was offered, or stored, keeps them."""

    def __init__(self, language: str, phases: Sequence[Phase | PhaseDraft]) -> None:
        self.language = language
        self.stored = {phase.id: phase for phase in phases if phase.id is not None}
        self.offered = {p.title.original.text: p.title for p in phases}
        self.explained = {p.description.original.text: p.description for p in phases if p.description}

    def title(self, key: int | None, text: str) -> Multilingual:
        """The name of a row."""
        text = _one(text)
        if key in self.stored:
            return self.stored[key].title.with_source(text)
        return self.offered.get(text) or Multilingual.of(text, self.language)

    def description(self, key: int | None, text: str) -> Multilingual | None:
        """What is said about a row."""
        text = _one(text)
        present = self.stored[key].description if key in self.stored else None
        if present is not None and text:
            return present.with_source(text)
        return (self.explained.get(text) or Multilingual.of(text, self.language)) if text else None


def _one(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


def audience_choices() -> list[SelectChoice]:
    """Who may read it."""
    return [SelectChoice(audience.value, audience.label) for audience in Visibility]


def lines(text: str | None) -> list[str]:
    """The filled lines of a text."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class TextsForm(HubForm):
    """The texts and settings of a consultation."""

    title = StringField(
        _l("Name"),
        [Needed(_l("Give the consultation a name."))],
        description=_l("Short, as it should stand in lists and on posters."),
    )
    question = StringField(
        _l("The question"),
        [Needed(_l("Write the question you want to ask."))],
        description=_l("One sentence that everyone understands and can answer."),
    )
    background = TextAreaField(
        _l("Background"),
        description=_l(
            "Why you ask, what can be changed, what happens with the answers. "
            "An empty line begins a paragraph; **bold**, lists with - and links work."
        ),
    )
    audience = CardsField(
        _l("Who can see it once it is published"), choices=audience_choices, default=Visibility.PUBLIC.value
    )
    categories = TextAreaField(
        _l("Headings for proposals"), description=_l("One in each line. Proposals are sorted under them.")
    )
    budget = AmountField(
        _l("Money there is"), description=_l("Leave this empty if no money is to be shared out.")
    )


class NewConsultationForm(Timeline, TextsForm):
    """Everything a new consultation needs, on one page."""

    language = ChoiceField(_l("Language you write in"))
    starts_on = DayField(_l("First day"), [Needed(_l("Say on which day it begins."))])
    planned_from = HiddenField(render_kw={"data-hub-planned-from": ""})

    def rearranged(self) -> bool:
        """Whether a button of the form only asked for other rows: they are there now, nothing was sent off."""
        wanted = request.form.get("do", "") if self.is_submitted() else ""
        if wanted == "add_phase":
            self.add_row()
        if wanted == "update_dates":
            self.follow_start()
        return wanted in ("add_phase", "update_dates")

    def follow_start(self) -> bool:
        """Move the phases with the first day; tells whether there was anything to move."""
        first = self.starts_on.data
        if first is None:
            return False
        try:
            days = (first - date.fromisoformat(self.planned_from.data or "")).days
        except ValueError:
            return False
        if days:
            self.move_phases(days)
            self.planned_from.data = first.isoformat()
            self.planned_from.raw_data = None
        return bool(days)


class EditConsultationForm(TextsForm, EditForm):
    """Change texts and settings."""

    summary = TextAreaField(
        _l("What came of it"), description=_l("Shown on top once the consultation is closed.")
    )


class PhasesForm(Timeline, EditForm):
    """Change the timeline."""

    def rearranged(self) -> bool:
        """Whether only one more row was asked for."""
        wanted = self.is_submitted() and request.form.get("do") == "add_phase"
        if wanted:
            self.add_row()
        return wanted


class CloseForm(HubForm):
    """Close, and say what came of it."""

    summary = TextAreaField(
        _l("What came of it"),
        description=_l("Thank people, say what was heard and what happens next. You can change this later."),
    )


class CopyForm(HubForm):
    """Repeat a consultation from a new day on."""

    title = StringField(_l("Name"), [Needed(_l("Give the consultation a name."))])
    starts_on = DayField(
        _l("First day"),
        [Needed(_l("Say on which day it begins."))],
        description=_l("All dates move by whole weeks, so that weekdays and hours stay the same."),
    )


class TranslationForm(EditForm):
    """The texts in another language; what is left empty is shown in the original's."""

    title = StringField(_l("Name"))
    question = StringField(_l("The question"))
    background = TextAreaField(_l("Background"))

    def phase_titles(self, phases: Sequence[Phase]) -> Mapping[int, str]:
        """What was written for the phases' names."""
        return {phase.id: request.form.get(f"phase_{phase.id}", "") for phase in phases}


def form_values(consultation: Any) -> dict[str, Any]:
    """What the edit form begins with."""
    return {
        "title": consultation.title.original.text,
        "question": consultation.question.original.text,
        "background": consultation.background_text.original.text,
        "audience": consultation.audience.value,
        "categories": "\n".join(category.name.original.text for category in consultation.categories),
        "budget": consultation.budget,
        "summary": consultation.summary_text.original.text if consultation.summary_text else "",
        "version": consultation.version,
    }
