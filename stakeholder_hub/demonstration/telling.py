"""Tells one story: every step through its operation, at the moment it is said to have happened."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.actions.models import ActionStatus
from stakeholder_hub.actions.operations import add_note, change_status, create_action_item
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.operations import create_consultation, publish_consultation
from stakeholder_hub.consultations.templates import BEGINNINGS, said_in
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot, Decision
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, open_ballot, prepare_ballot
from stakeholder_hub.deliberation.models import Stance
from stakeholder_hub.deliberation.operations import add_comment, support_record
from stakeholder_hub.demonstration.people import Place, make_citizens
from stakeholder_hub.demonstration.polling import hold_poll
from stakeholder_hub.demonstration.stories.shape import Idea, Poll, Remark, Story, Stretch, Task
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import INTERFACE
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import answer_proposal, submit_proposal
from stakeholder_hub.records.models import Record


class Teller:
    """Knows today, the town, and who has said what. The dice always fall alike."""

    def __init__(self, story: Story, place: Place, today: datetime) -> None:
        self.story = story
        self.place = place
        self.today = today.replace(hour=10, minute=0, second=0, microsecond=0)
        self.dice = random.Random(story.slug)
        wanted = max([story.voters, *[idea.support for idea in story.ideas]], default=0)
        self.people = [*make_citizens(place, wanted + 1), *place.members]

    def day(self, offset: float) -> datetime:
        """The moment ``offset`` days from today."""
        return self.today + timedelta(days=offset)

    def in_the_past(self, offset: float) -> datetime:
        """Like :meth:`day`, but never later than an hour before now."""
        return min(self.day(offset), clock.now().astimezone(UTC) - timedelta(hours=1))

    def tell(self) -> Consultation:
        """From the draft to the last action item."""
        story = self.story
        with clock.frozen(self.day(min(p.first for p in story.phases) - 5 if story.is_published else -1)):
            consultation = self._draft()
            if story.is_published:
                publish_consultation(consultation, actor=self.place.coordinator)
        if not story.is_published:
            return consultation
        proposals = [self._propose(consultation, number, idea) for number, idea in enumerate(story.ideas)]
        ballot = self._vote(consultation, proposals) if story.method else None
        for poll in story.polls:
            self._poll(consultation, poll)
        for task in story.tasks:
            self._assign(task, [proposals[task.idea], *self._decision_of(ballot)])
        return consultation

    def _poll(self, consultation: Consultation, poll: Poll) -> None:
        seated = [person for person in self.place.members if person.id != self.place.coordinator.id]
        hold_poll(
            consultation,
            poll,
            list(dict.fromkeys(seated if poll.members else [*self.people, *seated])),
            coordinator=self.place.coordinator,
            day=self.day,
            past=self.in_the_past,
        )

    @staticmethod
    def _decision_of(ballot: Ballot | None) -> list[Record]:
        """The decision that rests on ``ballot``, once there is one."""
        if ballot is None:
            return []
        return list(db.session.scalars(sa.select(Decision).where(Decision.ballot_id == ballot.id)))

    def _draft(self) -> Consultation:
        story, language = self.story, self.story.language
        phases = [
            PhaseDraft(
                title=self._phase_name(p),
                starts_at=self.day(p.first),
                ends_at=self.day(p.last),
                activities=list(p.activities),
            )
            for p in story.phases
        ]
        return create_consultation(
            self.place.group,
            title=self._translated(story.title, 0),
            question=self._translated(story.question, 1),
            background=Multilingual.of(story.background, language),
            language=language,
            template=story.template,
            phases=phases,
            categories=[Multilingual.of(name, language) for name in story.categories],
            budget=story.budget * 100 if story.budget else None,
            slug=story.slug,
            actor=self.place.coordinator,
        )

    def _phase_name(self, stretch: Stretch) -> Multilingual:
        """In the town's words, and in those of the template for everybody who reads another language."""
        story = self.story
        name = Multilingual.of(stretch.title, story.language)
        plans = BEGINNINGS[story.template].phases
        plan = next((plan for plan in plans if stretch.activities[0] in plan.activities), None)
        if plan is None:
            return name
        for code in INTERFACE:
            if code != story.language:
                name = name.with_translation(code, said_in(plan.title, code))
        return name

    def _translated(self, text: str, which: int) -> Multilingual:
        others = {code: pair[which] for code, pair in self.story.translations.items()}
        return Multilingual.of(text, self.story.language, **others)

    def _window(self, activity: Activity) -> tuple[float, float]:
        """First and last day on which ``activity`` was possible so far."""
        found = [p for p in self.story.phases if activity in p.activities and p.first < 0]
        return found[0].first + 0.2, min(found[0].last, 0) - 0.2

    def _propose(self, consultation: Consultation, number: int, idea: Idea) -> Proposal:
        first, last = self._window(Activity.PROPOSALS)
        at = first + (last - first) * number / (len(self.story.ideas) + 2)
        author = self.people[(number * 3) % len(self.people)]
        latitude, longitude, place = idea.place or (None, None, None)
        with clock.frozen(self.in_the_past(at)):
            proposal = submit_proposal(
                consultation,
                title=idea.title,
                body=idea.text,
                language=self.story.language,
                category=consultation.categories[idea.category] if idea.category is not None else None,
                cost=idea.cost * 100 if idea.cost else None,
                place=place,
                latitude=latitude,
                longitude=longitude,
                actor=author,
            )
        others = [person for person in self.people if person.id != author.id]
        with clock.frozen(self.in_the_past(at + (last - at) * 0.5)):
            for person in self.dice.sample(others, min(idea.support, len(others))):
                support_record(proposal, actor=person)
        for turn, remark in enumerate(idea.remarks):
            self._remark(proposal, remark, at + (last - at) * (0.3 + 0.2 * turn), others)
        if idea.answer:
            with clock.frozen(self.in_the_past(last)):
                answer_proposal(
                    proposal, answer=idea.answer, language=self.story.language, actor=self.place.coordinator
                )
        return proposal

    def _remark(
        self, subject: Record, remark: Remark, at: float, people: list[User], parent: Any = None
    ) -> None:
        with clock.frozen(self.in_the_past(at)):
            comment = add_comment(
                subject,
                body=remark.text,
                stance=Stance(remark.stance),
                language=self.story.language,
                parent=parent,
                actor=self.dice.choice(people),
            )
        for answer in remark.answers:
            self._remark(subject, answer, at + 0.1, people, comment)

    def _vote(self, consultation: Consultation, proposals: list[Proposal]) -> Ballot:
        story = self.story
        phase = next(p for p in story.phases if Activity.BALLOT in p.activities)
        stored = next(p for p in consultation.phases if Activity.BALLOT in p.activities)
        with clock.frozen(self.day(phase.first - 1)):
            ballot = prepare_ballot(
                consultation,
                title=self._translated(story.title, 0),
                question=self._translated(story.question, 1),
                method=Method(story.method or "approval"),
                opens_at=self.day(phase.first),
                closes_at=self.day(phase.last),
                proposals=proposals,
                phase=stored,
                budget=story.budget * 100 if story.budget else None,
                winners_wanted=story.winners,
                max_choices=story.winners if story.method == "approval" else None,
                actor=self.place.coordinator,
            )
        with clock.frozen(self.day(phase.first)):
            open_ballot(ballot, actor=SYSTEM)
        last = min(phase.last, 0)
        for number, voter in enumerate(self.people[: story.voters]):
            at = self.in_the_past(phase.first + 0.1 + (last - phase.first - 0.3) * number / story.voters)
            with clock.frozen(at):
                cast_vote(ballot, choices=self._choices(ballot), actor=voter)
        if phase.last < 0:
            with clock.frozen(self.day(phase.last)):
                close_ballot(ballot, actor=SYSTEM)
        return ballot

    def _choices(self, ballot: Ballot) -> list[int]:
        """What somebody who likes what many like would choose."""
        weights = {o.position: 5 + self.story.ideas[o.position - 1].support for o in ballot.options}
        order = sorted(
            weights, key=lambda position: self.dice.random() ** (1 / weights[position]), reverse=True
        )
        if ballot.method is not Method.BUDGET:
            return order[: self.dice.randint(1, ballot.max_choices or 3)]
        chosen, left = [], ballot.budget or 0
        costs = {o.position: o.cost or 0 for o in ballot.options}
        for position in order:
            if costs[position] <= left and self.dice.random() < 0.8:
                chosen.append(position)
                left -= costs[position]
        return chosen or [min(costs, key=costs.__getitem__)]

    def _assign(self, task: Task, sources: list[Record]) -> None:
        """Hand out one action item, and report on it as far as the story goes."""
        organisation = self.place.organisations[Sector(task.sector)]
        helpers = [m for m in self.place.members if m.sector is Sector(task.sector)] or self.place.members
        begun = self.in_the_past(max(p.first for p in self.story.phases) + 2)
        with clock.frozen(begun):
            item = create_action_item(
                title=task.title,
                description=task.text,
                language=self.story.language,
                territory=self.place.territory,
                group=self.place.group,
                organisation=organisation,
                person=helpers[0],
                starts_on=begun.date(),
                due_on=self.day(task.due).date(),
                sources=sources,
                actor=self.place.coordinator,
            )
        status = ActionStatus(task.status)
        if task.note:
            with clock.frozen(self.in_the_past(min(task.due, -2) - 1)):
                add_note(
                    item,
                    body=task.note,
                    language=self.story.language,
                    status=status if status is not ActionStatus.PLANNED else None,
                    progress={"done": 100, "in_progress": 60, "blocked": 35}.get(task.status),
                    actor=helpers[0],
                )
        elif status is not ActionStatus.PLANNED:
            with clock.frozen(self.in_the_past(-3)):
                change_status(item, status=status, actor=helpers[0])
