"""Proposals over HTTP: reading, finding, writing with a photo, changing, answering, taking away."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from stakeholder_hub.accounts.models import PendingContribution
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import submit_proposal
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.proposals.conftest import Scene

SignIn = Callable[[str], FlaskClient]


def photo() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "JPEG")
    return io.BytesIO(out.getvalue()), "../../trees.jpg"


def fill(web: Flask, slug: str, number: int) -> None:
    with web.app_context():
        consultation = db.session.scalars(sa.select(Consultation).where(Consultation.slug == slug)).one()
        for n in range(number):
            submit_proposal(
                consultation,
                title=f"Idea {n}",
                body="Some words.",
                language="en",
                external_key=str(n),
                actor=SYSTEM,
            )


def test_a_visitor_reads_a_proposal_without_any_form_to_post(client: FlaskClient, scene: Scene) -> None:
    page = client.get(f"/en/proposals/{scene.reference}/")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert re.search(r"<h1>\s*More trees", text)
    for word in ("Ana Author", "Submitted", "journey", scene.reference):
        assert word in text
    assert "csrf_token" not in text
    assert "Set-Cookie" not in page.headers


def test_a_visitors_pages_cost_no_more_statements_for_many_proposals(
    web: Flask, client: FlaskClient, scene: Scene, count_queries: Callable[[], Any]
) -> None:
    addresses = [
        f"/en/consultations/{scene.slug}/proposals/",
        f"/en/consultations/{scene.slug}/proposals/?view=map",
        f"/en/proposals/{scene.reference}/",
    ]
    fill(web, scene.slug, 4)
    costs = []
    for address in addresses:
        client.get(address)
        with count_queries() as few:
            assert client.get(address).status_code == 200
        costs.append(few)
    with web.app_context():
        consultation = db.session.scalars(
            sa.select(Consultation).where(Consultation.slug == scene.slug)
        ).one()
        for n in range(45):
            submit_proposal(
                consultation,
                title=f"More {n}",
                body="x",
                language="en",
                external_key=f"m{n}",
                latitude=46.3 + n / 1000,
                longitude=15.1,
                actor=SYSTEM,
            )
    for address, few in zip(addresses, costs, strict=True):
        with count_queries() as many:
            client.get(f"{address}{'&' if '?' in address else '?'}per_page=50")
        assert len(many) == len(few), "\n".join(many)
        assert len(many) <= 12, "\n".join(many)


def test_a_visitor_pages_through_five_hundred_proposals_each_once(
    web: Flask, client: FlaskClient, scene: Scene
) -> None:
    fill(web, scene.slug, 499)
    for sort in ("newest", "random"):
        seen: list[str] = []
        address: str | None = f"/en/consultations/{scene.slug}/proposals/?per_page=100&sort={sort}&seed=3"
        while address:
            text = client.get(address).get_data(as_text=True)
            seen += re.findall(r'class="card-title"><a href="/en/proposals/([^/]+)/"', text)
            found = re.search(r'rel="next" href="([^"]+)"', text)
            address = found[1].replace("&amp;", "&") if found else None
        assert len(seen) == len(set(seen)) == 500


def test_the_list_is_searched_filtered_and_sorted(web: Flask, client: FlaskClient, scene: Scene) -> None:
    with web.app_context():
        consultation = make_consultation(
            categories=[Multilingual.of("Housing", "en"), Multilingual.of("Culture", "en")], title="Homes"
        )
        housing = consultation.categories[0]
        ideas = (("Cheap flats", housing, 100), ("Žabja vas", None, 900), ("100% wood", None, None))
        for title, category, cost in ideas:
            submit_proposal(
                consultation,
                title=title,
                body="x",
                language="sl",
                category=category,
                cost=cost,
                actor=make_user(),
            )
        base = f"/en/consultations/{consultation.slug}/proposals/"

    def titles(query: str) -> list[str]:
        text = client.get(f"{base}?{query}").get_data(as_text=True)
        return [re.sub(r"<[^>]+>", "", t) for t in re.findall(r'class="card-title"><a [^>]+>(.+?)</a>', text)]

    assert titles("q=zabja") == ["Žabja vas"]
    assert titles("category=housing") == ["Cheap flats"]
    assert titles("sort=dearest") == ["Žabja vas", "Cheap flats", "100% wood"]
    assert titles("sort=cheapest") == ["Cheap flats", "Žabja vas", "100% wood"]
    assert titles("state=admitted") == []
    assert titles("place=1") == []
    assert titles("mine=1") == []


def test_the_list_downloads_and_prints(client: FlaskClient, scene: Scene) -> None:
    base = f"/en/consultations/{scene.slug}/proposals/"
    table = client.get(f"{base}?format=csv")
    assert table.mimetype == "text/csv"
    assert "More trees" in table.get_data(as_text=True)
    assert client.get(f"{base}?format=xlsx").data.startswith(b"PK")
    assert "Plant <strong>trees" in client.get(f"{base}print").get_data(as_text=True)


def test_a_person_proposes_with_a_photo_and_a_place_chosen_on_the_map(
    browser_of: SignIn, scene: Scene
) -> None:
    browser = browser_of(scene.other)
    address = f"/en/consultations/{scene.slug}/proposals/new"
    said = {
        "title": "A park",
        "body": "With **benches**.",
        "language": "en",
        "cost": "12.500,50",
        "reach": "5000",
    }
    picked = browser.post(address, data={**said, "pick.x": "450", "pick.y": "300"})
    text = picked.get_data(as_text=True)
    assert picked.status_code == 200
    degrees = {n: re.search(rf'name="{n}"[^>]*value="([^"]+)"', text) for n in ("latitude", "longitude")}
    where = {n: found[1] for n, found in degrees.items() if found}
    assert where["latitude"] == "46.36"
    assert 15.13 < float(where["longitude"]) < 15.15
    assert "A park" in text
    sent = browser.post(
        address,
        data={**said, **where, "files-0-file": photo(), "files-0-alt": "Two trees"},
        follow_redirects=True,
    )
    page = sent.get_data(as_text=True)
    assert "has been put forward" in page
    assert "€12,500.50" in page
    assert 'alt="Two trees"' in page
    picture = re.search(r'src="(/en/files/[^"]+)"', page)
    assert picture
    assert browser.get(picture[1]).mimetype == "image/webp"


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    browser_of: SignIn, scene: Scene
) -> None:
    browser = browser_of(scene.other)
    said = {"title": "", "body": "Kept text", "language": "en", "latitude": "x"}
    page = browser.post(f"/en/consultations/{scene.slug}/proposals/new", data=said)
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    for words in ("Give your proposal a title.", "Write degrees as in 46.36.", "Kept text"):
        assert words in text
    wrong = browser.post(
        f"/en/consultations/{scene.slug}/proposals/new",
        data={"title": "T", "body": "B", "language": "en", "files-0-file": (io.BytesIO(b"hello"), "a.txt")},
    )
    assert wrong.status_code == 422
    assert "cannot be attached" in wrong.get_data(as_text=True)


def test_a_preview_sends_nothing_and_shows_what_is_alike(
    web: Flask, browser_of: SignIn, scene: Scene
) -> None:
    browser = browser_of(scene.other)
    said = {"title": "Many more trees", "body": "_Here_", "language": "en", "do": "preview"}
    text = browser.post(f"/en/consultations/{scene.slug}/proposals/new", data=said).get_data(as_text=True)
    assert "<em>Here</em>" in text
    assert scene.reference in text
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 1


def test_a_visitor_writes_first_and_is_asked_for_the_address_at_the_end(
    web: Flask, browser_of: SignIn, client: FlaskClient, scene: Scene
) -> None:
    address = f"/en/consultations/{scene.slug}/proposals/new"
    assert client.get(address).status_code == 200
    refused = client.post(address, data={"title": " ", "body": "Kept", "language": "en"})
    assert refused.status_code == 422
    sent = client.post(
        address, data={"title": "Benches", "body": "Sit down.", "language": "en", "cost": "70"}
    )
    assert sent.status_code == 303
    with web.app_context():
        kept = db.session.scalars(sa.select(PendingContribution)).one()
        assert (kept.kind, kept.payload["title"], kept.payload["cost"]) == (
            "proposals.submit",
            "Benches",
            7000,
        )
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 1


def test_the_author_edits_and_everybody_can_compare(
    browser_of: SignIn, client: FlaskClient, scene: Scene
) -> None:
    browser, address = browser_of(scene.author), f"/en/proposals/{scene.reference}/edit"
    version = re.search(r'name="version"[^>]*value="(\d+)"', browser.get(address).get_data(as_text=True))
    assert version
    said = {"title": "More oak trees", "body": "Plant oaks along the street.", "version": version[1]}
    assert browser.post(address, data=said).status_code == 303
    text = client.get(f"/en/proposals/{scene.reference}/versions").get_data(as_text=True)
    assert re.search(r"<ins>.*oak", text)
    assert "<del>" in text
    late = browser.post(address, data={**said, "title": "More limes"})
    assert late.status_code == 409
    both = late.get_data(as_text=True)
    assert "More limes" in both
    assert "More oak trees" in both


def test_those_who_run_it_answer_in_place(browser_of: SignIn, client: FlaskClient, scene: Scene) -> None:
    browser, address = browser_of(scene.coordinator), f"/en/proposals/{scene.reference}/"
    text = browser.get(address).get_data(as_text=True)
    version = re.search(r'name="version"[^>]*value="(\d+)"', text)
    assert version
    said = {"answer": "We **will**.", "language": "en", "state": "admitted", "version": version[1]}
    assert browser.post(f"{address}answer", data=said).status_code == 303
    shown = client.get(address).get_data(as_text=True)
    assert "We <strong>will</strong>." in shown
    assert "Admitted to the vote" in shown
    assert browser.post(f"{address}state", data={"state": "not_admitted"}).status_code == 303
    assert browser.post(f"{address}state", data={"state": "selected"}).status_code == 422


def test_the_author_withdraws_after_being_asked(
    browser_of: SignIn, client: FlaskClient, scene: Scene
) -> None:
    browser, address = browser_of(scene.author), f"/en/proposals/{scene.reference}/withdraw"
    assert "cannot be undone" in browser.get(address).get_data(as_text=True)
    assert browser.post(address).status_code == 303
    assert "withdrawn by its author" in client.get(f"/en/proposals/{scene.reference}/").get_data(as_text=True)
    listed = client.get(f"/en/consultations/{scene.slug}/proposals/").get_data(as_text=True)
    assert "More trees" not in listed


def test_the_consultations_page_shows_its_proposals_and_the_big_button(
    client: FlaskClient, scene: Scene
) -> None:
    text = client.get(f"/en/consultations/{scene.slug}/").get_data(as_text=True)
    assert "More trees" in text
    assert f"/en/consultations/{scene.slug}/proposals/new" in text


@pytest.mark.parametrize("language", ["en", "sl", "de", "hu", "hr"])
def test_every_page_speaks_every_language(browser_of: SignIn, scene: Scene, language: str) -> None:
    browser = browser_of(scene.coordinator)
    for address in (
        f"consultations/{scene.slug}/proposals/",
        f"consultations/{scene.slug}/proposals/?view=map",
        f"consultations/{scene.slug}/proposals/new",
        f"consultations/{scene.slug}/proposals/map.svg?reach=5000",
        f"consultations/{scene.slug}/proposals/print",
        f"proposals/{scene.reference}/",
        f"proposals/{scene.reference}/edit",
        f"proposals/{scene.reference}/answer",
        f"proposals/{scene.reference}/state",
        f"proposals/{scene.reference}/versions",
    ):
        assert browser.get(f"/{language}/{address}").status_code == 200, address
