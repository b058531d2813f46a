"""Hostile cases of what can be taken away as a file. Each test says which guard it holds; each has failed once with
that guard removed.
"""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from stakeholder_hub.accounts.models import User
from stakeholder_hub.commitments.models import Commitment
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import cast_vote, close_ballot
from stakeholder_hub.deliberation.operations import follow_record
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP
from stakeholder_hub.moderation.operations import report_record
from stakeholder_hub.records.attachments import MOST_FILES, attach_file, attachment_url
from stakeholder_hub.records.models import Attachment, Record, Visibility
from stakeholder_hub.territories.models import Role
from stakeholder_hub.territories.operations import grant_role
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.commitments import make_levels
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.deliberation import make_comment
from tests.factories.editions import make_edition
from tests.factories.proposals import make_proposal
from tests.hostile.test_routes import CANARY, World, rules
from tests.records.test_attachments import document, picture

Visit = Callable[..., FlaskClient]

STRANGERS = (None, "citizen", "outsider")

FILES = frozenset(
    [
        "accounts.my_data",
        "actions.index",
        "bodies.index",
        "commitments.index",
        "comparisons.item",
        "comparisons.show",
        "consultations.calendar",
        "consultations.index",
        "decisions.archive",
        "decisions.show_ballot",
        "decisions.votes",
        "groups.index",
        "groups.members",
        "groups.organisations",
        "moderation.index",
        "notifications.index",
        "proposals.index",
        "records.file",
        "referrals.index",
        "territories.index",
    ]
)
"""Every route that gives out a file. One that is not named here fails the walk."""

OF_EVERYBODY = frozenset(["bodies.index", "groups.index", "groups.organisations", "territories.index"])
"""Those in which nothing is private."""


class Holdings(World):
    """The same town, and whatever else leaves the site as a file; somebody who may have all of it."""

    def __init__(self) -> None:
        super().__init__()
        group = db.session.scalars(sa.select(Group).where(Group.slug == self.group_slug)).one()
        closed = make_consultation(group, title=CANARY, slug="closed")
        ballot = self._ballot_of(closed)
        proposal = make_proposal(closed, title=CANARY)
        paper = attach_file(proposal, upload=document(), actor=SYSTEM)
        report_record(proposal, reason="It is wrong.", actor=make_user())
        commitment: Commitment = make_levels().pledge(title=CANARY)
        edition = make_edition()
        parent = edition.core.consultation
        inside = db.session.scalars(sa.select(Record).where(Record.context_id == closed.id))
        for record in (closed, *inside, commitment, parent):
            record.visibility = Visibility.PRIVATE
        owner = make_user(name=CANARY)
        private = db.session.scalars(sa.select(Record).where(Record.visibility == Visibility.PRIVATE)).all()
        for record in private:
            record.title = Multilingual.of(CANARY, "en")
        for place in {record.territory for record in private}:
            grant_role(owner, role=Role.COORDINATOR, territory=place, actor=SYSTEM)
        grant_role(owner, role=Role.COORDINATOR, group=group, actor=SYSTEM)
        follow_record(proposal, actor=owner)
        make_comment(proposal, body=CANARY, actor=SYSTEM)
        self.keys["owner"] = owner.fs_uniquifier
        self.values |= {"ballots": ballot.reference, "commitments": commitment.reference}
        self.more = {
            "records.file": attachment_url(paper),
            "comparisons.show": f"/en/consultations/{parent.slug}/compare/",
            "comparisons.item": f"/en/consultations/{parent.slug}/compare/stay/",
        }

    @staticmethod
    def _ballot_of(consultation: Consultation) -> Ballot:
        ballot = make_ballot(consultation, titles=(CANARY, "Something else"))
        for _voter in range(SMALLEST_GROUP):
            cast_vote(ballot, choices=[1], actor=make_user())
        close_ballot(ballot, actor=SYSTEM)
        return ballot


@pytest.fixture
def holdings(web: Flask) -> Holdings:
    with web.test_request_context("/en/"):
        made = operation(Holdings)()
        db.session.remove()
    return made


@dataclass(frozen=True)
class Taken:
    """A file as somebody got it."""

    endpoint: str
    address: str
    text: str


def is_file(answer: TestResponse) -> bool:
    return answer.status_code == 200 and "attachment" in answer.headers.get("Content-Disposition", "")


def text_of(answer: TestResponse) -> str:
    """What can be read in a file, unpacked where it is packed."""
    if not answer.data.startswith(b"PK"):
        return answer.data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def taken_by(client: FlaskClient, web: Flask, holdings: Holdings) -> list[Taken]:
    """Every file that this browser gets: each page is asked for as it is, as CSV and as XLSX."""
    pages = [(rule.endpoint, holdings.url(rule)) for rule in rules(web) if "GET" in (rule.methods or ())]
    found = []
    for endpoint, page in [*pages, *holdings.more.items()]:
        for address in (page, f"{page}?format=csv", f"{page}?format=xlsx"):
            answer = client.get(address)
            assert answer.status_code < 500, address
            if is_file(answer):
                cached = answer.headers["Cache-Control"]
                assert "private" in cached, (address, cached)
                found.append(Taken(endpoint, address, text_of(answer)))
    return found


