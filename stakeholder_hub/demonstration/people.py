"""Fills the tree with towns, organisations, groups and people, all through operations."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import register_person
from stakeholder_hub.demonstration.accounts import PASSWORD
from stakeholder_hub.demonstration.bodies import ORGANISATIONS, POSITIONS, full_name
from stakeholder_hub.demonstration.places import COUNTRIES, REGION_NAME, Country, Town
from stakeholder_hub.groups.models import Group, GroupKind, Organisation
from stakeholder_hub.groups.operations import (
    add_member,
    create_group,
    create_organisation,
    give_mandate,
    seat_organisation,
)
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.i18n import INTERFACE
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import HELIX, Sector
from stakeholder_hub.territories.models import Level, Role, Territory
from stakeholder_hub.territories.operations import create_territory, grant_role

GROUP_NAMES: dict[str, str] = {
    "en": "Local stakeholder group {town}",
    "sl": "Lokalna skupina deležnikov {town}",
    "de": "Lokale Stakeholder-Gruppe {town}",
    "hu": "Helyi partnerségi csoport, {town}",
    "hr": "Lokalna skupina dionika {town}",
    "ro": "Grupul local de parteneri {town}",
    "sk": "Miestna partnerská skupina {town}",
    "cs": "Místní partnerská skupina {town}",
    "bs": "Lokalna grupa dionika {town}",
    "sr": "Локална група актера {town}",
    "bg": "Местна група на заинтересованите страни {town}",
    "uk": "Місцева група зацікавлених сторін {town}",
}

TARGETS = {Sector.ACADEMIA: 25, Sector.ADMINISTRATION: 25, Sector.BUSINESS: 25, Sector.CIVIL_SOCIETY: 25}

TITLED_ACCOUNTS: dict[str, str] = {"velenje": "velenje@demo.example", "veszprem": "veszprem@demo.example"}
# Towns in which nobody from one of the sectors has come to the table yet: the gauge shows who is missing.
MISSING: dict[str, Sector] = {
    "miercurea-ciuc": Sector.BUSINESS,
    "apatin": Sector.ACADEMIA,
    "bihac": Sector.CIVIL_SOCIETY,
    "komarno": Sector.BUSINESS,
}


@dataclass
class Place:
    """A town of the demonstration once it is loaded."""

    town: Town
    language: str
    territory: Territory
    group: Group
    coordinator: User
    organisations: dict[Sector, Organisation]
    members: list[User] = field(default_factory=list)
    citizens: list[User] = field(default_factory=list)


def interface_language(language: str) -> str:
    """The language of pages for somebody who speaks ``language``."""
    return language if language in INTERFACE else "en"


def make_region() -> Territory:
    """The root of the tree: the region the consortium works in."""
    return create_territory(
        parent=None,
        level=Level.TRANSNATIONAL,
        name=REGION_NAME,
        slug="danube-region",
        code="DAN",
        country=None,
        timezone="Europe/Vienna",
        default_language="en",
        languages=list(INTERFACE),
        latitude=46.5,
        longitude=19.0,
        is_demo=True,
        actor=SYSTEM,
    )


def make_country(region: Territory, country: Country) -> Territory:
    """One country below the region."""
    return create_territory(
        parent=region,
        level=Level.NATIONAL,
        name=country.name,
        slug=country.names["en"].lower().replace(" ", "-"),
        code=country.code,
        country=country.code,
        timezone=country.timezone,
        default_language=interface_language(country.language),
        languages=[country.language],
        latitude=country.latitude,
        longitude=country.longitude,
        currency=country.currency,
        is_demo=True,
        actor=SYSTEM,
    )


def make_town(nation: Territory, country: Country, town: Town, number: int) -> Place:
    """One town with its four organisations, its group and the group's members."""
    language = town.language or country.language
    territory = create_territory(
        parent=nation,
        level=Level.LOCAL,
        name=country.town_name(town),
        slug=town.slug,
        code=town.code,
        country=country.code,
        timezone=country.timezone,
        default_language=interface_language(language),
        languages=[language],
        latitude=town.latitude,
        longitude=town.longitude,
        population=town.population,
        currency=country.currency,
        is_demo=True,
        actor=SYSTEM,
    )
    email = TITLED_ACCOUNTS.get(town.slug, f"coordinator.{town.slug}@demo.example")
    coordinator = _person(
        email, language, territory, number * 7, Sector.ADMINISTRATION, named=town.slug in TITLED_ACCOUNTS
    )
    grant_role(coordinator, role=Role.COORDINATOR, territory=territory, actor=SYSTEM)
    organisations = {sector: _organisation(territory, town, language, sector) for sector in HELIX}
    group = create_group(
        territory,
        name=_group_name(country, town, language),
        kind=GroupKind.LOCAL_STAKEHOLDER_GROUP,
        language="en",
        purpose=(
            "We work out together how young, educated people can stay, come back or settle here: "
            "**housing, services, education, culture and jobs**."
        ),
        targets=TARGETS,
        open_to_join=number % 3 == 0,
        is_demo=True,
        actor=SYSTEM,
    )
    add_member(group, user=coordinator, role=Role.COORDINATOR, sector=Sector.ADMINISTRATION, actor=SYSTEM)
    place = Place(town, language, territory, group, coordinator, organisations, [coordinator])
    _fill_table(place, number)
    return place


def _group_name(country: Country, town: Town, language: str) -> Multilingual:
    name = country.town_name(town)
    texts = {code: GROUP_NAMES[code].format(town=name.in_(code).text) for code in (language, *INTERFACE)}
    return Multilingual.of(texts.pop(language), language, **texts)


