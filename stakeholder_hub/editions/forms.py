"""What is filled in about cores, invitations and editions."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any, Self

from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.consultations import drafts
from stakeholder_hub.consultations.fields import CardsField
from stakeholder_hub.decisions.condition_fields import CONDITION_CHOICES
from stakeholder_hub.decisions.electorate import Electorate
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Base, Conditions
from stakeholder_hub.editions.checking import free_key
from stakeholder_hub.editions.content import ELECTORATES, Content, CoreItem, ItemKind, LocalPart
from stakeholder_hub.editions.drafting import reworded
from stakeholder_hub.editions.models import Edition
from stakeholder_hub.editions.places import Offered
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid, NotFound
from stakeholder_hub.kernel.i18n import CONTENT, NAMES, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.webkit.fields import ChoiceField, DayField, Needed, TicksField
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import EditForm, HubForm, writing_languages

_METHODS = tuple(dict.fromkeys(method for kind in ItemKind for method in kind.methods))
_TOO_LONG = _l("Use at most %(max)d characters.")


class ItemForm(HubForm):
    """A question, a statement or a vote that every place puts to its people."""

    kind = CardsField(_l("What it is"), choices=[SelectChoice(kind.value, kind.label) for kind in ItemKind])
    title = StringField(
        _l("Short name"), [Needed(_l("Give it a name.")), Length(max=drafts.LONGEST_TITLE, message=_TOO_LONG)]
    )
    question = StringField(
        _l("Question or statement"),
        [
            Needed(_l("Write what people answer to.")),
            Length(max=drafts.LONGEST_QUESTION, message=_TOO_LONG),
        ],
    )
    method = ChoiceField(
        _l("How people vote"),
        choices=[SelectChoice(method.value, method.label) for method in _METHODS],
        description=_l(
            "Questions: one choice, or multiple choice. Statements: agree, disagree or pass (yes or no), or gradients."
        ),
    )
    options = TextAreaField(
        _l("Answers"),
        description=_l("One on each line. Leave this empty for yes or no, consent and gradients."),
        render_kw={"rows": 5},
    )
    min_choices = IntegerField(
        _l("Choices at least"), [Optional(), NumberRange(0, 50, _l("Give a whole number."))]
    )
    max_choices = IntegerField(
        _l("Choices at most"), [Optional(), NumberRange(1, 50, _l("Give a whole number."))]
    )
    winners_wanted = IntegerField(
        _l("How many can win"), [Optional(), NumberRange(1, 50, _l("Give a whole number."))]
    )
    points_each = IntegerField(
        _l("Points, dots or credits"), [Optional(), NumberRange(1, 1000, _l("Give a whole number."))]
    )
    electorate = ChoiceField(_l("Who votes"), choices=[SelectChoice(e.value, e.label) for e in ELECTORATES])
    quorum_votes = IntegerField(
        _l("Votes needed for the result to bind"),
        [Optional(), NumberRange(0, 10_000_000, _l("Give a whole number."))],
    )
    threshold = ChoiceField(
        _l("Majority, where people say yes or no"), choices=CONDITION_CHOICES["threshold"]
    )

    @classmethod
    def on(cls, item: CoreItem | None) -> Self:
        """The form, filled in from ``item`` where there is one."""
        if item is None:
            return cls.from_request(kind=ItemKind.STATEMENT.value, method=Method.YES_NO.value)
        asked = item.conditions
        return cls.from_request(
            kind=item.kind.value,
            title=item.title.original.text,
            question=item.question.original.text,
            method=item.method.value,
            options="\n".join(option.original.text for option in item.options),
            min_choices=item.min_choices,
            max_choices=item.max_choices,
            winners_wanted=item.winners_wanted,
            points_each=item.points_each,
            electorate=item.electorate.value,
            quorum_votes=asked.quorum_votes or None,
            threshold=f"{asked.threshold} {asked.threshold_base.value}" if asked.threshold else "",
        )

    def item(self, before: CoreItem | None, content: Content) -> CoreItem:
        """What was filled in; translations of what stands as before are kept."""
        language = content.language
        least = self.min_choices.data
        return CoreItem(
            key=before.key if before else free_key(self.title.data or "", [i.key for i in content.items]),
            kind=ItemKind(self.kind.data),
            title=_said(self.title.data, before.title if before else None, language),
            question=_said(self.question.data, before.question if before else None, language),
            method=Method(self.method.data),
            options=reworded(
                (self.options.data or "").splitlines(), before.options if before else (), language
            ),
            electorate=Electorate.read(self.electorate.data),
            min_choices=1 if least is None else least,
            max_choices=self.max_choices.data,
            winners_wanted=self.winners_wanted.data,
            points_each=self.points_each.data,
            conditions=self._conditions(before),
        )

    def _conditions(self, before: CoreItem | None) -> Conditions:
        share, _between, base = (self.threshold.data or "").partition(" ")
        return replace(
            before.conditions if before else Conditions(),
            quorum_votes=self.quorum_votes.data or 0,
            threshold=Fraction(share) if share else None,
            threshold_base=Base(base) if share else Base.VALID,
        )


def _said(text: str | None, before: Multilingual | None, language: str) -> Multilingual:
    line = " ".join((text or "").split())
    return before.with_source(line) if before is not None else Multilingual.of(line, language)


class FrameForm(HubForm):
    """What places can add, and whether they can ask to take part."""

    local = TicksField(
        _l("What places can add of their own"),
        choices=[SelectChoice(part.value, part.label) for part in LocalPart],
    )
    open_to_all = BooleanField(_l("Places can ask to take part without being invited"))


class PublishForm(HubForm):
    """Publish a version of the core."""

    after = IntegerField(widget=HiddenInput())
    note = TextAreaField(
        _l("What is new, and why"),
        [Length(max=2000, message=_TOO_LONG)],
        description=_l("Every place reads this before it adopts or refuses the new version."),
        render_kw={"rows": 3},
    )


class InviteForm(HubForm):
    """Invite places: some, all towns below one, or a list."""

    places = TicksField(_l("Towns"), coerce=int, validate_choice=False)
    below = ChoiceField(_l("All towns in"), coerce=int)
    listed = TextAreaField(
        _l("Places by name or code"),
        [Length(max=20_000, message=_TOO_LONG)],
        description=_l("One on each line, for example from a list of partners."),
        render_kw={"rows": 4},
    )
    message = TextAreaField(
        _l("Your words to them"),
        [Length(max=5000, message=_TOO_LONG)],
        description=_l("Why you ask, what the results are used for, and who helps."),
        render_kw={"rows": 4},
    )
    language = ChoiceField(_l("Written in"), choices=[SelectChoice(code, NAMES[code]) for code in CONTENT])
    reply_by = DayField(_l("Please answer by"), [Optional()])

    @classmethod
    def on(cls, offered: Offered, language: str) -> Self:
        """The form with the places that can be invited."""
        form = cls.from_request(language=language)
        form.places.choices = [SelectChoice(town.id, in_language(town.name).text) for town in offered.towns]
        form.below.choices = [
            SelectChoice(0, "–"),
            *(SelectChoice(place.id, in_language(place.name).text) for place in offered.wider),
        ]
        if not offered.towns:
            del form.places
        return form


class AcceptForm(HubForm):
    """Take part: with which group, when, in which languages, and with what of the place's own."""

    core_number = IntegerField(widget=HiddenInput())
    version = IntegerField(widget=HiddenInput())
    group = ChoiceField(_l("Which group runs it"), coerce=int)
    starts_on = DayField(_l("First day"), [Needed(_l("Say when it begins."))])
    languages = TicksField(
        _l("Languages in which you hold it"), choices=[SelectChoice(c, NAMES[c]) for c in CONTENT]
    )
    audience = CardsField(
        _l("Who can see it and take part"),
        choices=[SelectChoice(v.value, v.label) for v in (Visibility.PUBLIC, Visibility.MEMBERS)],
    )
    shares_results = BooleanField(
        _l("The results of our place may be shown beside those of the others"),
        description=_l(
            "Only totals, never who took part or what one person said. You can change this until the first result."
        ),
    )
    moderators = TextAreaField(
        _l("Moderators"),
        description=_l(
            "Mail addresses of people with an account, one on each line. They join the group as moderators."
        ),
        render_kw={"rows": 2},
    )
    addition = TextAreaField(
        _l("What this means in our place"),
        [Length(max=20_000, message=_TOO_LONG)],
        description=_l("It stands under the common background, as the words of your place."),
        render_kw={"rows": 5},
    )
    addition_language = ChoiceField(_l("Written in"))
    categories = TextAreaField(
        _l("Headings of our own"), description=_l("One on each line."), render_kw={"rows": 3}
    )

    @classmethod
    def on(cls, edition: Edition, groups: list[Group], content: Content, number: int) -> Self:
        """The form, filled in with what is usual in the place."""
        place = edition.territory
        usual = [code for code in (place.default_language, *place.languages) if code in CONTENT]
        form = cls.from_request(
            core_number=number,
            version=edition.version,
            starts_on=clock.today(place.timezone) + timedelta(days=14),
            languages=list(dict.fromkeys(usual or [content.language])),
            audience=Visibility.PUBLIC.value,
            shares_results=True,
            addition_language=place.default_language,
        )
        form.group.choices = [SelectChoice(group.id, in_language(group.name).text) for group in groups]
        form.addition_language.choices = writing_languages(place.default_language, *place.languages)
        form.languages.choices = writing_languages(*usual, *content.languages)
        if not content.allows(LocalPart.BACKGROUND):
            del form.addition, form.addition_language
        if not content.allows(LocalPart.CATEGORIES):
            del form.categories
        return form

    def terms(self, groups: list[Group]) -> dict[str, Any]:
        """What the operation takes.

        Raises:
            Invalid: a moderator has no account, at the field.
        """
        written = self.addition.data if "addition" in self else ""
        spoken = self.addition_language.data if "addition_language" in self else "en"
        own = (self.categories.data or "").splitlines() if "categories" in self else []
        return {
            "group": next(group for group in groups if group.id == self.group.data),
            "starts_on": self.starts_on.data,
            "languages": self.languages.data or [],
            "audience": Visibility(self.audience.data),
            "shares_results": bool(self.shares_results.data),
            "moderators": people_at((self.moderators.data or "").split(), "moderators"),
            "addition": Multilingual.of(written, spoken) if (written or "").strip() else None,
            "categories": [Multilingual.of(line, spoken) for line in own if line.strip()],
            "core_number": self.core_number.data,
            "version": self.version.data,
        }


