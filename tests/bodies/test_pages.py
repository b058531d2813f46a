"""The pages of the register, as people and machines ask for them."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.bodies.models import Body, BodyKind, Competence, Strength, Topic
from stakeholder_hub.bodies.operations import fingerprint
from stakeholder_hub.bodies.parts import SECTIONS, register_part
from stakeholder_hub.groups.operations import revoke_mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Level, Role
from tests.bodies.conftest import make_tree
from tests.bodies.pages import body_form
from tests.factories.accounts import make_user
from tests.factories.bodies import make_body, make_competence, make_level_competence
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.territories import give_role, make_territory


@pytest.fixture
def keys(web: Flask, without_csrf: None) -> dict[str, str]:
    """A small register, and the session keys of people."""
    with web.app_context():
        tree = make_tree()
        ministry = make_organisation(tree.state, sector=Sector.ADMINISTRATION, name="Ministry")
        body = make_competence(
            make_body(ministry, slug="ministry", remit=Multilingual.of("Wohnen im Land", "de")),
            basis="Housing act",
        )
        mandate = make_mandate(
            body.organisation, user=make_user(name="Olga Official"), position="Head of unit"
        )
        gone = make_mandate(body.organisation, user=make_user(name="Former Official"))
        revoke_mandate(gone, actor=SYSTEM)
        make_organisation(tree.town, sector=Sector.ADMINISTRATION, name="Town council")
        group = make_group(tree.town, name="Task force")
        make_body(group=group, slug="task-force", sunset_on=clock.today() + timedelta(days=40))
        make_level_competence(tree.state, Level.LOCAL, Topic.JOBS, Strength.ADVISES, "Jobs act")
        where = {"state": tree.state, "town": tree.town, "neighbour": tree.neighbour}
        people = {
            name: give_role(make_user(), Role.COORDINATOR, territory=place).fs_uniquifier
            for name, place in where.items()
        }
        return {
            **people,
            **{f"{name} slug": place.slug for name, place in where.items()},
            "citizen": make_user().fs_uniquifier,
            "official": mandate.user.fs_uniquifier,
        }


def text_of(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answer.text))


def test_the_register_shows_the_tree_and_beside_it_what_ends(
    client: FlaskClient, keys: dict[str, str]
) -> None:
    text = text_of(client, "/en/bodies/")
    for said in ("Along the tree", "Ministry", "Across the tree", "Task force", "Ends on", "Housing"):
        assert said in text
    assert text.index("Ministry") < text.index("Task force")


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("kind=task_specific", "Task force", "Ministry"),
        ("kind=general_purpose", "Ministry", "Task force"),
        ("topic=housing", "Ministry", "Task force"),
        ("topic=jobs", "Nothing matches", "Ministry"),
        ("level=national", "Ministry", "Task force"),
        ("level=local", "Task force", "Ministry"),
        ("level=nonsense&topic=%27%22%25_&kind=<x>", "Ministry", "<x>"),
    ],
)
def test_bodies_are_found_by_place_level_topic_and_kind(
    client: FlaskClient, keys: dict[str, str], query: str, found: str, missing: str
) -> None:
    text = text_of(client, f"/en/bodies/?{query}")
    assert found in text
    assert missing not in text


def test_a_place_finds_its_own_and_what_lies_below(client: FlaskClient, keys: dict[str, str]) -> None:
    assert "Task force" in text_of(client, f"/en/bodies/?place={keys['state slug']}")
    assert "Ministry" not in text_of(client, f"/en/bodies/?place={keys['town slug']}")
    assert client.get("/en/bodies/?place=nowhere").status_code == 404


def test_what_has_ended_is_found_where_asked_for(
    web: Flask, client: FlaskClient, keys: dict[str, str]
) -> None:
    with web.app_context():
        put_away("task-force")
    assert "Task force" not in text_of(client, "/en/bodies/")
    text = text_of(client, "/en/bodies/?ended=1")
    assert "Task force" in text
    assert "This body has ended." in text


@operation
def put_away(slug: str) -> None:
    db.session.scalars(sa.select(Body).where(Body.slug == slug)).one().archived_at = clock.now()


def test_the_register_can_be_taken_away(client: FlaskClient, keys: dict[str, str]) -> None:
    answer = client.get("/en/bodies/?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert {(row["Name"], row["Topic"], row["Basis"]) for row in rows} == {
        ("Ministry", "Housing", "Housing act"),
        ("Task force", "", ""),
    }
    assert client.get("/en/bodies/?format=xlsx").status_code == 200


@pytest.mark.hostile("H11")
def test_a_body_says_what_it_may_decide_how_soon_it_answers_and_who_acts(
    client: FlaskClient, keys: dict[str, str]
) -> None:
    """The official whose mandate has ended is not named. Fails when ``officials_of`` names every mandate."""
    page = client.get("/hr/bodies/ministry/").text
    assert 'lang="de">Wohnen im Land' in page
    text = text_of(client, "/en/bodies/ministry/")
    for said in ("decides", "Housing act", "Acknowledges within 14 days, answers within 60 days"):
        assert said in text
    assert "Olga Official" in text
    assert "Head of unit" in text
    assert "Former Official" not in text
    assert 'method="post"' not in page.replace('action="/hr/preferences" method="post"', "")


def test_an_official_sees_that_they_may_act(
    browser_of: Callable[..., FlaskClient], keys: dict[str, str]
) -> None:
    assert "You may act for it" in text_of(browser_of(keys["official"]), "/en/bodies/ministry/")
    assert "You may act for it" not in text_of(browser_of(keys["state"]), "/en/bodies/ministry/")


def test_features_above_add_sections_to_a_bodys_page(
    client: FlaskClient, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SECTIONS, "given", {})
    seen: list[tuple[str, bool]] = []

    def provide(body: Body, actor: Actor) -> None:
        seen.append((body.slug, actor.is_authenticated))

    register_part("referrals", 20, provide, "not/looked/at.html")
    assert client.get("/en/bodies/ministry/").status_code == 200
    assert seen == [("ministry", False)]


def test_the_matrix_shows_bodies_and_what_levels_usually_may(
    client: FlaskClient, keys: dict[str, str]
) -> None:
    text = text_of(client, f"/en/places/{keys['town slug']}/competences")
    for said in ("Housing", "National", "Ministry", "Housing act", "Jobs", "This level usually:", "Jobs act"):
        assert said in text
    assert "Nothing is known yet about:" in text


def test_an_empty_place_says_what_to_do_next(web: Flask, client: FlaskClient, without_csrf: None) -> None:
    with web.app_context():
        slug = make_territory().slug
    assert "No body stands in the register yet" in text_of(client, "/en/bodies/")
    assert "Nothing is written down for this place yet" in text_of(client, f"/en/places/{slug}/competences")


def test_a_coordinator_enters_a_body_and_says_what_it_may_decide(
    browser_of: Callable[..., FlaskClient], keys: dict[str, str]
) -> None:
    browser, place = browser_of(keys["town"]), keys["town slug"]
    assert "Town council" in text_of(browser, f"/en/bodies/new?place={place}")
    form = body_form(owner="organisation:town-council", idempotency_key="k" * 20)
    answer = browser.post(f"/en/bodies/new?place={place}", data=form)
    assert answer.location == "/en/bodies/town-council/competences"
    assert browser.post(f"/en/bodies/new?place={place}", data=form).location == answer.location
    said = {
        "language": "en",
        "version": fingerprint({}),
        "strength_housing": "decides",
        "basis_housing": "Act 1",
    }
    answer = browser.post("/en/bodies/town-council/competences", data=said, follow_redirects=True)
    assert "What it may decide has been written down." in answer.text
    assert "Act 1" in answer.text
    stale = browser.post("/en/bodies/town-council/competences", data={**said, "basis_housing": "Act 2"})
    assert stale.status_code == 409
    assert "Act 1" in stale.text
    assert "Act 2" in stale.text


def test_refusals_stand_at_their_field_and_nothing_typed_is_lost(
    browser_of: Callable[..., FlaskClient], keys: dict[str, str]
) -> None:
    browser = browser_of(keys["town"])
    sent = body_form(
        owner="organisation:town-council", answer_days="5", remit="Long text", sunset_on="31.12."
    )
    answer = browser.post(f"/sl/bodies/new?place={keys['town slug']}", data=sent)
    assert answer.status_code == 422
    assert "Long text" in answer.text
    sent["sunset_on"] = ""
    answer = browser.post(f"/en/bodies/new?place={keys['town slug']}", data=sent)
    assert answer.status_code == 422
    assert "It cannot answer before it acknowledges." in answer.text


def test_two_editors_of_one_body(browser_of: Callable[..., FlaskClient], keys: dict[str, str]) -> None:
    browser = browser_of(keys["state"])
    version = re.search(r'name="version"[^>]*value="(\d+)"', browser.get("/en/bodies/ministry/edit").text)
    assert version is not None
    sent = body_form(version=version[1], remit="Mine", language="de")
    assert browser.post("/en/bodies/ministry/edit", data=sent).status_code == 303
    answer = browser.post("/en/bodies/ministry/edit", data={**sent, "remit": "Yours"})
    assert answer.status_code == 409
    assert "Mine" in answer.text
    assert "Yours" in answer.text


def test_taking_out_and_putting_back(browser_of: Callable[..., FlaskClient], keys: dict[str, str]) -> None:
    browser = browser_of(keys["state"])
    answer = browser.post("/en/bodies/ministry/end", follow_redirects=True)
    assert "It can neither be asked nor act any more." in answer.text
    answer = browser.post("/en/bodies/ministry/resume", follow_redirects=True)
    assert "It stands in the register again." in answer.text


MANAGING = (
    "/en/bodies/new?place={town}",
    "/en/bodies/task-force/edit",
    "/en/bodies/task-force/competences",
    "/en/places/{town}/competences/local",
)


@pytest.mark.hostile("H02")
@pytest.mark.parametrize("who", [None, "citizen", "neighbour", "official"])
def test_pages_of_coordinators_are_closed_to_others_and_change_nothing(
    web: Flask, browser_of: Callable[..., FlaskClient], keys: dict[str, str], who: str | None
) -> None:
    """Fails when a view does not ask its policy."""
    browser = browser_of(keys[who] if who else None)
    for pattern in MANAGING:
        url = pattern.format(town=keys["town slug"])
        assert browser.get(url).status_code in (302, 303, 403), url
        sent = body_form(owner="organisation:town-council", strength_housing="decides")
        assert browser.post(url, data=sent).status_code in (302, 303, 403), url
    for url in ("/en/bodies/task-force/end", "/en/bodies/task-force/resume"):
        answer = browser.post(url)
        assert answer.status_code in (302, 303, 403), url
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Body)) == 2
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Competence)) == 1
        assert db.session.scalar(sa.select(Body.archived_at).where(Body.slug == "task-force")) is None


@pytest.mark.hostile("H07")
def test_what_belongs_to_another_place_cannot_be_entered_here(
    web: Flask, browser_of: Callable[..., FlaskClient], keys: dict[str, str]
) -> None:
    """An owner of another place, and a level wider than the place. Fails when ``owner_in`` looks at every place."""
    with web.app_context():
        tree_org = make_organisation(make_territory(), sector=Sector.ADMINISTRATION, name="Elsewhere")
        slug = tree_org.slug
    browser = browser_of(keys["town"])
    sent = body_form(owner=f"organisation:{slug}")
    assert browser.post(f"/en/bodies/new?place={keys['town slug']}", data=sent).status_code == 422
    for level in ("national", "nonsense"):
        assert browser.get(f"/en/places/{keys['town slug']}/competences/{level}").status_code == 404
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Body)) == 2


@pytest.mark.hostile("H08")
def test_fields_that_nobody_offered_change_nothing(
    web: Flask, browser_of: Callable[..., FlaskClient], keys: dict[str, str]
) -> None:
    """Fails when a form's values are handed on as they come."""
    browser = browser_of(keys["town"])
    extra = {
        "slug": "taken",
        "territory_id": "1",
        "organisation_id": "1",
        "group_id": "99",
        "is_demo": "1",
        "archived_at": "2020-01-01",
        "created_at": "2020-01-01",
        "sunset_told_at": "2020-01-01",
    }
    form = body_form(owner="organisation:town-council", **extra)
    browser.post(f"/en/bodies/new?place={keys['town slug']}", data=form)
    with web.app_context():
        body = db.session.scalars(sa.select(Body).where(Body.slug == "town-council")).one()
        assert body.territory.slug == keys["town slug"]
        assert (body.is_demo, body.archived_at, body.sunset_told_at, body.group_id) == (
            False,
            None,
            None,
            None,
        )
        assert body.created_at > datetime(2021, 1, 1, tzinfo=UTC)


