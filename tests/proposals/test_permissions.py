"""Who may do what with proposals: role by phase, from one table."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.operations import archive_consultation, close_consultation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR, Verdict
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.proposals.policy import (
    may_admit,
    may_answer,
    may_begin,
    may_edit,
    may_submit,
    may_withdraw,
)
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Level, Role, RoleGrant
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation, make_phase
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.territories import make_territory

pytestmark = pytest.mark.usefixtures("app")

ROLES = ("visitor", "citizen", "author", "member", "coordinator", "elsewhere", "above")
TABLE: dict[str, tuple[str, ...]] = {
    # s(ubmit) e(dit) w(ithdraw) a(nswer) m(ove its state), by role in the order of ROLES
    "proposals": ("", "s", "sew", "s", "seam", "s", "seam"),
    "discussion": ("", "", "w", "", "seam", "", "seam"),
    "on_ballot": ("", "s", "s", "s", "sa", "s", "sa"),
    "selected": ("", "s", "s", "s", "seam", "s", "seam"),
    "withdrawn": ("", "s", "s", "s", "s", "s", "s"),
    "closed": ("", "", "w", "", "eam", "", "eam"),
    "archived": ("", "", "", "", "am", "", "am"),
}


@operation
def grant(user: Any, role: Role, **where: int) -> Any:
    db.session.add(RoleGrant(user_id=user.id, role=role, **where))
    db.session.flush()
    db.session.expire(user, ["grants"])
    return user


@operation
def put_into(proposal: Proposal, state: ProposalState) -> None:
    proposal.state = state


@pytest.mark.parametrize(("phase", "role"), [(phase, role) for phase in TABLE for role in ROLES])
def test_everybody_may_do_exactly_what_the_table_says(phase: str, role: str) -> None:
    country = make_territory(level=Level.NATIONAL)
    group = make_group(make_territory(parent=country))
    consultation, author = make_consultation(group), make_user()
    proposal = make_proposal(consultation, actor=author)
    people: dict[str, Callable[[], Any]] = {
        "visitor": lambda: VISITOR,
        "citizen": make_user,
        "author": lambda: author,
        "member": lambda: grant(make_user(), Role.MEMBER, group_id=group.id),
        "coordinator": lambda: grant(make_user(), Role.COORDINATOR, group_id=group.id),
        "elsewhere": lambda: grant(make_user(), Role.COORDINATOR, group_id=make_group().id),
        "above": lambda: grant(make_user(), Role.COORDINATOR, territory_id=country.id),
    }
    person = people[role]()
    with clock.frozen(arrange(phase, consultation, proposal)):
        asked: dict[str, Verdict] = {
            "s": may_submit(person, consultation),
            "e": may_edit(person, proposal),
            "w": may_withdraw(person, proposal),
            "a": may_answer(person, proposal),
            "m": may_admit(person, proposal),
        }
    assert {key for key, verdict in asked.items() if verdict} == set(TABLE[phase][ROLES.index(role)])
    assert all(verdict.reason for verdict in asked.values() if not verdict)


def arrange(phase: str, consultation: Consultation, proposal: Proposal) -> Any:
    """Bring about the situation; returns the moment it is."""
    if phase in ("on_ballot", "selected", "withdrawn"):
        put_into(proposal, ProposalState(phase))
    if phase in ("closed", "archived"):
        close_consultation(consultation, actor=SYSTEM)
    if phase == "archived":
        archive_consultation(consultation, actor=SYSTEM)
    if phase == "discussion":
        return consultation.phases[0].ends_at + timedelta(minutes=1)
    return clock.now()


def test_a_visitor_may_begin_to_write_while_proposals_are_taken() -> None:
    consultation = make_consultation()
    assert may_begin(VISITOR, consultation)
    assert may_submit(VISITOR, consultation).sign_in
    late = make_consultation(phases=[make_phase(activities=[Activity.DISCUSSION])])
    assert str(may_begin(VISITOR, late).reason) == "This consultation takes no proposals."


def test_what_may_not_be_seen_is_not_told_of() -> None:
    secret = make_proposal(make_consultation(audience=Visibility.PRIVATE), actor=SYSTEM)
    stranger = make_user()
    for ask in (may_edit, may_withdraw, may_answer, may_admit):
        assert ask(stranger, secret).hidden