@pytest.mark.hostile("H04", "H13")
def test_what_one_person_may_take_away_is_taken_by_nobody_else(
    web: Flask, visit: Visit, holdings: Holdings
) -> None:
    """The canary stands in every file of whoever runs the place, or the file itself is theirs alone.

    Guards: ``visible_to`` in every list and loader, ``require`` of members and moderators, ``private`` on every file.
    Fails when ``visible_to`` lets everything through, when members.members asks for nothing, and when downloads may be
    kept by caches in between.
    """
    own = taken_by(visit(holdings.keys["owner"]), web, holdings)
    assert {taken.endpoint for taken in own} == FILES
    told = {taken.endpoint for taken in own if CANARY in taken.text}
    assert told | OF_EVERYBODY >= FILES - {"decisions.votes", "decisions.archive", "records.file"}
    alone = {t.address for t in own if t.endpoint in ("decisions.votes", "decisions.archive", "records.file")}
    for who in STRANGERS:
        client = visit(holdings.keys[who])
        for taken in own:
            answer = client.get(taken.address)
            assert CANARY not in text_of(answer), (who, taken.address)
            assert taken.address not in alone or answer.status_code in (302, 303, 404), (who, taken.address)


@pytest.fixture
def two_people(web: Flask) -> tuple[str, str]:
    """The keys of two people's sessions; the second has written something."""
    with web.app_context():
        first = make_user(email="ana@example.org", name="Ana")
        second = make_user(email="bor@example.org", name="Canary Person", password=PASSWORD)
        make_comment(body=CANARY, actor=second)
        return first.fs_uniquifier, second.fs_uniquifier


@pytest.mark.hostile("H13")
def test_no_number_in_an_address_gives_the_data_of_somebody_else(
    web: Flask, visit: Visit, two_people: tuple[str, str]
) -> None:
    """Guard: views.my_data asks for the data of the session's own person and takes nothing out of the address. Fails
    when it reads a number, a key or an address from there.
    """
    ana, bor = two_people
    own = visit(bor).get("/en/account/my-data.json")
    assert CANARY in own.text
    assert own.headers["Cache-Control"] == "private, no-store"
    with web.app_context():
        number, key = db.session.execute(
            sa.select(User.id, User.fs_uniquifier).where(User.email == "bor@example.org")
        ).one()
    client = visit(ana)
    for name in ("id", "user", "user_id", "person", "of", "key", "token", "email", "account"):
        for value in (str(number), key, "bor@example.org"):
            answer = client.get("/en/account/my-data.json", query_string={name: value})
            assert json.loads(answer.text)["user"][0]["email"] == "ana@example.org", (name, value)
            assert CANARY not in answer.text
    for path in (f"/en/account/{number}/my-data.json", f"/en/account/my-data-{number}.json"):
        assert client.get(path).status_code == 404
    assert visit().get("/en/account/my-data.json").status_code == 302


@pytest.mark.hostile("H13")
def test_the_address_of_a_file_cannot_be_guessed_from_anything_that_is_known(
    web: Flask, visit: Visit
) -> None:
    """Guard: ``token`` is made of 32 random bytes, and is all that is looked up. Fails when it is made from the file's
    number or content, and when a file is found by these.
    """
    with web.test_request_context("/en/"):
        proposals = [make_proposal() for _ in range(2)]
        for proposal in proposals * MOST_FILES:
            attach_file(proposal, upload=picture(), actor=SYSTEM)
        files = db.session.scalars(sa.select(Attachment).order_by(Attachment.id)).all()
        tokens = [file.token for file in files]
        known = {str(file.id) for file in files} | {key for file in files for key in file.keys.values()}
        known |= {str(p.id) for p in proposals} | {p.reference for p in proposals}
        address, name = attachment_url(files[0]), files[0].name
        db.session.remove()
    client = visit()
    assert client.get(address).status_code == 200
    assert len(set(tokens)) == len(tokens), "the same picture has another address each time"
    assert all(len(token) == 43 for token in tokens)
    for place in range(43):
        assert len({token[place] for token in tokens}) > 1, "no part of it is the same for all"
    cut = {tokens[0][:-1], tokens[0].swapcase(), tokens[0][::-1], tokens[0] + "="}
    for token in known | cut | {"%", "_" * 43, "*"}:
        for variant in ("original", "web", "thumb"):
            assert client.get(f"/en/files/{token}/{variant}/{name}").status_code == 404, token
