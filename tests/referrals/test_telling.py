"""What people are told, in which language, and what a moderator's hiding takes along."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.actions.policy import may_create
from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed, NotFound
from stakeholder_hub.moderation.operations import hide_record
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.referrals.operations import begin_deliberation, translate_answer
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.sources import rebuild_index
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user, sign_in
from tests.factories.deliberation import make_comment
from tests.factories.referrals import Ladder, make_answer, make_ladder, make_referral
from tests.factories.territories import give_role


def test_the_mail_holds_the_answer_in_the_readers_language_or_names_its_own(
    web: Flask, mailbox: Any, sweep: Any
) -> None:
    with web.app_context():
        ladder = make_ladder()
        readers = {code: make_user(language=code, mail_frequency="now") for code in ("sl", "hu", "de")}
        for reader in readers.values():
            make_comment(ladder.proposal, actor=reader)
        answer = make_answer(
            ladder, make_referral(ladder, acknowledged=True), answer="Wir prüfen es.", language="de"
        )
        translate_answer(answer, language="sl", text="To preverimo.", actor=ladder.coordinator)
        addresses = {code: reader.email for code, reader in readers.items()}
    sweep("notifications.mail")
    letters = {code: mailbox.last(address).text for code, address in addresses.items()}
    assert "> To preverimo." in letters["sl"]
    assert "> Wir prüfen es." in letters["hu"]
    assert "Deutsch" in letters["hu"]
    assert "> Wir prüfen es." in letters["de"]
    assert "Deutsch" not in letters["de"]
    assert all(f"/{code}/responses/" in text for code, text in letters.items())


def test_the_page_of_notifications_shows_the_answer_in_its_language(web: Flask) -> None:
    with web.app_context():
        ladder = make_ladder()
        make_answer(ladder, make_referral(ladder, acknowledged=True), answer="Wir prüfen es.", language="de")
        key = ladder.author.fs_uniquifier
    text = sign_in(web.test_client(), key).get("/en/notifications/").get_data(as_text=True)
    assert '<span lang="de">Wir prüfen es.</span>' in text


def test_every_step_is_in_the_audit(ladder: Ladder) -> None:
    make_answer(ladder, make_referral(ladder, acknowledged=True))
    names = set(db.session.scalars(sa.select(AuditEntry.event).where(AuditEntry.event.like("referrals.%"))))
    assert names == {f"referrals.{name}" for name in ("drafted", "sent", "acknowledged", "answered")}


def test_what_a_moderator_has_hidden_is_answered_by_nobody(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    hide_record(referral, reason="Not what this is for.", actor=SYSTEM)
    assert not may_see(VISITOR, referral)
    with pytest.raises(NotFound):
        make_answer(ladder, referral)


def test_hiding_the_consultation_hides_what_was_referred_from_it(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    answer = make_answer(ladder, referral)
    hide_record(ladder.proposal.context, reason="Not what this is for.", actor=SYSTEM)
    assert [bool(may_see(VISITOR, record)) for record in (referral, answer)] == [False, False]


def test_the_index_made_anew_finds_the_same(ladder: Ladder) -> None:
    make_answer(ladder, make_referral(ladder, acknowledged=True))

    def entries() -> list[Any]:
        kinds = ("referral", "response")
        columns = (
            SearchEntry.subject_kind,
            SearchEntry.subject_id,
            SearchEntry.title_words,
            SearchEntry.text,
        )
        rows = db.session.execute(sa.select(*columns).where(SearchEntry.subject_kind.in_(kinds)))
        return sorted(tuple(row) for row in rows)

    before = entries()
    rebuild_index()
    assert entries() == before
    assert len(before) == 2


def test_officials_make_the_item_they_name_for_their_own_body_alone(ladder: Ladder) -> None:
    referral, body, official = make_referral(ladder), ladder.region.body, ladder.region.official
    fields: dict[str, Any] = {"title": "Let them", "language": "en", "sources": [referral]}
    item = create_action_item(territory=ladder.region.place, body=body, actor=official, **fields)
    assert db.session.scalar(
        sa.select(Link.id).where(
            Link.source_id == referral.id, Link.target_id == item.id, Link.relation == Relation.CARRIED_OUT_BY
        )
    )
    assert not may_create(official, ladder.region.place)
    with pytest.raises(NotAllowed):
        create_action_item(territory=ladder.state.place, body=ladder.state.body, actor=official, **fields)
    with pytest.raises(Invalid, match="another place"):
        create_action_item(territory=ladder.state.place, body=body, actor=official, **fields)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ActionItem)) == 1


def test_nobody_acts_on_a_matter_that_a_moderator_has_hidden(ladder: Ladder) -> None:
    """Fails when ``_official`` does not ask for it: an official who moderates there as well sees the matter still."""
    referral = make_referral(ladder, acknowledged=True)
    give_role(ladder.region.official, Role.MODERATOR, territory=ladder.region.place)
    hide_record(referral, reason="Insulting", actor=SYSTEM)
    with pytest.raises(NotAllowed, match="has hidden this"):
        begin_deliberation(referral, actor=ladder.region.official)


def test_every_record_made_here_has_an_origin_in_the_journey(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        ladder = make_ladder()
        answer = make_answer(ladder, make_referral(ladder, acknowledged=True))
        targets = set(db.session.scalars(sa.select(Link.target_id)))
        kinds = db.session.scalars(sa.select(Record.id).where(Record.kind.in_(("referral", "response"))))
        assert set(kinds) <= targets
        address = f"/en/proposals/{ladder.proposal.reference}/"
        reference = answer.reference
    text = client.get(address).get_data(as_text=True)
    assert "referred to another level as" in text
    assert reference in text
