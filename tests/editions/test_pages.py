"""Consultations that run in many places over HTTP: from the first question to the last answer."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.editions.content import Content
from stakeholder_hub.editions.models import Core, Edition, EditionState
from stakeholder_hub.editions.operations import publish_core
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.notifications.mails import mail_what_is_new
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user, sign_in
from tests.factories.editions import (
    make_choice,
    make_core,
    make_edition,
    make_item,
    make_parent,
    said,
)
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory
from tests.infrastructure.mail import Mailbox


@dataclass(frozen=True)
class Scene:
    """A consortium with a published consultation, a town below it, and its neighbour."""

    slug: str
    town: str
    town_id: int
    group_id: int
    lead: str
    coordinator: str
    neighbour: str
    citizen: str


@pytest.fixture
def scene(web: Flask, without_csrf: None) -> Scene:
    with web.app_context():
        root = make_region(name="Danube")
        consortium = make_group(root)
        parent = make_parent(consortium, title="Why do they leave?")
        town = make_territory(
            parent=root, name="Velenje", code="VEL", default_language="sl", languages=["sl"]
        )
        group = make_group(town, name="Local group")
        lead = give_role(make_user(), Role.COORDINATOR, group=consortium)
        coordinator = give_role(make_user(), Role.COORDINATOR, group=group)
        next_door = make_group(make_territory(parent=root, name="Ptuj"))
        neighbour = give_role(make_user(), Role.COORDINATOR, group=next_door)
        return Scene(
            str(parent.slug),
            town.slug,
            town.id,
            group.id,
            lead.fs_uniquifier,
            coordinator.fs_uniquifier,
            neighbour.fs_uniquifier,
            make_user().fs_uniquifier,
        )


def as_(web: Flask, key: str | None) -> FlaskClient:
    client = web.test_client()
    return client if key is None else sign_in(client, key)


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.get_data(as_text=True)


def send(client: FlaskClient, address: str, status: int = 303, **values: Any) -> str:
    answer = client.post(address, data=values)
    assert answer.status_code == status, (address, answer.status_code, answer.get_data(as_text=True)[:6000])
    return answer.headers["Location"] if status == 303 else answer.get_data(as_text=True)


ITEM = {
    "kind": "statement",
    "title": "Staying",
    "question": "I will live here in five years.",
    "method": "yes_no",
    "electorate": "everyone",
    "threshold": "",
}
ACCEPT = {"audience": "public", "shares_results": "y", "languages": ["sl", "en"], "addition_language": "sl"}


def published(web: Flask, scene: Scene, **values: Any) -> None:
    with web.app_context():
        parent = db.session.scalars(sa.select(Consultation).where(Consultation.slug == scene.slug)).one()
        make_core(parent, **values)


def test_from_the_first_question_to_an_edition(web: Flask, scene: Scene) -> None:
    lead, town = as_(web, scene.lead), as_(web, scene.coordinator)
    core, place = (
        f"/en/consultations/{scene.slug}/core",
        f"/en/consultations/{scene.slug}/places/{scene.town}",
    )
    assert "Run in many places" in text_of(lead, f"/en/consultations/{scene.slug}/")
    assert "Nothing is asked yet" in text_of(lead, core)
    send(lead, f"{core}/items/new", **ITEM)
    send(
        lead,
        f"{core}/items/new",
        **{**ITEM, "kind": "question", "title": "Reason", "method": "plurality", "options": "Housing\nJobs"},
    )
    send(lead, f"{core}/translations/sl", text_staying__title="Ostati", text_reason__option_1="Stanovanja")
    assert "I will live here in five years." in text_of(lead, core)
    send(lead, f"{core}/publish", after="0")
    page = text_of(lead, core)
    assert "Version 1" in page
    assert "Nobody is invited yet" in page
    assert "What you see here is what is published." in page
    send(
        lead,
        f"/en/consultations/{scene.slug}/invite-places",
        below="0",
        listed="velenje",
        language="en",
        message="Come along.",
        reply_by=(clock.today() + timedelta(days=9)).isoformat(),
    )
    assert "Your place is invited" in text_of(town, "/en/desk/")
    assert "Velenje is invited to take part" in text_of(town, f"/en/consultations/{scene.slug}/")
    page = text_of(town, f"{place}/")
    assert "Come along." in page
    assert "Accept or adapt" in page
    assert "I will live here in five years." in page
    starts = (clock.today() + timedelta(days=3)).isoformat()
    made = send(
        town,
        f"{place}/accept",
        **ACCEPT,
        group=str(scene.group_id),
        starts_on=starts,
        core_number="1",
        version="1",
        addition="Pri nas je mlin prazen.",
        categories="Stari mlin",
    )
    assert made.endswith("/publish")
    send(town, made)
    with web.app_context():
        edition = db.session.scalars(sa.select(Edition)).one()
        own = edition.consultation
        assert own is not None
        slug = own.slug
        assert [c.name.original.text for c in own.categories][-1] == "Stari mlin"
        titles = {i.key: i.ballot.title.in_("sl").text for i in edition.items}
        assert titles == {"staying": "Ostati", "reason": "Reason"}
    page = text_of(as_(web, None), f"/en/consultations/{slug}/")
    assert "Part of a consultation that runs in 1 place" in page
    assert "Pri nas je mlin prazen." in page
    page = text_of(as_(web, None), f"/en/consultations/{scene.slug}/")
    assert "Runs in 1 place" in page
    assert f"/en/consultations/{slug}/" in page
    assert "csrf_token" not in page
    assert "Velenje" in text_of(as_(web, None), f"/en/consultations/{scene.slug}/places/")
    assert "Takes part" in text_of(lead, core)


def test_who_votes_is_said_in_the_language_of_the_reader(web: Flask, scene: Scene) -> None:
    published(web, scene)
    page = text_of(as_(web, scene.lead), f"/de/consultations/{scene.slug}/core/items/new")
    assert "Delegates of the organisations here" not in page
    assert "Verified residents" not in page


def test_mails_tell_of_an_invitation(web: Flask, scene: Scene, mailbox: Mailbox) -> None:
    published(web, scene)
    lead = as_(web, scene.lead)
    send(lead, f"/en/consultations/{scene.slug}/invite-places", below="0", listed="VEL", language="en")
    with web.app_context(), clock.frozen(clock.now() + timedelta(days=1)):
        mail_what_is_new()
        assert any("Velenje is invited to carry out" in letter.subject for letter in mailbox.all())


def test_all_towns_below_a_place_are_invited_together(web: Flask, scene: Scene) -> None:
    published(web, scene)
    with web.app_context():
        root = db.session.scalars(sa.select(Consultation)).one().territory_id
    lead = as_(web, scene.lead)
    send(lead, f"/en/consultations/{scene.slug}/invite-places", below=str(root), listed="", language="en")
    with web.app_context():
        states = db.session.scalars(sa.select(Edition.state)).all()
    assert states == [EditionState.INVITED] * 2


def test_what_cannot_be_understood_is_refused_at_the_field_and_nothing_is_lost(
    web: Flask, scene: Scene
) -> None:
    lead = as_(web, scene.lead)
    core = f"/en/consultations/{scene.slug}/core"
    page = send(lead, f"{core}/items/new", 422, **{**ITEM, "kind": "question"})
    assert "Choose from the list." in page
    assert "I will live here in five years." in page
    page = send(lead, f"{core}/items/new", 422, **{**ITEM, "title": " "})
    assert "Give it a name." in page
    published(web, scene)
    page = send(
        lead,
        f"/en/consultations/{scene.slug}/invite-places",
        422,
        below="0",
        listed="Atlantis",
        language="en",
    )
    assert "There is no place called “Atlantis” here." in page
    page = send(
        lead, f"/en/consultations/{scene.slug}/invite-places", 422, below="0", listed="", language="en"
    )
    assert "Choose at least one place." in page


def test_a_place_declines_with_a_reason_that_the_parent_reads(web: Flask, scene: Scene) -> None:
    published(web, scene)
    lead, town = as_(web, scene.lead), as_(web, scene.coordinator)
    place = f"/en/consultations/{scene.slug}/places/{scene.town}"
    send(lead, f"/en/consultations/{scene.slug}/invite-places", below="0", listed="VEL", language="en")
    send(town, f"{place}/decline", 422, reason="")
    send(town, f"{place}/decline", reason="Elections in May.")
    assert "Elections in May." in text_of(lead, f"/en/consultations/{scene.slug}/core?state=declined")


def test_a_place_asks_and_is_taken_in(web: Flask, scene: Scene) -> None:
    published(web, scene)
    lead, town = as_(web, scene.lead), as_(web, scene.coordinator)
    text_of(as_(web, None), f"/en/consultations/{scene.slug}/take-part", 403)
    assert "You do not run a place" in text_of(
        as_(web, scene.citizen), f"/en/consultations/{scene.slug}/take-part"
    )
    send(town, f"/en/consultations/{scene.slug}/take-part", place=str(scene.town_id), message="We too!")
    assert "A place asks to take part" in text_of(lead, "/en/desk/")
    assert "We too!" in text_of(lead, f"/en/consultations/{scene.slug}/core?state=asked")
    place = f"/en/consultations/{scene.slug}/places/{scene.town}"
    send(town, f"{place}/admit", 403)
    send(lead, f"{place}/admit")
    assert "Accept or adapt" in text_of(town, f"{place}/")


@pytest.mark.hostile("H05")
def test_strangers_are_not_told_which_place_has_asked(web: Flask, scene: Scene) -> None:
    """Breaks if the place is looked up before it is asked whether somebody is signed in."""
    published(web, scene)
    own = as_(web, scene.coordinator)
    send(own, f"/en/consultations/{scene.slug}/take-part", place=str(scene.town_id), message="We too.")
    for place in (scene.town, "ptuj", "no-such-place"):
        text_of(as_(web, None), f"/en/consultations/{scene.slug}/places/{place}/", 403)
        text_of(as_(web, scene.citizen), f"/en/consultations/{scene.slug}/places/{place}/", 404)


@pytest.mark.hostile("H07")
def test_nobody_asks_for_a_place_that_is_not_theirs(web: Flask, scene: Scene) -> None:
    """Breaks if the place is read from the form instead of from what the person runs."""
    published(web, scene)
    page = send(
        as_(web, scene.neighbour), f"/en/consultations/{scene.slug}/take-part", 422, place=str(scene.town_id)
    )
    assert "Choose from the list." in page
    with web.app_context():
        assert db.session.scalar(sa.select(Edition.id)) is None


def accepted(web: Flask, scene: Scene, **values: Any) -> tuple[str, dict[str, str]]:
    """An edition of the town; its slug and the references of its ballots by key."""
    with web.app_context():
        core = db.session.scalars(sa.select(Core)).first()
        group = db.session.get(Group, scene.group_id)
        edition = make_edition(core, group=group, **values)
        assert edition.consultation is not None
        return str(edition.consultation.slug), {i.key: i.ballot.reference for i in edition.items}


@pytest.mark.hostile("H02", "H04", "H05")
def test_a_private_edition_is_invisible_to_neighbours_and_to_the_parent(web: Flask, scene: Scene) -> None:
    """Breaks if the list of places does not ask who may see each edition, or the invitation who reads it."""
    published(web, scene)
    canary = "canary-5b1e"
    slug, references = accepted(
        web, scene, audience=Visibility.MEMBERS, addition=said(canary), categories=[said(canary)]
    )
    place = f"/en/consultations/{scene.slug}/places/{scene.town}"
    for who in (None, scene.citizen, scene.neighbour, scene.lead):
        client = as_(web, who)
        text_of(client, f"/en/consultations/{slug}/", 404)
        text_of(client, f"/en/consultations/{slug}/history", 404)
        for reference in references.values():
            text_of(client, f"/en/ballots/{reference}/", 404)
        for address in (
            f"/en/consultations/{scene.slug}/",
            f"/en/consultations/{scene.slug}/places/",
            "/en/search?q=Why",
            "/en/consultations/",
        ):
            page = text_of(client, address)
            assert slug not in page
            assert canary not in page
        page = text_of(client, f"/en/consultations/{scene.slug}/places/")
        assert "1 place prepares it, or holds it among its members." in page
    for who in (scene.neighbour, scene.citizen):
        text_of(as_(web, who), f"{place}/", 404)
    page = text_of(as_(web, scene.lead), f"{place}/")
    assert slug not in page
    assert canary not in page
    page = text_of(as_(web, scene.lead), f"/en/consultations/{scene.slug}/core")
    assert "Prepared, or for its members only" in page
    assert slug not in page
    page = text_of(as_(web, scene.coordinator), f"/en/consultations/{slug}/")
    assert canary in page


@pytest.mark.hostile("H02", "H05")
def test_pages_of_a_core_and_of_a_place_are_for_those_who_run_them(web: Flask, scene: Scene) -> None:
    published(web, scene)
    accepted(web, scene)
    core, place = (
        f"/en/consultations/{scene.slug}/core",
        f"/en/consultations/{scene.slug}/places/{scene.town}",
    )
    for address in (core, f"{core}/items/new", f"{core}/publish", f"{core}/versions/1", f"{core}/frame"):
        text_of(as_(web, scene.lead), address)
        for who in (scene.coordinator, scene.neighbour, scene.citizen):
            text_of(as_(web, who), address, 403)
    for address in ("words", "agreed", "withdraw"):
        text_of(as_(web, scene.coordinator), f"{place}/{address}")
        text_of(as_(web, scene.lead), f"{place}/{address}", 403)
        for who in (scene.neighbour, scene.citizen):
            text_of(as_(web, who), f"{place}/{address}", 404)
    text_of(as_(web, scene.coordinator), f"{place}/accept", 403)
    for nothing in ("versions/9", "core/items/nothing", "core/translations/xx", "core/translations/en"):
        text_of(as_(web, scene.lead), f"/en/consultations/{scene.slug}/{nothing}", 404)


@pytest.mark.hostile("H08", "H53")
def test_what_is_common_cannot_be_changed_through_the_forms_of_the_edition(web: Flask, scene: Scene) -> None:
    """Breaks if ``edit_ballot`` does not ask what is locked, or the texts are not looked at after an edit."""
    published(web, scene)
    slug, references = accepted(web, scene, starts_on=clock.today() + timedelta(days=5))
    town = as_(web, scene.coordinator)
    page = text_of(town, f"/en/consultations/{slug}/edit")
    assert "cannot be changed here" in page
    with web.app_context():
        own = db.session.scalars(sa.select(Consultation).where(Consultation.slug == slug)).one()
        texts = {"title": "Ours", "background": own.background_text.original.text, "audience": "public"}
        question, version = own.question.original.text, str(own.version)
        phase = str(own.phases[0].id)
        ballot = db.session.scalars(sa.select(Ballot).where(Ballot.reference == references["reason"])).one()
        fields = {
            "title": ballot.title.original.text,
            "question": ballot.question.original.text,
            "phase": phase,
            "electorate": "everyone",
            "version": str(ballot.version),
            "answers": "Housing\r\nJobs",
            "vote_type": "choose-1",
        }
        fields["vote_type"] = ballot.vote_type.value
    page = send(town, f"/en/consultations/{slug}/edit", 422, **texts, question="Else?", version=version)
    assert "common to all places" in page
    edit = f"/en/ballots/{references['reason']}/edit"
    assert "common to all places" in text_of(town, edit)
    for change in (
        {"answers": "Housing\r\nParks"},
        {"question": "Else?"},
        {"title": "Else"},
        {"electorate": "members"},
        {"secret": "open"},
        {"quorum_votes": "500"},
    ):
        page = send(town, edit, 422, **{**fields, **change})
        assert "common to all places" in page, change
    send(town, f"{edit}?method=approval", 422, **{**fields, "vote_type": "approval"})
    send(town, edit, **fields, paper="y")
    send(town, f"/en/consultations/{slug}/edit", **texts, question=question, version=version)
    with web.app_context():
        ballot = db.session.scalars(sa.select(Ballot).where(Ballot.reference == references["reason"])).one()
        assert ballot.paper
        assert [o.title.in_("sl").text for o in ballot.options] == ["Housing (sl)", "Jobs (sl)"]
        assert ballot.conditions is None


def test_a_later_version_is_read_as_a_difference_and_adopted(web: Flask, scene: Scene) -> None:
    published(web, scene)
    slug, _references = accepted(web, scene, starts_on=clock.today() + timedelta(days=5))
    with web.app_context():
        core = db.session.scalars(sa.select(Core)).one()
        content = replace(
            Content.from_json(core.content),
            question=said("What would bring you back?", sl="Kaj bi te vrnilo?"),
            items=(make_item(question=said("I will live here in ten years.")), make_choice()),
        )
        publish_core(core.consultation, content=content, note="Five years was too short.", actor=SYSTEM)
    town = as_(web, scene.coordinator)
    place = f"/en/consultations/{scene.slug}/places/{scene.town}"
    assert "A new version of what is common" in text_of(town, "/en/desk/")
    assert "Nothing changes here before you answer." in text_of(town, f"/en/consultations/{slug}/")
    page = text_of(town, f"{place}/versions/2")
    assert "Five years was too short." in page
    assert '<del><span class="visually-hidden">taken out: </span>five</del>' in page
    assert '<ins><span class="visually-hidden">put in: </span>ten</ins>' in page
    assert 'lang="sl"' in page
    text_of(as_(web, scene.lead), f"{place}/versions/2", 403)
    send(town, f"{place}/versions/2/stay", 422, reason="")
    send(town, f"{place}/versions/2/stay", reason="Printed already.")
    assert "Printed already." in text_of(town, f"{place}/versions/2")
    send(town, f"{place}/versions/2/adopt")
    send(town, f"{place}/versions/2/adopt", 409)
    assert "What would bring you back?" in text_of(as_(web, None), f"/en/consultations/{slug}/")


def test_what_was_agreed_and_own_words_are_changed_by_the_place(web: Flask, scene: Scene) -> None:
    published(web, scene)
    slug, _references = accepted(web, scene)
    town = as_(web, scene.coordinator)
    place = f"/en/consultations/{scene.slug}/places/{scene.town}"
    send(town, f"{place}/agreed", languages=["sl", "hu"])
    with web.app_context():
        edition = db.session.scalars(sa.select(Edition)).one()
        assert (edition.shares_results, edition.languages) == (False, ["sl", "hu"])
        version = edition.version
    send(town, f"{place}/words", text="Mlin je **prazen**.", language="sl", version=str(version))
    page = send(town, f"{place}/words", 409, text="Drugače.", language="sl", version=str(version))
    assert "Mlin je **prazen**." in page
    assert "Drugače." in page
    assert "<strong>prazen</strong>" in text_of(as_(web, None), f"/en/consultations/{slug}/")
    send(town, f"{place}/withdraw", reason="No time.")
    assert "Part of a consultation" not in text_of(as_(web, None), f"/en/consultations/{slug}/")


def test_a_form_sent_twice_makes_one_edition(web: Flask, scene: Scene) -> None:
    published(web, scene)
    lead, town = as_(web, scene.lead), as_(web, scene.coordinator)
    send(lead, f"/en/consultations/{scene.slug}/invite-places", below="0", listed="VEL", language="en")
    values = {
        **ACCEPT,
        "group": str(scene.group_id),
        "starts_on": (clock.today() + timedelta(days=3)).isoformat(),
        "idempotency_key": "same-key-for-both",
    }
    place = f"/en/consultations/{scene.slug}/places/{scene.town}"
    assert send(town, f"{place}/accept", **values).endswith("/publish")
    assert town.post(f"{place}/accept", data=values).status_code in (303, 403)
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Consultation)) == 2


def test_the_page_of_an_edition_costs_a_constant_number_of_statements(
    web: Flask, scene: Scene, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    published(web, scene)
    slug, _references = accepted(web, scene)
    counted = []
    for number in (18, 182):
        many_editions(web, scene, number)
        text_of(as_(web, None), f"/en/consultations/{slug}/")
        with count_queries() as seen:
            text_of(as_(web, None), f"/en/consultations/{slug}/")
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 12, counted


@pytest.mark.parametrize("address", ["", "places/", "core"])
def test_pages_cost_the_same_for_many_places(
    web: Flask, scene: Scene, count_queries: Callable[[], AbstractContextManager[list[str]]], address: str
) -> None:
    published(web, scene)
    client = as_(web, scene.lead if address == "core" else None)
    url = f"/en/consultations/{scene.slug}/{address}"
    counted = []
    for number in (18, 182):
        many_editions(web, scene, number)
        text_of(client, url)
        with count_queries() as seen:
            text_of(client, url)
        counted.append(len(seen))
    assert counted[0] == counted[1], seen
    assert counted[1] <= (12 if address != "core" else 20), "\n\n".join(
        " ".join(s.split())[-260:] for s in seen
    )


def many_editions(web: Flask, scene: Scene, number: int) -> None:
    """Editions without their votes: written at once, for counting what a page asks."""
    with web.app_context():
        core = db.session.scalars(sa.select(Core)).first()
        assert core is not None
        parent = core.consultation
        group = make_group(make_territory(parent=parent.territory))
        first = make_edition(core, group=group)
        for _n in range(number - 1):
            place = make_territory(parent=parent.territory)
            edition = Edition(
                parent=parent, territory=place, state=EditionState.ACCEPTED, core=core, languages=["en"]
            )
            edition.consultation = copy_of(first, place)
            db.session.add(edition)
        db.session.commit()


def copy_of(edition: Edition, place: Any) -> Consultation:
    own = edition.consultation
    assert own is not None
    return Consultation(
        reference=f"{place.code}-2026-C1",
        slug=f"copy-{place.slug}",
        title=own.title,
        question=own.question,
        background_text=own.background_text,
        background_html=own.background_html,
        state=own.state,
        visibility=own.visibility,
        territory=place,
        starts_at=own.starts_at,
        ends_at=own.ends_at,
    )


def test_the_way_there_begins_where_a_new_consultation_begins(web: Flask, scene: Scene) -> None:
    published(web, scene)
    send(
        as_(web, scene.lead),
        f"/en/consultations/{scene.slug}/invite-places",
        below="0",
        listed="VEL",
        language="en",
    )
    with web.app_context():
        slug = db.session.scalar(sa.select(Group.slug).where(Group.id == scene.group_id))
    page = text_of(as_(web, scene.coordinator), f"/en/groups/{slug}/consultations/new")
    assert "Carry out “Why do they leave?”" in page
    assert "Ask the same in many places" in page
