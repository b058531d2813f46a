"""Bringing in a participatory budget that was held elsewhere: a Pabulib file becomes a closed consultation with its
proposals, its votes, the result of counting them again, and the decision of that time. One transaction.
"""

import random
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.consultations.drafts import LONGEST_CATEGORY, LONGEST_TITLE, MOST_CATEGORIES, PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation, Template
from stakeholder_hub.consultations.operations import (
    close_consultation,
    create_consultation,
    publish_consultation,
)
from stakeholder_hub.consultations.templates import in_all_languages
from stakeholder_hub.decisions.events import ConsultationImported
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot, BallotOption, BallotState, Vote
from stakeholder_hub.decisions.operations import record_decision
from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.decisions.pabulib.file import PabulibFile, Project
from stakeholder_hub.decisions.pabulib.parser import parse
from stakeholder_hub.decisions.pabulib.tally import Tally, tally_file
from stakeholder_hub.decisions.stored import hundredths, stored_result
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import CONTENT, INTERFACE, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import markdown, normalise, normalise_line
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Link, ReferenceCounter, Relation, Visibility
from stakeholder_hub.records.operations import add_link, add_record, next_reference
from stakeholder_hub.territories.models import Territory

Progress = Callable[[int, int], None]
"""Called with how many votes are stored and how many there are."""

VOTES_AT_ONCE = 2_000
LONGEST_NAME = 200
LONGEST_LABEL = 160
LONGEST_KEY = 80
EARLIEST_DAY = date(1990, 1, 1)
LARGEST_BUDGET = 10**14
"""In hundredths; a file that claims more money is brought in with this much."""


@operation
def import_pabulib(
    path: str | Path,
    *,
    territory: Territory,
    group: Group | None = None,
    actor: Actor,
    progress: Progress | None = None,
) -> Consultation:
    """Bring in the file at ``path`` as a closed consultation of ``group``, or of ``territory`` where no group ran it.

    Raises:
        PabulibError: the file is broken; line and reason are in it. Nothing is stored.
        Conflict: the same file was imported before.
        NotAllowed: the actor runs neither.
    """
    file = parse(path, lenient=True)
    _refuse_second(file)
    counted = tally_file(file)
    language = _language(file, territory)
    begins, ends = _dates(file, territory.timezone)
    consultation = _consultation(
        file, counted, territory, group, language=language, begins=begins, ends=ends, actor=actor
    )
    proposals = _proposals(consultation, file, counted, language=language, begins=begins, ends=ends)
    ballot = _ballot(consultation, proposals, file, counted, begins=begins, ends=ends, actor=actor)
    _links(consultation, ballot, proposals, at=begins, actor=actor)
    _store_votes(ballot, file, progress)
    record_decision(ballot, actor=actor)
    close_consultation(consultation, actor=actor)
    # The journey tells when things happened, not when the file was read.
    consultation.created_at = consultation.published_at = begins
    consultation.closed_at = ends
    emit(
        ConsultationImported(
            actor=actor, subject=consultation, proposals=len(proposals), votes=ballot.vote_count
        )
    )
    return consultation


def _refuse_second(file: PabulibFile) -> None:
    known = db.session.scalar(
        sa.select(Consultation.reference).where(Consultation.import_digest == file.sha256)
    )
    if known is not None:
        raise Conflict(_l("This file has been imported already: %(reference)s", reference=known))


def _language(file: PabulibFile, territory: Territory) -> str:
    """The language the names are in."""
    stated = (file.language or "")[:2].lower()
    return stated if stated in CONTENT else territory.default_language


