"""Everything that changes commitments, their evidence, and the texts that bodies ratify."""

from stakeholder_hub.commitments.operations.answering import (
    accept_commitment,
    agree_to_offer,
    amend_commitment,
    declare_broken,
    keep_asking,
    refuse_commitment,
    supersede_commitment,
    withdraw_commitment,
)
from stakeholder_hub.commitments.operations.asking import ask_for_commitment
from stakeholder_hub.commitments.operations.showing import give_evidence, verify_evidence
from stakeholder_hub.commitments.operations.texts import put_to_ratification, revise_text

__all__ = [
    "accept_commitment",
    "agree_to_offer",
    "amend_commitment",
    "ask_for_commitment",
    "declare_broken",
    "give_evidence",
    "keep_asking",
    "put_to_ratification",
    "refuse_commitment",
    "revise_text",
    "supersede_commitment",
    "verify_evidence",
    "withdraw_commitment",
]
