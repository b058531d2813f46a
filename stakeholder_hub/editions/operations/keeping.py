"""What a place may change in its edition at any time: its own words, its languages, what the parent may show."""

from collections.abc import Sequence

import sqlalchemy as sa

from stakeholder_hub.consultations.drafts import checked_language, checked_text, html_of
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.editions.events import AdditionChanged, SharingChanged
from stakeholder_hub.editions.models import Edition, EditionItem
from stakeholder_hub.editions.policy import may_add_background, may_manage_edition
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation

LONGEST_ADDITION = 20_000


@operation
def set_sharing(edition: Edition, *, shares: bool, actor: Actor) -> Edition:
    """Agree, or no longer agree, that the parent shows this edition's figures: before they are known.

    Raises:
        NotAllowed: the actor does not run the edition.
        Conflict: a vote of the core has been counted.
    """
    require(may_manage_edition(actor, edition))
    counted = (
        sa.select(EditionItem.id)
        .join(Ballot, Ballot.id == EditionItem.ballot_id)
        .where(EditionItem.edition_id == edition.id, Ballot.state == BallotState.CLOSED)
    )
    if db.session.scalar(counted.limit(1)) is not None:
        raise Conflict(_l("A vote has been counted: what was agreed before stands."))
    if edition.shares_results is not shares:
        edition.shares_results = shares
        emit(SharingChanged(actor=actor, subject=edition, shares=shares))
    return edition


@operation
def add_background(
    edition: Edition, *, text: str, language: str, version: int | None = None, actor: Actor
) -> Edition:
    """Say in the place's own words what the question means there; an empty text takes it away.

    Raises:
        NotAllowed: the actor does not run the edition, or the core is not open to it.
        Conflict: it was changed since ``version``; holds both texts.
    """
    require(may_add_background(actor, edition))
    if version is not None and edition.version != version:
        there = edition.addition_text.original.text if edition.addition_text else ""
        raise Conflict(
            _l(
                "Somebody else changed this while you were writing. Both texts are below; nothing of yours is lost."
            ),
            theirs={"text": there, "version": edition.version},
            mine={"text": text},
        )
    set_addition(edition, Multilingual.of(text, checked_language(language)))
    emit(AdditionChanged(actor=actor, subject=edition))
    return edition


@operation
def choose_languages(edition: Edition, *, languages: Sequence[str], actor: Actor) -> Edition:
    """Say in which languages the edition is held.

    Raises:
        NotAllowed: the actor does not run the edition.
        Invalid: none is chosen, or one is unknown.
    """
    require(may_manage_edition(actor, edition))
    chosen = [checked_language(code) for code in dict.fromkeys(languages)]
    if not chosen:
        raise Invalid(_l("Choose at least one language."), "languages")
    edition.languages = chosen
    emit(AdditionChanged(actor=actor, subject=edition))
    return edition


def set_addition(edition: Edition, addition: Multilingual | None) -> None:
    """Store a place's own words with their HTML; nothing where there are none.

    Raises:
        Invalid: it is too long.
    """
    text = checked_text(addition, "addition", longest=LONGEST_ADDITION) if addition else None
    edition.addition_text = text or None
    edition.addition_html = html_of(text, "addition") if text else None
