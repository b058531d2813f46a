"""The pages that gather: home, a place, my desk, search. Everyone finds what concerns them, at a constant cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.actions.models import ActionStatus
from stakeholder_hub.actions.operations import change_status
from stakeholder_hub.consultations.models import Activity
from stakeholder_hub.decisions.electorate import Electorate
from stakeholder_hub.decisions.operations import cast_vote
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Level, Role, Territory
from stakeholder_hub.territories.queries import by_slug
from tests.factories.accounts import make_user, sign_in
from tests.factories.actions import make_action_item
from tests.factories.consultations import make_consultation, make_phase
from tests.factories.decisions import make_ballot
from tests.factories.editions import make_core, make_edition
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role, make_region, make_territory


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def tree() -> tuple[Territory, Territory, Territory]:
    region = make_region(name="Danube Region")
    nation = make_territory(parent=region, level=Level.NATIONAL, name="Slovenia")
    return region, nation, make_territory(parent=nation, name="Velenje")


def over(**values: Any) -> Any:
    """A consultation whose phases lie in the past."""
    begin = clock.now() - timedelta(days=60)
    with clock.frozen(begin):
        return make_consultation(phases=[make_phase(begin, begin + timedelta(days=9))], **values)


def test_a_visitor_chooses_a_town_and_sees_what_is_open(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        _region, _nation, town = tree()
        make_consultation(make_group(town), title="Housing for the young")
        make_consultation(make_group(town), title="Not yet shown", published=False)
        make_consultation(make_group(town), title="Only for members", audience=Visibility.MEMBERS)
        slug = town.slug
    text = text_of(client, "/en/")
    assert "Choose your town" in text
    assert "Velenje" in text
    assert "Housing for the young" in text
    assert "Not yet shown" not in text
    assert "Only for members" not in text
    answer = client.get(f"/en/?place={slug}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/en/places/{slug}/")
    assert client.get("/en/?place=nowhere").status_code == 404


def test_the_bare_address_leads_to_the_readers_language(client: FlaskClient) -> None:
    assert client.get("/", headers={"Accept-Language": "hu,en;q=0.5"}).headers["Location"] == "/hu/"
    assert client.get("/", headers={"Accept-Language": "ja"}).headers["Location"] == "/en/"


def test_somebody_with_a_town_sees_what_is_open_there_and_above(web: Flask) -> None:
    with web.app_context():
        region, _nation, town = tree()
        make_consultation(make_group(region), title="A question to all towns")
        make_consultation(make_group(town), title="A question to the town")
        key = make_user(home_territory=town).fs_uniquifier
    text = text_of(sign_in(web.test_client(), key), "/en/")
    here = text[text.index("Open now in my town") :]
    assert "A question to all towns" in here
    assert "A question to the town" in here
    assert "Choose your town" not in text


def test_a_place_says_what_can_be_done_and_what_became_of_earlier_things(
    web: Flask, client: FlaskClient
) -> None:
    with web.app_context():
        region, _nation, town = tree()
        group = make_group(town)
        make_consultation(group, title="Open question", activities=(Activity.PROPOSALS,))
        over(group=group, title="Question of last year")
        item = make_action_item(town, title="Benches at the lake")
        change_status(item, status=ActionStatus.DONE, actor=SYSTEM)
        make_action_item(town, title="Late bench", due_on=clock.today() - timedelta(days=2))
        slugs = town.slug, region.slug
    for slug in slugs:
        text = text_of(client, f"/en/places/{slug}/")
        assert text.index("Open question") < text.index("Question of last year")
        for words in ("What you can do now", "Put forward proposals", "Benches at the lake", "Late bench"):
            assert words in text
        assert "1 action item is overdue" in text
        assert "csrf_token" not in text
    crumbs = text_of(client, f"/en/places/{slugs[0]}/")
    assert (
        crumbs.index("Danube Region") < crumbs.index("Slovenia") < crumbs.index('aria-current="page">Velenje')
    )


def test_an_empty_place_says_what_to_do_next(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        slug = make_territory(name="Quiet").slug
    text = text_of(client, f"/en/places/{slug}/")
    assert "Nothing is open here at the moment" in text
    assert "No group works here yet." in text


@pytest.mark.parametrize("page", ["", "places/{slug}/", "consultations/", "search?q=question"])
def test_a_page_costs_the_same_for_three_and_for_sixty(
    web: Flask, client: FlaskClient, count_queries: Callable[[], Any], page: str
) -> None:
    with web.app_context():
        _region, _nation, town = tree()
        group, slug = make_group(town), town.slug
        for number in range(3):
            make_consultation(group, title=f"Question {number}")
            make_action_item(town)
    address = f"/en/{page.format(slug=slug)}"
    client.get(address)
    with count_queries() as few:
        client.get(address)
    with web.app_context():
        town = by_slug(slug)
        for number in range(20):
            other = make_territory(parent=town.parent)
            make_consultation(make_group(other), title=f"Another question {number}")
            make_consultation(make_group(town), title=f"One more question {number}")
            make_action_item(other)
    with count_queries() as many:
        client.get(address)
    assert len(many) == len(few)
    assert len(many) <= 12


def test_the_desk_gathers_what_waits_the_most_urgent_first(web: Flask) -> None:
    with web.app_context():
        _region, _nation, town = tree()
        group = make_group(town)
        person = make_user(home_territory=town)
        give_role(person, Role.COORDINATOR, group=group)
        consultation = make_consultation(group, title="What do we need?")
        make_proposal(consultation, title="A night bus")
        make_consultation(group, title="Draft of mine", published=False)
        make_action_item(town, title="Late task", person=person, due_on=clock.today() - timedelta(days=4))
        make_action_item(
            town, title="Task of next month", person=person, due_on=clock.today() + timedelta(days=40)
        )
        make_action_item(town, title="Task of somebody else", person=make_user())
        make_ballot(consultation, closes_at=clock.now() + timedelta(days=2))
        key = person.fs_uniquifier
    text = text_of(sign_in(web.test_client(), key), "/en/desk/")
    waiting = text[: text.index("Open in my town")]
    order = [
        waiting.index(title)
        for title in ("Late task", "Which proposal?", "Task of next month", "A night bus")
    ]
    assert order == sorted(order)
    assert "Draft of mine" in waiting
    assert "Task of somebody else" not in text


def test_what_was_done_waits_no_more(web: Flask) -> None:
    with web.app_context():
        _region, _nation, town = tree()
        person = make_user(home_territory=town)
        ballot = make_ballot(make_consultation(make_group(town)))
        cast_vote(ballot, choices=[1], actor=person)
        item = make_action_item(town, title="A finished task", person=person)
        change_status(item, status=ActionStatus.DONE, actor=person)
        key = person.fs_uniquifier
    text = text_of(sign_in(web.test_client(), key), "/en/desk/")
    assert "Nothing waits for you" in text
    assert "A finished task" not in text


def test_the_desk_of_somebody_new_says_where_to_begin_and_is_nobody_elses(
    web: Flask, client: FlaskClient
) -> None:
    with web.app_context():
        key = make_user().fs_uniquifier
    text = text_of(sign_in(web.test_client(), key), "/en/desk/")
    for words in ("Nothing waits for you", "Which town is yours?", "You have not put anything forward yet"):
        assert words in text
    answer = client.get("/en/desk/")
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]


def test_a_members_vote_waits_only_for_members(web: Flask) -> None:
    with web.app_context():
        _region, _nation, town = tree()
        group = make_group(town)
        member = give_role(make_user(), Role.MEMBER, group=group)
        citizen = make_user(home_territory=town)
        make_ballot(make_consultation(group), electorate=Electorate.MEMBERS, opens_at=clock.now())
        keys = member.fs_uniquifier, citizen.fs_uniquifier
    desks = [text_of(sign_in(web.test_client(), key), "/en/desk/") for key in keys]
    assert ["You can vote" in desk for desk in desks] == [True, False]


def test_search_finds_across_kinds_and_stays_in_a_place_when_asked(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        _region, _nation, town = tree()
        make_consultation(make_group(town), title="Otroško igrišče ob jezeru")
        make_action_item(make_territory(name="Ptuj"), title="Obnova igrišča")
        slug = town.slug
    everywhere = text_of(client, "/sl/search?q=igrisc")
    assert "Otroško igrišče ob jezeru" in everywhere
    assert "Obnova igrišča" in everywhere
    here = text_of(client, f"/sl/search?q=igrisc&place={slug}")
    assert "Otroško igrišče ob jezeru" in here
    assert "Obnova igrišča" not in here
    assert "Nothing found" in text_of(client, "/en/search?q=qqqqq")
    assert "What are you looking for?" in text_of(client, "/en/search")


def test_the_language_is_switched_without_losing_the_page(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        make_action_item()
    text = text_of(client, "/en/actions/?status=open&q=trees").replace("&amp;", "&")
    for code in ("sl", "de", "hu", "hr"):
        assert f'href="/{code}/actions/?status=open&q=trees"' in text


def test_what_this_is_says_how_votes_stay_secret(client: FlaskClient) -> None:
    text = text_of(client, "/en/about")
    assert "Your data" in text
    assert "destroyed" in text


def test_where_a_place_has_its_own_edition_people_are_not_led_to_the_parent(
    web: Flask, client: FlaskClient
) -> None:
    with web.app_context():
        core = make_core()
        edition = make_edition(core)
        other = make_territory(parent=core.consultation.territory)
        own, parent, town, beside, root = (
            str(edition.consultation.slug if edition.consultation else ""),
            str(core.consultation.slug),
            edition.territory.slug,
            other.slug,
            core.consultation.territory.slug,
        )
    page = text_of(client, f"/en/places/{town}/")
    assert f"/consultations/{own}/" in page
    assert f"/consultations/{parent}/" not in page
    assert f"/consultations/{parent}/" in text_of(client, f"/en/places/{beside}/")
    for wider in (f"/en/places/{root}/", "/en/"):
        listed = text_of(client, wider)
        assert f"/consultations/{parent}/" in listed
        assert f"/consultations/{own}/" not in listed
