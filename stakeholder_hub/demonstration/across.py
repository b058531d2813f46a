"""Tells what happens across levels: one question in eighteen towns, and a proposal that a state answers."""

import csv
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.actions.models import ActionItem, ActionStatus
from stakeholder_hub.actions.operations import change_status, create_action_item
from stakeholder_hub.bodies.models import Body, Topic
from stakeholder_hub.bodies.officials import officials_of
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation, Template
from stakeholder_hub.consultations.operations import create_consultation, publish_consultation
from stakeholder_hub.consultations.templates import in_all_languages
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, open_ballot
from stakeholder_hub.deliberation.operations import support_record
from stakeholder_hub.demonstration.people import Place, make_citizens
from stakeholder_hub.demonstration.stories import levels
from stakeholder_hub.demonstration.stories.levels import CommonItem, LocalPart
from stakeholder_hub.editions.content import CoreItem, ItemKind
from stakeholder_hub.editions.drafting import drafted
from stakeholder_hub.editions.models import Edition
from stakeholder_hub.editions.operations import (
    accept_invitation,
    decline_invitation,
    invite_territories,
    publish_core,
)
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import submit_proposal
from stakeholder_hub.records.models import Link, Record
from stakeholder_hub.referrals.kinds import Gap, Outcome, Satisfaction
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.operations import (
    acknowledge_referral,
    add_local_note,
    answer_referral,
    begin_deliberation,
    draft_referral,
    judge_answer,
    send_referral,
    translate_answer,
)
from stakeholder_hub.referrals.parties import Party, parties_of
from stakeholder_hub.territories.models import Territory

Opinion = tuple[int | None, ...]
"""What one person says to each statement: 1 agrees, -1 disagrees, 0 passes, ``None`` says nothing."""

ANSWERS = {1: 1, -1: 2, 0: 3}
OPINIONS = Path("polis") / "brexit-consensus" / "participants-votes.csv"
VOTING_DAYS, REVIEW_DAYS = 28, 62


def tell_across_levels(
    region: Territory,
    committee: Group,
    places: dict[str, Place],
    ministry: Body,
    now: datetime,
    *,
    data: Path | None = None,
) -> None:
    """From the common question to what two towns do now, because a state said yes in part.

    ``ministry`` is the body of the state that is asked. ``data`` is a folder with real opinions: people then agree
    and disagree as the participants of a published conversation did, not at random.
    """
    teller = _Teller(region, committee, places, now, opinions_in(data))
    parent = teller.ask()
    editions = {edition.territory.slug: edition for edition in teller.invite(parent)}
    proposals = {part.town: teller.run(editions[part.town], part) for part in levels.LOCAL}
    teller.others(editions)
    teller.refer(proposals["veszprem"][0], ministry)


def opinions_in(data: Path | None) -> list[Opinion]:
    """What real people said to the statements on which they were most divided, of those that half of them answered: from
    the export of a conversation.
    """
    file = data / OPINIONS if data is not None and data.is_dir() else None
    if file is None or not file.is_file():
        return []
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = [name for name in rows[0] if name.isdigit()]
    wanted = sum(item.kind == "statement" for item in levels.ITEMS)
    answered = {name: [int(row[name]) for row in rows if row[name]] for name in names}
    many = [name for name in names if 2 * len(answered[name]) >= len(rows)]
    most = sorted(many, key=lambda name: (abs(sum(answered[name])) / len(answered[name]), int(name)))[:wanted]
    read = [tuple(int(row[name]) if row[name] else None for name in most) for row in rows]
    return [opinion for opinion in read if any(said is not None for said in opinion)]