@pytest.mark.hostile("H10")
def test_a_coordinator_without_the_role_any_more_is_out_at_once(
    web: Flask, browser_of: Callable[..., FlaskClient], keys: dict[str, str]
) -> None:
    """Fails when rights are kept in the session."""
    browser = browser_of(keys["state"])
    assert browser.get("/en/bodies/ministry/edit").status_code == 200
    with web.app_context():
        take_roles_away()
    assert browser.get("/en/bodies/ministry/edit").status_code == 403
    assert browser.post("/en/bodies/ministry/end").status_code == 403


@operation
def take_roles_away() -> None:
    db.session.execute(sa.text("DELETE FROM role_grant"))


@pytest.mark.hostile("H05")
def test_what_is_not_there_is_not_there_in_any_form(
    browser_of: Callable[..., FlaskClient], keys: dict[str, str]
) -> None:
    """Fails when a page is shown for what is not in the register."""
    browser = browser_of(keys["state"])
    for url in ("/en/bodies/none/", "/en/bodies/none/edit", "/en/bodies/none/competences"):
        assert browser.get(url).status_code == 404, url
    assert browser.get("/en/places/none/competences").status_code == 404


@pytest.mark.hostile("H19")
def test_what_people_write_is_text(
    browser_of: Callable[..., FlaskClient], client: FlaskClient, keys: dict[str, str]
) -> None:
    """Fails when a template prints a basis or a remit as markup."""
    browser, attack = browser_of(keys["state"]), "<script>alert(1)</script>{{7*7}}"
    sent = {"language": "en", "strength_jobs": "decides", "basis_jobs": attack}
    browser.post("/en/bodies/task-force/competences", data={**sent, "version": fingerprint({})})
    for url in ("/en/bodies/task-force/", f"/en/places/{keys['town slug']}/competences"):
        page = client.get(url).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page


