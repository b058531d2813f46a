"""What a core says, as values and as stored data."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from stakeholder_hub.consultations.models import Activity
from stakeholder_hub.decisions.electorate import Electorate
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Conditions, TerritoryKey
from stakeholder_hub.editions.checking import checked, checked_item, free_key
from stakeholder_hub.editions.content import Content, ItemKind, PlannedPhase
from stakeholder_hub.editions.dates import phases_on
from stakeholder_hub.kernel.errors import Invalid
from tests.factories.editions import make_choice, make_content, make_item, said


def test_a_content_is_the_same_after_it_was_stored() -> None:
    content = checked(make_content())
    assert Content.from_json(content.to_json()) == content


def test_data_of_a_later_format_are_refused_rather_than_misread() -> None:
    with pytest.raises(ValueError, match="format 2"):
        Content.from_json({**make_content().to_json(), "format": 2})


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (make_item(method=Method.BUDGET), "method"),
        (make_item(kind=ItemKind.QUESTION), "method"),
        (make_item(title=said(" ")), "title"),
        (make_choice(options=("One",)), "options"),
        (make_choice(options=("One", "one")), "options"),
        (make_item(options=(said("Maybe"),)), "options"),
        (make_item(electorate=Electorate.LIST), "electorate"),
        (make_item(conditions=Conditions(territories=TerritoryKey.EACH)), "conditions"),
        (make_choice(method=Method.MULTIPLE_CHOICE, min_choices=3), "min_choices"),
        (make_choice(method=Method.MULTIPLE_CHOICE, min_choices=2, max_choices=1), "max_choices"),
        (make_choice(kind=ItemKind.BALLOT, method=Method.SCORE, points_each=99), "points_each"),
        (make_choice(kind=ItemKind.BALLOT, method=Method.STV, winners_wanted=9), "winners_wanted"),
    ],
)
def test_an_item_that_no_place_could_carry_out_is_refused_at_its_field(item: object, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked_item(item, "en")  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_originals_are_in_one_language() -> None:
    with pytest.raises(Invalid, match="one language"):
        checked(make_content(items=[make_item(title=replace(said("Ja"), source="de"))]))


def test_two_items_cannot_have_one_key() -> None:
    with pytest.raises(Invalid, match="short name"):
        checked(make_content(items=[make_item(), make_item()]))


def test_items_need_a_phase_in_which_people_vote() -> None:
    talk = (PlannedPhase(said("Talk"), 0, 9, (Activity.DISCUSSION,)),)
    with pytest.raises(Invalid, match="people vote"):
        checked(make_content(phases=talk))
    assert checked(make_content(items=[], phases=talk)).voting_phase is None


@pytest.mark.parametrize("days", [((3, 9),), ((0, 0),), ((0, 5), (7, 6)), ()])
def test_days_that_lead_nowhere_are_refused(days: tuple[tuple[int, int], ...]) -> None:
    phases = tuple(PlannedPhase(said("Phase"), a, b, (Activity.BALLOT,)) for a, b in days)
    with pytest.raises(Invalid) as refusal:
        checked(make_content(phases=phases))
    assert refusal.value.field == "phases"


def test_what_is_missing_in_a_language_is_counted() -> None:
    content = make_content()
    assert content.missing_in("sl") == 0
    assert content.missing_in("hu") == 1 + 2 + 4
    assert content.languages == ["en", "sl"]


@pytest.mark.parametrize(
    ("title", "key"),
    [("Zakaj?", "zakaj"), ("5 let", "q-5-let"), ("Млади", "q"), ("", "q"), ("Stay", "stay-2")],
)
def test_a_key_is_made_of_the_title(title: str, key: str) -> None:
    assert free_key(title, ["stay"]) == key


@pytest.mark.hostile("H51")
@pytest.mark.parametrize(
    ("zone", "starts_on", "opens", "closes"),
    [
        ("Europe/Ljubljana", date(2026, 3, 20), (2026, 3, 20, 7), (2026, 4, 3, 16)),
        ("Europe/Ljubljana", date(2026, 10, 20), (2026, 10, 20, 6), (2026, 11, 3, 17)),
        ("Europe/Bucharest", date(2026, 3, 20), (2026, 3, 20, 6), (2026, 4, 3, 15)),
        ("Europe/Bucharest", date(2026, 10, 20), (2026, 10, 20, 5), (2026, 11, 3, 16)),
        ("Europe/London", date(2026, 3, 20), (2026, 3, 20, 8), (2026, 4, 3, 17)),
        ("Europe/London", date(2026, 10, 20), (2026, 10, 20, 7), (2026, 11, 3, 18)),
        ("America/New_York", date(2026, 3, 1), (2026, 3, 1, 13), (2026, 3, 15, 22)),
        ("America/New_York", date(2026, 10, 25), (2026, 10, 25, 12), (2026, 11, 8, 23)),
    ],
)
def test_recommended_days_are_those_of_the_wall_clock_over_clock_changes(
    zone: str, starts_on: date, opens: tuple[int, int, int, int], closes: tuple[int, int, int, int]
) -> None:
    """Breaks if days are added to moments instead of to days of the place."""
    content = make_content(phases=(PlannedPhase(said("Vote"), 0, 14, (Activity.BALLOT,)),))
    (phase,) = phases_on(content, starts_on, zone)
    assert phase.starts_at == datetime(*opens, tzinfo=UTC)
    assert phase.ends_at == datetime(*closes, tzinfo=UTC)


@pytest.mark.hostile("H60")
@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_out_of_reach_is_refused_at_its_field(day: date) -> None:
    with pytest.raises(Invalid) as refusal:
        phases_on(make_content(), day, "Europe/Ljubljana")
    assert refusal.value.field == "starts_on"
