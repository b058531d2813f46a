"""People find what they look for, and nothing they may not see."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from stakeholder_hub.deliberation.operations import withdraw_comment
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db, writing
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.search.cli import rebuild
from stakeholder_hub.search.ddl import create_full_text, drop_full_text, has_full_text
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.operations import forget, index_record, index_thing
from stakeholder_hub.search.queries import Found, search
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment
from tests.factories.territories import make_territory


@pytest.fixture(autouse=True)
def with_full_text(app: Flask) -> Iterator[None]:
    """The index is there, whether a migration has made it or not; pages are asked for in English."""
    with writing():
        connection = db.session.connection()
        if not has_full_text(connection):
            create_full_text(connection)
        db.session.commit()
    with app.test_request_context("/en/"):
        yield


def titles(found: Found) -> list[str]:
    return [hit.title.original.text for hit in found.hits]


def indexed(title: str | Multilingual, text: str = "", **values: Any) -> Any:
    consultation = make_consultation(title=title, **values)
    index_record(consultation, text=text)
    return consultation


def test_accents_and_case_do_not_matter() -> None:
    indexed("Zelenější Veszprém", "Čebelnjak na strehi, đak u školi")
    for words in ("veszprem", "VESZPRÉM", "zelenejsi", "čebelnjak", "cebelnjak", "dak", "skoli"):
        assert titles(search(words, VISITOR)) == ["Zelenější Veszprém"], words


def test_every_language_of_a_title_is_found() -> None:
    indexed(Multilingual.of("Green roofs", "en", sl="Zelene strehe"))
    assert titles(search("strehe", VISITOR)) == ["Green roofs"]


def test_the_last_word_may_be_unfinished_the_others_may_not() -> None:
    indexed("Cycling paths along the river")
    assert search("cycling pat", VISITOR)
    assert not search("cyc paths", VISITOR)


def test_all_words_must_be_there() -> None:
    indexed("Cycling paths")
    assert not search("cycling tram", VISITOR)


def test_titles_come_first_and_the_very_title_before_all() -> None:
    indexed("Something else", "library library library")
    indexed("A library for everybody")
    indexed("Library")
    assert titles(search("library", VISITOR)) == ["Library", "A library for everybody", "Something else"]


@pytest.mark.parametrize(
    "words",
    ["", "   ", '"', "'", "*", "%", "_", "%_%", "NEAR(", "a OR b", "NOT", "title_words:x", "{", "}", "^x", "-", "\\",
     "\x00", "');DROP TABLE search_entry;--", "x:*", "a & b | !c", "<->", "\ud800", "🙂", "é" * 10_000, "a " * 5_000],
)  # fmt: skip
def test_whatever_is_typed_is_only_words(words: str) -> None:
    indexed("Benches")
    assert titles(search(words, VISITOR)) == []


def test_wildcards_and_operators_find_only_what_their_letters_say() -> None:
    indexed("Benches or trees")
    assert search("benches OR trees", VISITOR)
    assert not search("benches AND trees", VISITOR)
    assert not search("ben%", VISITOR) or titles(search("ben%", VISITOR)) == ["Benches or trees"]
    assert not search("b_nches", VISITOR)


@pytest.mark.hostile("H04")
def test_nobody_finds_what_they_may_not_see() -> None:
    """Fails when the visibility condition is taken out of the search."""
    secret = indexed("Canary in private", audience=Visibility.MEMBERS)
    indexed("Canary in draft", published=False)
    indexed("Canary in public")
    author = make_user()
    assert titles(search("canary", VISITOR)) == ["Canary in public"]
    assert titles(search("canary", author)) == ["Canary in public"]
    assert secret.reference not in str(search(secret.reference, VISITOR))


def test_places_are_found_by_any_name_and_lead_to_their_page() -> None:
    place = make_territory(name=Multilingual.of("Komárno", "sk", hu="Révkomárom"))
    index_thing("territory", place.id, title=place.name, territory_id=place.id, slug=place.slug)
    found = search("revkomarom", VISITOR)
    assert titles(found) == ["Komárno"]
    assert found.hits[0].kind.name == "territory"


def test_the_search_can_be_held_to_a_kind_and_a_place() -> None:
    here, there = indexed("Tram here"), indexed("Tram there")
    index_thing("territory", here.territory_id, title="Tramtown", territory_id=here.territory_id)
    assert set(titles(search("tram", VISITOR, territory=here.territory))) == {"Tram here", "Tramtown"}
    assert titles(search("tram", VISITOR, kinds=["consultation"], territory=there.territory)) == [
        "Tram there"
    ]


def test_a_comment_is_found_by_what_it_says_until_it_is_withdrawn() -> None:
    comment = make_comment(make_consultation(title="Parks"), body="Hedgehogs need **gaps** in fences.")
    found = search("hedgehogs", VISITOR)
    assert titles(found) == ["Parks"]
    assert found.hits[0].excerpt.text == "Hedgehogs need gaps in fences."
    assert not search("parks", VISITOR, kinds=["comment"])
    withdraw_comment(comment, actor=comment.author)
    assert not search("hedgehogs", VISITOR)


def test_what_changes_is_found_anew_and_what_is_forgotten_is_not() -> None:
    consultation = indexed("Old words", "first")
    index_record(consultation, text="second")
    assert not search("first", VISITOR)
    assert search("second", VISITOR)
    forget("consultation", consultation.id)
    assert not search("second", VISITOR)


def test_more_is_told_and_pages_do_not_overlap() -> None:
    for number in range(5):
        indexed(f"Bench {number}")
    first, second = search("bench", VISITOR, size=3), search("bench", VISITOR, size=3, page=2)
    assert (first.more, second.more) == (True, False)
    assert len({*titles(first), *titles(second)}) == 5


def test_a_search_takes_two_statements(count_queries: Any) -> None:
    for number in range(5):
        indexed(f"Bench {number}")
    db.session.expire_all()
    with count_queries() as seen:
        search("bench", VISITOR)
    assert len(seen) == 2


def test_the_index_is_made_anew_and_twice_changes_nothing() -> None:
    place = make_territory(name="Newtown")
    with writing():
        drop_full_text(db.session.connection())
        db.session.commit()
    for _ in range(2):
        result = CliRunner().invoke(rebuild, ["search"], catch_exceptions=False)
        assert result.exit_code == 0
        assert "things can be found" in result.output
    assert titles(search("newtown", VISITOR)) == ["Newtown"]
    entries = db.session.scalars(sa.select(SearchEntry).where(SearchEntry.subject_id == place.id)).all()
    assert len(entries) == 1
