"""One question over three levels, in a real browser: down to eighteen towns, up to a state, and back to who began it.

Where the folder with real opinions is at hand (``HUB_TEST_DATA``, else ``shared/data`` beside the checkout), people
agree and disagree as those of a published conversation did; otherwise as invented here.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from stakeholder_hub.accounts.models import User
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.operations import publish_consultation, translate_consultation
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, open_ballot
from stakeholder_hub.demonstration.accounts import PASSWORD
from stakeholder_hub.demonstration.across import ANSWERS, Opinion, opinions_in
from stakeholder_hub.demonstration.people import make_citizens, make_officials, make_places, make_region
from stakeholder_hub.demonstration.register import make_register
from stakeholder_hub.demonstration.stories import levels
from stakeholder_hub.editions.drafting import change_draft, drafted, with_texts
from stakeholder_hub.editions.models import Edition
from stakeholder_hub.editions.operations import accept_invitation
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import INTERFACE
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.models import Role, Territory
from tests.infrastructure import browsing
from tests.infrastructure.live import LiveServer

LEAD, TOWN, AUTHOR = "consortium@demo.example", "veszprem@demo.example", "author@demo.example"
OFFICIAL, MINISTRY = "ministry.0.hu@demo.example", "Térségi és Lakhatási Minisztérium"
SLUG, EDITION = "what-makes-young-people-stay", "what-makes-young-people-stay-vsz"
IDEA, WHY, _support = next(part for part in levels.LOCAL if part.town == "veszprem").ideas[0]
VOTERS = 21

DATA = Path(os.environ.get("HUB_TEST_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
INVENTED: Sequence[Opinion] = ((1, 1, -1), (1, -1, -1), (1, 0, 1), (-1, 1, -1), (1, 1, None))

Look = Callable[[Page], None]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_question_goes_down_to_eighteen_towns_and_an_answer_comes_back_to_who_began_it(
    live_server: LiveServer, open_page: Callable[..., Page], sound: Look
) -> None:
    app = live_server.app
    with app.app_context():
        settle_the_danube()
    lead, town, official = (open_page(**browsing.DESKTOP) for _person in range(3))
    author = open_page(**browsing.PHONE)
    for page, email in ((lead, LEAD), (town, TOWN), (official, OFFICIAL), (author, AUTHOR)):
        sign_in(page, email)

    # The consortium asks, and invites every town.
    ask_the_question(lead, sound)
    write_what_is_common(lead, sound)
    with app.app_context():
        translate_into_the_others()
    publish_what_is_common(lead)
    invite_all(lead, sound)

    # One town takes part with its own words; five more do the same.
    take_part(town, sound)
    with app.app_context():
        five_more_take_part()
    put_forward(author, sound)

    # People vote, the votes are counted, and everybody compares.
    read_in_their_languages(open_page(**browsing.PHONE), sound)
    with app.app_context():
        people_vote()
    compare(lead, sound)

    # The town cannot do it alone: its state is asked, says yes in part, and the town sets to work.
    refer(town, sound)
    acknowledge_and_answer(official, sound)
    set_to_work(town, sound)

    # Who began it reads in Hungarian, on a phone, what became of it.
    live_server.sweep()
    read_what_became_of_it(author, sound)


@operation
def settle_the_danube() -> None:
    """The tree with its eighteen towns, their groups and people, and the register of bodies: nothing asked yet."""
    region = make_region()
    places, nations = make_places(region)
    make_register(region, nations, places, make_officials(region, places, nations))
    for part in levels.LOCAL:
        make_citizens(places[part.town], VOTERS)


def sign_in(page: Page, email: str) -> None:
    page.goto("/en/account/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state("load")


def yesterday() -> str:
    return (clock.today() - timedelta(days=1)).isoformat()


def ask_the_question(page: Page, sound: Look) -> None:
    """A consultation of the steering committee, from a template; people propose and vote at the same time."""
    page.goto("/en/consultations/")
    page.get_by_role("link", name="New consultation").first.click()
    if page.get_by_role("link", name="Steering committee").count():
        page.get_by_role("link", name="Steering committee").first.click()
    expect(page.get_by_text("Ask the same in many places")).to_be_visible()
    page.get_by_role("link", name="Collect ideas").click()
    page.get_by_label("Name", exact=True).fill(levels.TITLE["en"])
    page.get_by_label("The question").fill(levels.QUESTION["en"])
    page.get_by_label("Background").fill(levels.BACKGROUND["en"])
    page.get_by_label("First day").fill(yesterday())
    page.get_by_text("What people can do:").first.click()
    browsing.choose(page.get_by_role("checkbox", name="Vote", exact=True).first)
    page.get_by_role("button", name="Store as draft").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("The consultation is published.")).to_be_visible()
    page.goto(f"/en/consultations/{SLUG}/translations/hu")
    page.locator("[name=title]").fill(levels.TITLE["hu"])
    page.locator("[name=question]").fill(levels.QUESTION["hu"])
    page.locator("[name=background]").fill(levels.BACKGROUND["hu"])
    page.get_by_role("button", name="Store the translation").click()


def write_what_is_common(page: Page, sound: Look) -> None:
    """Three statements and a question, in every town's language; then they are published as the core."""
    page.goto(f"/en/consultations/{SLUG}/")
    page.get_by_text("Manage this consultation").click()
    page.get_by_role("link", name="Run in many places").click()
    for item in levels.ITEMS:
        page.get_by_role("link", name=re.compile("Add (the first|another)")).first.click()
        asks = item.kind == "statement"
        browsing.choose(page.locator(f"input[name=kind][value={'statement' if asks else 'question'}]"))
        page.get_by_label("Short name").fill(item.title["en"])
        page.get_by_label("Question or statement").fill(item.question["en"])
        page.get_by_label("How people vote").select_option("yes_no" if asks else "plurality")
        page.locator("[name=options]").fill("\n".join(text["en"] for text in item.options))
        page.get_by_role("button", name="Keep in the draft").click()
    page.goto(f"/en/consultations/{SLUG}/core/translations/hu")
    fields = page.locator("fieldset.field-group input[type=text]")
    for place, text in enumerate(texts_in("hu")):
        fields.nth(place).fill(text)
    page.get_by_role("button", name="Keep in the draft").click()
    sound(page)