class _Teller:
    """Knows today, the places, and what people think. The dice always fall alike."""

    def __init__(
        self,
        region: Territory,
        committee: Group,
        places: dict[str, Place],
        now: datetime,
        opinions: list[Opinion],
    ) -> None:
        self.region, self.committee, self.places, self.opinions = region, committee, places, opinions
        self.today = now.replace(hour=10, minute=0, second=0, microsecond=0)
        self.lead: User = next(g.user for g in committee.memberships if g.role.value == "coordinator")
        self.dice = random.Random("across levels")

    def day(self, offset: float) -> datetime:
        """The moment ``offset`` days from today."""
        return self.today + timedelta(days=offset)

    def ask(self) -> Consultation:
        """The common question of the consortium, with its core."""
        with clock.frozen(self.day(-60)):
            parent = create_consultation(
                self.committee,
                title=_said(levels.TITLE),
                question=_said(levels.QUESTION),
                background=_said(levels.BACKGROUND),
                language="en",
                template=Template.IDEAS,
                phases=self._phases(),
                slug="what-makes-young-people-stay",
                actor=self.lead,
            )
            publish_consultation(parent, actor=self.lead)
            content = replace(drafted(parent).content, items=tuple(_item(item) for item in levels.ITEMS))
            publish_core(parent, content=content, actor=self.lead)
        return parent

    def _phases(self) -> list[PhaseDraft]:
        first = self.day(-50).replace(hour=6)
        voted, over = first + timedelta(days=VOTING_DAYS), first + timedelta(days=REVIEW_DAYS)
        return [
            PhaseDraft(
                in_all_languages(_l("Propose and vote"), "en"),
                first,
                voted,
                [Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION, Activity.BALLOT],
            ),
            PhaseDraft(
                in_all_languages(_l("Review"), "en"), voted, over, [Activity.REVIEW, Activity.DISCUSSION]
            ),
        ]

    def invite(self, parent: Consultation) -> list[Edition]:
        """Every town is invited at once."""
        with clock.frozen(self.day(-58)):
            return invite_territories(
                parent,
                territories=[place.territory for place in self.places.values()],
                message=levels.INVITATION,
                language="en",
                reply_by=self.day(20).date(),
                actor=self.lead,
            )

    def run(self, edition: Edition, part: LocalPart) -> list[Proposal]:
        """One town: it takes part, its people propose and vote, and the votes are counted."""
        place = self.places[part.town]
        people = [*make_citizens(place, part.voters), *place.members]
        consultation = self._accept(edition, place, part)
        proposals = [self._propose(consultation, part, number, people) for number in range(len(part.ideas))]
        ballots = [item.ballot for item in edition.items]
        with clock.frozen(ballots[0].opens_at):
            for ballot in ballots:
                open_ballot(ballot, actor=SYSTEM)
        for number, voter in enumerate(people[: part.voters]):
            with clock.frozen(self.day(-part.began + 1 + (VOTING_DAYS - 3) * number / part.voters)):
                self._vote(ballots, voter, len(people) * levels.LOCAL.index(part) + number)
        with clock.frozen(ballots[0].closes_at):
            for ballot in ballots:
                close_ballot(ballot, actor=SYSTEM)
        return proposals

    def _accept(self, edition: Edition, place: Place, part: LocalPart) -> Consultation:
        with clock.frozen(self.day(-part.began - 6)):
            consultation = accept_invitation(
                edition,
                group=place.group,
                starts_on=self.day(-part.began).date(),
                languages=[part.language],
                actor=place.coordinator,
            )
            publish_consultation(consultation, actor=place.coordinator)
        return consultation

    def _propose(
        self, consultation: Consultation, part: LocalPart, number: int, people: Sequence[User]
    ) -> Proposal:
        title, body, support = part.ideas[number]
        author = people[number * 2]
        with clock.frozen(self.day(-part.began + 2 + number)):
            proposal = submit_proposal(
                consultation, title=title, body=body, language=part.language, actor=author
            )
        others = [person for person in people if person.id != author.id]
        with clock.frozen(self.day(-part.began + 9)):
            for person in self.dice.sample(others, min(support, len(others))):
                support_record(proposal, actor=person)
        return proposal

    def _vote(self, ballots: Sequence[Ballot], voter: User, number: int) -> None:
        statements = [ballot for ballot in ballots if ballot.method is Method.YES_NO]
        for ballot, said in zip(statements, self._opinion(number, len(statements)), strict=True):
            if said is not None:
                cast_vote(ballot, choices=[ANSWERS[said]], actor=voter)
        for ballot in ballots:
            if ballot.method is not Method.YES_NO:
                liked = sorted(
                    ballot.options, key=lambda option: option.position * 0.5 + self.dice.random() * 4
                )
                cast_vote(ballot, choices=[liked[0].position], actor=voter)

    def _opinion(self, number: int, statements: int) -> Opinion:
        if self.opinions:
            return self.opinions[number % len(self.opinions)]
        return tuple(self.dice.choices((1, -1, 0), (6 - turn, 2 + turn, 2))[0] for turn in range(statements))

    def others(self, editions: dict[str, Edition]) -> None:
        """Some prepare their edition, one declines; the others have not answered yet."""
        for slug in levels.READY:
            place = self.places[slug]
            with clock.frozen(self.day(-8)):
                accept_invitation(
                    editions[slug],
                    group=place.group,
                    starts_on=self.day(12).date(),
                    languages=[place.language],
                    actor=place.coordinator,
                )
        town, language, reason = levels.DECLINED
        with clock.frozen(self.day(-51)):
            decline_invitation(
                editions[town], reason=reason, language=language, actor=self.places[town].coordinator
            )

    def refer(self, proposal: Proposal, ministry: Body) -> None:
        """The town cannot do it alone: the state is asked, says yes in part, and both set to work."""
        place = self.places["veszprem"]
        sender, official, author = self._sender(place), officials_of(ministry)[0].person, proposal.author
        assert author is not None  # noqa: S101 - just written
        with clock.frozen(self.day(-30)):
            referral = draft_referral(
                proposal,
                sender=sender,
                to_body=ministry,
                topic=Topic.HOUSING,
                request=levels.REQUEST,
                gap=Gap.ADMINISTRATIVE,
                reason=levels.WHY_NOT_HERE,
                evidence=levels.EVIDENCE,
                language="hu",
                actor=place.coordinator,
            )
            send_referral(referral, actor=place.coordinator)
        with clock.frozen(self.day(-26)):
            acknowledge_referral(referral, note=levels.ACKNOWLEDGED, language="hu", actor=official)
            begin_deliberation(referral, actor=official)
        response = self._answer(referral, ministry, official)
        self._carry_out(proposal, response, place)
        with clock.frozen(self.day(-5)):
            judge_answer(
                referral,
                satisfaction=Satisfaction.PARTLY,
                text=levels.VERDICT,
                language="hu",
                actor=author,
            )

    @staticmethod
    def _sender(place: Place) -> Party:
        """The town's group, as the register knows it."""
        return next(
            party
            for party in parties_of(place.coordinator)
            if (party.group_id if isinstance(party, Body) else party.id) == place.group.id
        )

    def _answer(self, referral: Referral, ministry: Body, official: User) -> Response:
        title, text = levels.STATE_TASK
        with clock.frozen(self.day(-9)):
            pilot = create_action_item(
                title=title,
                description=text,
                language="hu",
                territory=ministry.territory,
                organisation=ministry.organisation,
                person=official,
                due_on=self.day(190).date(),
                actor=SYSTEM,
            )
            response = answer_referral(
                referral,
                outcome=Outcome.ACCEPTED_IN_PART,
                answer=levels.ANSWER,
                language="hu",
                named=pilot,
                actor=official,
            )
            for code, translated in levels.ANSWER_IN.items():
                translate_answer(response, language=code, text=translated, actor=official)
        return response

    def _carry_out(self, proposal: Proposal, response: Response, place: Place) -> None:
        items: list[ActionItem] = []
        with clock.frozen(self.day(-7)):
            add_local_note(
                response,
                speaker=self._sender(place),
                text=levels.NOTE_OF_THE_TOWN,
                language="hu",
                actor=place.coordinator,
            )
            for title, text, due in levels.TOWN_TASKS:
                items.append(
                    create_action_item(
                        title=title,
                        description=text,
                        language="hu",
                        territory=place.territory,
                        group=place.group,
                        person=place.coordinator,
                        due_on=self.day(due).date(),
                        sources=[response, proposal],
                        actor=place.coordinator,
                    )
                )
        with clock.frozen(self.day(-3)):
            change_status(items[0], status=ActionStatus.IN_PROGRESS, actor=place.coordinator)


