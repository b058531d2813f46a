"""The register of bodies: the programme, a ministry in each state, town halls, and groups that end on a day.

The ministries, the laws and the people are plausible inventions: none speaks for an authority that exists.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from stakeholder_hub.bodies.models import Body, BodyKind, Strength, Topic
from stakeholder_hub.bodies.operations import (
    Power,
    register_body,
    set_competences,
    set_level_competences,
)
from stakeholder_hub.demonstration.people import Place, make_official
from stakeholder_hub.demonstration.places import COUNTRIES
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.operations import create_organisation, give_mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.operations import create_territory, merge_territory

MINISTRIES: dict[str, tuple[str, str]] = {
    "SI": ("Ministrstvo za regionalni razvoj in bivanje", "Zakon o skladnem regionalnem razvoju"),
    "HU": ("Térségi és Lakhatási Minisztérium", "Területfejlesztési törvény"),
    "RO": ("Ministerul Locuirii și Dezvoltării Regionale", "Legea dezvoltării regionale"),
    "SK": ("Ministerstvo regiónov a bývania", "Zákon o podpore regionálneho rozvoja"),
    "HR": ("Ministarstvo regija i stanovanja", "Zakon o regionalnom razvoju"),
    "DE": ("Bundesministerium für Regionen und Wohnen", "Raumordnungsgesetz"),
    "CZ": ("Ministerstvo regionů a bydlení", "Zákon o podpoře regionálního rozvoje"),
    "AT": ("Bundesministerium für Regionen und Wohnen", "Bundesgesetz über die Regionalentwicklung"),
    "BA": ("Ministarstvo regionalnog razvoja i stanovanja", "Zakon o regionalnom razvoju"),
    "RS": ("Министарство за регионе и становање", "Закон о регионалном развоју"),
    "BG": ("Министерство на регионите и жилищата", "Закон за регионалното развитие"),
    "UA": ("Міністерство регіонів і житла", "Закон про засади регіональної політики"),
}
"""For each state a ministry and the law that its competences rest on, in the state's language."""

POSITIONS: dict[str, tuple[str, str]] = {
    "sl": ("Vodja oddelka za mesta", "Svetovalka"),
    "hu": ("Városi ügyek főosztályvezetője", "Tanácsadó"),
    "ro": ("Șef al serviciului pentru orașe", "Consilier"),
    "sk": ("Vedenie oddelenia pre mestá", "Poradenstvo"),
    "hr": ("Voditelj odjela za gradove", "Savjetnik"),
    "de": ("Leitung des Referats für Städte", "Referat für Städte"),
    "cs": ("Vedení oddělení pro města", "Poradenství"),
    "bs": ("Voditelj odsjeka za gradove", "Savjetnik"),
    "sr": ("Начелник одељења за градове", "Саветник"),
    "bg": ("Началник на отдела за градовете", "Съветник"),
    "uk": ("Керівництво відділу міст", "Радник"),
}
"""What the two officials of a ministry are called, in the state's language."""

TOWN_HALLS = (
    "velenje",
    "ptuj",
    "veszprem",
    "nyiregyhaza",
    "miercurea-ciuc",
    "regensburg",
    "kosice",
    "osijek",
    "ruse",
)
FOR_ONE_TASK: dict[str, int] = {"velenje": 420, "veszprem": 150, "miercurea-ciuc": 300, "ruse": 21}
"""Towns whose group stands in the register, and in how many days it ends."""

