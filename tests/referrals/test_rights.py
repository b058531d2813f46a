"""What nobody may do with matters over HTTP: read what is among members, speak for others, add what no form has."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.operations import (
    begin_deliberation,
)
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.proposals import make_proposal
from tests.factories.referrals import (
    Ladder,
    make_answer,
    make_ladder,
    make_referral,
)
from tests.factories.territories import give_role
from tests.referrals.pages import Scene, form_of, scene_of, text_of


@pytest.mark.hostile("H39")
@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_way_back_from_an_item_leads_to_no_other_site(
    web: Flask, without_csrf: None, wanted: str
) -> None:
    """Fails when ``onward`` takes the address as it comes."""
    with web.app_context():
        ladder = make_ladder()
        referral = make_referral(ladder, acknowledged=True)
        here, reference = scene_of(ladder), referral.reference
    official = sign_in(web.test_client(), here.official)
    address = f"/en/actions/new?{urlencode({'from': reference, 'next': wanted})}"
    assert f'href="{wanted}' not in text_of(official, address)
    made = official.post(address, data={"title": "Let", "organisation": 0, "person": 0, "language": "en"})
    assert made.status_code == 303
    assert made.location.startswith("/en/actions/")


@pytest.mark.hostile("H08")
def test_state_author_clock_and_counters_cannot_be_sent_along(web: Flask, scene: Scene) -> None:
    """Fails when the operation takes what the form does not have."""
    browser = sign_in(web.test_client(), scene.coordinator)
    address = f"/en/referrals/new?from={scene.proposal}&topic=housing&by=group-{scene.group_id}"
    browser.post(
        address,
        data=form_of(
            scene,
            state="answered",
            author_id="1",
            reply_by="2001-01-01",
            step="escalated",
            source_id="1",
            version="9",
        ),
    )
    with web.app_context():
        made = db.session.scalars(sa.select(Referral)).one()
        assert (made.state, made.reply_by, made.step) == ("drafted", None, "sent")
        assert made.author.fs_uniquifier == scene.coordinator


@pytest.mark.hostile("H07")
def test_nobody_refers_in_the_name_of_others(web: Flask, scene: Scene) -> None:
    """The key of a foreign group or body in the address is not taken: who acts for one other body refers for that.

    Fails when it is looked up by its id alone (refused then by ``acts_for`` in ``may_refer``, which has its own test),
    and when whoever acts for nobody gets as far as the form.
    """
    stranger = sign_in(web.test_client(), scene.stranger)
    address = f"/en/referrals/new?from={scene.proposal}&topic=housing&by=group-{scene.group_id}"
    assert stranger.get(address).status_code == 403
    official = sign_in(web.test_client(), scene.official)
    assert official.post(address, data=form_of(scene, to_body=scene.state_id)).status_code == 303
    with web.app_context():
        made = db.session.scalars(sa.select(Referral)).one()
        assert (made.from_group_id, made.from_body_id) == (None, scene.region_id)


@pytest.mark.hostile("H04")
@pytest.mark.hostile("H05")
def test_a_referral_of_a_members_record_is_seen_by_both_sides_alone(web: Flask) -> None:
    """Fails when sending makes it public, or when ``let_read`` gives more than members have."""
    with web.app_context():
        ladder = make_ladder()
        here = scene_of(ladder)
        member = give_role(make_user(), Role.MEMBER, group=ladder.group)
        consultation = make_consultation(ladder.group, audience=Visibility.MEMBERS)
        secret = make_proposal(consultation, title="Quiet canary", actor=member)
        referral = make_referral(ladder, source=secret, request="Quiet canary request", acknowledged=True)
        assert referral.visibility is Visibility.MEMBERS
        answer = make_answer(ladder, referral, answer="Quiet canary answer")
        addresses = [
            f"/en/proposals/{secret.reference}/",
            f"/en/referrals/{referral.reference}/",
            f"/en/responses/{answer.reference}/",
        ]
        neighbour = ladder.neighbour.official.fs_uniquifier
        ours = [member.fs_uniquifier, here.coordinator, here.official]
    for key in ours:
        browser = sign_in(web.test_client(), key)
        for address in addresses:
            assert "canary" in text_of(browser, address), (key, address)
    for key in (None, here.stranger, neighbour):
        browser = web.test_client() if key is None else sign_in(web.test_client(), key)
        for address in addresses:
            assert browser.get(address).status_code == 404
        for address in (
            "/en/referrals/",
            "/en/search?q=canary",
            f"/en/places/{here.region}/",
            "/en/referrals/?format=csv",
        ):
            text = browser.get(address).get_data(as_text=True)
            assert "Quiet canary" not in text, (key, address)


@pytest.mark.hostile("H10")
@pytest.mark.hostile("H11")
def test_with_an_expired_mandate_nothing_is_read_or_answered(web: Flask, without_csrf: None) -> None:
    """Fails when readers are asked without the dates of the mandate, or an answer without a mandate in force."""
    with web.app_context():
        ladder = make_ladder()
        here = scene_of(ladder)
        consultation = make_consultation(ladder.group, audience=Visibility.MEMBERS)
        secret = make_proposal(consultation, actor=ladder.coordinator)
        quiet = make_referral(ladder, source=secret, acknowledged=True)
        public = make_referral(ladder, acknowledged=True)
        addresses = f"/en/referrals/{quiet.reference}/", f"/en/referrals/{public.reference}/answer"
        begin_deliberation(public, actor=ladder.region.official)
    official = sign_in(web.test_client(), here.official)
    assert official.get(addresses[0]).status_code == 200
    assert official.get(addresses[1]).status_code == 200
    with web.app_context():
        expire(ladder)
    assert official.get(addresses[0]).status_code == 404
    values = {"outcome": "declined", "answer": "No", "language": "en", "named": 0, "forward_to": 0}
    assert official.post(addresses[1], data=values).status_code == 403
    assert official.get(f"/en/referrals/inbox/{here.region_body}/").status_code == 403
    with web.app_context():
        assert db.session.scalars(sa.select(Response)).all() == []


@operation
def expire(ladder: Ladder) -> None:
    organisation = db.session.merge(ladder.region.body).organisation
    assert organisation is not None
    for mandate in organisation.mandates:
        mandate.ends_on = clock.today() - timedelta(days=2)


@pytest.mark.hostile("H02")
@pytest.mark.hostile("H06")
def test_who_runs_a_place_or_sits_above_does_not_answer_for_its_bodies(web: Flask) -> None:
    """Fails when a role in the territory is taken for a mandate."""
    with web.app_context():
        ladder = make_ladder()
        referral = make_referral(ladder, acknowledged=True)
        keys = [
            give_role(make_user(), Role.COORDINATOR, territory=place).fs_uniquifier
            for place in (ladder.region.place, ladder.programme.place, ladder.town.place)
        ]
        keys += [ladder.state.official.fs_uniquifier, ladder.neighbour.official.fs_uniquifier]
        address = f"/en/referrals/{referral.reference}/"
    for key in keys:
        browser = sign_in(web.test_client(), key)
        for form in ("answer", "deliberate", "join", "conclude"):
            assert browser.get(address + form).status_code == 403, form


@pytest.mark.hostile("H24")
def test_line_breaks_in_what_is_asked_reach_no_header_of_a_mail(web: Flask, mailbox: Any, sweep: Any) -> None:
    """Fails when the subject of a mail is not made one line."""
    with web.app_context():
        ladder = make_ladder()
        reader = make_user(language="sl", mail_frequency="now")
        proposal = make_proposal(ladder.proposal.consultation, actor=reader)
        referral = make_referral(
            ladder, source=proposal, request="Flats\r\nBcc: everybody@example.org", acknowledged=True
        )
        answer = make_answer(ladder, referral, answer="Wir prüfen.\n\nBald.", language="de")
        address = reader.email
        assert answer.title.original.text == "Flats Bcc: everybody@example.org"
    sweep("notifications.mail", "mail.send")
    letter = mailbox.last(address)
    assert "\n" not in letter.subject
    assert letter.language == "sl"
    assert "  > Wir prüfen." in letter.text
    assert "Deutsch" in letter.text