@operation
def translate_into_the_others() -> None:
    """What the two forms do, for the other five languages."""
    asked = db.session.scalars(sa.select(Consultation).where(Consultation.slug == SLUG)).one()
    for code in (part.language for part in levels.LOCAL if part.language != "hu"):
        translate_consultation(
            asked,
            language=code,
            title=levels.TITLE[code],
            question=levels.QUESTION[code],
            background=levels.BACKGROUND[code],
            phase_titles={},
            version=asked.version,
            actor=SYSTEM,
        )
        names = [f"{item.key}:{name}" for item in drafted(asked).content.items for name, _text in item.texts]
        texts = dict(zip(names, texts_in(code), strict=True))
        change_draft(asked, with_texts(code, texts), actor=SYSTEM)


def publish_what_is_common(page: Page) -> None:
    page.reload()
    expect(page.get_by_text("(complete)")).to_have_count(len(levels.LOCAL))
    page.get_by_role("link", name="Publish the core").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()


def texts_in(code: str) -> Iterator[str]:
    """What every town is asked, in the order of the form that translates it."""
    for item in levels.ITEMS:
        yield from (item.title[code], item.question[code], *(option[code] for option in item.options))


def invite_all(page: Page, sound: Look) -> None:
    page.get_by_role("link", name="Invite places").first.click()
    page.get_by_label("All towns in").select_option(label="Danube Region")
    page.get_by_label("Your words to them").fill(levels.INVITATION)
    page.get_by_label("Please answer by").fill((clock.today() + timedelta(days=20)).isoformat())
    sound(page)
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("18 places are invited.")).to_be_visible()
    expect(page.get_by_text("0 of 18 places take part")).to_be_visible()


