"""What people fill in about proposals."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_wtf.file import FileField
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from stakeholder_hub.consultations.fields import AmountField
from stakeholder_hub.consultations.models import Category, Consultation
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.proposals.content import (
    LONGEST_ANSWER,
    LONGEST_BODY,
    LONGEST_PLACE,
    LONGEST_TITLE,
    NO_BODY,
    NO_TITLE,
    centre_of,
)
from stakeholder_hub.proposals.maps import Place
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.pins import known_reach, picker_frame, reach_after
from stakeholder_hub.proposals.policy import next_states
from stakeholder_hub.records.attachments import LONGEST_ALT, MOST_FILES
from stakeholder_hub.records.models import Attachment
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.webkit.actor import language
from stakeholder_hub.webkit.fields import ChoiceField, DegreesField
from stakeholder_hub.webkit.forms import EditForm, HubForm, uploaded_files, writing_languages

FILE_ROWS = 3
_TOO_LONG = _l("This is too long: at most %(max)d characters are possible.")


class FileRow(Form):
    """A file and what it shows."""

    file = FileField(
        _l("Picture or PDF"), render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif,.pdf"}
    )
    alt = StringField(
        _l("What is to be seen in it?"),
        [Length(max=LONGEST_ALT, message=_TOO_LONG)],
        description=_l("For people who cannot see it."),
    )


class PlaceOnMap:
    """The part of a form in which a place is chosen: by words, on the map, or by degrees. Works without scripts."""

    place = StringField(
        _l("Where?"),
        [Length(max=LONGEST_PLACE, message=_TOO_LONG)],
        description=_l("A street, a square, a part of town."),
    )
    latitude = DegreesField(_l("Latitude"), render_kw={"inputmode": "decimal"})
    longitude = DegreesField(_l("Longitude"), render_kw={"inputmode": "decimal"})
    reach = HiddenField()

    def asked_reach(self) -> int | None:
        """How far the map reaches, in metres, where it was zoomed."""
        raw = str(self.reach.data or "")
        return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 8 else None

    def map_used(self, territory: Territory) -> bool:
        """Whether a button of the map was pressed: the place is taken over, nothing is sent off yet."""
        do = request.form.get("do", "")
        if do in ("closer", "farther"):
            self._set(self.reach, str(reach_after(territory, self.asked_reach(), closer=do == "closer")))
            return True
        if do == "no_place":
            self._set(self.latitude, None)
            self._set(self.longitude, None)
            return True
        return self._picked(territory)

    def _picked(self, territory: Territory) -> bool:
        if "pick.x" not in request.form:
            return False
        x, y = _number(request.form.get("pick.x", "")), _number(request.form.get("pick.y", ""))
        frame = picker_frame(territory, self.asked_reach(), self.position)
        # A keyboard that presses the map sends the corner: nothing was pointed at.
        if frame is not None and (x, y) != (0, 0) and 0 <= x <= frame.size and 0 <= y <= frame.size:
            where = frame.place(x, y)
            self._set(self.latitude, where.latitude)
            self._set(self.longitude, where.longitude)
        return True

    @staticmethod
    def _set(field: Any, value: Any) -> None:
        field.data, field.raw_data = value, None

    @property
    def position(self) -> Place | None:
        """The place chosen so far."""
        if self.latitude.data is None or self.longitude.data is None:
            return None
        return Place(self.latitude.data, self.longitude.data)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


class ContentForm(PlaceOnMap, HubForm):
    """What a proposal says."""

    title = StringField(
        _l("Title"),
        [DataRequired(NO_TITLE), Length(max=LONGEST_TITLE, message=_TOO_LONG)],
        description=_l("What you propose, in one short sentence."),
    )
    body = TextAreaField(
        _l("Your proposal"),
        [DataRequired(NO_BODY), Length(max=LONGEST_BODY, message=_TOO_LONG)],
        description=_l("What should be done, for whom, and why."),
        render_kw={"rows": 9},
    )
    category = RadioField(_l("What is it about?"), choices=[], default="", validate_choice=False)
    cost = AmountField(_l("What it may cost"), description=_l("An estimate is enough."))
    files = FieldList(FormField(FileRow), label=_l("Pictures and documents"), max_entries=MOST_FILES + 1)

    consultation: Consultation

    def offer(self, consultation: Consultation, *, rows: int = FILE_ROWS) -> None:
        """Offer what this consultation knows: its headings, its money, its place."""
        self.consultation = consultation
        if consultation.categories:
            named = [SelectChoice(c.slug, c.name.in_(language()).text) for c in consultation.categories]
            self.category.choices = [*named, SelectChoice("", _("Something else"))]
        else:
            del self.category
        if consultation.budget is None:
            del self.cost
        while len(self.files) < rows:
            self.files.append_entry()
        if not self.reach.data:
            self.reach.data = str(known_reach(consultation.territory, None))

    def chosen_category(self) -> Category | None:
        """The heading chosen; what is not on the list is refused at its field."""
        slug = self.category.data if "category" in self else ""
        return next((c for c in self.consultation.categories if c.slug == slug), None)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Also refuses a heading that is not on the list."""
        fine = bool(super().validate(*args, **kwargs))
        if "category" in self and self.category.data and self.chosen_category() is None:
            self.refuse(_l("Choose from the list."), "category")
            fine = False
        return fine

    def refuse(self, reason: Reason, field: str | None = None) -> None:
        """Put a refusal of a file at the first row that holds one; a place's at its first number."""
        if field == "files":
            held = next((row for row in self.files if uploaded_files(row.form.file.data)), None)
            if held is not None:
                held.form.file.errors = [*held.form.file.errors, reason]
                self.files.errors = [entry.errors for entry in self.files]
                return
            field = None
        super().refuse(reason, field)

    @property
    def content(self) -> dict[str, Any]:
        """What is said, as the operations take it."""
        return {
            "title": self.title.data or "",
            "body": self.body.data or "",
            "category": self.chosen_category(),
            "cost": self.cost.data if "cost" in self else None,
            "place": self.place.data,
            "latitude": self.latitude.data,
            "longitude": self.longitude.data,
        }

    @property
    def brought(self) -> dict[str, Any]:
        """The files, with the words for each."""
        held = [
            (found, row.form.alt.data or "")
            for row in self.files
            for found in uploaded_files(row.form.file.data)
        ]
        return {"uploads": [found for found, _alt in held], "alts": [alt for _found, alt in held]}

    @property
    def has_map(self) -> bool:
        """Whether there is a map to choose a place on."""
        return centre_of(self.consultation.territory) is not None or self.position is not None


