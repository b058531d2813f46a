"""Hostile cases that meet proposals."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.deliberation.models import Support
from stakeholder_hub.deliberation.operations import support_record
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, HubError, Invalid, NotFound
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.proposals.operations import edit_proposal, submit_proposal, withdraw_proposal
from stakeholder_hub.proposals.queries import history_of
from stakeholder_hub.records.models import Visibility
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.proposals import make_proposal

KEPT = "title state author_id support_count comment_count consultation_id speaking_for_id version visibility"
SAID = {"title": "T", "body": "B", "language": "en"}


def read(web: Flask, reference: str) -> dict[str, Any]:
    with web.app_context():
        p = db.session.scalars(sa.select(Proposal).where(Proposal.reference == reference)).one()
        return {name: getattr(p, name) for name in KEPT.split()}


@pytest.mark.hostile("H07")
@pytest.mark.usefixtures("app")
def test_a_heading_or_file_of_another_consultation_is_refused_and_changes_nothing() -> None:
    """Fails when ``checked_category`` or the check of file ids is taken out."""
    foreign = make_consultation(categories=[Multilingual.of("Foreign", "en")]).categories[0]
    proposal = make_proposal()
    with pytest.raises(Invalid) as refusal:
        make_proposal(proposal.consultation, category=foreign)
    assert refusal.value.field == "category"
    said = {"title": "X", "body": "Y", "version": proposal.version, "actor": proposal.author}
    with pytest.raises(Invalid):
        edit_proposal(proposal, **said, category=foreign)
    with pytest.raises(Invalid):
        edit_proposal(proposal, **said, removed=[12345])
    assert (proposal.title.original.text, proposal.category_id) != ("X", foreign.id)
    assert proposal.version == said["version"]


@pytest.mark.hostile("H07")
@pytest.mark.usefixtures("app")
def test_a_consultation_that_may_not_be_seen_takes_no_proposals_of_strangers() -> None:
    with pytest.raises(NotFound):
        make_proposal(make_consultation(audience=Visibility.PRIVATE), actor=make_user())


@pytest.mark.hostile("H08")
def test_fields_that_are_not_in_the_form_change_nothing(
    web: Flask, browser_of: Callable[[str], FlaskClient]
) -> None:
    with web.app_context():
        author, other = make_user(), make_user()
        proposal = make_proposal(actor=author)
        foreign = make_consultation(title="Foreign")
        reference, key, slug = proposal.reference, author.fs_uniquifier, str(proposal.consultation.slug)
        smuggled = {
            "state": "selected",
            "author_id": other.id,
            "author": other.id,
            "support_count": 999,
            "consultation_id": foreign.id,
            "consultation": foreign.slug,
            "speaking_for": "some-organisation",
            "visibility": "private",
            "reference": "X-2026-P1",
            "external_key": "1",
        }
        db.session.remove()
    before = read(web, reference)
    sent = {"title": "New", "body": "New", "version": before["version"], **smuggled}
    assert browser_of(key).post(f"/en/proposals/{reference}/edit", data=sent).status_code == 303
    after = read(web, reference)
    assert after["title"].original.text == "New"
    assert {k: v for k, v in after.items() if k not in ("title", "version")} == {
        k: v for k, v in before.items() if k not in ("title", "version")
    }
    new = browser_of(key).post(f"/en/consultations/{slug}/proposals/new", data={**SAID, **smuggled})
    assert new.status_code in (303, 422)
    with web.app_context():
        made = db.session.scalars(sa.select(Proposal).order_by(Proposal.id.desc())).first()
        assert made is not None
        assert (made.state, made.support_count, made.visibility) == (
            ProposalState.SUBMITTED,
            0,
            Visibility.PUBLIC,
        )
        assert made.consultation_id == before["consultation_id"]


@pytest.mark.hostile("H09")
def test_the_list_knows_only_its_own_orders_and_takes_signs_for_signs(
    web: Flask, client: FlaskClient
) -> None:
    with web.app_context():
        consultation = make_consultation()
        for title in ("100% wood", "snake_case", "ordinary"):
            make_proposal(consultation, title=title, body="x")
        base = f"/en/consultations/{consultation.slug}/proposals/"
        db.session.remove()
    orders = ("sort=author_id", "sort=version;drop table", "seed=x")
    for bad in (*orders, "view=x", "state=x", "category=x", "after=x", "after=W10"):
        assert client.get(f"{base}?{bad}").status_code == 400, bad
    for words in ("%25", "_", "'%20OR%201=1--", "%00", "%22)%3B", "\\"):
        answer = client.get(f"{base}?q={words}")
        assert answer.status_code == 200, words
    assert "ordinary" not in client.get(f"{base}?q=100%25").get_data(as_text=True)
    assert (
        client.get(f"{base}?_external=1&_scheme=javascript&_anchor=x&slug=other&lang=xx").status_code == 200
    )
    for huge in ("per_page=1e9", "per_page=-1", "per_page=999999999999"):
        assert client.get(f"{base}?{huge}").status_code == 200


@pytest.mark.hostile("H56")
@pytest.mark.usefixtures("app")
def test_neither_an_edit_nor_a_withdrawal_moves_support_and_supporters_are_told() -> None:
    """Support stays with the record; what it was given to stays readable."""
    proposal, supporter = make_proposal(title="Trees"), make_user()
    other = make_proposal(proposal.consultation)
    support_record(proposal, actor=supporter)
    edit_proposal(
        proposal, title="A car park", body="Cut trees.", version=proposal.version, actor=proposal.author
    )
    assert [r.title for r in history_of(proposal)] == ["A car park", "Trees"]
    told = db.session.scalars(sa.select(Notification.kind).where(Notification.user_id == supporter.id)).all()
    assert "proposals.edited" in told
    withdraw_proposal(proposal, actor=proposal.author)
    assert (proposal.support_count, other.support_count) == (1, 0)
    assert db.session.scalars(sa.select(Support.record_id)).all() == [proposal.id]
    with pytest.raises(HubError):
        support_record(proposal, actor=make_user())


TEXTS = [
    "Кириллица ґєї",
    "Ελληνικά ΐ",
    "العربية مرحبا",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️",
    "e\u0301o\u0308",
    "a\u0301\u0302\u0303" * 5,
    "{{7*7}} {0.__class__} %(x)s ${jndi}",
    "<script>alert(1)</script>",
    "\u202eevil",
    "𝕏 ﷽ \U0001f9ff",
]


@pytest.mark.hostile("H57")
@pytest.mark.parametrize("text", TEXTS)
def test_every_writing_is_kept_and_shown(web: Flask, client: FlaskClient, text: str) -> None:
    with web.app_context():
        proposal = make_proposal(title=text, body=text)
        reference, slug = proposal.reference, proposal.consultation.slug
        db.session.remove()
    for address in (
        f"/en/proposals/{reference}/",
        f"/en/proposals/{reference}/versions",
        f"/en/consultations/{slug}/proposals/",
        f"/en/consultations/{slug}/proposals/?format=csv",
        f"/en/consultations/{slug}/proposals/?format=xlsx",
        f"/en/consultations/{slug}/proposals/print",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert b"<script>alert" not in answer.data or "format" in address
        assert b"49 {0" not in answer.data


@pytest.mark.hostile("H57")
@pytest.mark.parametrize("text", ["\ud800", "a" * 1_000_000, "a" + "\u0301" * 100, "\x00", "\u200b\u2060 "])
def test_what_cannot_be_kept_is_refused_with_a_reason(
    web: Flask, browser_of: Callable[[str], FlaskClient], text: str
) -> None:
    with web.app_context():
        consultation, person = make_consultation(), make_user()
        slug, key = consultation.slug, person.fs_uniquifier
        with pytest.raises(Invalid):
            make_proposal(consultation, title=text)
        db.session.remove()
    sent = {**SAID, "title": text.encode("utf-8", "surrogatepass")}
    answer = browser_of(key).post(f"/en/consultations/{slug}/proposals/new", data=sent)
    assert answer.status_code in (413, 422, 303)
    with web.app_context():
        titles = [p.title.original.text for p in db.session.scalars(sa.select(Proposal))]
    assert all(t.strip() and len(t) <= 200 for t in titles)


@pytest.mark.hostile("H58")
@pytest.mark.usefixtures("app")
def test_of_two_editors_the_second_is_told_and_loses_nothing() -> None:
    """Fails when ``_check_version`` is taken out."""
    proposal = make_proposal()
    version, author = proposal.version, proposal.author
    edit_proposal(proposal, title="First", body="One.", version=version, actor=author)
    with pytest.raises(Conflict) as refusal:
        edit_proposal(proposal, title="Second", body="Two.", version=version, actor=SYSTEM)
    assert (refusal.value.mine["body"], refusal.value.theirs["body"]) == ("Two.", "One.")


@pytest.mark.hostile("H60")
@pytest.mark.usefixtures("app")
def test_titles_of_one_character_are_fine_and_of_ten_thousand_are_not() -> None:
    consultation: Consultation = make_consultation(budget=1)
    assert make_proposal(consultation, title="Ž").title.original.text == "Ž"
    for title in ("x" * 10_000, "   ", "\u00a0\u2003"):
        with pytest.raises(Invalid) as refusal:
            submit_proposal(consultation, title=title, body="B", language="en", actor=make_user())
        assert refusal.value.field == "title"


@pytest.mark.hostile("H60")
@pytest.mark.parametrize(
    ("typed", "hundredths"),
    [("1.234,50", 123450), ("1,234.50", 123450), ("1 234", 123400), ("0", 0), ("-1", None), ("1e9", None)],
)
def test_amounts_are_read_with_both_decimal_conventions(
    web: Flask, browser_of: Callable[[str], FlaskClient], typed: str, hundredths: int | None
) -> None:
    with web.app_context():
        slug, key = make_consultation(budget=10_000_00).slug, make_user().fs_uniquifier
        db.session.remove()
    answer = browser_of(key).post(f"/en/consultations/{slug}/proposals/new", data={**SAID, "cost": typed})
    assert answer.status_code == (422 if hundredths is None else 303)
    with web.app_context():
        assert db.session.scalar(sa.select(Proposal.cost)) == hundredths
