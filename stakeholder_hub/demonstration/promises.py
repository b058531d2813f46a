"""What the committee's decision asks of the towns: three commitments in different states, and a text being ratified."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body, BodyKind
from stakeholder_hub.bodies.operations import register_body
from stakeholder_hub.bodies.policy import may_act_for
from stakeholder_hub.commitments.models import Claim, Commitment, Finding
from stakeholder_hub.commitments.operations import (
    accept_commitment,
    amend_commitment,
    ask_for_commitment,
    give_evidence,
    put_to_ratification,
    revise_text,
    verify_evidence,
)
from stakeholder_hub.commitments.operations.texts import ClauseDraft
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation, Template
from stakeholder_hub.consultations.operations import create_consultation, publish_consultation
from stakeholder_hub.decisions.electorate import Electorate
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, open_ballot, prepare_ballot
from stakeholder_hub.demonstration.people import Place
from stakeholder_hub.groups.models import Group, Organisation
from stakeholder_hub.groups.operations import give_mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.ratifications.operations import ratify
from stakeholder_hub.ratifications.queries import load_seat
from stakeholder_hub.ratifications.rules import Outcome, Rule
from stakeholder_hub.territories.models import Role

TITLE = Multilingual.of(
    "A common welcome standard",
    "en",
    sl="Skupni standard dobrodošlice",
    de="Ein gemeinsamer Standard des Willkommens",
    hu="Közös fogadási szabvány",
    hr="Zajednički standard dobrodošlice",
)
QUESTION = Multilingual.of(
    "Shall every partner town welcome newcomers by the same standard?",
    "en",
    sl="Ali naj vsa partnerska mesta sprejemajo priseljence po istem standardu?",
    de="Sollen alle Partnerstädte Zuziehende nach demselben Standard willkommen heißen?",
    hu="Minden partnerváros ugyanazon szabvány szerint fogadja az újonnan érkezőket?",
    hr="Trebaju li svi partnerski gradovi dočekivati doseljenike prema istom standardu?",
)


@operation
def tell_promises(committee: Group, places: dict[str, Place], now: datetime) -> None:
    """From the committee's vote to what three towns make of it."""
    lead = next(seat.user for seat in committee.memberships if seat.role is Role.COORDINATOR)
    asker = body_of(committee)
    decision = _decide(committee, lead, now)
    _renew_mandates([places[slug] for slug in ("velenje", "weiz", "regensburg", "osijek")], now)
    _have_ratified(decision, asker, lead, places, now)
    _kept(decision, asker, lead, places["velenje"], now)
    _amended(decision, asker, lead, places["weiz"], now)
    _overdue(decision, asker, lead, places["osijek"], now)


def body_of(owner: Organisation | Group) -> Body:
    """The owner as a body of the register: the one there is, or a new one."""
    mine = Body.organisation_id if isinstance(owner, Organisation) else Body.group_id
    found = db.session.scalar(sa.select(Body).where(mine == owner.id))
    if found is None:
        is_office = isinstance(owner, Organisation)
        kind = BodyKind.GENERAL_PURPOSE if is_office else BodyKind.TASK_SPECIFIC
        found = register_body(owner, kind=kind, is_demo=True, actor=SYSTEM)
    return found


def _office(place: Place) -> tuple[Body, User]:
    """The administration of a town, and who signs for it."""
    seated = next(member for member in place.members[1:] if member.sector is Sector.ADMINISTRATION)
    return body_of(place.organisations[Sector.ADMINISTRATION]), seated


def _renew_mandates(towns: list[Place], now: datetime) -> None:
    """Where the first mandates have run out, these signatories go on."""
    with clock.frozen(now - timedelta(days=49)):
        for town in towns:
            office, official = _office(town)
            if may_act_for(official, office):
                continue
            give_mandate(
                town.organisations[Sector.ADMINISTRATION],
                user=official,
                position="Head of town development",
                starts_on=(now - timedelta(days=49)).date(),
                ends_on=(now + timedelta(days=670)).date(),
                actor=SYSTEM,
            )


def _decide(committee: Group, lead: User, now: datetime) -> Decision:
    begin, end = now - timedelta(days=75), now - timedelta(days=61)
    with clock.frozen(begin - timedelta(days=5)):
        consultation: Consultation = create_consultation(
            committee,
            title=TITLE,
            question=QUESTION,
            background=Multilingual.of("Newcomers should find the same help in every partner town.", "en"),
            language="en",
            phases=[
                PhaseDraft(
                    title=Multilingual.of(
                        "Vote", "en", sl="Glasovanje", de="Abstimmung", hu="Szavazás", hr="Glasanje"
                    ),
                    starts_at=begin,
                    ends_at=end,
                    activities=[Activity.BALLOT],
                )
            ],
            template=Template.DRAFT_REVIEW,
            slug="welcome-standard",
            actor=lead,
        )
        publish_consultation(consultation, actor=lead)
        ballot = prepare_ballot(
            consultation,
            title=TITLE,
            question=QUESTION,
            method=Method.YES_NO,
            opens_at=begin,
            closes_at=end,
            electorate=Electorate.MEMBERS,
            secret=False,
            actor=lead,
        )
    with clock.frozen(begin):
        open_ballot(ballot, actor=SYSTEM)
    for number, seat in enumerate(committee.memberships):
        with clock.frozen(begin + timedelta(hours=9 + 3 * number)):
            cast_vote(ballot, choices=[2 if number in (4, 9) else 1], actor=seat.user)
    with clock.frozen(end):
        close_ballot(ballot, actor=SYSTEM)
    return db.session.scalars(sa.select(Decision).where(Decision.ballot_id == ballot.id)).one()


