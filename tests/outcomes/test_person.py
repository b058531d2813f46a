"""Everything a person contributed and what became of it: all for oneself, the public part for others, if one likes."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.decisions.operations import cast_vote
from stakeholder_hub.deliberation.operations import support_record, withdraw_comment
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.moderation.operations import hide_record
from stakeholder_hub.outcomes.operations import hide_contributions, show_contributions
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import answer_proposal
from stakeholder_hub.records.models import Visibility
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.deliberation import make_comment
from tests.factories.proposals import make_proposal

pytestmark = pytest.mark.usefixtures("without_csrf")

KINDS = ("proposals", "comments", "support", "votes", "took_part")


@operation
def keep_private(proposal: Proposal) -> None:
    proposal.visibility = Visibility.PRIVATE


@pytest.fixture
def life(web: Flask) -> dict[str, Any]:
    """Somebody who put forward, said, supported, voted; publicly, among members, and in a draft's shadow."""
    with web.app_context():
        person = make_user(name="Ana Kovač")
        consultation = make_consultation(title="What should we do?")
        proposal = make_proposal(consultation, title="More trees", actor=person)
        answer_proposal(proposal, answer="Yes.", language="en", actor=SYSTEM)
        other = make_proposal(consultation, title="Somebody else's bench")
        make_comment(other, body="A bench is a good thing.", actor=person)
        support_record(other, actor=person)
        ballot = make_ballot(consultation, titles=["First", "Second"])
        cast_vote(ballot, choices=[2], actor=person)
        keep_private(make_proposal(consultation, title="canary proposal", actor=person))
        return {"key": person.fs_uniquifier, "id": person.id, "ballot": ballot.reference}


def own(client: FlaskClient, show: str = "") -> str:
    answer = client.get(f"/en/desk/contributions/?show={show}" if show else "/en/desk/contributions/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_my_desk_leads_to_all_i_contributed_and_what_became_of_it(
    client: FlaskClient, life: dict[str, Any]
) -> None:
    sign_in(client, life["key"])
    assert "/en/desk/contributions/" in client.get("/en/desk/").get_data(as_text=True)
    page = own(client)
    assert "More trees" in page
    assert "canary proposal" in page
    assert "answered on" in page
    assert "A bench is a good thing." in own(client, "comments")
    assert "Somebody else&#39;s bench" in own(client, "support")
    assert "What should we do?" in own(client, "took_part")


def test_of_a_vote_only_stands_that_one_took_part(client: FlaskClient, life: dict[str, Any]) -> None:
    sign_in(client, life["key"])
    page = own(client, "votes")
    assert life["ballot"] in page
    assert "never what you chose" in page
    assert "Second" not in page


def test_nobody_reads_somebody_elses(web: Flask, client: FlaskClient, life: dict[str, Any]) -> None:
    assert client.get("/en/desk/contributions/").status_code in (302, 303)
    with web.app_context():
        stranger = make_user().fs_uniquifier
    sign_in(client, stranger)
    for kind in KINDS:
        page = own(client, kind)
        assert "More trees" not in page
        assert "bench" not in page


def test_a_list_that_is_not_there_is_refused(client: FlaskClient, life: dict[str, Any]) -> None:
    sign_in(client, life["key"])
    assert client.get("/en/desk/contributions/?show=secrets").status_code == 400


@pytest.fixture
def shown(web: Flask, life: dict[str, Any]) -> str:
    """The address of the page that the person shows to everyone."""
    with web.app_context():
        page = show_contributions(actor=db.session.get_one(User, life["id"]))
        return f"/en/people/{page.address}/"


@pytest.mark.hostile("H04")
def test_others_see_the_public_part_only(client: FlaskClient, shown: str) -> None:
    """Fails when the page is read with the person's own eyes instead of a visitor's."""
    page = client.get(shown).get_data(as_text=True)
    assert "Ana Kovač" in page
    assert "More trees" in page
    assert "canary" not in page
    assert "A bench is a good thing." in client.get(shown + "?show=comments").get_data(as_text=True)
    assert "noindex" in page