def people_at(addresses: list[str], field: str) -> list[User]:
    """The people with accounts at these addresses.

    Raises:
        Invalid: one has none, or there are too many, at ``field``.
    """
    if len(addresses) > 20:
        raise Invalid(_l("Name at most 20 people."), field)
    found = []
    for address in addresses:
        person = user_by_email(address[:320])
        if person is None:
            raise Invalid(
                _l(
                    "Nobody has an account with the address %(address)s. Ask the person to register first.",
                    address=address,
                ),
                field,
            )
        found.append(person)
    return found


class ReasonForm(HubForm):
    """Say why not."""

    reason = TextAreaField(
        _l("Why"),
        [
            Needed(_l("Give a reason: those who asked want to understand.")),
            Length(max=5000, message=_TOO_LONG),
        ],
        render_kw={"rows": 4},
    )
    language = HiddenField()


class AskForm(HubForm):
    """Ask to take part."""

    place = ChoiceField(_l("Your place"), coerce=int)
    message = TextAreaField(
        _l("Why you want to take part"), [Length(max=5000, message=_TOO_LONG)], render_kw={"rows": 4}
    )


class AdditionForm(EditForm):
    """The place's own words."""

    text = TextAreaField(
        _l("What this means in our place"), [Length(max=20_000, message=_TOO_LONG)], render_kw={"rows": 8}
    )
    language = ChoiceField(_l("Written in"))


