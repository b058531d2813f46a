"""The words a consultation begins and ends with."""

from stakeholder_hub.consultations import drafts
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual

NO_TITLE = _l("Give the consultation a name.")
NO_QUESTION = _l("Write the question you want to ask.")


def set_summary(consultation: Consultation, summary: str) -> None:
    """Say in the original's language what came of it; an empty text takes it away.

    Raises:
        Invalid: it is too long.
    """
    present = consultation.summary_text or Multilingual.of("", consultation.source_language)
    text = drafts.checked_text(present.with_source(summary), "summary", longest=20_000)
    consultation.summary_text = text if text else None
    consultation.summary_html = drafts.html_of(text, "summary") if text else None