@pytest.mark.parametrize(
    "url",
    [
        "/en/bodies/",
        "/en/bodies/ministry/",
        "/en/places/{state}/competences",
        "/en/bodies/?kind=task_specific",
    ],
)
def test_a_page_costs_the_same_for_three_and_for_thirty(
    web: Flask, client: FlaskClient, keys: dict[str, str], count_queries: Callable[..., Any], url: str
) -> None:
    address = url.format(state=keys["state slug"])
    client.get(address)
    with count_queries() as few:
        client.get(address)
    with web.app_context():
        state = db.session.scalars(sa.select(Body).where(Body.slug == "ministry")).one().territory
        for number in range(12):
            town = make_territory(parent=state)
            for place in (town, state):
                make_competence(
                    make_body(make_organisation(place, sector=Sector.ADMINISTRATION)), basis="Act"
                )
                make_competence(
                    make_body(
                        group=make_group(place),
                        kind=BodyKind.TASK_SPECIFIC,
                        sunset_on=date(2090, 1, 1 + number),
                    )
                )
    with count_queries() as many:
        client.get(address)
    assert len(many) == len(few)
    assert len(many) <= 12


def test_the_list_goes_on_from_the_last_row_seen(
    web: Flask, client: FlaskClient, keys: dict[str, str]
) -> None:
    with web.app_context():
        state = db.session.scalars(sa.select(Body).where(Body.slug == "ministry")).one().territory
        expected = {"ministry"}
        for number in range(7):
            office = make_organisation(state, sector=Sector.ADMINISTRATION, name=f"Office {number}")
            expected.add(make_body(office, slug=f"office-{number}").slug)
    seen: list[str] = []
    url: str | None = "/en/bodies/?kind=general_purpose&per_page=3"
    while url:
        page = client.get(url).text
        seen += re.findall(r'card-title"><a href="/en/bodies/([\w-]+)/"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = found[1].replace("&amp;", "&") if found else None
    assert sorted(seen) == sorted(expected)
    assert client.get("/en/bodies/?after=nonsense").status_code == 400


def test_groups_organisations_and_places_lead_to_the_register(
    browser_of: Callable[..., FlaskClient], keys: dict[str, str]
) -> None:
    visitor, coordinator = browser_of(None), browser_of(keys["town"])
    assert "/en/bodies/ministry/" in visitor.get("/en/organisations/ministry/").text
    assert "/en/bodies/task-force/" in visitor.get("/en/groups/task-force/").text
    assert "bodies/new" not in visitor.get("/en/organisations/town-council/").text
    assert "owner=organisation:town-council" in coordinator.get("/en/organisations/town-council/").text
    page = visitor.get(f"/en/places/{keys['town slug']}/").text
    assert f"/en/places/{keys['town slug']}/competences" in page
    assert "/en/bodies/task-force/" in page
    assert 'href="/en/bodies/"' in page
    assert "/en/bodies/ministry/" in visitor.get("/en/search?q=ministry&kind=body").text
