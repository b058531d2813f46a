"""Setting up and describing a group."""

from collections.abc import Mapping

from stakeholder_hub.accounts.models import User
from stakeholder_hub.groups.events import GroupChanged, GroupCreated
from stakeholder_hub.groups.models import Group, GroupKind, SectorTarget
from stakeholder_hub.groups.operations.members import add_member
from stakeholder_hub.groups.operations.naming import LONGEST_NAME, checked_name, free_slug
from stakeholder_hub.groups.policy import may_create_group, may_manage_group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import HELIX, Sector
from stakeholder_hub.kernel.text import markdown, normalise
from stakeholder_hub.territories.models import Role, Territory


@operation
def create_group(
    territory: Territory,
    *,
    name: Multilingual,
    kind: GroupKind,
    purpose: str = "",
    language: str,
    targets: Mapping[Sector, int],
    open_to_join: bool = False,
    is_demo: bool = False,
    actor: Actor,
) -> Group:
    """Set up a working group; whoever does it coordinates it.

    Raises:
        NotAllowed: the actor does not manage the territory.
        Invalid: name or targets are not in order.
    """
    require(may_create_group(actor, territory))
    group = Group(territory=territory, kind=kind, is_demo=is_demo)
    _describe(
        group, name=name, purpose=purpose, language=language, targets=targets, open_to_join=open_to_join
    )
    group.slug = free_slug(Group, group.name.original.text)
    db.session.add(group)
    db.session.flush()
    emit(GroupCreated(actor=actor, subject=group))
    if isinstance(actor, User):
        add_member(group, user=actor, role=Role.COORDINATOR, sector=actor.sector, actor=SYSTEM)
    return group


@operation
def edit_group(
    group: Group,
    *,
    name: Multilingual,
    kind: GroupKind,
    purpose: str,
    language: str,
    targets: Mapping[Sector, int],
    open_to_join: bool,
    version: int,
    actor: Actor,
) -> Group:
    """Describe a group anew.

    Raises:
        Conflict: somebody else changed it since ``version``.
    """
    require(may_manage_group(actor, group))
    if group.version != version:
        raise Conflict(
            _l("Somebody else changed this group in the meantime. Compare, and save again what should hold."),
            theirs={
                "name": group.name.original.text,
                "purpose": group.purpose_text,
                "version": group.version,
            },
            mine={"name": name.original.text, "purpose": purpose},
        )
    group.kind = kind
    _describe(
        group, name=name, purpose=purpose, language=language, targets=targets, open_to_join=open_to_join
    )
    emit(GroupChanged(actor=actor, subject=group))
    return group


def _describe(
    group: Group,
    *,
    name: Multilingual,
    purpose: str,
    language: str,
    targets: Mapping[Sector, int],
    open_to_join: bool,
) -> None:
    group.name = name.with_source(checked_name(name.original.text))
    if any(len(text) > LONGEST_NAME for text in name.texts.values()):
        raise Invalid(_l("Use at most %(most)s characters for the name.", most=LONGEST_NAME), "name")
    group.purpose_text = normalise(purpose, longest=20_000)
    group.purpose_html, group.purpose_language = markdown(group.purpose_text), language
    group.open_to_join = open_to_join
    if any(not 0 <= share <= 100 for share in targets.values()):
        raise Invalid(_l("A share lies between 0 and 100 percent."), "targets")
    if sum(targets.values()) > 100:
        raise Invalid(_l("The shares add up to more than 100 percent."), "targets")
    stored = {target.sector: target for target in group.targets}
    for sector in HELIX:
        share = targets.get(sector, 0)
        if sector in stored:
            stored[sector].share = share
        else:
            group.targets.append(SectorTarget(sector=sector, share=share))


@operation
def archive_group(group: Group, *, actor: Actor) -> None:
    """End a group: it stays readable, nobody joins any more. Ending it twice changes nothing."""
    require(may_manage_group(actor, group))
    if group.archived_at is None:
        group.archived_at = clock.now()
        group.open_to_join = False
        emit(GroupChanged(actor=actor, subject=group))