class EditionForm(HubForm):
    """What was agreed when the place accepted."""

    languages = TicksField(
        _l("Languages in which you hold it"), choices=[SelectChoice(c, NAMES[c]) for c in CONTENT]
    )
    shares_results = BooleanField(
        _l("The results of our place may be shown beside those of the others"),
        description=_l("Only totals, never who took part or what one person said."),
    )


def translation_form(content: Content, language: str) -> HubForm:
    """A form with one field for every text of the items; its label is the original.

    Raises:
        NotFound: nothing can be translated into ``language``.
    """
    if language not in NAMES or language == content.language:
        raise NotFound()
    texts = {_field_name(item, name): text for item in content.items for name, text in item.texts}
    fields: dict[str, Any] = {
        name: StringField(text.original.text, [Length(max=drafts.LONGEST_QUESTION, message=_TOO_LONG)])
        for name, text in texts.items()
    }
    made: type[HubForm] = type("CoreTranslationForm", (HubForm,), fields)
    return made.from_request(**{name: text.texts.get(language, "") for name, text in texts.items()})


def fields_of(form: HubForm, content: Content) -> list[tuple[CoreItem, list[Any]]]:
    """The fields of such a form, item by item."""
    return [(item, [form[_field_name(item, name)] for name, _text in item.texts]) for item in content.items]


def translations_in(form: HubForm, content: Content) -> dict[str, str]:
    """What was written, by ``key:name``."""
    return {
        f"{item.key}:{name}": str(form[_field_name(item, name)].data or "")
        for item in content.items
        for name, _text in item.texts
    }


def _field_name(item: CoreItem, name: str) -> str:
    return f"text_{item.key}__{name}".replace("-", "_")
