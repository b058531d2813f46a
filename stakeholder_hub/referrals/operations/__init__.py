"""Everything that changes a referral, by who does it."""

from stakeholder_hub.referrals.operations.bundling import ask_to_join, decide_joining
from stakeholder_hub.referrals.operations.drafting import (
    draft_referral,
    edit_referral,
    send_referral,
    withdraw_referral,
)
from stakeholder_hub.referrals.operations.following_up import (
    add_local_note,
    conclude_named,
    conclude_referral,
    judge_answer,
    reopen_referral,
    translate_answer,
)
from stakeholder_hub.referrals.operations.handing_on import escalate_referral
from stakeholder_hub.referrals.operations.receiving import (
    acknowledge_referral,
    answer_referral,
    begin_deliberation,
)

__all__ = [
    "acknowledge_referral",
    "add_local_note",
    "answer_referral",
    "ask_to_join",
    "begin_deliberation",
    "conclude_named",
    "conclude_referral",
    "decide_joining",
    "draft_referral",
    "edit_referral",
    "escalate_referral",
    "judge_answer",
    "reopen_referral",
    "send_referral",
    "translate_answer",
    "withdraw_referral",
]
