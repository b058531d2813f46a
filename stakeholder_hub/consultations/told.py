"""What the journey tells of consultations."""

from collections.abc import Iterator

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.happenings import Happening, Noted, shortened, tells, tells_event


@tells(Consultation)
def tell(consultation: Consultation) -> Iterator[Happening]:
    """Published, and closed with what came of it."""
    if consultation.published_at is not None:
        yield Happening(consultation.published_at, "published", _l("Published: people could take part"))
    if consultation.closed_at is not None:
        came_of_it = shortened(consultation.summary_text)
        yield Happening(consultation.closed_at, "closed", _l("Closed"), text=came_of_it, is_consequence=True)


@tells_event("consultations.reopened", Consultation)
def tell_of_reopening(consultation: Consultation, noted: Noted) -> Happening:
    """It ran again."""
    return Happening(noted.at, "reopened", _l("Opened again"))


@tells_event("consultations.phases_changed", Consultation)
def tell_of_phases(consultation: Consultation, noted: Noted) -> Happening | None:
    """Its dates were changed after people could read them."""
    if consultation.published_at is None or noted.at <= consultation.published_at:
        return None
    return Happening(noted.at, "dates_changed", _l("The timeline was changed"))
