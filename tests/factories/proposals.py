"""Proposals, made through the operations that people use."""

from itertools import count
from typing import Any

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import submit_proposal
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation

_numbers = count(1)


def make_proposal(
    consultation: Consultation | None = None,
    *,
    title: str | None = None,
    body: str = "Plant **trees** along the street.",
    language: str = "en",
    actor: Any = None,
    **values: Any,
) -> Proposal:
    """A proposal of a new person in a consultation that takes some, unless told otherwise."""
    return submit_proposal(
        consultation or make_consultation(),
        title=title or f"Proposal {next(_numbers)}",
        body=body,
        language=language,
        actor=actor or make_user(),
        **values,
    )
