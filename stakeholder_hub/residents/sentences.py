"""What people are told about residences."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence
from stakeholder_hub.territories.models import Territory

ASKED, CONFIRMED, REFUSED, REVOKED, ENDING = (
    "residents.asked",
    "residents.confirmed",
    "residents.refused",
    "residents.revoked",
    "residents.ending",
)

register_sentence(ASKED, _l("%(person)s asks to be verified as a resident of %(place)s."), icon="place")
register_sentence(CONFIRMED, _l("You are verified as a resident of %(place)s."), icon="check")
register_sentence(
    REFUSED,
    _l("%(place)s could not verify you as a resident. The reason stands on the page of your residence."),
    icon="place",
)
register_sentence(
    REVOKED,
    _l(
        "%(place)s took back that you are verified as a resident. The reason stands on the page of your residence."
    ),
    icon="warning",
)
register_sentence(
    ENDING,
    _l("Your verification as a resident of %(place)s ends soon. Ask for it anew if you still live there."),
    icon="clock",
)


def said(place: Territory) -> dict[str, str]:
    """What sentences need of a place."""
    return {"place": place.name.original.text, "slug": place.slug}
