"""Hostile cases of the web itself: headers, caches, languages, sizes, redirects."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask

from stakeholder_hub.app import create_app
from stakeholder_hub.kernel.settings import Settings, SettingsError
from stakeholder_hub.webkit.addresses import is_local
from stakeholder_hub.webkit.pagecache import PageCache
from stakeholder_hub.webkit.security import CONTENT_SECURITY_POLICY
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation

HTML = {"Accept": "text/html"}


@pytest.fixture
def cached(web: Flask) -> Iterator[Flask]:
    """The application with its shared cache on."""
    kept = web.extensions["hub_page_cache"]
    web.extensions["hub_page_cache"] = PageCache(30)
    yield web
    web.extensions["hub_page_cache"] = kept


@pytest.mark.hostile("H43")
@pytest.mark.parametrize(
    "path", ["/en/", "/en/nothing-here", "/healthz", "/en/desk/", "/en/consultations/?after=%00"]
)
def test_every_answer_carries_the_security_headers(web: Flask, path: str) -> None:
    answer = web.test_client().get(path, headers=HTML)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Cache-Control" in answer.headers


@pytest.mark.hostile("H41")
def test_one_person_never_gets_anothers_page(cached: Flask) -> None:
    """Fails when ``PRIVATE`` does not name the session's cookie."""
    with cached.app_context():
        key = make_user(name="Zala Somebody").fs_uniquifier
    visitor, person = cached.test_client(), cached.test_client()
    assert "Zala Somebody" not in visitor.get("/en/", headers=HTML).text
    with person.session_transaction() as session:
        session["_user_id"], session["_fresh"] = key, True
    mine = person.get("/en/", headers=HTML)
    assert "Zala Somebody" in mine.text
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert "Zala Somebody" not in visitor.get("/en/", headers=HTML).text


@pytest.mark.hostile("H41")
def test_a_shared_page_sets_no_cookie_and_languages_never_mix(cached: Flask) -> None:
    visitor = cached.test_client()
    for _turn in range(2):
        for code in ("en", "sl", "de", "hu", "hr"):
            answer = visitor.get(f"/{code}/", headers=HTML)
            assert f'<html lang="{code}"' in answer.text
            assert "Set-Cookie" not in answer.headers
            assert "public" in answer.headers["Cache-Control"]


@pytest.mark.hostile("H41")
def test_how_a_page_looks_for_one_is_not_how_it_looks_for_all(cached: Flask) -> None:
    """Fails when the settings' cookie is left out of the key."""
    dark = cached.test_client()
    dark.set_cookie("hub_prefs", "theme=dark&text=larger")
    assert 'data-bs-theme="dark"' in dark.get("/en/", headers=HTML).text
    assert 'data-bs-theme="auto"' in cached.test_client().get("/en/", headers=HTML).text


def test_a_page_that_has_not_changed_is_not_sent_again(cached: Flask) -> None:
    visitor = cached.test_client()
    tag = visitor.get("/en/about", headers=HTML).headers["ETag"]
    again = visitor.get("/en/about", headers={**HTML, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.hostile("H42")
@pytest.mark.parametrize(
    "path", ["/en/desk/me.css", "/en/account/my-data.json.css", "/en/account/x.js", "/static/../en/desk/"]
)
def test_a_private_page_is_not_served_under_a_name_that_caches_keep(cached: Flask, path: str) -> None:
    assert cached.test_client().get(path, headers=HTML).status_code in (302, 404)


@pytest.mark.hostile("H42")
def test_headers_that_are_not_part_of_the_key_change_nothing(cached: Flask) -> None:
    poison = {
        **HTML,
        "X-Forwarded-Host": "evil.example",
        "X-Original-URL": "/en/desk/",
        "X-Forwarded-Proto": "gopher",
    }
    assert "evil.example" not in cached.test_client().get("/en/", headers=poison).text
    assert "evil.example" not in cached.test_client().get("/en/", headers=HTML).text


@pytest.mark.hostile("H39")
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ]
    + [
        "/en/\r\nSet-Cookie: a=b",
        " //evil.example",
        "",
        "en/",
        "///evil.example",
        "http:evil.example",
        "/en/\x00",
    ],
)
def test_a_way_back_never_leads_off_the_site(target: str) -> None:
    assert not is_local(target)


def test_a_way_back_on_this_site_is_taken() -> None:
    assert is_local("/en/consultations/?q=a%2Fb#top")