def _organisation(territory: Territory, town: Town, language: str, sector: Sector) -> Organisation:
    return create_organisation(
        territory,
        name=ORGANISATIONS[language][sector].format(town=town.name),
        language=language,
        sector=sector,
        is_demo=True,
        actor=SYSTEM,
    )


def _fill_table(place: Place, number: int) -> None:
    """Seats the delegates of the four organisations, and a few more people."""
    for turn, sector in enumerate((*HELIX, Sector.CIVIL_SOCIETY, Sector.ACADEMIA)):
        if MISSING.get(place.town.slug) is sector:
            continue
        named = (
            place.town.slug == "velenje"
            and turn < len(HELIX)
            and sector in (Sector.ACADEMIA, Sector.BUSINESS)
        )
        email = (
            f"{sector.value.replace('_', '.')}@demo.example"
            if named
            else f"{sector.value}.{turn}.{place.town.slug}@demo.example"
        )
        user = _person(email, place.language, place.territory, number * 7 + turn + 1, sector, named=named)
        add_member(place.group, user=user, role=Role.MEMBER, sector=sector, actor=SYSTEM)
        place.members.append(user)
        if turn < len(HELIX):
            seat_organisation(place.group, organisation=place.organisations[sector], actor=SYSTEM)
            give_mandate(
                place.organisations[sector],
                user=user,
                position=POSITIONS[sector],
                starts_on=clock.today() - timedelta(days=380),
                ends_on=clock.today() + timedelta(days=350),
                actor=SYSTEM,
            )


def make_citizens(place: Place, count: int) -> list[User]:
    """People of a town who take part without sitting in a group; their sectors are mixed."""
    sectors = (
        Sector.CITIZEN,
        Sector.CITIZEN,
        Sector.ACADEMIA,
        Sector.CITIZEN,
        Sector.BUSINESS,
        Sector.CIVIL_SOCIETY,
    )
    known = {
        "nyiregyhaza": "citizen@demo.example",
        "ruse": "ruse@demo.example",
        "veszprem": "author@demo.example",
    }
    while len(place.citizens) < count:
        turn = len(place.citizens)
        named = turn == 0 and place.town.slug in known
        email = known[place.town.slug] if named else f"citizen.{turn}.{place.town.slug}@demo.example"
        place.citizens.append(
            _person(
                email,
                place.language,
                place.territory,
                turn * 5 + len(place.town.slug),
                sectors[turn % len(sectors)],
                named=named,
            )
        )
    return place.citizens


def _person(
    email: str,
    language: str,
    territory: Territory | None,
    number: int,
    sector: Sector,
    *,
    named: bool = False,
) -> User:
    """A fictional person; ``named`` ones can sign in with the demonstration's password."""
    return register_person(
        email=email,
        name=full_name(language, number),
        language=interface_language(language),
        password=PASSWORD if named else None,
        confirmed=True,
        sector=sector,
        home_territory=territory,
        is_demo=True,
        actor=SYSTEM,
    )


def make_official(email: str, language: str, number: int, *, named: bool = True) -> User:
    """A fictional official of the administration, of no town."""
    return _person(email, language, None, number, Sector.ADMINISTRATION, named=named)


def make_officials(region: Territory, places: dict[str, Place], nations: dict[str, Territory]) -> Group:
    """Administrator, consortium, moderator and observer; the steering committee with every town's coordinator."""
    admin = _person("admin@demo.example", "de", None, 0, Sector.ADMINISTRATION, named=True)
    grant_role(admin, role=Role.ADMIN, territory=region, actor=SYSTEM)
    lead = _person("consortium@demo.example", "sl", None, 5, Sector.ADMINISTRATION, named=True)
    grant_role(lead, role=Role.COORDINATOR, territory=region, actor=SYSTEM)
    moderator = _person(
        "moderator@demo.example", "de", places["regensburg"].territory, 9, Sector.CIVIL_SOCIETY, named=True
    )
    grant_role(moderator, role=Role.MODERATOR, territory=places["regensburg"].territory, actor=SYSTEM)
    observer = _person("observer@demo.example", "sl", None, 11, Sector.ACADEMIA, named=True)
    grant_role(observer, role=Role.OBSERVER, territory=nations["SI"], actor=SYSTEM)
    committee = create_group(
        region,
        name=Multilingual.of(
            "Steering committee",
            "en",
            sl="Usmerjevalni odbor",
            de="Lenkungsausschuss",
            hu="Irányító bizottság",
            hr="Upravljački odbor",
        ),
        kind=GroupKind.STEERING_COMMITTEE,
        language="en",
        purpose="The partners of the 18 towns plan the work together and follow what was agreed.",
        targets=TARGETS,
        is_demo=True,
        actor=SYSTEM,
    )
    add_member(committee, user=lead, role=Role.COORDINATOR, sector=Sector.ADMINISTRATION, actor=SYSTEM)
    for number, place in enumerate(places.values()):
        delegate: Any = place.coordinator if number % 3 else place.members[-1]
        add_member(committee, user=delegate, role=Role.MEMBER, sector=delegate.sector, actor=SYSTEM)
    return committee


def make_places(region: Territory) -> tuple[dict[str, Place], dict[str, Territory]]:
    """Every country and town, by slug and by country code."""
    places: dict[str, Place] = {}
    nations: dict[str, Territory] = {}
    for country in COUNTRIES:
        nation = nations[country.code] = make_country(region, country)
        for town in country.towns:
            places[town.slug] = make_town(nation, country, town, len(places) + 1)
    return places, nations