def take_part(page: Page, sound: Look) -> None:
    """From the desk to the published edition, with a sentence of the town's own."""
    page.goto("/en/desk/")
    page.get_by_role("listitem").filter(has_text="Your place is invited").get_by_role("link").first.click()
    sound(page)
    page.get_by_role("link", name="Accept or adapt").click()
    page.get_by_label("First day").fill(yesterday())
    page.get_by_label("What this means in our place").fill(
        "Veszprém egyetemi város: a diákok nyáron elmennek."
    )
    sound(page)
    page.get_by_role("button", name="Take part").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Veszprém egyetemi város")).to_be_visible()
    page.goto(f"/hu/consultations/{EDITION}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(levels.TITLE["hu"])
    sound(page)


@operation
def five_more_take_part() -> None:
    """The other five that run their edition, each in its language."""
    for part in levels.LOCAL:
        edition = edition_in(part.town)
        if edition.consultation is None:
            group, coordinator = group_of(part.town)
            made = accept_invitation(
                edition,
                group=group,
                starts_on=clock.today() - timedelta(days=1),
                languages=[part.language],
                actor=coordinator,
            )
            publish_consultation(made, actor=coordinator)


def edition_in(town: str) -> Edition:
    return db.session.scalars(
        sa.select(Edition).join(Territory, Territory.id == Edition.territory_id).where(Territory.slug == town)
    ).one()


def group_of(town: str) -> tuple[Group, User]:
    """The town's group and who coordinates it."""
    group = db.session.scalars(sa.select(Group).join(Group.territory).where(Territory.slug == town)).one()
    return group, next(grant.user for grant in group.memberships if grant.role == Role.COORDINATOR)


def put_forward(page: Page, sound: Look) -> None:
    """A citizen reads Hungarian and puts a proposal forward on the phone."""
    page.goto(f"/hu/consultations/{EDITION}/")
    page.get_by_role("link", name="Javaslatot teszek").first.click()
    page.get_by_label("Cím").first.fill(IDEA)
    page.get_by_label("Az Ön javaslata").fill(WHY)
    page.get_by_role("button", name="Benyújtom").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(IDEA)


def read_in_their_languages(page: Page, sound: Look) -> None:
    """Every edition asks in its own language, also where no page of the site speaks it."""
    for part in levels.LOCAL:
        page.goto(
            f"/{part.language if part.language in INTERFACE else 'en'}/consultations/{address_of(part.town)}/"
        )
        if part.language not in INTERFACE:
            page.locator(f"details[lang={part.language}] summary").click()
        expect(page.get_by_text(levels.QUESTION[part.language]).first).to_be_visible()
    sound(page)


def address_of(town: str) -> str:
    """The end of the address of a town's edition."""
    codes = {"velenje": "vel", "regensburg": "reg", "veszprem": "vsz", "osijek": "osi", "ruse": "rus"}
    return f"{SLUG}-{codes.get(town, 'dts')}"


@operation
def people_vote() -> None:
    """Everybody in the six towns says what they think; then the votes are closed and counted."""
    opinions = cycle(opinions_in(DATA) or INVENTED)
    for part in levels.LOCAL:
        ballots: list[Ballot] = [item.ballot for item in edition_in(part.town).items]
        voters = db.session.scalars(
            sa.select(User)
            .join(Territory, Territory.id == User.home_territory_id)
            .where(Territory.slug == part.town)
        ).all()
        for ballot in ballots:
            open_ballot(ballot, actor=SYSTEM)
        statements = [ballot for ballot in ballots if ballot.method is Method.YES_NO]
        for number, voter in enumerate(voters[:VOTERS]):
            for ballot, said in zip(statements, next(opinions), strict=True):
                if said is not None:
                    cast_vote(ballot, choices=[ANSWERS[said]], actor=voter)
            for ballot in (ballot for ballot in ballots if ballot not in statements):
                cast_vote(ballot, choices=[1 + number % 2 * (len(part.town) % 3)], actor=voter)
        for ballot in ballots:
            close_ballot(ballot, actor=SYSTEM)


def compare(page: Page, sound: Look) -> None:
    """Who agrees where, added up in three ways, and taken along."""
    page.goto(f"/en/consultations/{SLUG}/")
    sound(page)
    page.get_by_role("link", name="Compare 6 places").click()
    expect(page.get_by_role("heading", name="All places compared")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Agreed in \d of 6 places")).first).to_be_visible()
    for way in ("By people", "By places", "By inhabitants"):
        expect(page.get_by_role("columnheader", name=way).first).to_be_visible()
    places = page.get_by_role("table", name="How far each place is")
    assert places.get_by_role("row").count() == 1 + 1 + 18
    sound(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="XLSX").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    assert taken.value.path().read_bytes().startswith(b"PK")
    page.get_by_role("link", name="In every place").first.click()
    for part in levels.LOCAL:
        expect(page.locator(f"main a[href$='/{address_of(part.town)}/']").first).to_be_visible()
    sound(page)


def refer(page: Page, sound: Look) -> None:
    """From the proposal to the ministry: the form knows who decides about housing, and says why."""
    page.goto(f"/en/consultations/{EDITION}/proposals/")
    page.get_by_role("link", name=IDEA).first.click()
    page.get_by_role("link", name="Refer to another level").click()
    page.get_by_label("What is it about?").select_option("housing")
    by = page.get_by_label("In the name of")
    if by.count():
        by.select_option(label=by.locator("option").filter(has_text="Helyi partnerségi").first.inner_text())
    page.get_by_role("button", name="Next").click()
    suggested = page.locator(".choice-card").filter(has_text=MINISTRY)
    expect(suggested).to_contain_text("Decides about housing")
    expect(suggested).to_contain_text("Területfejlesztési törvény")
    expect(suggested).to_contain_text("Answers within")
    browsing.choose(suggested.get_by_role("radio"))
    page.get_by_label("What do you ask for?").fill(levels.REQUEST)
    browsing.choose(page.get_by_role("radio", name="Nobody has to give account"))
    page.get_by_label("Explain it in your own words").fill(levels.WHY_NOT_HERE)
    page.get_by_label("What shows it?").fill(levels.EVIDENCE)
    page.get_by_label("Written in").select_option("hu")
    sound(page)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and send")
    sound(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent. The officials of the body are told, and the clock runs.")).to_be_visible()
    sound(page)


def acknowledge_and_answer(page: Page, sound: Look) -> None:
    """The official takes it on by name, makes what carries it out, and says yes in part."""
    page.goto("/en/desk/")
    page.get_by_role("link", name=levels.REQUEST).first.click()
    page.get_by_role("link", name="Acknowledge").click()
    page.get_by_label("What happens next?").fill(levels.ACKNOWLEDGED)
    page.get_by_label("Written in").select_option("hu")
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_role("link", name="Answer", exact=True).first.click()
    sound(page)
    page.get_by_role("link", name="Add an action item first").click()
    title, text = levels.STATE_TASK
    page.get_by_label("What is to be done").fill(title)
    page.get_by_label("Details").fill(text)
    page.get_by_label("Written in").select_option("hu")
    page.get_by_role("button", name="Add action item").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answer")
    named = page.get_by_label("By what is it carried out?")
    expect(named.locator("option:checked")).to_contain_text(title[:30])
    browsing.choose(page.get_by_role("radio", name="Accepted in part"))
    page.get_by_label("Reasons").fill(levels.ANSWER)
    page.get_by_label("Written in").select_option("hu")
    page.get_by_role("button", name="Publish the answer").click()
    expect(page.get_by_text("The answer is published. Everyone who spoke gets it.")).to_be_visible()
    sound(page)


def set_to_work(page: Page, sound: Look) -> None:
    """The town reads the answer, says what it means there, and hands out what it does itself."""
    page.goto("/en/notifications/")
    page.get_by_role("listitem").filter(has_text=MINISTRY).get_by_role(
        "link", name=levels.REQUEST
    ).first.click()
    page.get_by_role("link", name="Add a note for our people").first.click()
    page.get_by_label("What the answer means here").fill(levels.NOTE_OF_THE_TOWN)
    page.get_by_label("Written in").select_option("hu")
    page.get_by_role("button", name=re.compile("Add|Publish")).last.click()
    answer = page.url
    for title, text, due in levels.TOWN_TASKS:
        page.goto(answer)
        page.get_by_role("link", name="Add what we do now").click()
        page.get_by_label("What is to be done").fill(title)
        page.get_by_label("Details").fill(text)
        page.get_by_label("Due on").fill((clock.today() + timedelta(days=due)).isoformat())
        page.get_by_label("Written in").select_option("hu")
        page.get_by_role("button", name="Add action item").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        for stage in ("Proposal", "Referral", "Response"):
            expect(page.locator("#journey").get_by_text(stage).first).to_be_visible()
    sound(page)


def read_what_became_of_it(page: Page, sound: Look) -> None:
    """The notification, the answer, the whole journey with its levels; and whether the question is answered."""
    page.goto("/hu/notifications/")
    told = (
        page.get_by_role("listitem").filter(has_text=f"Válasz érkezett ({MINISTRY}), részben elfogadva").first
    )
    expect(told).to_be_visible()
    sound(page)
    told.get_by_role("link", name=levels.REQUEST).click()
    expect(page.get_by_text(levels.ANSWER[:60]).first).to_be_visible()
    expect(page.get_by_text("Részben elfogadva").first).to_be_visible()
    expect(page.get_by_text(levels.NOTE_OF_THE_TOWN)).to_be_visible()
    sound(page)
    page.goto(f"/hu/consultations/{EDITION}/proposals/")
    page.get_by_role("link", name=IDEA).first.click()
    page.get_by_role("link", name="A teljes út").click()
    assert page.locator("html").get_attribute("lang") == "hu"
    steps = page.locator("#step-by-step")
    for words in (
        levels.TITLE["hu"],
        "Nemzetközi",
        "Helyi",
        "Országos",
        "fel egy szélesebb szintre",
        "le egy közelebbi szintre",
        levels.STATE_TASK[0],
        *(title for title, _text, _due in levels.TOWN_TASKS),
    ):
        expect(steps.get_by_text(words).first).to_be_visible()
    sound(page)
    page.goto("/hu/desk/")
    page.get_by_role("link", name=levels.REQUEST).first.click()
    page.get_by_role("link", name="A válasz értékelése").first.click()
    browsing.choose(page.get_by_role("radio", name="Részben megválaszolja a kérdést"))
    page.get_by_label("Néhány szó róla").fill(levels.VERDICT)
    sound(page)
    page.get_by_role("button", name="Közzététel").click()
    expect(page.get_by_text("Köszönjük. Amit mond, a válasz mellett áll.")).to_be_visible()
    expect(page.get_by_text(levels.VERDICT)).to_be_visible()
    sound(page)
