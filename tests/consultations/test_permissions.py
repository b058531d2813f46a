"""Role x state x phase: who may see, manage and take part. Written down once, walked completely."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.operations import (
    archive_consultation,
    close_consultation,
    copy_consultation,
    edit_consultation,
    publish_consultation,
    reopen,
    restore_consultation,
    set_phases,
    translate_consultation,
)
from stakeholder_hub.consultations.policy import may_create, may_manage, may_take_part
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.errors import NotAllowed, NotFound
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.models import Level, Role
from tests.consultations.conftest import give_role
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation, make_phase
from tests.factories.groups import make_group
from tests.factories.territories import make_territory

pytestmark = pytest.mark.usefixtures("app")

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)
ROLES = ("admin", "coordinator", "moderator", "member", "observer", "citizen", "visitor", "stranger")
MANAGE = {"admin", "coordinator"}
RUN = {"admin", "coordinator", "moderator"}
SIT = RUN | {"member", "observer"}
STATES = ("draft", "published", "closed", "archived")
AUDIENCES = (Visibility.PUBLIC, Visibility.MEMBERS, Visibility.PRIVATE)
PHASES = ("before", "during", "after", "never")


def actors(group: Group) -> dict[str, Any]:
    """Somebody for each role; the stranger coordinates another town's group and town."""
    other = make_group()
    stranger = give_role(make_user(), Role.COORDINATOR, group=other)
    return {
        "admin": give_role(make_user(), Role.ADMIN, territory=group.territory.parent),
        **{
            role: give_role(make_user(), Role(role), group=group)
            for role in ("coordinator", "moderator", "member", "observer")
        },
        "citizen": make_user(),
        "visitor": VISITOR,
        "stranger": give_role(stranger, Role.COORDINATOR, territory=other.territory),
    }


@pytest.fixture
def group() -> Group:
    country = make_territory(level=Level.NATIONAL)
    return make_group(make_territory(parent=country))


def in_state(group: Group, state: str, audience: Visibility, phase: str = "during") -> Consultation:
    """A consultation of ``group``; of its one phase ``NOW`` is before, during or after."""
    start = {"before": NOW + timedelta(days=5), "after": NOW - timedelta(days=50)}.get(
        phase, NOW - timedelta(days=1)
    )
    activities = [Activity.REVIEW] if phase == "never" else [Activity.PROPOSALS]
    consultation = make_consultation(
        group,
        audience=audience,
        published=state != "draft",
        closed=state in ("closed", "archived"),
        phases=[make_phase(start, start + timedelta(days=10), activities=activities)],
    )
    if state == "archived":
        archive_consultation(consultation, actor=SYSTEM)
    return consultation


def seen_by(state: str, audience: Visibility) -> set[str]:
    if state == "draft" or audience is Visibility.PRIVATE:
        return RUN
    return SIT if audience is Visibility.MEMBERS else set(ROLES)


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("state", STATES)
def test_who_sees_and_who_manages(group: Group, state: str, audience: Visibility) -> None:
    consultation = in_state(group, state, audience)
    people = actors(group)
    assert {role for role in ROLES if may_see(people[role], consultation)} == seen_by(state, audience)
    verdicts = {role: may_manage(people[role], consultation) for role in ROLES}
    assert {role for role, verdict in verdicts.items() if verdict} == MANAGE
    hidden = {role for role, verdict in verdicts.items() if verdict.hidden}
    assert hidden == set(ROLES) - seen_by(state, audience)
    assert all(str(v.reason) for v in verdicts.values() if not v and not v.hidden)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("state", STATES)
def test_who_takes_part(group: Group, state: str, audience: Visibility, phase: str, at: Any) -> None:
    with at(NOW):
        consultation = in_state(group, state, audience, phase)
        people = actors(group)
        verdicts = {role: may_take_part(people[role], consultation, Activity.PROPOSALS) for role in ROLES}
    readers = seen_by(state, audience)
    expected: set[str] = set()
    if state == "published" and phase == "during":
        expected = readers - {"visitor"}
        if audience is Visibility.MEMBERS:
            expected -= {"observer"}
    assert {role for role, verdict in verdicts.items() if verdict} == expected
    for role, verdict in verdicts.items():
        assert verdict.hidden == (role not in readers), role
        assert bool(verdict) or verdict.hidden or str(verdict.reason)
    if state == "published" and phase == "during" and "visitor" in readers:
        assert verdicts["visitor"].sign_in
    reason = {
        "draft": "not been published yet",
        "published": {"before": "later", "after": "is over", "never": "takes no proposals"}.get(phase),
    }.get(state, "is closed")
    if reason:
        assert reason in str(verdicts["coordinator"].reason)


def test_who_begins_a_consultation(group: Group) -> None:
    people = actors(group)
    assert {role for role in ROLES if may_create(people[role], group)} == MANAGE
    assert may_create(VISITOR, group).sign_in


OPERATIONS: dict[str, Any] = {
    "edit": lambda c, actor: edit_consultation(
        c, title="x", question="x?", background="", version=c.version, keep_budget=True, actor=actor
    ),
    "phases": lambda c, actor: set_phases(c, phases=[make_phase()], actor=actor),
    "translate": lambda c, actor: translate_consultation(
        c,
        language="sl",
        title="x",
        question="",
        background="",
        phase_titles={},
        version=c.version,
        actor=actor,
    ),
    "publish": lambda c, actor: publish_consultation(c, actor=actor),
    "close": lambda c, actor: close_consultation(c, actor=actor),
    "reopen": lambda c, actor: reopen(c, actor=actor),
    "archive": lambda c, actor: archive_consultation(c, actor=actor),
    "restore": lambda c, actor: restore_consultation(c, actor=actor),
    "copy": lambda c, actor: copy_consultation(c, starts_on=NOW.date(), actor=actor),
}
NEEDED_STATE = {"publish": "draft", "reopen": "closed", "archive": "closed", "restore": "archived"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_refuses_all_but_those_who_run_it(group: Group, name: str) -> None:
    state = NEEDED_STATE.get(name, "published")
    people = actors(group)
    consultation = in_state(group, state, Visibility.MEMBERS)
    for role in sorted(set(ROLES) - MANAGE):
        expected = NotAllowed if role in seen_by(state, Visibility.MEMBERS) else NotFound
        with pytest.raises(expected):
            OPERATIONS[name](consultation, people[role])
        assert consultation.state == state
    for role in sorted(MANAGE):
        OPERATIONS[name](in_state(group, state, Visibility.MEMBERS), people[role])
