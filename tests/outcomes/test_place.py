"""What became of what people put forward in a place: exact figures of what everybody may see, each with its list."""

import re
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page
from werkzeug.exceptions import BadRequest

from stakeholder_hub.actions.models import ActionStatus
from stakeholder_hub.actions.operations import change_status, create_action_item
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.moderation.operations import hide_record
from stakeholder_hub.outcomes.counting import count_changed
from stakeholder_hub.outcomes.figures import Asked, Shown, asked, behind, figures_of, median
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.proposals.operations import answer_proposal, set_proposal_state, withdraw_proposal
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Role, Territory
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation, make_phase
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.referrals import make_answer, make_ladder, make_referral
from tests.factories.territories import give_role, make_region, make_territory

BEGINS = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOST_STATEMENTS = 12


def open_for_long(place: Territory, **values: Any) -> Any:
    return make_consultation(
        make_group(place), phases=[make_phase(BEGINS, BEGINS + timedelta(days=400))], **values
    )


def answered(proposal: Proposal, **values: Any) -> Proposal:
    return answer_proposal(proposal, answer="Because.", language="en", actor=SYSTEM, **values)


def share(place: Territory, shown: Shown, wanted: Asked = Asked()) -> tuple[int, int]:
    found = next(s for s in figures_of(place, wanted).shares if s.shown is shown)
    return found.number, found.of


@pytest.fixture
def town(app: Flask, clock: Any) -> Territory:
    """A town in which the clock stands at the beginning of a long consultation."""
    clock.set(BEGINS)
    return make_territory(parent=make_region(name="Danube"), name="Velenje")


@pytest.mark.usefixtures("app")
def test_every_figure_counts_what_it_says(town: Territory, clock: Any) -> None:
    consultation = open_for_long(town)
    waiting, told, carried, refused = (make_proposal(consultation, title=t) for t in "abcd")
    gone = make_proposal(consultation, title="e")
    withdraw_proposal(gone, actor=gone.author)
    clock.advance(days=4)
    answered(told)
    clock.advance(days=6)
    answered(refused, state=ProposalState.NOT_ADMITTED)
    answered(carried)
    item = create_action_item(title="Do it", language="en", territory=town, sources=[carried], actor=SYSTEM)
    assert share(town, Shown.ACCEPTED) == (1, 4)
    clock.advance(days=20)
    change_status(item, status=ActionStatus.DONE, actor=SYSTEM)
    figures = figures_of(town, Asked())
    assert (figures.total, figures.withdrawn) == (4, 1)
    assert {s.shown: s.number for s in figures.shares} == {
        Shown.ANSWERED: 3,
        Shown.WAITING: 1,
        Shown.ACCEPTED: 1,
        Shown.DONE: 1,
        Shown.NOT_ACCEPTED: 1,
    }
    assert (figures.days_to_answer, figures.days_to_done, figures.longest_waiting) == (10, 30, 30)
    for shown in Shown:
        titles = {
            p.title.original.text for p in db.session.scalars(behind(town, Asked(shown=shown))).unique()
        }
        assert (
            titles
            == {
                Shown.ALL: {"a", "b", "c", "d"},
                Shown.ANSWERED: {"b", "c", "d"},
                Shown.WAITING: {"a"},
                Shown.ACCEPTED: {"c"},
                Shown.DONE: {"c"},
                Shown.NOT_ACCEPTED: {"d"},
            }[shown]
        )
    assert waiting.responded_at is None


@pytest.mark.usefixtures("app")
def test_what_another_level_answers_is_an_answer(clock: Any) -> None:
    ladder = make_ladder()
    referral = make_referral(ladder, acknowledged=True)
    clock.advance(days=4)
    make_answer(ladder, referral)
    clock.advance(days=9)
    assert figures_of(ladder.town.place, Asked()).days_to_answer == 4
    count_changed()
    assert figures_of(ladder.town.place, Asked()).days_to_answer == 4


@pytest.mark.usefixtures("app")
def test_the_first_answer_counts_and_a_later_one_changes_nothing(town: Territory, clock: Any) -> None:
    proposal = make_proposal(open_for_long(town))
    clock.advance(days=3)
    answered(proposal)
    clock.advance(days=50)
    answered(proposal)
    assert figures_of(town, Asked()).days_to_answer == 3


@pytest.mark.usefixtures("app")
def test_the_result_of_a_vote_is_an_answer(town: Territory, clock: Any) -> None:
    consultation = open_for_long(town)
    proposal = make_proposal(consultation)
    clock.advance(days=8)
    make_ballot(consultation, proposals=[proposal], closed=True)
    assert share(town, Shown.ANSWERED) == (1, 1)
    assert figures_of(town, Asked()).days_to_answer == 8


@pytest.mark.usefixtures("app")
def test_what_is_taken_up_again_is_no_longer_done(town: Territory, clock: Any) -> None:
    proposal = make_proposal(open_for_long(town))
    item = create_action_item(title="T", language="en", territory=town, sources=[proposal], actor=SYSTEM)
    change_status(item, status=ActionStatus.DONE, actor=SYSTEM)
    assert share(town, Shown.DONE) == (1, 1)
    change_status(item, status=ActionStatus.IN_PROGRESS, actor=SYSTEM)
    assert share(town, Shown.DONE) == (0, 1)
    assert figures_of(town, Asked()).days_to_done is None


@pytest.mark.hostile("H04")
@pytest.mark.usefixtures("app")
def test_only_what_everybody_may_see_is_counted(town: Territory) -> None:
    """Drafts, what only members read and what a moderator hid: not even in a number.

    Fails when ``counted`` no longer asks for what is public and shown.
    """
    make_proposal(open_for_long(town))
    make_proposal(open_for_long(town, audience=Visibility.MEMBERS), actor=SYSTEM)
    hidden = make_proposal(open_for_long(town))
    hide_record(hidden, reason="Insulting", actor=SYSTEM)
    assert figures_of(town, Asked()).total == 1


