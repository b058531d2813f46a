"""Every route, asked by everybody: denied unless the table says otherwise. A route that is not in the table fails."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from stakeholder_hub.accounts.models import User
from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.deliberation.models import Stance
from stakeholder_hub.deliberation.operations import add_comment
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Record, Visibility
from stakeholder_hub.territories.models import Role
from stakeholder_hub.territories.operations import grant_role
from tests.factories.accounts import make_user
from tests.factories.bodies import make_body
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.referrals import make_answer, make_ladder, make_referral
from tests.factories.territories import make_territory

PUBLIC = frozenset(
    [
        "front_door",
        "health.alive",
        "health.ready",
        "portal.home",
        "portal.about",
        "portal.search",
        "portal.territory",
        "territories.index",
        "consultations.index",
        "consultations.show",
        "consultations.calendar",
        "consultations.history",
        "comparisons.show",
        "comparisons.item",
        "editions.places",
        "proposals.index",
        "proposals.show",
        "proposals.versions",
        "proposals.print_all",
        "proposals.picker",
        "decisions.show_ballot",
        "decisions.show_decision",
        "commitments.index",
        "commitments.show",
        "commitments.show_evidence",
        "commitments.text",
        "deliberation.show",
        "actions.index",
        "actions.show",
        "actions.show_board",
        "actions.show_calendar",
        "actions.show_note",
        "groups.index",
        "groups.show",
        "groups.organisations",
        "groups.organisation",
        "bodies.index",
        "bodies.show",
        "bodies.matrix",
        "records.file",
        "records.journey",
        "records_api.journey_for_machines",
        "outcomes.place",
        "representation.of_consultation",
        "representation.of_group",
        "referrals.index",
        "referrals.show",
        "referrals.show_response",
        "security.login",
        "security.login_by_link",
        "security.logout",
        "security.register",
        "security.forgot_password",
        "preferences.save",
    ]
)
"""Read by everybody, or the way in."""

BEGUN_BY_VISITORS = frozenset(
    [
        "proposals.submit",
        "decisions.vote",
        "deliberation.discuss",
        "deliberation.reply",
        "deliberation.support",
        "deliberation.follow",
        "groups.join",
    ]
)
"""A visitor may begin; the address is asked for at the end, or one is led to signing in."""

BY_TOKEN = frozenset(
    [
        "accounts.last_step",
        "accounts.open_link",
        "notifications.stop",
        "installation.setup",
        "groups.invitation",
        "groups.accept",
        "groups.accept_invitation",
        "accounts.outbox",
        "accounts.letter",
        "outcomes.person",
    ]
)
"""Nothing without a token that cannot be guessed (or, for the outbox, without sitting at the machine itself)."""

SIGNED_IN = frozenset(
    [
        "accounts.address",
        "accounts.erase",
        "accounts.everywhere",
        "accounts.my_data",
        "accounts.password",
        "accounts.settings",
        "portal.desk",
        "outcomes.mine",
        "outcomes.show",
        "outcomes.hide",
        "notifications.index",
        "notifications.read",
        "notifications.read_all",
        "moderation.report",
        "territories.make_home",
        "deliberation.edit",
        "deliberation.withdraw",
        "deliberation.stop_follow",
        "deliberation.stop_following",
        "deliberation.stop_support",
        "consultations.new",
        "editions.ask",
        "moderation.index",
        "groups.leave",
        "decisions.votes",
        "decisions.archive",
        "decisions.receipt",
        "residents.mine",
        "residents.give_up",
        "representation.about_me",
        "referrals.inboxes",
    ]
)
"""For everybody who has signed in; whose it is is checked by each."""

MANAGING_PREFIXES = (
    "actions.",
    "bodies.",
    "commitments.",
    "consultations.",
    "decisions.",
    "editions.",
    "groups.",
    "installation.",
    "moderation.",
    "proposals.",
    "residents.",
    "ratifications.",
    "representation.",
    "referrals.",
    "territories.",
)
"""Whatever else these features have is for those who run or moderate."""

CANARY = "canary-7f3a"

Visit = Callable[..., FlaskClient]


def kind_of(endpoint: str) -> str:
    """The line of the table an endpoint stands in."""
    for name, members in (
        ("public", PUBLIC),
        ("begun", BEGUN_BY_VISITORS),
        ("token", BY_TOKEN),
        ("signed-in", SIGNED_IN),
    ):
        if endpoint in members:
            return name
    if endpoint.startswith(MANAGING_PREFIXES):
        return "managing"
    raise AssertionError(f"{endpoint} stands in no line of the table: say who may ask for it")


class World:
    """A town with a private draft and everything that could hang on it, and people who have nothing to do with it."""

    def __init__(self) -> None:
        town, elsewhere = make_territory(), make_territory()
        group = make_group(town)
        consultation = make_consultation(group, title=CANARY, slug="quiet")
        proposal = make_proposal(consultation, title=CANARY)
        comment = add_comment(proposal, body=CANARY, stance=Stance.FOR, language="en", actor=proposal.author)
        ballot = make_ballot()
        item: ActionItem = create_action_item(
            title=CANARY,
            language="en",
            territory=town,
            group=group,
            visibility=Visibility.PRIVATE,
            actor=SYSTEM,
        )
        citizen: User = make_user()
        outsider: User = make_user()
        grant_role(outsider, role=Role.COORDINATOR, territory=elsewhere, actor=SYSTEM)
        ladder = make_ladder()
        referral = make_referral(ladder, request=CANARY, acknowledged=True)
        response = make_answer(ladder, referral, answer=CANARY)
        for record in (consultation, proposal, comment, item, referral, response):
            record.visibility = Visibility.PRIVATE
        self.group_slug, self.reference = group.slug, proposal.reference
        self.values: dict[str, Any] = {
            "consultations": consultation.slug,
            "proposals": proposal.reference,
            "comments": comment.reference,
            "ballots": ballot.reference,
            "actions": item.reference,
            "groups": group.slug,
            "referrals": referral.reference,
            "responses": response.reference,
            "inbox": ladder.region.body.slug,
            "bodies": make_body(group=group).slug,
            "places": town.slug,
        }
        self.keys = {
            None: None,
            "citizen": citizen.fs_uniquifier,
            "outsider": outsider.fs_uniquifier,
        }

    def url(self, rule: Rule) -> str:
        """The address of ``rule`` on what is private here."""
        folder = rule.rule.split(">", 1)[-1].strip("/").split("/", 1)[0]
        values = {}
        for name in rule.arguments:
            if name == "lang":
                values[name] = "en"
            elif name in ("slug", "reference", "group_slug"):
                found = self.values.get(folder, self.reference)
                values[name] = self.group_slug if name == "group_slug" else found
            elif name == "place":
                values[name] = self.values["places"]
            elif name == "key":
                values[name] = "stay"
            elif name == "code":
                values[name] = "de"
            elif name.endswith("_id") or name == "number":
                values[name] = "1"
            else:
                values[name] = "nothing"
        built = rule.rule
        for name, value in values.items():
            start = built.index("<")
            while True:
                end = built.index(">", start)
                if built[start:end].rsplit(":", 1)[-1].strip("<") == name:
                    built = built[:start] + str(value) + built[end + 1 :]
                    break
                start = built.index("<", end)
        return built


@pytest.fixture
def world(web: Flask) -> World:
    with web.app_context():
        return operation(World)()


def rules(web: Flask) -> list[Rule]:
    return [rule for rule in web.url_map.iter_rules() if rule.endpoint != "static"]


@pytest.mark.hostile("H01")
def test_every_route_stands_in_the_table(web: Flask) -> None:
    assert {rule.endpoint: kind_of(rule.endpoint) for rule in rules(web)}


@pytest.mark.hostile("H01")
@pytest.mark.hostile("H04")
@pytest.mark.hostile("H05")
@pytest.mark.parametrize("who", [None, "citizen", "outsider"])
def test_nobody_without_a_right_reads_anything_private(
    web: Flask, visit: Visit, world: World, who: str | None
) -> None:
    """The canary stands in a draft, a proposal, a comment and an action item.

    Fails when ``visible_to`` lets everything through.
    """
    client = visit(world.keys[who])
    for rule in rules(web):
        if "GET" not in (rule.methods or ()):
            continue
        answer = client.get(world.url(rule), headers={"Accept": "text/html"})
        kind, status = kind_of(rule.endpoint), answer.status_code
        assert status < 500, (rule.endpoint, status)
        assert CANARY not in answer.get_data(as_text=True), (who, rule.endpoint)
        if kind == "managing":
            assert status in (302, 303, 403, 404, 405, 410), (who, rule.endpoint, status)
        if kind == "signed-in" and who is None:
            assert status in (302, 303, 403, 404), (rule.endpoint, status)
        if kind == "token":
            assert status in (302, 403, 404), (who, rule.endpoint, status)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.hostile("H07")
def test_a_reference_of_another_kind_leads_nowhere(web: Flask, visit: Visit, world: World) -> None:
    """Guard: each loader asks for records of its own kind. Fails when one takes whatever has the reference: an error
    page, or the page of something under the rules of something else.
    """
    with web.app_context():
        runs = make_user()
        records = db.session.scalars(sa.select(Record)).all()
        for place in {record.territory for record in records}:
            grant_role(runs, role=Role.COORDINATOR, territory=place, actor=SYSTEM)
        one_of_each = {record.kind: record.reference for record in records}
        key = runs.fs_uniquifier
    assert len(one_of_each) >= 7
    client = visit(key)
    for rule in rules(web):
        if "GET" in (rule.methods or ()) and rule.arguments >= {"reference"}:
            for kind, world.reference in one_of_each.items():
                world.values = {"places": world.values["places"]}
                answer = client.get(world.url(rule), headers={"Accept": "text/html"})
                assert answer.status_code < 500, (rule.endpoint, kind)


@pytest.mark.hostile("H40")
def test_every_unsafe_route_refuses_a_form_without_its_token(web: Flask, visit: Visit, world: World) -> None:
    """Fails when a view or a blueprint is exempted. The display settings look at where the form was sent from."""
    client = visit(world.keys["citizen"])
    for rule in rules(web):
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            answer = client.open(
                world.url(rule), method=method, data={"title": "x"}, headers={"Accept": "text/html"}
            )
            assert answer.status_code == 400, (rule.endpoint, method, answer.status_code)


@pytest.mark.hostile("H40")
def test_reading_changes_nothing(web: Flask, visit: Visit, world: World) -> None:
    """Every GET runs in a transaction that only reads; what it wrote would show in the records' versions."""
    client = visit(world.keys["citizen"])
    with web.app_context():
        before = versions()
    for rule in rules(web):
        if "GET" in (rule.methods or ()):
            client.get(world.url(rule))
    with web.app_context():
        assert versions() == before


def versions() -> list[tuple[int, int, str]]:
    return [
        (row[0], row[1], row[2])
        for row in db.session.execute(sa.select(Record.id, Record.version, Record.state).order_by(Record.id))
    ]
