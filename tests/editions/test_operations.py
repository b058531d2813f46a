"""A consultation that runs in many places, through its operations."""

from flask import Flask

from stakeholder_hub.editions.models import EditionState
from tests.factories.editions import make_edition


def test_an_edition_has_the_items_of_the_core_as_ballots(app: Flask) -> None:
    edition = make_edition()
    assert edition.state is EditionState.ACCEPTED
    assert {item.key for item in edition.items} == {"stay", "reason"}
    by_key = {item.key: item.ballot for item in edition.items}
    assert [o.title.original.text for o in by_key["stay"].options] == ["I agree", "I disagree", "I pass"]
    assert [o.title.in_("sl").text for o in by_key["reason"].options] == ["Housing (sl)", "Jobs (sl)"]
