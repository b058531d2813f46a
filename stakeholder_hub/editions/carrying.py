"""How an item of the core becomes a ballot: the same terms wherever it is held."""

from collections.abc import Sequence
from typing import Any

from stakeholder_hub.consultations.models import Activity, Consultation, Phase
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.operations.options import in_interface
from stakeholder_hub.editions.content import ANSWERS_TO_STATEMENT, CoreItem, ItemKind
from stakeholder_hub.kernel.multilingual import Multilingual


def fixed_terms(item: CoreItem) -> dict[str, Any]:
    """The terms of a ballot that come from the core and stand as they are in every place."""
    return {
        "title": item.title,
        "question": item.question,
        "method": item.method,
        "vote_type": item.vote_type,
        "answers": item.options,
        "wording": wording_of(item),
        "proposals": (),
        "electorate": item.electorate,
        "min_choices": item.min_choices,
        "max_choices": item.max_choices,
        "winners_wanted": item.winners_wanted,
        "points_each": item.points_each,
        "conditions": item.conditions,
        "secret": True,
    }


def wording_of(item: CoreItem) -> tuple[Multilingual, ...]:
    """The fixed answers as they are said to a statement; nothing where the usual words fit."""
    if item.kind is not ItemKind.STATEMENT or item.method is not Method.YES_NO:
        return ()
    return tuple(in_interface(answer, item.title.source) for answer in ANSWERS_TO_STATEMENT)


def voting_phase(consultation: Consultation) -> Phase:
    """The phase in which a consultation's items are voted on: the first that holds a vote."""
    return next(phase for phase in consultation.phases if Activity.BALLOT in phase.activities)


def holds_vote(phases: Sequence[Phase]) -> bool:
    """Whether people can vote in one of the phases."""
    return any(Activity.BALLOT in phase.activities for phase in phases)


def with_local(common: Multilingual, present: Multilingual) -> Multilingual:
    """``common`` with the translations that the place made into languages it does not have."""
    own = [code for code in present.texts if code not in common.texts]
    return Multilingual(
        common.source,
        {**common.texts, **{code: present.texts[code] for code in own}},
        {**common.made_by, **{code: present.made_by.get(code, "human") for code in own}},
        {**common.made_from, **{code: present.made_from.get(code, "") for code in own}},
    )


def keeps(present: Multilingual, common: Multilingual) -> bool:
    """Whether every text of ``common`` stands in ``present`` as it is; more languages may be there."""
    return present.source == common.source and all(
        present.texts.get(code, "") == text for code, text in common.texts.items()
    )
