"""The pages: found and read by everybody, managed in place by those who run them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.consultations.jobs import announce_phases
from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.operations import archive_consultation, take_part
from stakeholder_hub.consultations.sentences import PHASE_BEGAN
from stakeholder_hub.deliberation.operations import add_comment, follow_record
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Level, Role
from tests.consultations.conftest import give_role
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation, make_phase
from tests.factories.groups import make_group
from tests.factories.territories import make_territory

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)
READ = ("", "calendar.ics", "history")
MANAGE = ("edit", "phases", "publish", "close", "copy", "translations", "translations/sl")
DO = ("publish", "close", "reopen", "archive", "restore", "copy", "edit", "phases", "translations/sl")

Browser = Callable[[str], FlaskClient]


@pytest.fixture
def town(web: Flask) -> dict[str, Any]:
    """A group with a coordinator, its published consultation and a draft."""
    with web.app_context():
        country = make_territory(level=Level.NATIONAL)
        place = make_territory(parent=country, default_language="en", languages=["en", "sl"])
        group = make_group(place)
        coordinator = give_role(make_user(), Role.COORDINATOR, group=group)
        open_one = make_consultation(group, title="Open one", question="What now?")
        draft = make_consultation(group, title="Secret canary", question="Canary?", published=False)
        found = {
            "group": group.slug,
            "place": place.slug,
            "country": country.slug,
            "key": coordinator.fs_uniquifier,
            "citizen": make_user().fs_uniquifier,
            "open": open_one.slug,
            "draft": draft.slug,
            "reference": open_one.reference,
            "draft_reference": draft.reference,
        }
        db.session.remove()
    return found


def state_of(web: Flask, slug: str) -> str | None:
    with web.app_context():
        return db.session.scalar(sa.select(Consultation.state).where(Consultation.slug == slug))


def fields_of(html: str) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if not attrs.get("name") or attrs.get("type") in ("submit", "search"):
            continue
        if attrs.get("type") in ("checkbox", "radio"):
            if " checked" in tag:
                sent.setdefault(attrs["name"], []).append(attrs["value"])
        else:
            sent[attrs["name"]] = attrs.get("value", "")
    for attrs_text, body in re.findall(r"<textarea([^>]*)>(.*?)</textarea>", html, re.S):
        sent[re.findall(r'name="([^"]*)"', attrs_text)[0]] = (
            body.strip().replace("&#39;", "'").replace("&#34;", '"')
        )
    for attrs_text, body in re.findall(r"<select([^>]*)>(.*?)</select>", html, re.S):
        chosen = re.findall(r'<option selected value="([^"]*)"', body) or re.findall(r'value="([^"]*)"', body)
        sent[re.findall(r'name="([^"]*)"', attrs_text)[0]] = chosen[0]
    return {name: value for name, value in sent.items() if name not in ("theme", "text", "contrast", "next")}


def test_an_unpublished_consultation_does_not_exist_for_others(
    client: FlaskClient, town: Any, browser_of: Browser
) -> None:
    """H05: no representation of a draft tells that it is there."""
    for browser in (client, browser_of(town["citizen"])):
        for path in (*READ, *MANAGE):
            assert browser.get(f"/en/consultations/{town['draft']}/{path}").status_code == 404, path
        for path in DO:
            assert browser.post(f"/en/consultations/{town['draft']}/{path}").status_code in (400, 404), path
        assert browser.get(f"/en/consultations/{town['draft_reference']}/").status_code == 404
        for query in ("", "?q=canary", "?state=draft", "?format=csv", "?format=xlsx", "?sort=newest"):
            assert b"anary?" not in browser.get(f"/en/consultations/{query}").data, query


def test_its_coordinator_reads_and_manages_it(town: Any, browser_of: Browser) -> None:
    browser = browser_of(town["key"])
    for path in (*READ, *MANAGE):
        assert browser.get(f"/en/consultations/{town['draft']}/{path}").status_code == 200, path
    assert b"Secret canary" in browser.get("/en/consultations/?state=draft").data


def test_a_stranger_is_told_why_a_public_one_cannot_be_managed(
    town: Any, browser_of: Browser, web: Flask
) -> None:
    browser = browser_of(town["citizen"])
    for path in MANAGE:
        answer = browser.get(f"/en/consultations/{town['open']}/{path}")
        assert answer.status_code == 403
        assert b"Only those who run this consultation" in answer.data
    for path in DO:
        assert browser.post(f"/en/consultations/{town['open']}/{path}").status_code == 403
    assert state_of(web, town["open"]) == "published"


def test_a_visitors_page_holds_no_form_that_changes_anything(client: FlaskClient, town: Any) -> None:
    for path in ("/en/consultations/", f"/en/consultations/{town['open']}/"):
        main = client.get(path).get_data(as_text=True).split("<main", 1)[1].split("</main>", 1)[0]
        assert 'method="post"' not in main
        assert "csrf" not in main


def test_the_readable_reference_leads_to_the_page(client: FlaskClient, town: Any) -> None:
    answer = client.get(f"/en/consultations/{town['reference']}/")
    assert answer.status_code == 301
    assert answer.location.endswith(f"/en/consultations/{town['open']}/")


def test_a_consultation_is_made_on_one_page_and_published_after_a_check(
    town: Any, browser_of: Browser, web: Flask
) -> None:
    browser = browser_of(town["key"])
    begin = f"/en/consultations/new?group={town['group']}"
    assert b"Participatory budget" in browser.get(begin).data
    page = browser.get(f"{begin}&template=budget")
    sent = fields_of(page.get_data(as_text=True)) | {"title": "Our money", "budget": "12.000,50"}
    made = browser.post(f"{begin}&template=budget", data=sent)
    assert made.status_code == 303, made.get_data(as_text=True)
    assert made.location.endswith("/en/consultations/our-money/publish")
    check = browser.get(made.location).get_data(as_text=True)
    assert "Everyone, also without an account" in check
    with web.app_context():
        consultation = db.session.scalars(
            sa.select(Consultation).where(Consultation.slug == "our-money")
        ).one()
        assert consultation.budget == 1_200_050
        assert len(consultation.phases) == 4
        assert consultation.phases[0].description is not None
        assert [c.slug for c in consultation.categories][:2] == ["housing", "public-services"]
    assert browser.post(made.location).status_code == 303
    assert state_of(web, "our-money") == "published"


def test_the_same_form_sent_twice_makes_one(town: Any, browser_of: Browser, web: Flask) -> None:
    browser = browser_of(town["key"])
    begin = f"/en/consultations/new?group={town['group']}&template=ideas"
    sent = fields_of(browser.get(begin).get_data(as_text=True)) | {"title": "Once"}
    places = {browser.post(begin, data=sent).location for _ in range(2)}
    assert len(places) == 1
    with web.app_context():
        found = db.session.scalars(sa.select(Consultation.slug).where(Consultation.slug.startswith("once")))
        assert found.all() == ["once"]


def test_phases_move_with_the_first_day_without_scripts(town: Any, browser_of: Browser) -> None:
    browser = browser_of(town["key"])
    begin = f"/en/consultations/new?group={town['group']}&template=ideas"
    sent = fields_of(browser.get(begin).get_data(as_text=True)) | {
        "title": "My own name",
        "starts_on": "2027-03-01",
    }
    moved = browser.post(begin, data={**sent, "do": "update_dates"})
    page = moved.get_data(as_text=True)
    assert moved.status_code == 200
    assert fields_of(page)["phases-0-starts_at"] == "2027-03-01T08:00"
    assert fields_of(page)["title"] == "My own name"
    forgotten = browser.post(begin, data=sent)
    assert forgotten.status_code == 422
    assert "moved with the first day" in forgotten.get_data(as_text=True)
    assert browser.post(begin, data=fields_of(page)).status_code == 303


def test_a_phase_can_be_added_and_left_out_without_scripts(
    town: Any, browser_of: Browser, web: Flask
) -> None:
    browser = browser_of(town["key"])
    path = f"/en/consultations/{town['open']}/phases"
    sent = fields_of(browser.get(path).get_data(as_text=True))
    more = browser.post(path, data={**sent, "do": "add_phase"})
    assert more.status_code == 200
    rows = fields_of(more.get_data(as_text=True))
    assert "phases-1-title" in rows
    rows |= {
        "phases-1-title": "Second",
        "phases-1-starts_at": "2027-05-01T08:00",
        "phases-1-ends_at": "2027-05-02T08:00",
    }
    assert browser.post(path, data=rows).status_code == 303
    again = fields_of(browser.get(path).get_data(as_text=True)) | {"phases-0-remove": "y"}
    assert browser.post(path, data=again).status_code == 303
    with web.app_context():
        consultation = db.session.scalars(
            sa.select(Consultation).where(Consultation.slug == town["open"])
        ).one()
        assert [phase.title.original.text for phase in consultation.phases] == ["Second"]


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(town: Any, browser_of: Browser) -> None:
    browser = browser_of(town["key"])
    begin = f"/en/consultations/new?group={town['group']}&template=ideas"
    sent = fields_of(browser.get(begin).get_data(as_text=True))
    wrong = {
        "question": "x" * 10_000,
        "phases-0-starts_at": "0001-01-01T00:00",
        "phases-1-activities": "no-such-thing",
        "budget": "twelve",
        "language": "xx",
        "audience": "nobody",
        "background": "My long text",
    }
    answer = browser.post(begin, data={**sent, **wrong})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Write the amount in digits" in page
    assert "Choose from the list." in page
    assert "Choose one of these." in page
    assert "My long text" in page
    later = {**sent, "phases-0-ends_at": "2020-01-01T00:00"}
    answer = browser.post(begin, data=later)
    assert answer.status_code == 422
    assert "cannot end before it begins" in answer.get_data(as_text=True)
    too_long = browser.post(begin, data={**sent, "title": "x" * 10_000})
    assert too_long.status_code == 422
    assert "too long" in too_long.get_data(as_text=True)


def test_of_two_editors_the_second_sees_both_texts(town: Any, browser_of: Browser) -> None:
    """H58."""
    first, second = browser_of(town["key"]), browser_of(town["key"])
    path = f"/en/consultations/{town['open']}/edit"
    sent = fields_of(first.get(path).get_data(as_text=True))
    other = fields_of(second.get(path).get_data(as_text=True))
    assert first.post(path, data={**sent, "question": "The first question?"}).status_code == 303
    refused = second.post(path, data={**other, "question": "The second question?"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "The first question?" in page
    assert "The second question?" in page
    again = fields_of(page)
    assert second.post(path, data=again).status_code == 303


def test_mass_assignment_changes_nothing(town: Any, browser_of: Browser, web: Flask) -> None:
    """H08."""
    browser = browser_of(town["key"])
    path = f"/en/consultations/{town['draft']}/edit"
    extra = {
        "state": "published",
        "visibility": "public",
        "participant_count": "9",
        "group_id": "1",
        "slug": "x",
    }
    assert (
        browser.post(path, data={**fields_of(browser.get(path).get_data(as_text=True)), **extra}).status_code
        == 303
    )
    with web.app_context():
        draft = db.session.scalars(sa.select(Consultation).where(Consultation.slug == town["draft"])).one()
        assert (draft.state, draft.visibility, draft.participant_count) == ("draft", Visibility.PRIVATE, 0)


def test_a_translation_is_written_beside_the_original_and_read_in_its_language(
    town: Any, browser_of: Browser, client: FlaskClient
) -> None:
    browser = browser_of(town["key"])
    path = f"/en/consultations/{town['open']}/translations/sl"
    sent = fields_of(browser.get(path).get_data(as_text=True)) | {"title": "Odprto", "question": "Kaj zdaj?"}
    phase = next(name for name in sent if name.startswith("phase_"))
    assert browser.post(path, data={**sent, phase: "Faza"}).status_code == 303
    page = client.get(f"/sl/consultations/{town['open']}/").get_data(as_text=True)
    assert "Odprto" in page
    assert "Kaj zdaj?" in page
    assert "Faza" in page
    assert 'lang="en"' in page


def test_it_is_closed_with_a_summary_that_everybody_reads(
    town: Any, browser_of: Browser, client: FlaskClient, web: Flask
) -> None:
    browser = browser_of(town["key"])
    assert (
        browser.post(
            f"/en/consultations/{town['open']}/close", data={"summary": "**Ninety** ideas."}
        ).status_code
        == 303
    )
    assert "<strong>Ninety</strong> ideas." in client.get(f"/en/consultations/{town['open']}/").get_data(
        as_text=True
    )
    for step, state in (
        ("reopen", "published"),
        ("close", "closed"),
        ("archive", "archived"),
        ("restore", "closed"),
    ):
        assert browser.post(f"/en/consultations/{town['open']}/{step}").status_code == 303
        assert state_of(web, town["open"]) == state
    assert browser.post(f"/en/consultations/{town['open']}/restore").status_code == 409


def test_last_years_is_copied_as_a_draft(town: Any, browser_of: Browser, web: Flask) -> None:
    browser = browser_of(town["key"])
    path = f"/en/consultations/{town['open']}/copy"
    made = browser.post(path, data={"title": "Open one", "starts_on": "2027-09-06"})
    assert made.status_code == 303
    assert made.location.endswith("/en/consultations/open-one-2027/publish")
    assert state_of(web, "open-one-2027") == "draft"
    assert browser.post(path, data={"title": "", "starts_on": "soon"}).status_code == 422


def test_the_list_shows_what_is_open_first_then_what_begins_then_what_is_over(
    web: Flask, client: FlaskClient, at: Any
) -> None:
    day = timedelta(days=1)
    with at(NOW):
        with web.app_context():
            group = make_group()
            for title, start, end in (
                ("Long ago", -90, -60),
                ("Just over", -30, -2),
                ("Begins later", 20, 30),
                ("Begins soon", 2, 30),
                ("Open long", -5, 40),
                ("Ends soon", -5, 1),
            ):
                make_consultation(group, title=title, phases=[make_phase(NOW + start * day, NOW + end * day)])
            archive_consultation(make_consultation(group, title="Put away", closed=True), actor=SYSTEM)
        expected = ["Ends soon", "Open long", "Begins soon", "Begins later", "Just over", "Long ago"]
        assert titles(client.get("/en/consultations/")) == expected
        assert titles(client.get("/en/consultations/?state=open")) == expected[:2]
        assert titles(client.get("/en/consultations/?state=upcoming")) == expected[2:4]
        assert titles(client.get("/en/consultations/?state=over")) == expected[4:]
        assert titles(client.get("/en/consultations/?state=archived")) == ["Put away"]
        seen, url = [], "/en/consultations/?per_page=2"
        while url:
            page = client.get(url)
            seen += titles(page)
            following = re.search(r'rel="next" href="([^"]+)"', page.get_data(as_text=True))
            url = following[1].replace("&amp;", "&") if following else ""
        assert seen == expected


def titles(answer: Any) -> list[str]:
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    return re.findall(r'class="card-title"><a [^>]*>(?:<span[^>]*>)?([^<]*)', page)


def test_the_list_is_narrowed_by_place_kind_and_words(web: Flask, client: FlaskClient, town: Any) -> None:
    with web.app_context():
        make_consultation(title=Multilingual.of("Živimo skupaj", "sl"), language="sl", template="budget")
    assert titles(client.get(f"/en/consultations/?place={town['place']}")) == ["Open one"]
    assert titles(client.get(f"/en/consultations/?place={town['country']}")) == ["Open one"]
    assert client.get("/en/consultations/?place=nowhere").status_code == 404
    assert titles(client.get("/en/consultations/?template=budget")) == ["Živimo skupaj"]
    assert titles(client.get("/en/consultations/?q=ZIVIMO")) == ["Živimo skupaj"]
    for hostile in ("%25", "_", "'; DROP TABLE record; --", "\\"):
        assert titles(client.get(f"/en/consultations/?q={hostile}")) == [], hostile
    for odd in ("?state=x&template=y&sort=z&per_page=1e9", "?per_page=-1"):
        assert client.get(f"/en/consultations/{odd}").status_code == 200
    assert client.get("/en/consultations/?after=nonsense").status_code == 400


def test_the_list_is_taken_away_as_a_table_without_formulas(web: Flask, client: FlaskClient) -> None:
    """H23."""
    with web.app_context():
        make_consultation(title="=1+1")
    table = client.get("/en/consultations/?format=csv")
    assert table.mimetype == "text/csv"
    assert "=1+1" in table.get_data(as_text=True)
    assert not re.search(r'(^|[,;"])=1\+1', table.get_data(as_text=True))
    assert client.get("/en/consultations/?format=xlsx").data[:2] == b"PK"


def test_an_empty_site_says_so(client: FlaskClient) -> None:
    assert "No consultation yet" in client.get("/en/consultations/").get_data(as_text=True)


def test_public_pages_cost_a_constant_number_of_statements(
    web: Flask, client: FlaskClient, count_queries: Any, town: Any
) -> None:
    def cost(path: str) -> int:
        client.get(path)
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    with web.app_context():
        full = make_consultation()
        for _ in range(22):
            take_part(full, actor=make_user())
        add_comment(full, body="Hello", language="en", actor=make_user())
        slug = full.slug
    paths = ("/en/consultations/", f"/en/consultations/{slug}/")
    before = [cost(path) for path in paths]
    with web.app_context():
        for _ in range(12):
            make_consultation(phases=[make_phase(activities=[Activity.DISCUSSION]) for _ in range(3)])
        again = db.session.scalars(sa.select(Consultation).where(Consultation.slug == slug)).one()
        for _ in range(5):
            add_comment(again, body="More", language="en", actor=make_user())
    assert [cost(path) for path in paths] == before
    assert max(before) <= 12, before


def test_pages_show_text_as_text(web: Flask, client: FlaskClient) -> None:
    """H19, H22."""
    hostile = "<script>alert(1)</script>{{7*7}}{0.__class__}"
    with web.app_context():
        slug = make_consultation(
            title=hostile,
            question=hostile,
            background=f"{hostile} [x](javascript:alert(1))",
            phases=[make_phase(title=hostile)],
            categories=[Multilingual.of(hostile[:60], "en")],
        ).slug
    for path in ("", "history"):
        page = client.get(f"/en/consultations/{slug}/{path}").get_data(as_text=True)
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert "{{7*7}}" in page
    assert "<script>alert" not in client.get("/en/consultations/").get_data(as_text=True)


def test_followers_are_told_once_when_a_phase_begins(web: Flask, at: Any) -> None:
    with web.app_context():
        with at(NOW):
            phases = [make_phase(NOW + timedelta(days=n), NOW + timedelta(days=n + 1)) for n in (-1, 1)]
            follow_record(make_consultation(phases=phases), actor=make_user())
        told = sa.select(sa.func.count()).select_from(Notification).where(Notification.kind == PHASE_BEGAN)
        for later, expected in ((timedelta(0), 0), (timedelta(days=1), 1), (timedelta(days=1, minutes=1), 1)):
            with at(NOW + later):
                announce_phases()
                assert db.session.scalar(told) == expected
