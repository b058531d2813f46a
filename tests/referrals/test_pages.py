"""Referrals over HTTP: from the button beside a proposal to the verdict on the answer."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.referrals.kinds import Outcome, Satisfaction
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.operations import (
    add_local_note,
    judge_answer,
    translate_answer,
)
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.referrals import (
    Ladder,
    acknowledge,
    make_answer,
    make_draft,
    make_ladder,
    make_referral,
    revived,
)
from tests.factories.territories import give_role
from tests.referrals.pages import Scene, form_of, scene_of, text_of


def test_a_matter_goes_up_and_the_answer_comes_back(web: Flask, scene: Scene) -> None:
    """The whole way, each by who does it, following the buttons."""
    coordinator = sign_in(web.test_client(), scene.coordinator)
    page = text_of(coordinator, f"/en/proposals/{scene.proposal}/")
    begin = f"/en/referrals/new?from={scene.proposal}"
    assert begin in page
    assert "What is it about?" in text_of(coordinator, begin)
    address = f"{begin}&topic=housing&by=group-{scene.group_id}"
    form = text_of(coordinator, address)
    assert "Decides about housing in Region. (Act 1)" in form
    assert "Answers within 60 days" in form
    assert "We may decide it, but our own income does not pay for it." in form
    saved = coordinator.post(address, data=form_of(scene))
    assert saved.status_code == 303
    check = text_of(coordinator, saved.location)
    assert "Let the flats of the state." in check
    sent = coordinator.post(saved.location)
    assert sent.status_code == 303
    where = sent.location

    visitor = web.test_client()
    assert "Sent, not acknowledged yet" in text_of(visitor, where)
    assert "csrf_token" not in text_of(visitor, where)
    assert "Let the flats of the state." in text_of(visitor, f"/en/proposals/{scene.proposal}/")

    official = sign_in(web.test_client(), scene.official)
    assert "Let the flats of the state." in text_of(official, f"/en/referrals/inbox/{scene.region_body}/")
    assert "Another level waits for an answer" in text_of(official, "/en/desk/")
    done = official.post(f"{where}acknowledge", data={"note": "Unit 3 looks at it.", "language": "en"})
    assert done.status_code == 303
    assert "Unit 3 looks at it." in text_of(visitor, where)
    assert official.post(f"{where}deliberate").status_code == 303

    answer_form = text_of(official, f"{where}answer")
    item_at = re.search(r'href="([^"]*/actions/new\?from=[^"]*)"', answer_form)
    assert item_at is not None
    assert f'href="{where}answer"' in text_of(official, unescape(item_at[1]))
    made = official.post(
        unescape(item_at[1]),
        data={"title": "Let four flats", "organisation": 0, "person": 0, "language": "en"},
    )
    assert made.status_code == 303, made.get_data(as_text=True)
    back, reference = made.location.split("?named=")
    assert back == f"{where}answer"
    assert re.search(rf'<option selected value="\d+">{reference} ', text_of(official, made.location))
    refused = official.post(
        f"{where}answer",
        data={"outcome": "accepted", "answer": "Yes.", "language": "en", "named": 0, "forward_to": 0},
    )
    assert refused.status_code == 422
    assert "Name the action item or the decision" in refused.get_data(as_text=True)
    answered = official.post(
        f"{where}answer",
        data={
            "outcome": "accepted",
            "answer": "Yes, **four** flats.",
            "language": "en",
            "named": 0,
            "named_reference": reference,
            "forward_to": 0,
        },
    )
    assert answered.status_code == 303
    for address in (answered.location, where):
        assert "<strong>four</strong>" in text_of(visitor, address)
    assert "Let four flats" in text_of(visitor, answered.location)

    does = re.search(r'href="([^"]*/actions/new\?from=[^"]*)"', text_of(coordinator, answered.location))
    assert does is not None
    assert "Let the flats of the state." in text_of(coordinator, does[1])
    made = coordinator.post(
        does[1], data={"title": "Find four tenants", "organisation": 0, "person": 0, "language": "en"}
    )
    assert made.status_code == 303
    item = text_of(visitor, made.location)
    assert scene.proposal in item
    assert f"/en/places/{scene.town}/" in item
    assert "Find four tenants" in text_of(visitor, answered.location)
    stranger = sign_in(web.test_client(), scene.stranger)
    assert "Add what we do now" not in text_of(stranger, answered.location)
    assert stranger.get(does[1]).status_code == 403

    author = sign_in(web.test_client(), scene.author)
    assert "Does this answer your question?" in text_of(author, "/en/desk/")
    judged = author.post(
        f"{where}judge", data={"satisfaction": "partly", "text": "Only four?", "language": "en"}
    )
    assert judged.status_code == 303
    assert "Only four?" in text_of(visitor, where)
    assert author.post(f"{where}reopen", data={"reason": "When?"}).status_code == 303
    assert "Reopened on" in text_of(visitor, where)


def test_what_is_missing_is_said_at_the_field_and_nothing_is_lost(web: Flask, scene: Scene) -> None:
    browser = sign_in(web.test_client(), scene.coordinator)
    address = f"/en/referrals/new?from={scene.proposal}&topic=housing&by=group-{scene.group_id}"
    answer = browser.post(
        address,
        data=form_of(scene, to_body=scene.state_id, reason="Kept words", evidence_links="ftp://x"),
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "This is not a web address" in text
    assert "Kept words" in text
    again = browser.post(address, data=form_of(scene, to_body=scene.state_id))
    assert "Say why you pass by" in again.get_data(as_text=True)
    unknown = browser.post(address, data=form_of(scene, evidence_records="NO-2026-P1"))
    assert "There is no NO-2026-P1" in unknown.get_data(as_text=True)


# -- What a page costs, and who sees what ------------------------------------------------------------------------------


@operation
def busy(ladder: Ladder, number: int) -> Referral:
    """A matter with everything: forwarded, answered, translated, noted and judged."""
    first = make_referral(
        ladder, acknowledged=True, evidence_links="https://e.org", evidence_records=[make_proposal()]
    )
    make_answer(ladder, first, Outcome.NOT_COMPETENT, forward_to=ladder.state.body)
    second = db.session.scalars(sa.select(Referral).where(Referral.previous_id == first.id)).one()
    answer = make_answer(ladder, acknowledge(ladder, second))
    translate_answer(answer, language="sl", text="Besede", actor=ladder.coordinator)
    for speaker, actor in ((ladder.group, ladder.coordinator), (ladder.region.body, ladder.region.official)):
        add_local_note(answer, speaker=speaker, text=f"Note {number}", language="en", actor=actor)
    judge_answer(first, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
    return first


def test_a_page_costs_the_same_however_much_there_is(
    web: Flask, client: FlaskClient, count_queries: Callable[[], Any]
) -> None:
    with web.app_context():
        ladder = make_ladder()
        first = busy(ladder, 1)
        answer = db.session.get_one(Response, first.answer_id)
        plain = make_referral(ladder)
        addresses = [
            "/en/referrals/",
            f"/en/referrals/{first.reference}/",
            f"/en/responses/{answer.reference}/",
            f"/en/places/{ladder.town.place.slug}/",
            f"/en/proposals/{ladder.proposal.reference}/",
        ]
        little = f"/en/referrals/{plain.reference}/"
    costs = {}
    for address in [*addresses, little]:
        client.get(address)
        with count_queries() as seen:
            text_of(client, address)
        costs[address] = len(seen)
    with web.app_context():
        ladder = revived(ladder)
        for number in range(6):
            busy(ladder, number)
    for address in addresses:
        with count_queries() as seen:
            text_of(client, address)
        assert len(seen) == costs[address], (address, costs[address], len(seen), seen)
    assert max(costs.values()) <= 12, costs
    assert costs[addresses[1]] == costs[little]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"One", "Two", "Three"}),
        ("place={town}", {"One", "Three"}),
        ("place={region}", {"One", "Two", "Three"}),
        ("level=national", {"Two"}),
        ("body={region_body}", {"One", "Three"}),
        ("topic=mobility", {"Three"}),
        ("state=acknowledged", {"Two"}),
        ("overdue=1", {"One"}),
        ("q=TWO", {"Two"}),
        ("q=100%25", set()),
        ("state=nonsense&level=x&topic='&per_page=1e9", {"One", "Two", "Three"}),
        ("body=%25'--", set()),
    ],
)
def test_filters_narrow_the_list(
    web: Flask, client: FlaskClient, scene: Scene, query: str, found: set[str]
) -> None:
    with web.app_context():
        ladder = make_ladder()
        here = scene_of(ladder)
        with clock.frozen(clock.now() - timedelta(days=70)):
            make_referral(ladder, request="One matter")
        neighbour = give_role(make_user(), Role.COORDINATOR, group=make_group(ladder.neighbour.place))
        group = db.session.scalars(sa.select(type(ladder.group)).order_by(sa.desc("id"))).first()
        make_referral(
            ladder,
            ladder.state,
            request="Two matters",
            sender=group,
            actor=neighbour,
            skip_reason="Because",
            acknowledged=True,
        )
        make_referral(ladder, request="Three matters", topic="mobility")
        make_draft(ladder, request="One draft")
    text = text_of(client, "/en/referrals/?" + query.format(**vars(here)))
    assert {name for name in ("One", "Two", "Three") if f"{name} matter" in text} == found
    assert "One draft" not in text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_taken_along_as_a_table(web: Flask, client: FlaskClient, kind: str) -> None:
    with web.app_context():
        make_referral(make_ladder())
    answer = client.get(f"/en/referrals/?format={kind}")
    assert answer.status_code == 200
    if kind == "csv":
        assert "Let the empty state flats" in answer.data.decode("utf-8-sig")


@pytest.mark.hostile("H59")
def test_reading_on_in_the_list_skips_nothing(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        ladder = make_ladder()
        for number in range(5):
            make_referral(ladder, request=f"Matter number {number}")
    address, seen = "/en/referrals/?per_page=2", []
    for _turn in range(5):
        text = text_of(client, address)
        seen += re.findall(r"Matter number (\d)", text)
        more = re.search(r'rel="next" href="([^"]+)"', text)
        if more is None:
            break
        address = more[1].replace("&amp;", "&")
        if len(seen) == 2:
            with web.app_context():
                make_referral(revived(ladder), request="Matter that came in between")
    assert seen == ["4", "3", "2", "1", "0"]


def test_overdue_matters_say_so_with_days_to_everybody(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        ladder = make_ladder()
        with clock.frozen(clock.now() - timedelta(days=65)):
            referral = make_referral(ladder)
        addresses = [
            "/en/referrals/",
            f"/en/referrals/{referral.reference}/",
            f"/en/places/{ladder.region.place.slug}/",
        ]
    for address in addresses:
        assert "5 days overdue" in text_of(client, address)
    assert "Not even acknowledged" in text_of(client, addresses[1])


def test_the_answer_is_read_in_the_language_there_is_and_says_so(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        ladder = make_ladder()
        answer = make_answer(
            ladder, make_referral(ladder, acknowledged=True), answer="Wir **prüfen** es.", language="de"
        )
        translate_answer(answer, language="sl", text="To **preverimo**.", actor=ladder.coordinator)
        address = f"/{{}}/responses/{answer.reference}/"
    slovenian, hungarian = text_of(client, address.format("sl")), text_of(client, address.format("hu"))
    assert "<strong>preverimo</strong>" in slovenian
    assert "original=1" in slovenian
    assert '<div class="prose" lang="de">' in hungarian
    assert "Deutsch" in hungarian.split('<div class="prose" lang="de">')[1][:600]
    original = text_of(client, address.format("sl") + "?original=1")
    assert "<strong>prüfen</strong>" in original


def test_joined_matters_show_each_other(web: Flask, client: FlaskClient, without_csrf: None) -> None:
    with web.app_context():
        ladder = make_ladder()
        here = scene_of(ladder)
        group = make_group(ladder.neighbour.place)
        coordinator = give_role(make_user(), Role.COORDINATOR, group=group)
        proposal = make_proposal(make_consultation(group))
        one = make_referral(ladder)
        two = make_referral(
            ladder, source=proposal, sender=group, actor=coordinator, request="The same here, please."
        )
        key, references, other = coordinator.fs_uniquifier, (one.reference, two.reference), two.id
    official = sign_in(web.test_client(), here.official)
    address = f"/en/referrals/{references[0]}/join"
    assert "The same here, please." in text_of(official, address)
    asked = official.post(address, data={"others": [other], "request": "Both", "language": "en"})
    assert asked.status_code == 303
    for secret, reference in ((here.coordinator, references[0]), (key, references[1])):
        browser = sign_in(web.test_client(), secret)
        assert "May this be answered together" in text_of(browser, f"/en/referrals/{reference}/")
        assert "May your matter be joined with others?" in text_of(browser, "/en/desk/")
        consent = f"/en/referrals/{reference}/consent"
        assert "asks whether it may answer" in text_of(browser, consent)
        assert browser.post(consent, data={"decision": "agree"}).status_code == 303
        assert browser.get(consent).status_code == 404
    with web.app_context():
        bundle = db.session.scalars(sa.select(Referral).where(Referral.step == "joined")).one().reference
    text = text_of(client, f"/en/referrals/{bundle}/")
    assert references[0] in text
    assert references[1] in text
    assert "It is answered together with similar matters" in text_of(
        client, f"/en/referrals/{references[0]}/"
    )


def test_every_form_can_be_opened_by_who_may(web: Flask) -> None:
    with web.app_context():
        ladder = make_ladder()
        here = scene_of(ladder)
        draft, sent = make_draft(ladder), make_referral(ladder)
        taken = make_referral(ladder, acknowledged=True)
        answered = make_referral(ladder, acknowledged=True)
        answer = make_answer(ladder, answered, Outcome.ACCEPTED)
        judged = make_referral(ladder, acknowledged=True)
        make_answer(ladder, judged)
        judge_answer(judged, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
        forms = [
            (here.coordinator, f"referrals/{draft.reference}/edit"),
            (here.coordinator, f"referrals/{draft.reference}/send"),
            (here.coordinator, f"referrals/{sent.reference}/withdraw"),
            (here.official, f"referrals/{sent.reference}/acknowledge"),
            (here.official, f"referrals/{sent.reference}/join"),
            (here.official, f"referrals/{taken.reference}/deliberate"),
            (here.official, f"referrals/{taken.reference}/answer"),
            (here.official, f"referrals/{answered.reference}/conclude"),
            (here.author, f"referrals/{answered.reference}/judge"),
            (here.author, f"referrals/{judged.reference}/reopen"),
            (here.coordinator, f"responses/{answer.reference}/note"),
            (here.coordinator, f"responses/{answer.reference}/translate"),
            (here.official, "referrals/inbox/"),
            (here.official, f"referrals/inbox/{here.region_body}/?view=answered"),
        ]
    for key, address in forms:
        text = text_of(sign_in(web.test_client(), key), f"/en/{address}")
        assert text.count("<h1") == 1
        stranger = sign_in(web.test_client(), here.stranger).get(f"/en/{address}")
        assert stranger.status_code in (403, 404) or address == "referrals/inbox/", address
    edit = sign_in(web.test_client(), here.coordinator)
    text = text_of(edit, f"/en/{forms[0][1]}")
    assert "Let the empty state flats" in text