def _have_ratified(
    decision: Decision, asker: Body, lead: User, places: dict[str, Place], now: datetime
) -> None:
    towns = [places["velenje"], places["weiz"], places["regensburg"]]
    bodies = [_office(town)[0] for town in towns]
    first = [
        ClauseDraft("Every partner town names one person whom newcomers can ask."),
        ClauseDraft("Answers are given within ten working days, in English too."),
        ClauseDraft("Towns with an airport link offer a welcome desk there.", [bodies[2]]),
    ]
    with clock.frozen(now - timedelta(days=55)):
        put_to_ratification(
            decision,
            asker=asker,
            clauses=first,
            bodies=bodies,
            rule=Rule.SOME,
            needed=2,
            until=(now + timedelta(days=40)).date(),
            language="en",
            actor=lead,
        )
    acts = ((0, Outcome.ADOPTED, "Resolution 14", ""), (2, Outcome.ADOPTED, "Resolution 88", ""))
    for number, outcome, act, reasons in acts:
        with clock.frozen(now - timedelta(days=40 - number)):
            ratify(
                load_seat(decision, bodies[number].slug),
                outcome=outcome,
                act=act,
                acted_on=(now - timedelta(days=42 - number)).date(),
                position="Head of town development",
                reasons=reasons,
                language="en",
                actor=_office(towns[number])[1],
            )
    with clock.frozen(now - timedelta(days=20)):
        revise_text(
            decision,
            clauses=[
                ClauseDraft(first[0].text, key=1),
                ClauseDraft("Answers are given within ten working days, also in English.", key=2),
                ClauseDraft(
                    "Towns with a station on an international line offer a welcome desk there.",
                    [bodies[2]],
                    key=3,
                    material=True,
                ),
            ],
            note="Clause 3 now speaks of stations, since none of the towns has an airport. Clause 2 is only worded better.",
            version=1,
            language="en",
            actor=lead,
        )


def _ask(
    decision: Decision,
    asker: Body,
    lead: User,
    place: Place,
    now: datetime,
    *,
    title: str,
    measure: str,
    due: int,
) -> Commitment:
    with clock.frozen(now - timedelta(days=50)):
        return ask_for_commitment(
            decision,
            asker=asker,
            body=_office(place)[0],
            title=title,
            text="As the common welcome standard says.",
            measure=measure,
            due_on=(now + timedelta(days=due)).date(),
            language="en",
            actor=lead,
        )


def _kept(decision: Decision, asker: Body, lead: User, place: Place, now: datetime) -> None:
    one = _ask(
        decision,
        asker,
        lead,
        place,
        now,
        title="A welcome office for newcomers",
        measure="The office is open three days a week.",
        due=10,
    )
    official = _office(place)[1]
    with clock.frozen(now - timedelta(days=46)):
        accept_commitment(one, version=one.version, language=place.language, actor=official)
    with clock.frozen(now - timedelta(days=12)):
        shown = give_evidence(
            one,
            claim=Claim.KEPT,
            text="Pisarna je odprta od ponedeljka do srede; prvi mesec je prišlo 34 ljudi.",
            language="sl",
            actor=official,
        )
    with clock.frozen(now - timedelta(days=9)):
        verify_evidence(
            shown,
            body=asker,
            finding=Finding.CONFIRMED,
            reasons="We visited the office.",
            language="en",
            actor=lead,
        )


def _amended(decision: Decision, asker: Body, lead: User, place: Place, now: datetime) -> None:
    one = _ask(
        decision,
        asker,
        lead,
        place,
        now,
        title="Twelve mentors for newcomers",
        measure="Twelve mentors are named on the town's page.",
        due=120,
    )
    with clock.frozen(now - timedelta(days=30)):
        amend_commitment(
            one,
            title="Sechs Mentorinnen und Mentoren für Zuziehende",
            text="Sechs im ersten Jahr, zwölf im zweiten.",
            measure="Sechs Namen stehen auf der Seite der Stadt.",
            due_on=(now + timedelta(days=150)).date(),
            reasons="Für zwölf fehlen uns noch die Leute.",
            version=one.version,
            language="de",
            actor=_office(place)[1],
        )


def _overdue(decision: Decision, asker: Body, lead: User, place: Place, now: datetime) -> None:
    one = _ask(
        decision,
        asker,
        lead,
        place,
        now,
        title="A guide for newcomers in three languages",
        measure="The guide can be downloaded in three languages.",
        due=-6,
    )
    with clock.frozen(now - timedelta(days=44)):
        accept_commitment(one, version=one.version, language="hr", actor=_office(place)[1])
