"""Topics in words: recognised in what people wrote, and said in the middle of a sentence."""

from functools import lru_cache

from flask_babel import force_locale

from stakeholder_hub.bodies.models import Strength, Topic
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import INTERFACE, _l
from stakeholder_hub.kernel.text import fold

_ABOUT: dict[Topic, Reason] = {
    Topic.HOUSING: _l("about housing"),
    Topic.PUBLIC_SERVICES: _l("about public services"),
    Topic.EDUCATION: _l("about education"),
    Topic.CULTURE: _l("about culture and leisure"),
    Topic.JOBS: _l("about jobs"),
    Topic.MOBILITY: _l("about mobility"),
    Topic.HEALTH: _l("about health"),
    Topic.ENVIRONMENT: _l("about the environment"),
    Topic.DIGITAL: _l("about digital services"),
    Topic.FINANCE: _l("about taxes and budgets"),
}


def about(topic: Topic) -> Reason:
    """A topic as the object of "decides": languages that inflect need the whole phrase."""
    return _ABOUT[topic]


def topic_named(text: str) -> Topic | None:
    """The topic that ``text`` names in a language of the interface, as the default headings of consultations do."""
    return _topics_by_name().get(fold(text).strip())


@lru_cache
def _topics_by_name() -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for code in INTERFACE:
        with force_locale(code):
            for topic in Topic:
                found.setdefault(fold(str(topic.label)), topic)
    return found


def says_in(strength: Strength, topic: Topic, place: str) -> Reason:
    """What a body may do about a topic in the place it stands for, as a sentence."""
    words = {"about": about(topic), "place": place}
    return {
        Strength.DECIDES: _l("Decides %(about)s in %(place)s.", **words),
        Strength.SHARES: _l("Decides %(about)s in %(place)s together with others.", **words),
        Strength.CARRIES_OUT: _l("Carries out in %(place)s what is decided %(about)s.", **words),
        Strength.ADVISES: _l("Advises %(about)s in %(place)s.", **words),
    }[strength]


def level_usually(strength: Strength, topic: Topic, level: Reason, place: str) -> Reason:
    """What a level may usually do about a topic in a state or another place, as a sentence."""
    words = {"about": about(topic), "place": place, "level": level}
    return {
        Strength.DECIDES: _l("%(level)s level: usually decides %(about)s in %(place)s.", **words),
        Strength.SHARES: _l(
            "%(level)s level: usually decides %(about)s in %(place)s together with others.", **words
        ),
        Strength.CARRIES_OUT: _l(
            "%(level)s level: usually carries out in %(place)s what is decided %(about)s.", **words
        ),
        Strength.ADVISES: _l("%(level)s level: usually advises %(about)s in %(place)s.", **words),
    }[strength]