def _said(texts: dict[str, str]) -> Multilingual:
    return Multilingual.of(texts["en"], "en", **{code: text for code, text in texts.items() if code != "en"})


def _item(item: CommonItem) -> CoreItem:
    asks = item.kind == "statement"
    return CoreItem(
        key=item.key,
        kind=ItemKind.STATEMENT if asks else ItemKind.QUESTION,
        title=_said(item.title),
        question=_said(item.question),
        method=Method.YES_NO if asks else Method.PLURALITY,
        options=tuple(_said(option) for option in item.options),
    )


def story_references() -> dict[str, object]:
    """The references of the records this story is told by: for whoever wants to follow it.

    Empty where the demonstration is not loaded.
    """
    parent = db.session.scalar(
        sa.select(Consultation).where(Consultation.slug == "what-makes-young-people-stay")
    )
    if parent is None:
        return {}
    editions = db.session.scalars(
        sa.select(Edition).where(Edition.parent_id == parent.id, Edition.consultation_id.is_not(None))
    ).all()
    own = [edition.consultation_id for edition in editions]
    proposals = sa.select(Proposal.id).where(Proposal.consultation_id.in_(own))
    referral = db.session.scalars(sa.select(Referral).where(Referral.source_id.in_(proposals))).first()
    if referral is None or referral.source is None:
        return {}
    answer = db.session.scalars(sa.select(Response).where(Response.referral_id == referral.id)).one()
    return {
        "consultation": parent.reference,
        "editions": sorted(
            edition.consultation.reference
            for edition in editions
            if edition.consultation is not None and edition.consultation.published_at is not None
        ),
        "proposal": referral.source.reference,
        "referral": referral.reference,
        "answer": answer.reference,
        "action_items": [item.reference for item in _what_follows(answer)],
    }


def _what_follows(answer: Record) -> Sequence[ActionItem]:
    from_answer = sa.select(Link.target_id).where(Link.source_id == answer.id)
    return db.session.scalars(
        sa.select(ActionItem).where(ActionItem.id.in_(from_answer)).order_by(ActionItem.id)
    ).all()
