"""The shape of the tree: one lock for all that changes it, and hanging a place elsewhere."""

import sqlalchemy as sa

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.events import TerritoryMoved
from stakeholder_hub.territories.models import ChangeKind, Level, Territory, TerritoryChange
from stakeholder_hub.territories.policy import may_manage_territory, still_exists
from stakeholder_hub.territories.queries import within


def lock_tree() -> None:
    """Let one change of the tree's shape happen at a time, until the end of the transaction.

    A path is made from the parent's: two moves at once, or a move and a new place below it, would leave paths that say
    something else than the parents do. Reading and everything else goes on meanwhile.
    """
    db.session.execute(
        sa.select(Territory.id)
        .where(Territory.parent_id.is_(None))
        .order_by(Territory.id)
        .with_for_update(key_share=True)
    )


def check_level(level: Level, parent: Territory) -> None:
    """A place is of a narrower level than what it lies in; levels may be left out.

    Raises:
        Invalid: it is not.
    """
    if level.rank <= parent.level.rank:
        raise Invalid(_l("A place must be of a narrower level than the place it lies in."), "level")


@operation
def move_territory(place: Territory, *, parent: Territory, actor: Actor) -> Territory:
    """Hang a place, with all below it, under another parent, from today on.

    Raises:
        NotAllowed: the actor does not manage both places, or one of them exists no more.
        Invalid: the new parent lies below it, or the levels do not fit.
    """
    require(may_manage_territory(actor, place))
    require(may_manage_territory(actor, parent))
    before = place.parent_id
    hang(place, parent)
    if before != parent.id:
        note_move(place, before, parent, actor=actor)
    return place


def hang(place: Territory, parent: Territory) -> None:
    """Move a subtree: one UPDATE rewrites its paths.

    Raises:
        NotAllowed: one of the two exists no more.
        Invalid: the new parent lies below the place, or the levels do not fit.
    """
    lock_tree()
    db.session.refresh(place)
    db.session.refresh(parent)
    require(still_exists(place))
    require(still_exists(parent))
    if parent.path.startswith(place.path):
        raise Invalid(_l("A place cannot lie below itself."), "parent")
    check_level(place.level, parent)
    rewrite_paths(place, parent)


def rewrite_paths(place: Territory, parent: Territory) -> None:
    """Give a place its new parent, and all below it the paths that follow. The tree is locked."""
    old, new = place.path, f"{parent.path}{place.id}/"
    place.parent = parent
    db.session.flush()
    db.session.execute(
        sa.update(Territory)
        .where(within(old))
        .values(path=sa.literal(new) + sa.func.substr(Territory.path, len(old) + 1))
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def note_move(place: Territory, before: int | None, parent: Territory, *, actor: Actor) -> None:
    """Write a move of today into the history of the place."""
    db.session.add(
        TerritoryChange(
            territory_id=place.id,
            kind=ChangeKind.MOVED,
            day=clock.today(place.timezone),
            from_parent_id=before,
            into_id=parent.id,
            planned_by_id=actor.id,
            carried_out_at=clock.now(),
        )
    )
    db.session.flush()
    emit(TerritoryMoved(actor=actor, subject=place))