USUALLY: dict[Topic, tuple[Strength, str, Strength, str]] = {
    Topic.HOUSING: (Strength.SHARES, "Housing act", Strength.DECIDES, "Municipal housing act"),
    Topic.PUBLIC_SERVICES: (Strength.SHARES, "Public services act", Strength.DECIDES, "Local government act"),
    Topic.EDUCATION: (Strength.DECIDES, "Education act", Strength.CARRIES_OUT, "Kindergarten and school act"),
    Topic.CULTURE: (
        Strength.SHARES,
        "Act on culture in the public interest",
        Strength.DECIDES,
        "Local government act",
    ),
    Topic.JOBS: (Strength.DECIDES, "Labour market act", Strength.ADVISES, "Local employment pact"),
    Topic.MOBILITY: (Strength.SHARES, "Railways and roads act", Strength.DECIDES, "Act on local transport"),
    Topic.HEALTH: (Strength.DECIDES, "Health care act", Strength.CARRIES_OUT, "Act on primary health care"),
    Topic.ENVIRONMENT: (Strength.DECIDES, "Environment act", Strength.SHARES, "Act on local waste and water"),
    Topic.DIGITAL: (
        Strength.SHARES,
        "Act on electronic government",
        Strength.CARRIES_OUT,
        "Local government act",
    ),
    Topic.FINANCE: (
        Strength.DECIDES,
        "Act on public finance",
        Strength.SHARES,
        "Act on financing municipalities",
    ),
}
"""For each topic what the state and what a town usually may do, and on what basis."""

FEDERAL = ("DE", "AT", "BA")
REGIONS_DECIDE = (Topic.EDUCATION, Topic.CULTURE, Topic.HEALTH)
"""In federal states the regions decide about these."""


def make_register(
    region: Territory, nations: Mapping[str, Territory], places: Mapping[str, Place], committee: Group
) -> dict[str, Body]:
    """Enter everything; returns ministries by country code, town halls by town, ``programme`` and ``committee``."""
    bodies = {"programme": _programme(region), "committee": _committee(committee)}
    for number, country in enumerate(COUNTRIES):
        nation = nations[country.code]
        _say_what_levels_may(nation, federal=country.code in FEDERAL)
        bodies[country.code] = _ministry(nation, country.code, country.language, number)
    for town in TOWN_HALLS:
        bodies[town] = _town_hall(places[town])
    for town, days in FOR_ONE_TASK.items():
        _group(places[town], clock.today() + timedelta(days=days))
    _merged_town(nations["AT"], places["weiz"].territory)
    return bodies


def _say_what_levels_may(nation: Territory, *, federal: bool) -> None:
    national = {topic: Power(usual[0], usual[1]) for topic, usual in USUALLY.items()}
    if federal:
        national |= {topic: Power(Strength.SHARES, "Federal constitution") for topic in REGIONS_DECIDE}
        regional = {topic: Power(Strength.DECIDES, "Federal constitution") for topic in REGIONS_DECIDE}
        set_level_competences(nation, level=Level.REGIONAL, powers=regional, language="en", actor=SYSTEM)
    set_level_competences(nation, level=Level.NATIONAL, powers=national, language="en", actor=SYSTEM)
    local = {topic: Power(usual[2], usual[3]) for topic, usual in USUALLY.items()}
    set_level_competences(nation, level=Level.LOCAL, powers=local, language="en", actor=SYSTEM)


def _ministry(nation: Territory, code: str, language: str, number: int) -> Body:
    """A ministry with two named officials; how soon it answers differs."""
    name, law = MINISTRIES[code]
    ministry = create_organisation(
        nation, name=name, language=language, sector=Sector.ADMINISTRATION, is_demo=True, actor=SYSTEM
    )
    for turn, position in enumerate(POSITIONS[language]):
        official = make_official(
            f"ministry.{turn}.{code.lower()}@demo.example", language, number * 11 + turn + 3, named=not turn
        )
        give_mandate(
            ministry,
            user=official,
            position=position,
            starts_on=clock.today() - timedelta(days=370),
            actor=SYSTEM,
        )
    body = register_body(
        ministry,
        kind=BodyKind.GENERAL_PURPOSE,
        remit=Multilingual.of(
            "Towns and regions, housing, and what the state does to keep young people there.",
            "en",
            sl="Mesta in regije, stanovanja in kar država stori, da mladi ostanejo.",
            de="Städte und Regionen, Wohnen, und was der Staat tut, damit junge Menschen bleiben.",
            hu="Városok és térségek, lakhatás, és amit az állam a fiatalok helyben maradásáért tesz.",
            hr="Gradovi i regije, stanovanje i ono što država čini da mladi ostanu.",
        ),
        acknowledge_days=14,
        answer_days=45 + 15 * (number % 3),
        slug=f"ministry-{code.lower()}",
        is_demo=True,
        actor=SYSTEM,
    )
    powers = {
        Topic.HOUSING: Power(Strength.DECIDES, law),
        Topic.PUBLIC_SERVICES: Power(Strength.SHARES, law),
        Topic.MOBILITY: Power(Strength.SHARES, law),
        Topic.FINANCE: Power(Strength.ADVISES, law),
    }
    return set_competences(body, powers=powers, language=language, actor=SYSTEM)