def _dates(file: PabulibFile, zone: str) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, on the wall clock of the place."""
    today = clock.today(zone)
    last = file.ends or file.begins or today
    first = min(file.begins or last, last)
    first, last = (max(EARLIEST_DAY, min(day, today)) for day in (first, last))
    return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)


def _midnight(day: date, zone: str) -> datetime:
    """The beginning of a day; an hour later where the clock skips or repeats it."""
    naive = datetime.combine(day, time())
    for hours in (0, 1, 2):
        try:
            return clock.from_local(naive + timedelta(hours=hours), zone)
        except Invalid:
            continue
    return naive.replace(tzinfo=UTC)


def _consultation(
    file: PabulibFile,
    counted: Tally,
    territory: Territory,
    group: Group | None,
    *,
    language: str,
    begins: datetime,
    ends: datetime,
    actor: Actor,
) -> Consultation:
    spoken = language if language in INTERFACE else "en"
    place = _line(file.meta.get("unit", "")) or territory.name.in_(spoken).text
    year = _line(file.meta.get("instance", "")) or str(ends.year)
    named = _l("Participatory budget %(place)s %(year)s", place=place[:60], year=year[:40])
    asked = _l("What should the money be spent on in %(place)s?", place=place[:60])
    consultation = create_consultation(
        group,
        title=_shortened(in_all_languages(named, spoken), LONGEST_TITLE),
        question=in_all_languages(asked, spoken),
        background=Multilingual.of(_background(file, counted), "en"),
        language=spoken,
        template=Template.BUDGET,
        phases=[
            PhaseDraft(
                in_all_languages(_l("Vote"), spoken),
                starts_at=begins,
                ends_at=ends,
                activities=[Activity.BALLOT],
            )
        ],
        audience=Visibility.PUBLIC,
        categories=[Multilingual.of(name, language) for name in _categories(file)],
        budget=min(hundredths(file.smallest_budget, file.unit), LARGEST_BUDGET),
        currency=_currency(file, territory),
        slug=f"{place} {year}",
        import_digest=file.sha256,
        territory=territory,
        actor=actor,
    )
    publish_consultation(consultation, actor=actor)
    return consultation


def _background(file: PabulibFile, counted: Tally) -> str:
    """What the file says about itself; such remarks are in English throughout the library it comes from."""
    meta = file.meta
    told = [meta.get("description", ""), meta.get("comment", ""), meta.get("acknowledgments", "")]
    rule = f"Rule stated: {counted.rule}. Votes: {file.profile.voters}. Projects: {len(file.projects)}."
    source = f"Source: a Pabulib file, SHA-256 {file.sha256}."
    return normalise("\n\n".join(text[:5000] for text in [*told, rule, source] if text))


def _categories(file: PabulibFile) -> list[str]:
    """The headings: the first category of each project, the most used ones where there are many."""
    used: dict[str, int] = {}
    for project in file.projects:
        if name := _heading(project):
            used[name] = used.get(name, 0) + 1
    most = sorted(used, key=lambda name: -used[name])[:MOST_CATEGORIES]
    return [name for name in used if name in most]


def _heading(project: Project) -> str:
    return _line(project.categories[0])[:LONGEST_CATEGORY].strip() if project.categories else ""


def _currency(file: PabulibFile, territory: Territory) -> str:
    stated = file.meta.get("currency", "").upper()
    return stated if len(stated) == 3 and stated.isascii() and stated.isalpha() else territory.currency


def _line(text: str) -> str:
    return normalise_line(text[:1000])


def _shortened(value: Multilingual, most: int) -> Multilingual:
    return Multilingual(
        value.source, {c: t[:most] for c, t in value.texts.items()}, value.made_by, value.made_from
    )


def _proposals(
    consultation: Consultation,
    file: PabulibFile,
    counted: Tally,
    *,
    language: str,
    begins: datetime,
    ends: datetime,
) -> list[Proposal]:
    """Every project as a proposal, in the order of the file, with references in one block."""
    references = _references(consultation.territory, len(file.projects))
    headings = {category.name.original.text.casefold(): category.id for category in consultation.categories}
    won = set(counted.winners if counted.official is None else counted.official)
    proposals: list[Proposal] = []
    for number, project in enumerate(file.projects):
        try:
            text = normalise(project.description)
            title = _title(file, project, language)
            body_html = markdown(text)
        except Invalid as refusal:
            raise PabulibError(project.line, refusal.reason) from refusal
        proposals.append(
            Proposal(
                consultation=consultation,
                reference=references[number],
                title=title,
                state=ProposalState.SELECTED if project.id in won else ProposalState.NOT_SELECTED,
                territory_id=consultation.territory_id,
                group_id=consultation.group_id,
                context_id=consultation.id,
                visibility=consultation.visibility,
                source_language=title.source,
                created_at=begins,
                responded_at=ends,
                body_text=text,
                body_html=body_html,
                category_id=headings.get(_heading(project).casefold()),
                cost=hundredths(int(project.cost * file.unit), file.unit),
                latitude=project.latitude,
                longitude=project.longitude,
                target=", ".join(project.targets)[:LONGEST_LABEL] or None,
                external_key=project.id[:LONGEST_KEY],
            )
        )
    db.session.add_all(proposals)
    consultation.proposal_count = len(proposals)
    db.session.flush()
    return proposals


def _title(file: PabulibFile, project: Project, language: str) -> Multilingual:
    """The name in every language it has; the file's own may be unknown here, or not stated (``und``)."""
    own = ("und", file.language)
    names = {language if code in own else code: _line(name) for code, name in project.names.items()}
    names = {code: _cut(name) for code, name in names.items() if name}
    if not names:
        return Multilingual.of(_cut(_line(project.id)) or "–", language)
    source = language if language in names else next(iter(names))
    value = Multilingual.of(names[source], source)
    for code, name in names.items():
        if code != source:
            value = value.with_translation(code, name)
    return value


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1].rstrip() + "…"


