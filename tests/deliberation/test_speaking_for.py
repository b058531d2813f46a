"""An organisation speaks through people with a mandate in force, and through nobody else (H11)."""

from datetime import date
from typing import Any

import pytest

from stakeholder_hub.groups.models import Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment

pytestmark = pytest.mark.usefixtures("app")


@operation
def mandated(subject: Any, **values: Any) -> tuple[Organisation, Any]:
    """An organisation and a person with a mandate for it."""
    body = Organisation(
        slug="library", name="Town library", sector=Sector.ACADEMIA, territory=subject.territory
    )
    person = make_user()
    fields = {"starts_on": date(2020, 1, 1), **values}
    db.session.add(Mandate(organisation=body, user=person, **fields))
    db.session.flush()
    return body, person


def test_who_has_a_mandate_comments_for_the_organisation() -> None:
    subject = make_consultation()
    body, person = mandated(subject)
    comment = make_comment(subject, actor=person, speaking_for=body)
    assert comment.speaking_for_id == body.id


@pytest.mark.hostile("H11")
@pytest.mark.parametrize(
    "values",
    [{"ends_on": date(2020, 12, 31)}, {"starts_on": date(2190, 1, 1)}, {"revoked_at": clock.now()}],
    ids=["expired", "not yet", "revoked"],
)
def test_a_mandate_out_of_force_lets_nobody_speak(values: dict[str, Any]) -> None:
    """Fails when the check of the mandate is taken out of ``add_comment``."""
    subject = make_consultation()
    body, person = mandated(subject, **values)
    with pytest.raises(NotAllowed, match="mandate"):
        make_comment(subject, actor=person, speaking_for=body)
    assert subject.comment_count == 0


def test_nobody_else_speaks_for_it() -> None:
    subject = make_consultation()
    body, _person = mandated(subject)
    with pytest.raises(NotAllowed):
        make_comment(subject, speaking_for=body)
