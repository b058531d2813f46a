"""What editions show on other pages: where a consultation runs, what an edition is part of, what waits for a place."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.parts import (
    Action,
    register_beginning,
    register_part,
    register_standing,
    register_tool,
)
from stakeholder_hub.editions.content import Content, LocalPart
from stakeholder_hub.editions.listing import PartOf, first_places, standing_of
from stakeholder_hub.editions.models import Edition
from stakeholder_hub.editions.policy import may_manage_edition, may_run_in_places
from stakeholder_hub.editions.queries import (
    content_of,
    edition_carried_out_by,
    waiting_answer,
)
from stakeholder_hub.editions.waiting import invitations_for
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.i18n import INTERFACE, NAMES, _l
from stakeholder_hub.kernel.text import markdown
from stakeholder_hub.territories.policy import manages
from stakeholder_hub.webkit.formats import in_language


def place_url(edition: Edition, endpoint: str = "editions.place", **values: Any) -> str:
    """The page of a place in a parent."""
    return url_for(endpoint, slug=edition.parent.slug, place=edition.territory.slug, **values)


def invitation_part(consultation: Consultation, actor: Actor) -> dict[str, Any] | None:
    """For those whose place is invited: the way to the invitation."""
    if not actor.is_authenticated:
        return None
    waiting = invitations_for(actor, parent_id=consultation.id)
    return {"invitations": [(edition, place_url(edition)) for edition in waiting]} if waiting else None


def places_part(consultation: Consultation, actor: Actor) -> dict[str, Any] | None:
    """Where a consultation runs, or what it is part of; nothing where it stands alone."""
    standing = standing_of(consultation, actor)
    if standing.part_of is not None:
        return {"edition": edition_told(standing.part_of, actor), "places": None}
    runs_it = actor.is_authenticated and manages(actor, consultation)
    if not standing.places or not (standing.accepted or runs_it):
        return None
    places = {
        "standing": standing,
        "rows": first_places(consultation, actor) if standing.shown else [],
        "runs_it": runs_it,
        "all_url": url_for("editions.places", slug=consultation.slug),
        "core_url": url_for("editions.core", slug=consultation.slug),
    }
    return {"edition": None, "places": places}


def edition_told(whole: PartOf, actor: Actor) -> dict[str, Any]:
    """What an edition is part of, what is common, and what waits for its answer."""
    edition = whole.edition
    runs_it = bool(actor.is_authenticated and may_manage_edition(actor, edition))
    answer = waiting_answer(edition) if runs_it else None
    said = in_language(edition.addition_text) if edition.addition_text else None
    content = content_of(edition.core) if edition.core else None
    return {
        "said": said,
        "html": edition.addition_html.texts.get(said.lang, "") if said and edition.addition_html else "",
        "content": content,
        "own_languages": own_languages(edition, content) if content else [],
        "number": whole.places,
        "parent": whole.parent,
        "settings_url": place_url(edition) if runs_it else None,
        "answer_url": place_url(edition, "editions.version", number=answer.core.number) if answer else None,
    }


def own_languages(edition: Edition, content: Content) -> list[dict[str, Any]]:
    """What is asked, in those languages of the place that no page of the site speaks: its people read it in them."""
    return [
        {
            "code": code,
            "name": NAMES[code],
            "title": content.title.texts.get(code, ""),
            "question": content.question.texts[code],
            "html": markdown(content.background.texts.get(code, "")),
            "items": [item.question.texts[code] for item in content.items if code in item.question.texts],
        }
        for code in edition.languages
        if code not in INTERFACE and content.question.texts.get(code)
    ]


def run_in_places(consultation: Consultation, actor: Actor) -> Action | None:
    """The tool of those who run a consultation: what is common, and who is invited."""
    if not may_run_in_places(actor, consultation):
        return None
    return Action(_l("Run in many places"), url_for("editions.core", slug=consultation.slug), icon="map")


def other_beginnings(group: Group, actor: Actor) -> Sequence[Action]:
    """Beside the templates: invitations of the group's place, and how to ask in many places."""
    waiting = [edition for edition in invitations_for(actor) if edition.territory_id == group.territory_id]
    return [
        *[
            Action(
                _l("Carry out “%(title)s”", title=in_language(edition.parent.title).text),
                place_url(edition),
                text=_l(
                    "Your place is invited: everything is prepared, and you can add what matters to you."
                ),
                icon="mail",
            )
            for edition in waiting
        ],
        Action(
            _l("Ask the same in many places"),
            "",
            text=_l(
                "Begin with one of these. Then choose “Run in many places” under “Manage this consultation”: "
                "there you write what is common and invite the places."
            ),
            icon="map",
        ),
    ]


def what_is_common(consultation: Consultation) -> Any:
    """Why some texts of an edition stand as they are."""
    edition = edition_carried_out_by(consultation.id)
    if edition is None or edition.core is None:
        return None
    if content_of(edition.core).allows(LocalPart.BACKGROUND):
        return _l(
            "Question, background and common votes are the same in every place and cannot be changed here. "
            "Add what matters in your place on the page of the edition."
        )
    return _l("Question, background and common votes are the same in every place and cannot be changed here.")


def register() -> None:
    """Show the sections, tools and beginnings on the pages of consultations."""
    register_part("invitation", 4, invitation_part, "editions/_invited.html")
    register_part("places", 5, places_part, "editions/_places.html")
    register_tool(run_in_places)
    register_beginning(other_beginnings)
    register_standing(what_is_common)