def _town_hall(place: Place) -> Body:
    """The town's administration, as the law on local government has it."""
    body = register_body(
        place.organisations[Sector.ADMINISTRATION],
        kind=BodyKind.GENERAL_PURPOSE,
        acknowledge_days=7,
        answer_days=30,
        slug=f"town-hall-{place.town.slug}",
        is_demo=True,
        actor=SYSTEM,
    )
    wanted = (Topic.HOUSING, Topic.PUBLIC_SERVICES, Topic.CULTURE, Topic.MOBILITY)
    powers = {topic: Power(USUALLY[topic][2], USUALLY[topic][3]) for topic in wanted}
    return set_competences(body, powers=powers, language="en", actor=SYSTEM)


def _group(place: Place, ends: date) -> Body:
    """A local group: it advises on what it was set up for, until its task is done."""
    body = register_body(
        place.group,
        kind=BodyKind.TASK_SPECIFIC,
        sunset_on=ends,
        slug=f"group-{place.town.slug}",
        is_demo=True,
        actor=SYSTEM,
    )
    powers = {
        topic: Power(Strength.ADVISES, "Agreement of the partners") for topic in (Topic.HOUSING, Topic.JOBS)
    }
    return set_competences(body, powers=powers, language="en", actor=SYSTEM)


def _programme(region: Territory) -> Body:
    """Who decides about the programme's money."""
    secretariat = create_organisation(
        region,
        name="Joint secretariat of the programme",
        language="en",
        sector=Sector.ADMINISTRATION,
        description="Decides about calls, budgets and changes of projects, together with the states.",
        is_demo=True,
        actor=SYSTEM,
    )
    official = make_official("secretariat@demo.example", "de", 17)
    give_mandate(
        secretariat,
        user=official,
        position="Programme officer",
        starts_on=clock.today() - timedelta(days=370),
        actor=SYSTEM,
    )
    body = register_body(
        secretariat,
        kind=BodyKind.GENERAL_PURPOSE,
        answer_days=90,
        slug="programme",
        is_demo=True,
        actor=SYSTEM,
    )
    powers = {
        Topic.FINANCE: Power(Strength.SHARES, "Programme manual"),
        Topic.JOBS: Power(Strength.CARRIES_OUT, "Programme manual"),
        Topic.DIGITAL: Power(Strength.ADVISES, "Programme manual"),
    }
    return set_competences(body, powers=powers, language="en", actor=SYSTEM)


def _committee(committee: Group) -> Body:
    """The consortium's committee lies across the tree and ends with the project."""
    body = register_body(
        committee,
        kind=BodyKind.TASK_SPECIFIC,
        sunset_on=clock.today() + timedelta(days=800),
        answer_days=45,
        slug="steering-committee",
        is_demo=True,
        actor=SYSTEM,
    )
    powers = {
        Topic.JOBS: Power(Strength.DECIDES, "Partnership agreement"),
        Topic.EDUCATION: Power(Strength.ADVISES, "Partnership agreement"),
        Topic.CULTURE: Power(Strength.ADVISES, "Partnership agreement"),
    }
    return set_competences(body, powers=powers, language="en", actor=SYSTEM)


def _merged_town(nation: Territory, heir: Territory) -> Territory:
    """A village that has been part of its town since a reform: its page tells so."""
    village = create_territory(
        parent=nation,
        level=Level.LOCAL,
        name=Multilingual.of("Krottendorf", "de"),
        slug="krottendorf",
        code="KRO",
        country="AT",
        timezone="Europe/Vienna",
        default_language="de",
        languages=["de"],
        currency="EUR",
        is_demo=True,
        actor=SYSTEM,
    )
    merge_territory(
        village,
        into=heir,
        day=date(2015, 1, 1),
        reason="Gemeindestrukturreform in der Steiermark",
        language="de",
        actor=SYSTEM,
    )
    return village