class ProposalForm(ContentForm):
    """Put a proposal forward."""

    language = SelectField(_l("Language of your text"), choices=[])
    speaking_for = SelectField(_l("You speak"), choices=[], default="")

    organisations: Sequence[Organisation] = ()

    def offer_to(self, consultation: Consultation, organisations: Sequence[Organisation]) -> None:
        """Offer what this consultation and this person know."""
        self.offer(consultation)
        place = consultation.territory
        self.language.choices = writing_languages(language(), place.default_language, *place.languages)
        self.organisations = organisations
        if not organisations:
            del self.speaking_for
            return
        named = [SelectChoice(o.slug, _("for %(organisation)s", organisation=o.name)) for o in organisations]
        self.speaking_for.choices = [SelectChoice("", _("for yourself")), *named]

    @property
    def spoken_for(self) -> Organisation | None:
        """The organisation that was chosen."""
        wanted = self.speaking_for.data if "speaking_for" in self else ""
        return next((o for o in self.organisations if o.slug == wanted), None)

    @property
    def payload(self) -> dict[str, Any]:
        """Everything typed, as plain values, to be kept for somebody who has no account yet."""
        said = {**self.content, "category": self.category.data if "category" in self else ""}
        return {**said, "language": self.language.data, "consultation": self.consultation.slug}


class EditProposalForm(ContentForm, EditForm):
    """Change a proposal and its files."""

    def show_files(self, present: Sequence[Attachment]) -> None:
        """Offer rows for as many more files as there may be."""
        self.present = present
        self.offer(self.consultation, rows=max(0, min(FILE_ROWS, MOST_FILES - len(present))))

    present: Sequence[Attachment] = ()

    @property
    def changes(self) -> dict[str, Any]:
        """New words for files, and which to take away; only of files that are the proposal's own."""
        own = {file.id for file in self.present}
        return {
            "described": {key: request.form[f"alt-{key}"] for key in own if f"alt-{key}" in request.form},
            "removed": [key for key in own if request.form.get(f"remove-{key}")],
        }


class AnswerForm(EditForm):
    """The official answer and what follows from it."""

    ids = "answer-"

    answer = TextAreaField(
        _l("Official answer"),
        [
            DataRequired(_l("Write the answer, with its reasons.")),
            Length(max=LONGEST_ANSWER, message=_TOO_LONG),
        ],
        description=_l("What you decide and why, in words that everyone understands."),
        render_kw={"rows": 6},
    )
    language = SelectField(_l("Language of the answer"), choices=[])
    state = ChoiceField(_l("Where does it stand now?"), choices=[])

    def offer(self, proposal: Proposal) -> None:
        """The states that can follow, and the languages spoken there."""
        place = proposal.territory
        self.language.choices = writing_languages(place.default_language, language(), *place.languages)
        self.state.choices = [
            SelectChoice("", _("Unchanged: %(state)s", state=proposal.state_label)),
            *state_choices(proposal),
        ]


class StateForm(HubForm):
    """Say where a proposal stands."""

    ids = "state-"

    state = ChoiceField(_l("Where does it stand now?"), choices=[])

    def offer(self, proposal: Proposal) -> None:
        """The states that can follow."""
        self.state.choices = state_choices(proposal)


def state_choices(proposal: Proposal) -> list[SelectChoice]:
    """The states that can be chosen, and their names."""
    return [SelectChoice(state.value, proposal.state_labels[state]) for state in next_states(proposal)]
