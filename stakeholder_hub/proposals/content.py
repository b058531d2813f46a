"""What a proposal is made of before it is stored, and what it must hold to be accepted."""

import math
from dataclasses import dataclass

from stakeholder_hub.consultations.models import Category, Consultation
from stakeholder_hub.kernel.errors import Invalid, Reason, at_field
from stakeholder_hub.kernel.i18n import CONTENT, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.text import line_at, markdown, text_at
from stakeholder_hub.proposals.maps import Place, distance
from stakeholder_hub.territories.models import Level, Territory

LONGEST_TITLE = 200
LONGEST_BODY = 20_000
LONGEST_PLACE = 160
LONGEST_ANSWER = 20_000
LARGEST_COST = 10**14

REACH: dict[Level, float] = {Level.LOCAL: 200_000, Level.REGIONAL: 500_000, Level.NATIONAL: 2_000_000}
"""Metres from the centre of a territory within which its proposals lie; wider levels know no bound."""

NO_TITLE = _l("Give your proposal a title.")
NO_BODY = _l("Describe what you propose.")


@dataclass(frozen=True)
class Content:
    """Everything a person says in a proposal, checked; ``title`` keeps its translations."""

    title: Multilingual
    body_text: str
    body_html: str
    category: Category | None
    cost: int | None
    place: str | None
    latitude: float | None
    longitude: float | None


def checked_content(
    consultation: Consultation,
    *,
    title: str | Multilingual,
    body: str,
    language: str,
    category: Category | None,
    cost: int | None,
    place: str | None,
    latitude: float | None,
    longitude: float | None,
) -> Content:
    """The content in order: texts normalised, category of this consultation, place near its territory.

    Raises:
        Invalid: something is missing, too long, foreign or out of reach; ``field`` says what.
    """
    text, html = checked_text(body, "body", longest=LONGEST_BODY, missing=NO_BODY)
    where = checked_position(consultation.territory, latitude, longitude)
    return Content(
        title=checked_title(title, language),
        body_text=text,
        body_html=html,
        category=checked_category(consultation, category),
        cost=checked_cost(cost),
        place=line_at("place", place or "", longest=LONGEST_PLACE) or None,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
    )


def checked_language(language: str, field: str = "language") -> str:
    """The code of a language people may write in.

    Raises:
        Invalid: it is none of them.
    """
    if language not in CONTENT:
        raise Invalid(_l("Choose one of the languages in the list."), field)
    return language


def checked_title(title: str | Multilingual, language: str) -> Multilingual:
    """The title in ``language``, with the translations it came with.

    Raises:
        Invalid: it is missing or too long.
    """
    given = title if isinstance(title, Multilingual) else Multilingual.of(title, checked_language(language))
    texts = {
        checked_language(code): line_at("title", text, longest=LONGEST_TITLE)
        for code, text in given.texts.items()
    }
    if not texts.get(given.source):
        raise Invalid(NO_TITLE, "title")
    return Multilingual(given.source, {c: t for c, t in texts.items() if t}, given.made_by, given.made_from)


def checked_text(text: str, field: str, *, longest: int, missing: Reason) -> tuple[str, str]:
    """A Markdown text and its HTML.

    Raises:
        Invalid: it is missing, too long or broken.
    """
    clean = text_at(field, text, longest=longest, missing=missing)
    with at_field(field):
        return clean, markdown(clean, longest=longest)


def checked_category(consultation: Consultation, category: Category | None) -> Category | None:
    """A category of this very consultation.

    Raises:
        Invalid: it is another one's.
    """
    if category is not None and category.consultation_id != consultation.id:
        raise Invalid(_l("Choose from the list."), "category")
    return category


def checked_cost(cost: int | None) -> int | None:
    """An amount in hundredths.

    Raises:
        Invalid: below nothing or beyond reason.
    """
    if cost is not None and not 0 <= cost <= LARGEST_COST:
        raise Invalid(_l("Give an amount of zero or more."), "cost")
    return cost


def checked_position(territory: Territory, latitude: float | None, longitude: float | None) -> Place | None:
    """A position in or near ``territory``: both numbers or none.

    Raises:
        Invalid: half of it, no position on Earth, or too far away.
    """
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        raise Invalid(_l("A position needs both numbers: latitude and longitude."), "latitude")
    if (
        not (math.isfinite(latitude) and math.isfinite(longitude))
        or abs(latitude) > 90
        or abs(longitude) > 180
    ):
        raise Invalid(
            _l("This is no position: latitude goes from -90 to 90, longitude from -180 to 180."), "latitude"
        )
    where = Place(round(latitude, 6), round(longitude, 6))
    reach, centre = REACH.get(territory.level), centre_of(territory)
    if reach is not None and centre is not None and (away := distance(centre, where)) > reach:
        raise Invalid(
            _l(
                "This place is %(away)s km away. Choose one within %(reach)s km.",
                away=round(away / 1000),
                reach=round(reach / 1000),
            ),
            "latitude",
        )
    return where


def centre_of(territory: Territory) -> Place | None:
    """The position of the territory's centre, where it is known."""
    if territory.latitude is None or territory.longitude is None:
        return None
    return Place(territory.latitude, territory.longitude)
