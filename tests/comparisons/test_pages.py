"""All places side by side: what is shown, to whom, and what is not."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import User
from stakeholder_hub.consultations.operations import close_consultation
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import cast_vote
from stakeholder_hub.editions.content import ItemKind
from stakeholder_hub.editions.models import Core
from stakeholder_hub.editions.operations import adopt_core, publish_core, set_sharing
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Visibility
from tests.factories.accounts import make_user
from tests.factories.comparisons import answer, attend, make_place
from tests.factories.editions import make_choice, make_content, make_core, make_invitation, make_item, said
from tests.factories.proposals import make_proposal

Visit = Callable[..., FlaskClient]


def three_towns() -> Core:
    """By people it is agreed, by places and by inhabitants it is not; one town is too small to tell."""
    core = make_core(content=make_content([make_item(), make_choice()]))
    towns = [
        ((300, 100, 12), "Bigtown", "SI", 40_000, 46.3, 15.1),
        ((20, 80, 10), "Lefttown", "SI", 30_000, 46.4, 15.9),
        ((20, 80, 11), "Rightville", "HU", 30_000, 47.3, 16.5),
        ((2, 5, 1), "Tinyham", "HU", 900, 47.5, 17.5),
    ]
    for votes, name, country, people, north, east in towns:
        place = {"name": name, "country": country, "population": people, "latitude": north, "longitude": east}
        make_place(core, votes=votes, **place)
    return core


def page_of(client: FlaskClient, core_slug: str | None, more: str = "") -> str:
    answered = client.get(f"/en/consultations/{core_slug}/compare/{more}")
    assert answered.status_code == 200
    return answered.get_data(as_text=True)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def rows_of(page: str, section: str) -> list[list[str]]:
    """The cells of the tables in a section."""
    part = page[page.index(f'id="{section}"') :]
    part = part[: part.index("</section>")]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", part, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[text_of(cell).strip() for cell in row] for row in cells]


def test_the_page_says_where_the_ways_of_adding_up_disagree(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        slug = three_towns().consultation.slug
    page = page_of(client, slug)
    text = text_of(page)
    assert "The ways of adding up disagree" in text
    assert "By people: It is agreed" in text
    assert "By places: It is not agreed" in text
    assert "By inhabitants: It is not agreed" in text
    assert "Agreed in 1 of 3 places" in text
    assert "Lefttown" in text[text.index("Not agreed: ") : text.index("Not agreed: ") + 120]
    assert "Too few voted to tell: 1" in text
    first = rows_of(page, "item-1")
    assert ["It is agreed", "340 (57%)", "1 (33%)", "40%"] in first
    assert ["It is not agreed", "260 (43%)", "2 (67%)", "60%"] in first


def test_every_place_has_its_row_and_what_is_small_is_not_shown(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        slug = three_towns().consultation.slug
    page = page_of(client, slug, "stay/")
    rows = {row[0].split(" ")[0]: row[1:] for row in rows_of(page, "places")}
    assert rows["Bigtown"] == ["It is agreed", "300", "100", "400"]
    assert rows["Lefttown"] == ["It is not agreed", "20", "80", "100"]
    assert rows["Tinyham"] == ["Too few voted to tell", "not shown", "not shown", "not shown"]
    assert "Slovenia" in text_of(page)


def test_participation_is_told_by_sector_and_per_thousand_inhabitants(
    web: Flask, client: FlaskClient
) -> None:
    with web.app_context():
        core = make_core(content=make_content([]))
        for name in ("Aville", "Bville"):
            edition = make_place(core, name=name, country="SI", population=10_000)
            attend(
                edition.consultation, citizen=40, business=20, academia=6, administration=5, civil_society=12
            )
            close_consultation(edition.consultation, actor=SYSTEM)
        slug = core.consultation.slug
    page = page_of(client, slug)
    people = {row[0]: row[1:] for row in rows_of(page, "sectors")}
    assert people["All places"] == ["12", "10", "40", "24", "80", "166", "8.3"]
    assert people["Aville"] == ["not shown", "not shown", "20", "12", "40", "83", "8.3"]
    assert people["Slovenia"] == ["12", "10", "40", "24", "80", "166", "8.3"]


def test_an_item_whose_words_differ_is_left_out_and_marked(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        core = make_core()
        first = make_place(core, name="Oldwords", votes=(30, 20))
        second = make_place(core, name="Newwords", starts_on=clock.today() + timedelta(days=1))
        changed = make_item(
            question=said("I will live here in ten years.", sl="Čez deset let bom živel tukaj.")
        )
        newer = publish_core(
            core.consultation, content=make_content([changed, make_choice()]), note="Ten years", actor=SYSTEM
        )
        adopt_core(second, number=2, actor=SYSTEM)
        with clock.frozen(clock.now() + timedelta(days=2)):
            answer(second, 40, 20)
        assert (newer.number, first.core.number if first.core else 0) == (2, 1)
        slug = core.consultation.slug
    page = page_of(client, slug, "stay/")
    rows = {row[0]: row[1:] for row in rows_of(page, "places")}
    assert rows["Oldwords"][0] == "Asked in other words"
    assert rows["Newwords"][0] == "It is agreed"
    assert "Agreed in 1 of 1 place" in text_of(page)
    assert "Version 1 of the core" in text_of(page_of(client, slug))


@pytest.mark.hostile("H04")
def test_a_place_that_does_not_share_shows_nothing_but_that(web: Flask, client: FlaskClient) -> None:
    """Breaks where ``is_told`` does not ask whether the place shares."""
    with web.app_context():
        core = make_core()
        make_place(core, name="Openton", votes=(61, 21))
        closed = make_place(core, name="Shutton")
        set_sharing(closed, shares=False, actor=SYSTEM)
        attend(closed.consultation, citizen=77)
        answer(closed, 43, 31)
        for _ in range(13):
            make_proposal(closed.consultation)
        slug = core.consultation.slug
    for more in ("", "stay/", "?format=csv", "stay/?format=csv"):
        page = page_of(client, slug, more)
        assert "Does not share its results" in page
        line = [part for part in re.split(r"</tr>|\r\n", page) if "Shutton" in part]
        assert line
        for figure in ("77", "43", "31", "74", "13", "90"):
            assert not any(re.search(rf"\b{figure}\b", text_of(part)) for part in line)
        for figure in ("104", "52"):
            assert not re.search(rf"\b{figure}\b", text_of(page))


@pytest.mark.hostile("H05", "H04")
def test_a_private_edition_has_no_link_and_no_small_figure(web: Flask, visit: Visit) -> None:
    """Breaks where the address is read without ``visible_to``, or contributions are told without ``is_public``."""
    with web.app_context():
        core = make_core()
        hidden = make_place(core, name="Quietton", votes=(61, 21), audience=Visibility.MEMBERS)
        draft = make_place(core, name="Draftton", published=False)
        assert hidden.consultation is not None
        assert draft.consultation is not None
        for _ in range(4):
            make_proposal(hidden.consultation, actor=SYSTEM)
        attend(hidden.consultation, citizen=31)
        slugs = [hidden.consultation.slug, draft.consultation.slug]
        slug = core.consultation.slug
        manager = make_user()
        key = manager.fs_uniquifier
        db.session.commit()
    for client in (visit(), visit(key)):
        for more in ("", "stay/", "?format=csv"):
            page = page_of(client, slug, more)
            assert not any(str(private) in page for private in slugs)
        row = next(row for row in rows_of(page_of(client, slug), "places") if row[0].startswith("Quietton"))
        assert row[2:] == ["31", "–", "not shown", "0", "0"]
        assert "82" in text_of(page_of(client, slug, "stay/"))


@pytest.mark.hostile("H05")
def test_the_comparison_of_a_consultation_nobody_may_see_does_not_exist(
    web: Flask, client: FlaskClient
) -> None:
    with web.app_context():
        core = make_core()
        make_place(core, votes=(20, 12))
        slug = core.consultation.slug
        core.consultation.visibility = Visibility.PRIVATE
        db.session.commit()
    for more in ("", "stay/", "?format=csv", "?format=xlsx", "?format=pdf", "unknown/"):
        assert client.get(f"/en/consultations/{slug}/compare/{more}").status_code == 404


def test_a_consultation_in_one_place_has_no_comparison(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        slug = make_proposal().consultation.slug
    assert client.get(f"/en/consultations/{slug}/compare/").status_code == 404


@pytest.mark.hostile("H54")
@pytest.mark.parametrize("more", ["", "stay/", "?format=csv", "stay/?format=csv"])
def test_votes_change_nothing_before_the_close(web: Flask, visit: Visit, more: str) -> None:
    """Not a byte and no ETag; breaks where figures are read from votes instead of from closed ballots."""
    with web.app_context():
        core = make_core()
        make_place(core, name="Openton", votes=(61, 21))
        running = make_place(core, name="Running", votes=(5, 9), closed=False)
        ballot = running.items[0].ballot
        ballot_id, positions = ballot.id, [option.position for option in ballot.options]
        people = [make_user().id for _ in range(3)]
        for person in people:
            cast_vote(ballot, choices=positions[:1], actor=db.session.get_one(User, person))
        slug = core.consultation.slug
    address = f"/en/consultations/{slug}/compare/{more}"
    pattern = r'Figures of [^<"\r]*|nonce="[^"]*"'
    before = visit().get(address)
    with web.app_context():
        for person in people:
            voter = db.session.get_one(User, person)
            cast_vote(db.session.get_one(Ballot, ballot_id), choices=positions[1:2], actor=voter)
    after = visit().get(address)
    assert re.sub(pattern, "", before.text) == re.sub(pattern, "", after.text)
    assert len(before.data) == len(after.data)
    assert "Not closed yet" in before.text


@pytest.mark.hostile("H23")
def test_files_hold_the_figures_of_the_page_and_no_cell_acts(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        core = three_towns()
        make_place(core, name="=cmd|'/c calc'!A1", votes=(11, 30), country="HU")
        slug = core.consultation.slug
    page = page_of(client, slug)
    csv = page_of(client, slug, "?format=csv")
    assert "'=cmd" in csv
    assert ",=cmd" not in csv
    answered = client.get(f"/en/consultations/{slug}/compare/?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answered.data))
    assert book.sheetnames[:2] == ["Places", "Who takes part"]
    assert book.sheetnames[-1] == "Method notes"
    sums = [[cell.value for cell in row] for row in book["Staying"].iter_rows()]
    assert ["All places", "It is agreed", None, 351, 0.5476, 1, 4, 0.4] in sums
    assert ["It is agreed", "351 (55%)", "1 (25%)", "40%"] in rows_of(page, "item-1")
    places = {row[0].value: [cell.value for cell in row] for row in book["Staying places"].iter_rows()}
    assert places["Tinyham"][3:] == ["Too few voted to tell", "not shown", "not shown", "not shown"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert "All places,It is agreed,,By people,351" in csv.replace("\ufeff", "").replace("Staying,", "")


def test_the_pdf_has_title_language_and_notes(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        slug = three_towns().consultation.slug
    answered = client.get(f"/sl/consultations/{slug}/compare/?format=pdf")
    assert answered.mimetype == "application/pdf"
    assert answered.data.startswith(b"%PDF")
    assert "attachment" in answered.headers["Content-Disposition"]


def test_the_way_leads_from_the_parent_and_from_an_edition(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        core = three_towns()
        edition = make_place(core, name="Lastville")
        assert edition.consultation is not None
        parent, local = core.consultation.slug, edition.consultation.slug
    address = f"/en/consultations/{parent}/compare/"
    assert "Compare 5 places" in client.get(f"/en/consultations/{parent}/").text
    for page in (f"/en/consultations/{parent}/", f"/en/consultations/{local}/"):
        assert address in client.get(page).text


def test_invited_places_are_listed_and_those_that_only_asked_are_not(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        core = make_core()
        make_place(core)
        make_invitation(core)
        slug = core.consultation.slug
    assert "Invited" in text_of(page_of(client, slug))


@pytest.mark.parametrize("number", [2, 40])
def test_the_number_of_statements_does_not_depend_on_the_number_of_places(
    web: Flask,
    client: FlaskClient,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
    number: int,
) -> None:
    with web.app_context():
        core = make_core()
        for n in range(number):
            make_place(
                core, votes=(20 + n, 12) if n % 2 else (), country="SI", latitude=46 + n / 50, longitude=15.0
            )
        slug = core.consultation.slug
    page_of(client, slug)
    for more, most in (("", 8), ("stay/", 8), ("?format=xlsx", 8)):
        with count_queries() as seen:
            assert client.get(f"/en/consultations/{slug}/compare/{more}").status_code == 200
        assert len(seen) <= most, "\n".join(seen)


@pytest.mark.hostile("H46")
@pytest.mark.parametrize(
    "query", ["per_page=1000000000", "per_page=-3", "per_page=x", "format=exe", "lang=xx"]
)
def test_numbers_that_make_no_sense_are_held_within_bounds(
    web: Flask, client: FlaskClient, query: str
) -> None:
    with web.app_context():
        core = make_core()
        make_place(core)
        slug = core.consultation.slug
    assert client.get(f"/en/consultations/{slug}/compare/?{query}").status_code == 200
    assert client.get(f"/en/consultations/{slug}/compare/?after=zzz").status_code == 400


def test_the_table_is_read_on_page_by_page_and_the_sums_stay_those_of_all(
    web: Flask, client: FlaskClient
) -> None:
    with web.app_context():
        core = make_core()
        for n in range(5):
            make_place(core, name=f"Place {n}", country="SI")
        slug = core.consultation.slug
    seen, address = [], f"/en/consultations/{slug}/compare/?per_page=2"
    for _page in range(3):
        page = client.get(address).text
        seen += [row[0] for row in rows_of(page, "places")[2:]]
        following = re.search(
            r'href="(/en/[^"]*compare[^"]*after=[^"]+)"[^>]*rel="next"|rel="next"[^>]*href="([^"]+)"', page
        )
        address = (following[1] or following[2]).replace("&amp;", "&") if following else ""
    assert [name.split(" Slov")[0] for name in seen] == [f"Place {n}" for n in range(5)]


def test_rankings_are_compared_by_what_each_place_decided(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        ranked = make_choice("rank", ("Housing", "Jobs"), kind=ItemKind.BALLOT, method=Method.IRV)
        core = make_core(content=make_content([ranked]))
        for n in range(2):
            make_place(core, key="rank", votes=(30, 12), name=f"Place {n}", population=1000)
        slug = core.consultation.slug
    text = text_of(page_of(client, slug, "rank/"))
    assert "However one adds up: Housing" in text
    assert "cannot be added up over places" in text
    assert "Housing: chosen in 2 of 2 places" in text