@pytest.mark.hostile("H46")
@pytest.mark.parametrize(
    "query",
    [
        "per_page=1e9",
        "per_page=-5",
        "per_page=" + "9" * 400,
        "after=%ff",
        "after=AAAA",
        "after=W10",
        "before=e30",
        "after=WzFd",
    ]
    + [
        "page=-1",
        "month=0000-00",
        "month=9999-99",
        "place=%00",
        "organisation=-1",
        "sort=password",
        "q=" + "x" * 5000,
    ],
)
@pytest.mark.parametrize("path", ["/en/consultations/", "/en/actions/", "/en/actions/calendar", "/en/search"])
def test_nonsense_in_an_address_is_refused_or_read_as_nothing(web: Flask, path: str, query: str) -> None:
    assert web.test_client().get(f"{path}?{query}", headers=HTML).status_code in (200, 400, 404)


@pytest.mark.hostile("H46")
def test_a_hundred_thousand_form_parts_are_refused(web: Flask) -> None:
    body = "&".join(f"a{n}=1" for n in range(100_000))
    answer = web.test_client().post(
        "/en/account/sign-in", data=body, content_type="application/x-www-form-urlencoded", headers=HTML
    )
    assert answer.status_code in (400, 413)


@pytest.mark.hostile("H47")
def test_a_body_that_is_too_large_gets_a_readable_answer(web: Flask) -> None:
    answer = web.test_client().post(
        "/en/account/sign-in",
        data=b"x" * (web.config["MAX_CONTENT_LENGTH"] + 1),
        content_type="application/x-www-form-urlencoded",
        headers={**HTML, "Accept-Language": "en"},
    )
    assert answer.status_code == 413
    assert "too large" in answer.text


@pytest.mark.hostile("H20")
@pytest.mark.parametrize(
    "path", ["/en/search?q=", "/en/consultations/?q=", "/en/actions/?q=", "/en/places/?q=", "/en/"]
)
def test_what_an_address_holds_is_never_markup(web: Flask, path: str) -> None:
    answer = web.test_client().get(path + "%22%3E%3Cscript%3Ealert(1)%3C/script%3E{{7*7}}", headers=HTML)
    assert "<script>alert(1)" not in answer.text


@pytest.mark.hostile("H37")
@pytest.mark.parametrize("secret", ["", "short", "changeme", "x" * 31])
def test_a_start_with_a_weak_secret_is_refused(tmp_path: object, secret: str) -> None:
    with pytest.raises(SettingsError):
        Settings.load({"HUB_INSTANCE": str(tmp_path), "HUB_SECRET_KEY": secret})


@pytest.mark.hostile("H37")
def test_debugging_in_production_is_refused(tmp_path: object) -> None:
    with pytest.raises(SettingsError):
        Settings.load({"HUB_INSTANCE": str(tmp_path), "HUB_SECRET_KEY": "x" * 40, "HUB_DEBUG": "1"})


def test_the_address_without_a_language_leads_to_the_readers(web: Flask) -> None:
    visitor = web.test_client()
    assert visitor.get("/", headers={"Accept-Language": "hu"}).headers["Location"] == "/hu/"
    assert (
        visitor.get("/consultations/?q=a", headers={"Accept-Language": "sl"}).headers["Location"]
        == "/sl/consultations/?q=a"
    )
    assert visitor.get("/nothing", headers=HTML).status_code == 404


def test_changing_the_language_keeps_the_page(web: Flask) -> None:
    with web.app_context():
        slug = make_consultation().slug
    text = web.test_client().get(f"/en/consultations/{slug}/?x=1", headers=HTML).text
    assert f'href="/hu/consultations/{slug}/?x=1"' in text


def test_a_lost_database_is_told_in_a_sentence(web: Flask, tmp_path: object) -> None:
    """The page says 503 and what to do, in the reader's language, without a stack trace."""
    settings: Settings = web.config["HUB_SETTINGS"]
    broken = dataclasses.replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:9/none")
    answer = create_app(broken).test_client().get("/en/consultations/", headers=HTML)
    assert answer.status_code == 503
    assert "Traceback" not in answer.text
    assert answer.headers["Retry-After"]


def test_the_same_refusal_as_data_for_whoever_asks_for_data(web: Flask) -> None:
    answer = web.test_client().get("/en/nothing", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["status"]) == (404, 404)
