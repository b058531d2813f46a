"""Who takes part: pages, what people tell about themselves, shares to reach."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.accounts.personal import personal_data
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.operations import take_part
from stakeholder_hub.groups.operations import add_member
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.representation.models import AgeBand, Gender, RepresentationTarget, SelfDescription
from stakeholder_hub.representation.operations import describe_oneself, set_targets
from stakeholder_hub.representation.queries import targets_of, told_in
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.comparisons import attend, make_place
from tests.factories.consultations import make_consultation
from tests.factories.editions import make_core, make_edition
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_territory

Browser = Callable[[str], FlaskClient]


@operation
def taking_part(consultation: Consultation, **numbers: int) -> list[int]:
    """So many people of each sector took part."""
    ids = []
    for sector, number in numbers.items():
        for _each in range(number):
            person = make_user(sector=Sector(sector))
            take_part(consultation, actor=person)
            ids.append(person.id)
    return ids


@operation
def telling(ids: list[int], **answers: Any) -> None:
    """These people tell something about themselves."""
    for user_id in ids:
        describe_oneself(**{**NOTHING, **answers}, actor=db.session.get_one(User, user_id))


NOTHING: dict[str, Any] = {"age_band": None, "gender": None, "newcomer": None}


def test_each_answer_may_be_left_out_changed_and_taken_back(app: Flask) -> None:
    person = make_user()
    describe_oneself(**{**NOTHING, "age_band": AgeBand.FROM_25}, actor=person)
    describe_oneself(**{**NOTHING, "gender": Gender.WOMAN, "newcomer": False}, actor=person)
    told = db.session.get_one(SelfDescription, person.id)
    assert (told.age_band, told.gender, told.newcomer) == (None, Gender.WOMAN, False)
    describe_oneself(**NOTHING, actor=person)
    assert db.session.get(SelfDescription, person.id) is None


def test_a_visitor_has_nothing_to_tell(app: Flask) -> None:
    with pytest.raises(NotAllowed):
        describe_oneself(**{**NOTHING, "newcomer": True}, actor=VISITOR)


def test_what_was_told_is_exported_and_erased_with_the_account(app: Flask) -> None:
    person = make_user()
    describe_oneself(**{**NOTHING, "gender": Gender.MAN}, actor=person)
    assert personal_data(person)["self_description"][0]["gender"] == "man"
    erase_person(person, actor=person)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SelfDescription)) == 0


def test_nothing_is_shown_of_what_fewer_than_ten_people_tell(app: Flask) -> None:
    consultation = make_consultation()
    ids = taking_part(consultation, citizen=30)
    telling(ids[:9], newcomer=True)
    assert [one.answers for one in told_in(consultation, 30)] == [(), (), ()]
    telling(ids[9:18], newcomer=False)
    assert told_in(consultation, 30)[2].answers == ()
    telling(ids[18:30], newcomer=True)
    assert told_in(consultation, 30)[2].answers == ()
    telling(ids[17:18], newcomer=True)
    telling(taking_part(consultation, citizen=30), newcomer=False)
    assert [answer.count for answer in told_in(consultation, 60)[2].answers] == [20, 40]


def test_shares_that_are_more_than_the_whole_are_refused(app: Flask) -> None:
    consultation = make_consultation()
    with pytest.raises(Invalid, match="more than 100"):
        set_targets(consultation, targets={Sector.BUSINESS: 60, Sector.CITIZEN: 41}, actor=SYSTEM)
    with pytest.raises(Invalid) as refusal:
        set_targets(consultation, targets={Sector.BUSINESS: 101}, actor=SYSTEM)
    assert refusal.value.field == "target_business"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RepresentationTarget)) == 0


def test_without_shares_of_its_own_those_of_the_group_hold(app: Flask) -> None:
    group = make_group(targets={Sector.BUSINESS: 25})
    consultation = make_consultation(group=group)
    assert targets_of(consultation) == {Sector.BUSINESS: 25}
    set_targets(consultation, targets={Sector.ACADEMIA: 10, Sector.BUSINESS: 0}, actor=SYSTEM)
    assert targets_of(consultation) == {Sector.ACADEMIA: 10}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OBSERVER, Role.MODERATOR])
def test_only_those_who_run_it_set_the_shares(app: Flask, role: Role) -> None:
    consultation = make_consultation()
    person = give_role(make_user(), role, group=consultation.group)
    with pytest.raises(NotAllowed):
        set_targets(consultation, targets={Sector.BUSINESS: 10}, actor=person)


@pytest.fixture
def keys(web: Flask) -> dict[str, str]:
    """A consultation in a town with people of some sectors; session keys."""
    with web.app_context():
        town = make_territory(name="Harghita", slug="harghita")
        group = make_group(town, name="Young Harghita", targets={Sector.ACADEMIA: 30})
        chief = make_user(name="Cilka")
        add_member(group, user=chief, role=Role.COORDINATOR, sector=Sector.ADMINISTRATION, actor=SYSTEM)
        consultation = make_consultation(group=group, slug="stay-here")
        taking_part(consultation, academia=12, administration=15, civil_society=11, citizen=40)
        return {
            "slug": consultation.slug or "",
            "group": group.slug,
            "chief": chief.fs_uniquifier,
            "citizen": make_user().fs_uniquifier,
        }


def test_what_is_missing_is_said_in_words(client: FlaskClient, keys: dict[str, str]) -> None:
    page = client.get(f"/en/consultations/{keys['slug']}/representation").text
    assert "No one from business in Harghita yet." in page
    assert "Academia makes up 15%; 30% were agreed." in page
    assert "17 more people would do." in page
    assert "Invite somebody" not in page


def test_those_who_run_it_are_led_to_an_invitation_for_the_sector(
    browser_of: Browser, keys: dict[str, str]
) -> None:
    browser = browser_of(keys["chief"])
    address = f"/en/groups/{keys['group']}/invitations/people?sector=business"
    assert address in browser.get(f"/en/consultations/{keys['slug']}/representation").text
    assert '<option selected value="business">' in browser.get(address).text


def test_a_group_says_who_sits_there_and_who_does_not(client: FlaskClient, keys: dict[str, str]) -> None:
    page = client.get(f"/en/groups/{keys['group']}/representation").text
    assert "No one from academia in Harghita yet." in page
    assert "No one from the administration" not in page


def test_an_empty_consultation_says_what_comes(client: FlaskClient, web: Flask) -> None:
    with web.app_context():
        slug = make_consultation().slug
    page = client.get(f"/en/consultations/{slug}/representation").text
    assert "Nobody takes part yet" in page


def test_shares_are_set_on_a_page_and_refused_at_the_field(browser_of: Browser, keys: dict[str, str]) -> None:
    browser = browser_of(keys["chief"])
    address = f"/en/consultations/{keys['slug']}/representation/targets"
    refused = browser.post(address, data={"target_business": "120", "target_citizen": "3"})
    assert refused.status_code == 422
    assert "between 0 and 100" in refused.text
    assert 'value="120"' in refused.text
    done = browser.post(address, data={"target_business": "20"}, follow_redirects=True)
    assert "The shares are set." in done.text
    assert "20%" in done.text


def test_a_stranger_gets_no_form_of_shares(browser_of: Browser, keys: dict[str, str]) -> None:
    address = f"/en/consultations/{keys['slug']}/representation/targets"
    assert browser_of(keys["citizen"]).get(address).status_code == 403


@pytest.mark.hostile("H05")
def test_a_draft_is_not_told_of(client: FlaskClient, web: Flask) -> None:
    """Fails when the page loads the consultation without asking who may see it."""
    with web.app_context():
        slug = make_consultation(published=False).slug
    assert client.get(f"/en/consultations/{slug}/representation").status_code == 404


def test_about_me_is_filled_in_and_taken_back(browser_of: Browser, web: Flask, keys: dict[str, str]) -> None:
    browser = browser_of(keys["citizen"])
    done = browser.post("/en/account/about-me", data={"age_band": "25_34"}, follow_redirects=True)
    assert "never shown with your name" in done.text
    assert '<option selected value="25_34">' in browser.get("/en/account/about-me").text
    browser.post("/en/account/about-me", data={"age_band": "", "gender": "", "newcomer": ""})
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SelfDescription)) == 0


@pytest.mark.hostile("H08")
def test_nobody_tells_something_about_somebody_else(
    browser_of: Browser, web: Flask, keys: dict[str, str]
) -> None:
    """Fails when the operation takes the person from the form."""
    with web.app_context():
        other = make_user().id
    browser_of(keys["citizen"]).post("/en/account/about-me", data={"gender": "man", "user_id": str(other)})
    with web.app_context():
        assert db.session.get(SelfDescription, other) is None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SelfDescription)) == 1


def test_the_page_takes_a_constant_number_of_statements(
    client: FlaskClient, web: Flask, keys: dict[str, str], count_queries: Callable[..., Any]
) -> None:
    address = f"/en/consultations/{keys['slug']}/representation"
    client.get(address)
    with count_queries() as few:
        client.get(address)
    with web.app_context():
        consultation = db.session.scalars(sa.select(Consultation)).one()
        telling(taking_part(consultation, business=30), gender=Gender.WOMAN, newcomer=True)
    with count_queries() as many:
        client.get(address)
    assert len(few) == len(many) <= 12


def test_an_edition_that_shares_its_results_tells_zeros_only_to_those_who_run_it(
    browser_of: Browser, client: FlaskClient, web: Flask
) -> None:
    """From sums over several places and a zero the small figure of another place could be worked out."""
    with web.app_context():
        edition = make_edition()
        local = edition.consultation
        assert local is not None
        taking_part(local, academia=12, administration=15, civil_society=11, citizen=40)
        chief = give_role(make_user(), Role.COORDINATOR, group=local.group).fs_uniquifier
        address = f"/en/consultations/{local.slug}/representation"
        parent = f"/en/consultations/{edition.parent.slug}/representation"
        place = edition.territory.name.original.text
    assert "No one from business" not in client.get(address).text
    assert f"No one from business in {place} yet." in browser_of(chief).get(address).text
    assert f"No one from business in {place} yet." in client.get(parent).text


def test_a_consultation_in_many_places_tells_who_takes_part_in_all_of_them_together(
    client: FlaskClient, web: Flask
) -> None:
    """Shares stand there only where every place is in the figure: academia is few in one of them."""
    with web.app_context():
        core = make_core()
        for academia in (20, 3):
            edition = make_place(core, population=10_000)
            attend(edition.consultation, academia=academia, administration=30, business=20, citizen=30)
        set_targets(core.consultation, targets={Sector.CITIZEN: 50}, actor=SYSTEM)
        slug = core.consultation.slug
    page = client.get(f"/en/consultations/{slug}/representation").text
    assert "Nobody takes part yet" not in page
    assert "In all places together" in page
    assert "60" in page
    assert "Citizens who speak for themselves make up 33%; 50% were agreed." in page
    assert "held back" in page
    assert f"/en/consultations/{slug}/compare/" in page