@pytest.mark.hostile("H04")
@pytest.mark.parametrize("kind", ["support", "votes", "took_part"])
def test_whom_somebody_supports_and_where_they_voted_is_nobody_elses(
    client: FlaskClient, shown: str, kind: str
) -> None:
    assert client.get(f"{shown}?show={kind}").status_code == 400
    assert "Supported" not in client.get(shown).get_data(as_text=True)


def test_the_person_alone_shows_and_hides_the_page(
    client: FlaskClient, web: Flask, life: dict[str, Any]
) -> None:
    sign_in(client, life["key"])
    answer = client.post("/en/desk/contributions/show", follow_redirects=True)
    address = answer.get_data(as_text=True).split("/en/people/")[1].split("/")[0]
    stranger = web.test_client()
    assert stranger.get(f"/en/people/{address}/").status_code == 200
    client.post("/en/desk/contributions/hide")
    assert stranger.get(f"/en/people/{address}/?again").status_code == 404
    client.post("/en/desk/contributions/show")
    assert stranger.get(f"/en/people/{address}/?then").status_code == 404, "a new address each time"


@pytest.mark.usefixtures("app")
def test_a_visitor_shows_nothing() -> None:
    for act in (show_contributions, hide_contributions):
        with pytest.raises(NotAllowed):
            act(actor=VISITOR)


@pytest.mark.usefixtures("app")
def test_shown_twice_it_is_one_page() -> None:
    person = make_user()
    assert show_contributions(actor=person).address == show_contributions(actor=person).address


@pytest.mark.hostile("H10")
def test_who_leaves_takes_the_page_along(
    web: Flask, client: FlaskClient, shown: str, life: dict[str, Any]
) -> None:
    with web.app_context():
        person = db.session.get_one(User, life["id"])
        erase_person(person, actor=person)
    assert client.get(shown).status_code == 404


def test_what_is_taken_back_or_hidden_stands_there_no_more(
    web: Flask, client: FlaskClient, shown: str, life: dict[str, Any]
) -> None:
    with web.app_context():
        person = db.session.get_one(User, life["id"])
        consultation = make_consultation()
        taken_back = make_comment(consultation, body="Taken back", actor=person)
        withdraw_comment(taken_back, actor=person)
        hidden = make_proposal(consultation, title="Hidden one", actor=person)
        hide_record(hidden, reason="Insulting", actor=SYSTEM)
    assert "Hidden one" not in client.get(shown).get_data(as_text=True)
    assert "Taken back" not in client.get(shown + "?show=comments").get_data(as_text=True)


def test_it_costs_the_same_however_much_there_is(
    web: Flask, client: FlaskClient, count_queries: Callable[[], Any], life: dict[str, Any], shown: str
) -> None:
    sign_in(client, life["key"])
    visitor = web.test_client()
    counts: dict[str, list[int]] = {}
    for turn in range(2):
        for kind in KINDS:
            for who, address in ((client, "/en/desk/contributions/"), (visitor, shown)):
                if who is visitor and kind not in ("proposals", "comments"):
                    continue
                with count_queries() as seen:
                    assert who.get(f"{address}?show={kind}&turn={turn}").status_code == 200
                counts.setdefault(f"{address} {kind}", []).append(len(seen))
        with web.app_context():
            person = db.session.get_one(User, life["id"])
            consultation = make_consultation()
            for _ in range(6):
                proposal = make_proposal(consultation, actor=person)
                other = make_proposal(consultation)
                make_comment(proposal, actor=person)
                support_record(other, actor=person)
            cast_vote(make_ballot(consultation), choices=[1], actor=person)
    assert all(first >= second for first, second in counts.values()), counts
    assert max(max(found) for found in counts.values()) <= 12, counts


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_public_page_is_sound_in_a_browser(
    open_page: Callable[..., Page], axe: Callable[[Page], None], shown: str
) -> None:
    page = open_page(viewport={"width": 320, "height": 800})
    page.goto(shown)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
