"""The tree: paths, levels, moves, old addresses."""

from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.models import Level, Role, Territory
from stakeholder_hub.territories.operations import create_territory, edit_territory, move_territory
from stakeholder_hub.territories.queries import by_slug, lineage, moved_to, subtree, within
from tests.factories.accounts import make_user
from tests.factories.territories import give_role, make_region, make_territory

pytestmark = pytest.mark.usefixtures("app")


def edit(place: Territory, **changes: Any) -> Territory:
    values: dict[str, Any] = {
        "name": place.name,
        "country": place.country,
        "timezone": place.timezone,
        "default_language": place.default_language,
        "version": place.version,
        "actor": SYSTEM,
        **changes,
    }
    return edit_territory(place, **values)


def test_paths_hold_the_way_from_the_root() -> None:
    root = make_region()
    nation = make_territory(parent=root, level=Level.NATIONAL)
    town = make_territory(parent=nation)
    direct = make_territory(parent=root)
    assert town.path == f"/{root.id}/{nation.id}/{town.id}/"
    assert [p.id for p in lineage(town)] == [root.id, nation.id, town.id]
    assert set(db.session.scalars(subtree(root))) == {root, nation, town, direct}
    assert set(db.session.scalars(subtree(nation))) == {nation, town}


def test_a_subtree_ends_where_the_next_id_begins() -> None:
    root = make_region()
    places = [make_territory(parent=root, level=Level.NATIONAL) for _ in range(12)]
    for place in places:
        assert list(db.session.scalars(subtree(place))) == [place]


@pytest.mark.parametrize(
    ("parent", "child", "fits"),
    [
        (Level.TRANSNATIONAL, Level.LOCAL, True),
        (Level.NATIONAL, Level.REGIONAL, True),
        (Level.REGIONAL, Level.REGIONAL, False),
        (Level.LOCAL, Level.NATIONAL, False),
        (Level.LOCAL, Level.LOCAL, False),
    ],
)
def test_a_place_is_of_a_narrower_level_than_what_it_lies_in(parent: Level, child: Level, fits: bool) -> None:
    above = make_territory(level=parent)
    if fits:
        assert make_territory(parent=above, level=child).parent_id == above.id
    else:
        with pytest.raises(Invalid) as refusal:
            make_territory(parent=above, level=child)
        assert refusal.value.field == "level"


def test_moving_takes_everything_below_along_in_one_update(count_queries: Any) -> None:
    root = make_region()
    one, other = (make_territory(parent=root, level=Level.NATIONAL) for _ in range(2))
    region = make_territory(parent=one, level=Level.REGIONAL)
    towns = [make_territory(parent=region) for _ in range(5)]
    with count_queries() as seen:
        move_territory(region, parent=other, actor=SYSTEM)
    assert sum("UPDATE territory" in s and "path" in s and "substr" in s for s in seen) == 1
    assert {t.path for t in towns} == {f"/{root.id}/{other.id}/{region.id}/{t.id}/" for t in towns}
    assert list(db.session.scalars(subtree(one))) == [one]


def test_a_place_cannot_lie_below_itself() -> None:
    root = make_region()
    nation = make_territory(parent=root, level=Level.NATIONAL)
    town = make_territory(parent=nation)
    with pytest.raises(Invalid, match="below itself"):
        move_territory(nation, parent=town, actor=SYSTEM)
    with pytest.raises(Invalid, match="below itself"):
        move_territory(nation, parent=nation, actor=SYSTEM)
    assert nation.path == f"/{root.id}/{nation.id}/"


def test_moving_asks_for_both_places() -> None:
    root = make_region()
    one, other = (make_territory(parent=root, level=Level.NATIONAL) for _ in range(2))
    town = make_territory(parent=one)
    officer = give_role(make_user(), Role.COORDINATOR, territory=one)
    with pytest.raises(NotAllowed):
        move_territory(town, parent=other, actor=officer)
    assert town.parent_id == one.id


def test_editing_can_move_and_is_one_step() -> None:
    root = make_region()
    one, other = (make_territory(parent=root, level=Level.NATIONAL) for _ in range(2))
    town = make_territory(parent=one, name="Old")
    with pytest.raises(Invalid):
        edit(town, name=Multilingual.of("New", "en"), parent=make_territory(parent=root))
    assert town.name.original.text == "Old"
    edit(town, name=Multilingual.of("New", "en"), parent=other)
    assert (town.name.original.text, town.path) == ("New", f"/{root.id}/{other.id}/{town.id}/")


def test_an_old_address_leads_to_the_place_and_is_never_given_away() -> None:
    town = make_territory(name="Ptuj")
    edit(town, slug="Stari Ptuj")
    assert town.slug == "stari-ptuj"
    assert moved_to("ptuj") == "stari-ptuj"
    assert make_territory(name="Ptuj").slug == "ptuj-2"
    assert by_slug("stari-ptuj").id == town.id


def test_the_second_of_two_editors_is_told() -> None:
    town = make_territory(name="Weiz")
    seen = town.version
    edit(town, name=Multilingual.of("Weiz!", "en"))
    with pytest.raises(Conflict) as conflict:
        edit(town, name=Multilingual.of("Waiz", "en"), version=seen)
    assert conflict.value.theirs["name"] == "Weiz!"
    assert town.name.original.text == "Weiz!"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"latitude": 91.0, "longitude": 1.0}, "latitude"),
        ({"latitude": 46.0}, "longitude"),
        ({"population": -1}, "population"),
        ({"code": "Ž1"}, "code"),
        ({"code": "X"}, "code"),
        ({"default_language": "xx"}, "default_language"),
        ({"currency": "EURO"}, "currency"),
        ({"name": Multilingual.of("  \u200b ", "en")}, "name"),
        ({"name": Multilingual.of("x" * 10_000, "en")}, "name"),
    ],
)
def test_what_is_not_in_order_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_territory(**changes)
    assert refusal.value.field in (field, None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Territory)) == 0


def test_a_code_belongs_to_one_place() -> None:
    make_territory(code="VEL")
    with pytest.raises(Invalid, match="Another place"):
        make_territory(code="vel")


def test_only_the_installation_makes_a_root() -> None:
    root = make_region()
    chief = give_role(make_user(), Role.ADMIN, territory=root)
    with pytest.raises(NotAllowed):
        create_territory(
            parent=None,
            level=Level.NATIONAL,
            name=Multilingual.of("Mine", "en"),
            code="MY",
            country=None,
            timezone="UTC",
            default_language="en",
            actor=chief,
        )


def test_what_happens_is_written_down() -> None:
    place = make_territory()
    edit(place)
    events = list(db.session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)))
    assert events == ["territories.created", "territories.changed"]


def test_a_subtree_is_one_range_of_the_index(application: Any) -> None:
    """The plan names the index on both databases; a table scan is taken off the planner's mind by its size."""
    root = make_region()
    place = make_territory(parent=root)
    statement = sa.select(Territory.id).where(within(place.path))
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all())
        assert "ix_territory_path (path>? AND path<?)" in plan
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {compiled}"))
        assert "ix_territory_path" in plan
        assert "Index Cond" in plan
