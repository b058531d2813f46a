"""What is filled in about action items."""

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from stakeholder_hub.actions.models import ActionItem, ActionStatus
from stakeholder_hub.actions.queries import bodies_near, people_near
from stakeholder_hub.kernel.i18n import CONTENT, NAMES, _, _l
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.webkit.forms import EditForm, HubForm


class ItemFields:
    """The fields of an action item, for the form that makes one and the form that changes one."""

    title = StringField(
        _l("What is to be done"),
        [
            InputRequired(_l("Say in a few words what is to be done.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
    )
    description = TextAreaField(
        _l("Details"),
        [Optional(), Length(max=20_000, message=_l("Use at most 20,000 characters."))],
        description=_l("What belongs to it, and how everyone sees that it is done."),
    )
    organisation = SelectField(_l("Responsible organisation"), coerce=int)
    person = SelectField(_l("Responsible person"), coerce=int)
    starts_on = DateField(_l("Begins on"), [Optional()])
    due_on = DateField(_l("Due on"), [Optional()])
    language = SelectField(_l("Written in"), choices=[SelectChoice(code, NAMES[code]) for code in CONTENT])


def offer(form: Any, territory: Territory, group_id: int | None) -> None:
    """Fill the choices of bodies and people."""
    form.bodies = {o.id: o for o in bodies_near(territory, group_id)}
    form.people = {g.user_id: g.user for g in people_near(territory, group_id)}
    form.organisation.choices = [
        SelectChoice(0, _("Nobody yet")),
        *[SelectChoice(o.id, o.name) for o in form.bodies.values()],
    ]
    form.person.choices = [
        SelectChoice(0, _("Nobody yet")),
        *[SelectChoice(u.id, u.name) for u in form.people.values()],
    ]


class ItemForm(ItemFields, HubForm):
    """Hand out something to be done."""


class EditItemForm(ItemFields, EditForm):
    """Change what is to be done."""


class NoteForm(HubForm):
    """Write down what was done."""

    body = TextAreaField(
        _l("What was done"),
        [
            InputRequired(_l("Say what was done.")),
            Length(max=20_000, message=_l("Use at most 20,000 characters.")),
        ],
    )
    status = SelectField(_l("Status now"))
    progress = IntegerField(
        _l("Progress in percent"),
        [Optional(), NumberRange(0, 100, _l("Progress is a number from 0 to 100."))],
    )
    evidence_url = StringField(
        _l("Link to evidence"), [Optional()], description=_l("A page that shows it, for example a report.")
    )
    uploads = MultipleFileField(_l("Photos or PDFs"))

    def offer(self, item: ActionItem) -> None:
        """The statuses that can follow, the present one first."""
        possible = [ActionStatus(item.state), *[s for s in ActionStatus if s in item.moves[item.state]]]
        self.status.choices = [SelectChoice(status.value, item.state_labels[status]) for status in possible]


class ContributorForm(HubForm):
    """Name somebody who helps."""

    contributor = SelectField(_l("Who helps"))
