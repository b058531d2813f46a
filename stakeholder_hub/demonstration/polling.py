"""Holds the further votes of a story: everybody likes what stands first a little more, and the dice always fall alike."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime

from stakeholder_hub.accounts.models import User
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.electorate import Electorate
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, open_ballot, prepare_ballot
from stakeholder_hub.decisions.operations.objecting import OBJECTION
from stakeholder_hub.demonstration.stories.shape import Poll
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.multilingual import Multilingual

Day = Callable[[float], datetime]


def hold_poll(
    consultation: Consultation, poll: Poll, people: Sequence[User], *, coordinator: User, day: Day, past: Day
) -> Ballot:
    """Prepare, open, vote, and close it if its last day is over. ``past`` is like ``day``, but never in the future."""
    language, dice = consultation.source_language, random.Random(poll.title)
    with clock.frozen(past(poll.first - 1)):
        ballot = prepare_ballot(
            consultation,
            title=_said(poll, 0, language),
            question=_said(poll, 1, language),
            method=Method(poll.method),
            opens_at=day(poll.first),
            closes_at=day(poll.last),
            answers=poll.answers,
            winners_wanted=poll.winners,
            electorate=Electorate.MEMBERS if poll.members else Electorate.EVERYONE,
            conditions=Conditions.from_json(poll.conditions),
            actor=coordinator,
        )
    with clock.frozen(day(poll.first)):
        open_ballot(ballot, actor=SYSTEM)
    voters = list(people)[: poll.voters]
    end = min(poll.last, 0)
    for number, voter in enumerate(voters):
        objects = bool(poll.objection) and number == 0
        marks = Marks([OBJECTION]) if objects else _marks(ballot, dice)
        with clock.frozen(past(poll.first + 0.1 + (end - poll.first - 0.3) * number / len(voters))):
            cast_vote(
                ballot,
                choices=marks.choices,
                points=marks.points,
                reason=poll.objection if objects else "",
                language=language,
                actor=voter,
            )
    if poll.last < 0:
        with clock.frozen(day(poll.last)):
            close_ballot(ballot, actor=SYSTEM)
    return ballot


def _said(poll: Poll, which: int, language: str) -> Multilingual:
    others = {code: pair[which] for code, pair in poll.translations.items()}
    return Multilingual.of((poll.title, poll.question)[which], language, **others)


def _marks(ballot: Ballot, dice: random.Random) -> Marks:
    places = [option.position for option in ballot.options]
    liked = sorted(places, key=lambda place: 0.45 * place + dice.random() * len(places))
    if ballot.vote_type is BallotKind.ORDINAL:
        return Marks(liked[: dice.randint(2, len(liked))])
    if ballot.vote_type is BallotKind.SCORING:
        most = ballot.points_each or 1
        worth = {
            place: max(0, min(most, most - turn + dice.randint(-1, 1))) for turn, place in enumerate(liked)
        }
        return Marks(places, [worth[place] for place in places])
    return Marks([1 if dice.random() < 0.75 else 2])