@pytest.mark.usefixtures("app")
def test_a_wider_place_counts_the_places_below_and_no_others(town: Territory) -> None:
    make_proposal(open_for_long(town))
    make_proposal(open_for_long(make_territory(parent=town.parent, name="Maribor")))
    make_proposal(open_for_long(make_territory(name="Elsewhere")))
    assert figures_of(town, Asked()).total == 1
    assert town.parent is not None
    assert figures_of(town.parent, Asked()).total == 2


@pytest.mark.usefixtures("app")
def test_a_year_begins_at_midnight_of_the_place(town: Territory, clock: Any) -> None:
    """Half past eleven on New Year's Eve, UTC, is next year in Slovenia."""
    consultation = open_for_long(town)
    clock.set(datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    make_proposal(consultation)
    clock.set(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    make_proposal(consultation)
    assert figures_of(town, Asked(year=2026)).total == 1
    assert figures_of(town, Asked(year=2027)).total == 1


@pytest.mark.usefixtures("app")
def test_a_heading_is_the_same_in_every_consultation(town: Territory) -> None:
    for _ in range(2):
        consultation = open_for_long(
            town, categories=[Multilingual.of("Housing", "en"), Multilingual.of("Jobs", "en")]
        )
        make_proposal(consultation, category=consultation.categories[0])
    make_proposal(consultation, category=consultation.categories[1])
    assert figures_of(town, Asked(category="housing")).total == 2
    assert figures_of(town, Asked(category="nothing")).total == 0


@given(st.lists(st.integers(0, 30)))
def test_the_median_is_exact(values: list[int]) -> None:
    expected = statistics.median(values) if values else None
    assert median(sorted(Counter(values).items())) == expected


@pytest.mark.hostile("H09")
@pytest.mark.parametrize(
    "query", ["year=abc", "year=99999", "year=0001", "year=²²²²", "show=secret", "show='--", "year=1980"]
)
def test_what_cannot_be_asked_is_refused(query: str) -> None:
    name, value = query.split("=")
    with pytest.raises(BadRequest):
        asked({name: value})


def page_of(client: FlaskClient, slug: str, query: str = "") -> str:
    answer = client.get(f"/en/places/{slug}/outcomes/{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_few_are_told_as_numbers_and_many_as_shares(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        town = make_territory(name="Velenje")
        consultation = make_consultation(make_group(town))
        for proposal in [make_proposal(consultation) for _ in range(3)][:2]:
            answered(proposal)
        slug = town.slug
    few = page_of(client, slug)
    assert "2 of 3" in few
    assert "67%" not in few
    with web.app_context():
        for _ in range(9):
            make_proposal(consultation := db.session.merge(consultation))
    many = page_of(client, slug, "?again")
    assert "17%" in many
    assert "2 of 12" in many


def test_the_page_leads_to_the_list_behind_each_figure(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        town = make_territory(name="Velenje")
        consultation = make_consultation(make_group(town))
        answered(make_proposal(consultation, title="Has its answer"))
        make_proposal(consultation, title="Waits for one")
        slug = town.slug
    assert f"/en/places/{slug}/outcomes/" in client.get(f"/en/places/{slug}/").get_data(as_text=True)
    page = page_of(client, slug)
    assert f'/en/places/{slug}/outcomes/?show=answered#proposals"' in page
    listed = page_of(client, slug, "?show=answered")
    assert "Has its answer" in listed
    assert "Waits for one" not in listed


def test_a_place_without_proposals_says_what_to_do(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        slug = make_territory().slug
    assert "Nothing to count yet" in page_of(client, slug)
    assert client.get("/en/places/nowhere/outcomes/").status_code == 404


def test_everybody_is_told_the_same(web: Flask, client: FlaskClient) -> None:
    """A coordinator's own drafts are not in the figures either."""
    with web.app_context():
        town = make_territory()
        group = make_group(town)
        make_proposal(make_consultation(group))
        make_proposal(make_consultation(group, audience=Visibility.MEMBERS), actor=SYSTEM)
        boss, slug = give_role(make_user(), Role.COORDINATOR, territory=town).fs_uniquifier, town.slug
    assert "What became of 1 proposal" in page_of(client, slug)
    sign_in(client, boss)
    assert "What became of 1 proposal" in page_of(client, slug)


def test_it_costs_the_same_however_much_there_is(
    web: Flask, client: FlaskClient, count_queries: Callable[[], Any]
) -> None:
    counts = []
    with web.app_context():
        town = make_territory()
        group_id, slug = make_group(town).id, town.slug
    for number in (1, 30):
        with web.app_context():
            group = db.session.get_one(type(make_group()), group_id)
            consultation = make_consultation(group, categories=[Multilingual.of("Housing", "en")])
            for _ in range(number):
                set_proposal_state(make_proposal(consultation), state=ProposalState.ADMITTED, actor=SYSTEM)
        client.get(f"/en/places/{slug}/outcomes/?warm={number}")
        with count_queries() as seen:
            page_of(client, slug, f"?number={number}")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= MOST_STATEMENTS, counts


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_sound_in_a_browser(
    web: Flask, open_page: Callable[..., Page], axe: Callable[[Page], None], width: int
) -> None:
    with web.app_context():
        town = make_territory()
        consultation = make_consultation(make_group(town), categories=[Multilingual.of("Housing", "en")])
        answered(make_proposal(consultation))
        slug = town.slug
    page = open_page(viewport={"width": width, "height": 800})
    page.goto(f"/en/places/{slug}/outcomes/")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
