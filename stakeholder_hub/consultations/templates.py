"""What a consultation can begin from: three templates with texts, phases relative to a start day, and headings.

Pure: words and day counts in, drafts out. Texts come in every language of the interface, as far as the catalogues
have them; the language of the consultation is their original.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import force_locale

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Template
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE, _l
from stakeholder_hub.kernel.multilingual import Multilingual

OPENS_AT = time(8)
CHANGES_AT = time(18)
"""The first phase opens in the morning; later ones follow each other in the evening."""


@dataclass(frozen=True)
class PhasePlan:
    """A phase of a template: how many days it lasts and what people can do in it."""

    title: Reason
    days: int
    activities: tuple[Activity, ...]
    description: Reason = ""


@dataclass(frozen=True)
class Beginning:
    """One template: how it is offered, and what it fills in."""

    template: Template
    icon: str
    explanation: Reason
    title: Reason
    question: Reason
    background: Reason
    phases: tuple[PhasePlan, ...]
    has_budget: bool = False

    @property
    def days(self) -> int:
        """How long the whole takes."""
        return sum(phase.days for phase in self.phases)


CATEGORIES: tuple[Reason, ...] = (
    _l("Housing"),
    _l("Public services"),
    _l("Education"),
    _l("Culture and leisure"),
    _l("Jobs"),
)
"""What decides whether young people stay: the headings proposed for every consultation."""

BEGINNINGS: dict[Template, Beginning] = {
    Template.IDEAS: Beginning(
        Template.IDEAS,
        "proposal",
        _l("Ask an open question, collect ideas, talk them over, and say which ones you take up."),
        _l("Ideas for our town"),
        _l("What would make you stay in our town, or come back?"),
        _l(
            "Tell people in a few sentences why you ask, what can be changed and what cannot, "
            "and what will happen with their ideas.\n\n"
            "Everyone can take part: residents, those who moved away, associations, companies, schools and offices."
        ),
        (
            PhasePlan(
                _l("Collect ideas"),
                28,
                (Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION),
                _l("Everyone can put forward ideas, support them and talk about them."),
            ),
            PhasePlan(
                _l("Review"),
                14,
                (Activity.REVIEW, Activity.DISCUSSION),
                _l("The group reads every idea and answers it."),
            ),
            PhasePlan(
                _l("Results"),
                28,
                (Activity.RESULTS,),
                _l("The group says which ideas are taken up, by whom and until when."),
            ),
        ),
    ),
    Template.DRAFT_REVIEW: Beginning(
        Template.DRAFT_REVIEW,
        "document",
        _l("Show a draft before it is decided, hear objections and changes, and answer each of them."),
        _l("Draft of our plan: your opinion"),
        _l("What should be changed in this draft before it is decided?"),
        _l(
            "Say what the draft is about, who wrote it and who will decide on it. "
            "Give a link to the full text and name the parts that can still be changed."
        ),
        (
            PhasePlan(
                _l("Read and comment"),
                21,
                (Activity.DISCUSSION, Activity.PROPOSALS, Activity.SUPPORT),
                _l("Everyone can comment on the draft and propose changes."),
            ),
            PhasePlan(
                _l("Answers"),
                14,
                (Activity.REVIEW,),
                _l("The group answers what was proposed and rewrites the draft."),
            ),
            PhasePlan(
                _l("Decision"),
                14,
                (Activity.RESULTS,),
                _l("The final text and the reasons for it are published."),
            ),
        ),
    ),
    Template.BUDGET: Beginning(
        Template.BUDGET,
        "budget",
        _l("Let people propose projects and decide by vote what a part of the budget is spent on."),
        _l("Participatory budget"),
        _l("What should our town spend this money on?"),
        _l(
            "Say how much money there is, what it may be spent on, and what a project may cost at most. "
            "Projects that break a law or belong to somebody else cannot be put to the vote; "
            "the group checks that before."
        ),
        (
            PhasePlan(
                _l("Propose projects"),
                28,
                (Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION),
                _l("Everyone can propose a project with a place and an estimated cost."),
            ),
            PhasePlan(
                _l("Check"),
                21,
                (Activity.REVIEW, Activity.DISCUSSION),
                _l("The group checks whether the projects can be done and what they cost."),
            ),
            PhasePlan(
                _l("Vote"),
                14,
                (Activity.BALLOT, Activity.DISCUSSION),
                _l("Everyone can choose projects for the money there is."),
            ),
            PhasePlan(
                _l("Carry out"),
                90,
                (Activity.RESULTS,),
                _l("The projects that won are carried out. Here you can follow how far they are."),
            ),
        ),
        has_budget=True,
    ),
}


def said_in(text: Reason, language: str) -> str:
    """The words of ``text`` in ``language``, or in the default language where the catalogue has none."""
    with force_locale(language if language in INTERFACE else DEFAULT):
        return str(text)


def in_all_languages(text: Reason, language: str) -> Multilingual:
    """``text`` with ``language`` as its original and a translation in every language of the interface there is."""
    original = said_in(text, language)
    value = Multilingual.of(original, language)
    for code in INTERFACE:
        translated = said_in(text, code)
        if code != language and (translated != original or code == DEFAULT == language):
            value = value.with_translation(code, translated)
    return value


def plan_phases(template: Template, starts_on: date, zone: str, language: str) -> list[PhaseDraft]:
    """The template's phases, one after another from ``starts_on``, in the wall-clock time of ``zone``.

    Raises:
        Invalid: the dates are out of reach.
    """
    planned: list[PhaseDraft] = []
    day, at = starts_on, OPENS_AT
    for plan in BEGINNINGS[template].phases:
        end = day + timedelta(days=plan.days)
        planned.append(
            PhaseDraft(
                title=in_all_languages(plan.title, language),
                starts_at=clock.from_local(datetime.combine(day, at), zone),
                ends_at=clock.from_local(datetime.combine(end, CHANGES_AT), zone),
                activities=plan.activities,
                description=in_all_languages(plan.description, language) if plan.description else None,
            )
        )
        day, at = end, CHANGES_AT
    return planned


def default_categories(language: str) -> list[Multilingual]:
    """The headings proposed for every consultation."""
    return [in_all_languages(name, language) for name in CATEGORIES]


def keep_translations(edited: str, language: str, offered: Multilingual) -> Multilingual:
    """What was left as offered keeps its translations; what was rewritten begins with the new text alone."""
    return offered if edited.strip() == offered.original.text.strip() else Multilingual.of(edited, language)
