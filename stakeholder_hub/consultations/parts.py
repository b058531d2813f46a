"""What stands above consultations and shows itself on their pages: sections, the big button, tools, beginnings.

A section is given by ``register_part``: a function that returns the template's variables, or ``None`` where there is
nothing to show. The button is given by ``register_primary_action`` for an activity; it is asked for only while that
activity is open to the reader, or would be after signing in. ``register_tool`` adds to what those who run it can do,
``register_beginning`` to the ways into a new one; ``register_standing`` says what of it cannot be changed here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.webkit.sections import Sections

AFTER_BACKGROUND = 50
"""Parts with a lower position stand before the background, the others after it."""


@dataclass(frozen=True)
class Action:
    """What somebody can do now: the button's words and address; ``what`` says it as a sentence."""

    label: Reason
    url: str
    what: Reason = ""
    text: Reason = ""
    icon: str = "arrow"


BeginningProvider = Callable[[Group, Actor], Sequence[Action]]
StandingProvider = Callable[[Consultation], "Reason | None"]
ActionProvider = Callable[[Consultation, Actor], Action | None]


SECTIONS: Sections[Consultation] = Sections()
register_part, parts_of = SECTIONS.register, SECTIONS.shown

_actions: dict[Activity, ActionProvider] = {}
_tools: list[ActionProvider] = []
_beginnings: list[BeginningProvider] = []
_standing: list[StandingProvider] = []


def register_primary_action(activity: Activity, provider: ActionProvider) -> None:
    """Say what the big button is while ``activity`` is open."""
    _actions[activity] = provider


def primary_action(activity: Activity, consultation: Consultation, actor: Actor) -> Action | None:
    """The button for ``activity``, if a feature gives one."""
    provider = _actions.get(activity)
    return provider(consultation, actor) if provider else None


def register_tool(provider: ActionProvider) -> ActionProvider:
    """Offer those who run a consultation something more to do with it."""
    if provider not in _tools:
        _tools.append(provider)
    return provider


def tools_for(consultation: Consultation, actor: Actor) -> list[Action]:
    """What those who run ``consultation`` can do with it beside what it offers itself."""
    return [tool for provider in _tools if (tool := provider(consultation, actor)) is not None]


def register_beginning(provider: BeginningProvider) -> BeginningProvider:
    """Offer other ways into a new consultation of a group; one without an address is advice."""
    if provider not in _beginnings:
        _beginnings.append(provider)
    return provider


def beginnings_for(group: Group, actor: Actor) -> list[Action]:
    """The other ways into a new consultation of ``group``."""
    return [action for provider in _beginnings for action in provider(group, actor)]


def register_standing(provider: StandingProvider) -> StandingProvider:
    """Say what of a consultation those who run it cannot change, and why."""
    if provider not in _standing:
        _standing.append(provider)
    return provider


def what_stands(consultation: Consultation) -> list[Reason]:
    """What of ``consultation`` cannot be changed where it is held."""
    return [said for provider in _standing if (said := provider(consultation)) is not None]
