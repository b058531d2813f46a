"""Everything that changes a ballot: prepared, opened, voted in, closed with the count, decided."""

from stakeholder_hub.decisions.operations.afterwards import (
    mark_winners,
    settle_result,
    veto_result,
)
from stakeholder_hub.decisions.operations.asking_again import ask_again
from stakeholder_hub.decisions.operations.closing import close_ballot
from stakeholder_hub.decisions.operations.crossing import cross_off, undo_crossing
from stakeholder_hub.decisions.operations.deciding import explain_decision, record_decision
from stakeholder_hub.decisions.operations.objecting import answer_objection
from stakeholder_hub.decisions.operations.opening import open_ballot
from stakeholder_hub.decisions.operations.paperwork import (
    begin_batch,
    discard_batch,
    repeat_batch,
    settle_batch,
)
from stakeholder_hub.decisions.operations.preparing import edit_ballot, prepare_ballot
from stakeholder_hub.decisions.operations.presence import note_presence, take_back_presence
from stakeholder_hub.decisions.operations.proxies import give_proxy, take_back_proxy
from stakeholder_hub.decisions.operations.roll import write_list
from stakeholder_hub.decisions.operations.voters import voter_key
from stakeholder_hub.decisions.operations.voting import cast_vote, own_marks

__all__ = [
    "answer_objection",
    "ask_again",
    "begin_batch",
    "cast_vote",
    "close_ballot",
    "cross_off",
    "discard_batch",
    "edit_ballot",
    "explain_decision",
    "give_proxy",
    "mark_winners",
    "note_presence",
    "open_ballot",
    "own_marks",
    "prepare_ballot",
    "record_decision",
    "repeat_batch",
    "settle_batch",
    "settle_result",
    "take_back_presence",
    "take_back_proxy",
    "undo_crossing",
    "veto_result",
    "voter_key",
    "write_list",
]