def _references(territory: Territory, number: int) -> list[str]:
    """As many free references as there are projects: the counter is raised once."""
    prefix, last = next_reference(territory, letter=Proposal.letter).rsplit(Proposal.letter, 1)
    first = int(last)
    year = int(prefix.rstrip("-").rsplit("-", 1)[1])
    db.session.execute(
        sa.update(ReferenceCounter)
        .where(
            ReferenceCounter.territory_id == territory.id,
            ReferenceCounter.year == year,
            ReferenceCounter.letter == Proposal.letter,
        )
        .values(last=ReferenceCounter.last + number - 1)
    )
    return [f"{prefix}{Proposal.letter}{first + place}" for place in range(number)]


def _ballot(
    consultation: Consultation,
    proposals: Sequence[Proposal],
    file: PabulibFile,
    counted: Tally,
    *,
    begins: datetime,
    ends: datetime,
    actor: Actor,
) -> Ballot:
    ballot = Ballot(
        consultation=consultation,
        title=consultation.title,
        question=consultation.question,
        state=BallotState.CLOSED,
        territory=consultation.territory,
        group_id=consultation.group_id,
        context_id=consultation.id,
        visibility=consultation.visibility,
        source_language=consultation.source_language,
        method=Method.IMPORTED,
        phase=consultation.phases[0],
        opens_at=begins,
        closes_at=ends,
        opened_at=begins,
        closed_at=ends,
        created_at=begins,
        min_choices=0,
        budget=consultation.budget,
        currency=consultation.currency,
        rule=counted.rule[:60],
        vote_count=file.profile.voters,
        imported=True,
        result=stored_result(counted),
    )
    add_record(ballot, actor=actor)
    marks = [project.selected for project in file.projects]
    db.session.add_all(
        BallotOption(
            ballot=ballot,
            position=position,
            proposal_id=proposal.id,
            title=proposal.title,
            cost=proposal.cost,
            group_label=_line(", ".join(project.categories))[:LONGEST_LABEL] or None,
            official_winner=None if counted.official is None else bool(marks[position - 1]),
        )
        for position, (proposal, project) in enumerate(zip(proposals, file.projects, strict=True), start=1)
    )
    consultation.participant_count = file.profile.voters
    db.session.flush()
    db.session.expire(ballot, ["options"])
    return ballot


def _links(
    consultation: Consultation, ballot: Ballot, proposals: Sequence[Proposal], *, at: datetime, actor: Actor
) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        for proposal in proposals:
            yield _link(consultation.id, Relation.PROMPTED, proposal.id)
            yield _link(proposal.id, Relation.PUT_TO_VOTE, ballot.id)

    def _link(source: int, relation: Relation, target: int) -> dict[str, Any]:
        values = {"source_id": source, "relation": relation, "target_id": target}
        return {**values, "created_at": at, "created_by_id": actor.id}

    db.session.execute(sa.insert(Link), list(rows()))
    add_link(consultation, Relation.PROMPTED, ballot, at=at, actor=actor)


def _store_votes(ballot: Ballot, file: PabulibFile, progress: Progress | None) -> None:
    """Every vote under a random key, in random order: nothing leads back to the voter's line in the file."""
    profile = file.profile
    points_of = file.point_profile or (profile if profile.points is not None else None)
    points = points_of.points.tolist() if points_of is not None and points_of.points is not None else None
    edges, chosen = profile.offsets.tolist(), (profile.choices + 1).tolist()
    order = list(range(profile.voters))
    random.SystemRandom().shuffle(order)

    def row(voter: int) -> Mapping[str, Any]:
        part = slice(edges[voter], edges[voter + 1])
        return {
            "ballot_id": ballot.id,
            "voter_key": secrets.token_hex(16),
            "choices": chosen[part],
            "points": points[part] if points is not None else None,
        }

    for start in range(0, len(order), VOTES_AT_ONCE):
        batch = order[start : start + VOTES_AT_ONCE]
        db.session.execute(sa.insert(Vote.__table__), [row(voter) for voter in batch])  # type: ignore[arg-type]
        if progress is not None:
            progress(min(start + VOTES_AT_ONCE, len(order)), len(order))
