"""What a visitor wrote before giving an address becomes a proposal once the address is confirmed."""

from typing import Any

from stakeholder_hub.accounts.pending import contribution
from stakeholder_hub.consultations.queries import load_consultation
from stakeholder_hub.proposals.operations import submit_proposal
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.queries import load_record

KIND = "proposals.submit"


@contribution(KIND)
def submit_at_last(payload: dict[str, Any], *, actor: Any) -> str:
    """Put forward what was written before; leads to it."""
    consultation = load_consultation(payload["consultation"], actor)
    category = next((c for c in consultation.categories if c.slug == payload.get("category")), None)
    proposal = submit_proposal(
        consultation,
        title=payload["title"],
        body=payload["body"],
        language=payload["language"],
        category=category,
        cost=payload.get("cost"),
        place=payload.get("place"),
        latitude=payload.get("latitude"),
        longitude=payload.get("longitude"),
        prompted_by=load_record(payload["prompted_by"], actor) if payload.get("prompted_by") else None,
        actor=actor,
    )
    return record_url(proposal)
