"""A consultation is made, shown, closed and put away, and counts who takes part."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.consultations import guards
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, BackgroundVersion, Consultation, Participation
from stakeholder_hub.consultations.operations import (
    archive_consultation,
    close_consultation,
    copy_consultation,
    edit_consultation,
    publish_consultation,
    reopen,
    restore_consultation,
    set_phases,
    take_part,
    translate_consultation,
)
from stakeholder_hub.consultations.queries import participation_by_sector, suppress_small
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.records.models import Link, Relation, Visibility
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation, make_phase
from tests.factories.groups import make_group

pytestmark = pytest.mark.usefixtures("app")

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)


def edit(consultation: Consultation, **changes: Any) -> Consultation:
    texts = {
        "title": consultation.title.original.text,
        "question": consultation.question.original.text,
        "background": consultation.background_text.original.text,
        "version": consultation.version,
        "keep_budget": True,
    }
    return edit_consultation(consultation, **{**texts, **changes}, actor=SYSTEM)


def test_a_new_consultation_is_a_draft_that_nobody_else_sees() -> None:
    consultation = make_consultation(published=False)
    assert consultation.state == "draft"
    assert consultation.visibility == Visibility.PRIVATE
    assert consultation.reference.endswith("-C1")
    assert consultation.background_html.original.text == "<p>Young people <strong>leave</strong>.</p>"


def test_publishing_gives_it_to_its_audience() -> None:
    consultation = make_consultation(audience=Visibility.MEMBERS)
    assert consultation.state == "published"
    assert consultation.visibility == Visibility.MEMBERS
    assert consultation.published_at is not None


def test_publishing_twice_is_refused() -> None:
    with pytest.raises(Conflict, match="published already"):
        publish_consultation(make_consultation(), actor=SYSTEM)


def test_it_is_closed_opened_again_put_away_and_fetched_back() -> None:
    consultation = make_consultation()
    close_consultation(consultation, summary="We *heard* you.", actor=SYSTEM)
    assert (consultation.state, consultation.visibility) == ("closed", Visibility.PUBLIC)
    assert consultation.summary_html is not None
    assert consultation.summary_html.original.text == "<p>We <em>heard</em> you.</p>"
    reopen(consultation, actor=SYSTEM)
    assert (consultation.state, consultation.closed_at) == ("published", None)
    with pytest.raises(Conflict, match="Close"):
        archive_consultation(consultation, actor=SYSTEM)
    close_consultation(consultation, actor=SYSTEM)
    archive_consultation(consultation, actor=SYSTEM)
    assert (consultation.state, consultation.visibility) == ("archived", Visibility.PUBLIC)
    restore_consultation(consultation, actor=SYSTEM)
    assert consultation.state == "closed"


def test_a_draft_cannot_be_closed() -> None:
    with pytest.raises(Conflict):
        close_consultation(make_consultation(published=False), actor=SYSTEM)


def test_everything_that_happens_is_in_the_audit() -> None:
    make_consultation(closed=True)
    names = db.session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)).all()
    mine = [name for name in names if name.startswith("consultations.")]
    assert mine == ["consultations.created", "consultations.published", "consultations.closed"]


def test_two_consultations_of_one_name_have_two_addresses() -> None:
    group = make_group()
    slugs = [make_consultation(group, title="Živimo tu!").slug for _ in range(3)]
    assert slugs == ["zivimo-tu", "zivimo-tu-2", "zivimo-tu-3"]


def test_a_consultation_named_new_does_not_hide_the_page_for_new_ones() -> None:
    assert make_consultation(title="New").slug == "new-2"


def test_an_edit_keeps_what_was_said_before_and_makes_translations_stale() -> None:
    question = Multilingual.of("Stay?", "en", sl="Ostati?")
    consultation = make_consultation(question=question, background="One.")
    edit(consultation, question="Stay or go?", background="Two.")
    kept = db.session.scalars(sa.select(BackgroundVersion)).one()
    assert (kept.question.original.text, kept.background_text.original.text) == ("Stay?", "One.")
    assert consultation.question.in_("sl").stale
    assert consultation.background_html.original.text == "<p>Two.</p>"


def test_of_two_editors_the_second_is_told_and_loses_nothing() -> None:
    """H58."""
    consultation = make_consultation()
    seen = consultation.version
    edit(consultation, question="The first editor's question?", version=seen)
    with pytest.raises(Conflict) as refusal:
        edit(consultation, question="The second editor's question?", version=seen)
    assert refusal.value.theirs["question"] == "The first editor's question?"
    assert refusal.value.mine["question"] == "The second editor's question?"
    assert refusal.value.theirs["version"] == consultation.version


def test_two_editors_of_the_timeline_are_told_as_well(at: Any) -> None:
    with at(NOW):
        consultation = make_consultation()
        seen = consultation.version
        set_phases(consultation, phases=[make_phase(title="A")], version=seen, actor=SYSTEM)
        with pytest.raises(Conflict):
            set_phases(consultation, phases=[make_phase(title="B")], version=seen, actor=SYSTEM)


def test_a_changed_audience_is_spread_at_once() -> None:
    consultation = make_consultation()
    edit(consultation, audience=Visibility.MEMBERS)
    assert consultation.visibility == Visibility.MEMBERS
    draft = make_consultation(published=False)
    edit(draft, audience=Visibility.MEMBERS)
    assert draft.visibility == Visibility.PRIVATE


def test_a_heading_in_use_is_not_taken_away_but_more_can_be_added() -> None:
    english = [Multilingual.of("Housing", "en", sl="Bivanje"), Multilingual.of("Jobs", "en")]
    consultation = make_consultation(categories=english)
    housing = consultation.categories[0].id
    edit(consultation, categories=["Jobs", "Culture", "Housing"])
    assert [c.name.original.text for c in consultation.categories] == ["Jobs", "Culture", "Housing"]
    assert consultation.categories[2].id == housing
    assert consultation.categories[2].name.in_("sl").text == "Bivanje"
    with pytest.raises(Invalid, match="heading") as refusal:
        edit(consultation, categories=["Jobs"])
    assert refusal.value.field == "categories"


def test_phases_keep_their_identity_and_set_the_span() -> None:
    consultation = make_consultation(phases=[make_phase(NOW, NOW + timedelta(days=5), title="First")])
    first = consultation.phases[0]
    later = make_phase(NOW + timedelta(days=5), NOW + timedelta(days=9), title="Second")
    same = PhaseDraft(first.title, NOW, NOW + timedelta(days=6), [Activity.DISCUSSION], id=first.id)
    set_phases(consultation, phases=[later, same], actor=SYSTEM)
    assert [phase.title.original.text for phase in consultation.phases] == ["First", "Second"]
    assert consultation.phases[0].id == first.id
    assert (consultation.starts_at, consultation.ends_at) == (NOW, NOW + timedelta(days=9))


def test_the_phase_of_another_consultation_is_refused() -> None:
    """H07."""
    foreign = make_consultation().phases[0]
    consultation = make_consultation()
    with pytest.raises(Invalid, match="taken away"):
        set_phases(consultation, phases=[make_phase(id=foreign.id)], actor=SYSTEM)
    db.session.refresh(foreign)
    assert foreign.consultation_id != consultation.id


@pytest.mark.parametrize(
    ("phase", "field"),
    [
        ({"starts_at": NOW, "ends_at": NOW}, "phases-0-ends_at"),
        ({"starts_at": NOW, "ends_at": NOW - timedelta(days=1)}, "phases-0-ends_at"),
        ({"starts_at": NOW, "ends_at": NOW + timedelta(days=9000)}, "phases-0-ends_at"),
        ({"starts_at": datetime(1, 1, 1, tzinfo=UTC), "ends_at": NOW}, "phases-0-starts_at"),
        ({"starts_at": NOW, "ends_at": datetime(9999, 12, 31, tzinfo=UTC)}, "phases-0-ends_at"),
        ({"title": "   "}, "phases-0-title"),
        ({"title": "x" * 10_000}, "phases-0-title"),
        ({"activities": []}, "phases-0-activities"),
    ],
)
def test_a_phase_that_is_not_in_order_is_refused_at_its_field(phase: dict[str, Any], field: str) -> None:
    """H60."""
    with pytest.raises(Invalid) as refusal:
        make_consultation(phases=[make_phase(**phase)])
    assert refusal.value.field == field
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consultation)) == 0


def test_no_phase_and_too_many_are_refused() -> None:
    for phases in ([], [make_phase() for _ in range(13)]):
        with pytest.raises(Invalid) as refusal:
            make_consultation(phases=phases)
        assert refusal.value.field == "phases"


@pytest.mark.parametrize("title", ["", "   ", "\u200b", "x" * 10_000, "\ud800"])
def test_an_impossible_name_is_refused_at_its_field(title: str) -> None:
    """H57, H60."""
    with pytest.raises(Invalid) as refusal:
        make_consultation(title=title)
    assert refusal.value.field == "title"


@pytest.mark.parametrize("title", ["x", "你好", "Дом?", "x" * 160])
def test_a_short_or_foreign_name_is_kept_as_it_is(title: str) -> None:
    assert make_consultation(title=title).title.original.text == title


def test_a_guard_can_object_to_a_new_timeline_and_to_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_way(*_: object) -> None:
        raise Invalid("A vote is running.", "phases")

    consultation, draft = make_consultation(), make_consultation(published=False)
    monkeypatch.setattr(guards, "phase_guards", [no_way])
    monkeypatch.setattr(guards, "closing_guards", [no_way])
    with pytest.raises(Invalid, match="vote is running"):
        set_phases(consultation, phases=[make_phase()], actor=SYSTEM)
    with pytest.raises(Invalid, match="vote is running"):
        close_consultation(consultation, actor=SYSTEM)
    set_phases(draft, phases=[make_phase()], actor=SYSTEM)


def test_a_translation_is_kept_beside_the_original_and_can_be_taken_away() -> None:
    consultation = make_consultation()
    phase = consultation.phases[0]
    texts = {
        "title": "Ideje",
        "question": "Kaj?",
        "background": "Mladi *odhajajo*.",
        "phase_titles": {phase.id: "Faza"},
    }
    translate_consultation(consultation, language="sl", version=consultation.version, actor=SYSTEM, **texts)  # type: ignore[arg-type]
    assert consultation.title.in_("sl").text == "Ideje"
    assert consultation.title.original.text == "Ideas for our town"
    assert consultation.background_html.texts["sl"] == "<p>Mladi <em>odhajajo</em>.</p>"
    assert consultation.phases[0].title.in_("sl").text == "Faza"
    empty = {"title": "", "question": "", "background": "", "phase_titles": {phase.id: ""}}
    translate_consultation(consultation, language="sl", version=consultation.version, actor=SYSTEM, **empty)  # type: ignore[arg-type]
    assert consultation.title.languages() == ["en"]
    assert consultation.background_html.languages() == ["en"]


def test_the_original_cannot_be_overwritten_as_a_translation() -> None:
    consultation = make_consultation()
    with pytest.raises(Invalid, match="original"):
        translate_consultation(
            consultation,
            language="en",
            title="x",
            question="x",
            background="",
            phase_titles={},
            version=1,
            actor=SYSTEM,
        )


def test_a_copy_moves_all_dates_by_whole_weeks_and_keeps_the_hour_over_clock_changes() -> None:
    opening = clock.from_local(datetime(2026, 2, 2, 8), "Europe/Ljubljana")
    middle = clock.from_local(datetime(2026, 4, 6, 18), "Europe/Ljubljana")
    end = clock.from_local(datetime(2026, 5, 4, 18), "Europe/Ljubljana")
    source = make_consultation(
        phases=[make_phase(opening, middle, title="A"), make_phase(middle, end, title="B")],
        categories=[Multilingual.of("Housing", "en", sl="Bivanje")],
        budget=5_000_00,
        closed=True,
    )
    copy = copy_consultation(source, starts_on=date(2027, 3, 20), actor=SYSTEM)
    local = [
        clock.to_local(m, "Europe/Ljubljana").replace(tzinfo=None)
        for p in copy.phases
        for m in (p.starts_at, p.ends_at)
    ]
    assert local == [
        datetime(2027, 3, 22, 8),
        datetime(2027, 5, 24, 18),
        datetime(2027, 5, 24, 18),
        datetime(2027, 6, 21, 18),
    ]
    assert (copy.state, copy.visibility, copy.budget) == ("draft", Visibility.PRIVATE, 5_000_00)
    assert copy.categories[0].name.in_("sl").text == "Bivanje"
    assert copy.slug == "ideas-for-our-town-2027"
    link = db.session.scalars(sa.select(Link)).one()
    assert (link.source_id, link.relation, link.target_id) == (source.id, Relation.REPEATED_AS, copy.id)


def test_a_copy_into_the_year_9999_is_refused_at_the_date() -> None:
    with pytest.raises(Invalid) as refusal:
        copy_consultation(make_consultation(), starts_on=date(9999, 12, 31), actor=SYSTEM)
    assert refusal.value.field == "starts_on"


def test_a_person_counts_once_in_the_sector_they_stand_for() -> None:
    consultation, person = make_consultation(), make_user(sector=Sector.BUSINESS)
    assert take_part(consultation, actor=person) is True
    assert take_part(consultation, actor=person) is False
    assert consultation.participant_count == 1
    assert db.session.scalars(sa.select(Participation.sector)).one() == "business"


def test_visitors_do_not_count() -> None:
    with pytest.raises(NotAllowed):
        take_part(make_consultation(), actor=VISITOR)


def test_small_groups_are_not_told() -> None:
    consultation = make_consultation()
    for _ in range(10):
        take_part(consultation, actor=make_user(sector=Sector.CITIZEN))
        take_part(consultation, actor=make_user(sector=Sector.CIVIL_SOCIETY))
    for _ in range(3):
        take_part(consultation, actor=make_user(sector=Sector.BUSINESS))
    take_part(consultation, actor=make_user(sector=Sector.CITIZEN))
    shown = {row.sector: row.count for row in participation_by_sector(consultation)}
    assert shown[Sector.CITIZEN] == 11
    assert shown[Sector.BUSINESS] is None
    assert shown[Sector.CIVIL_SOCIETY] is None, (
        "else the total would tell that three people are of the others"
    )


def test_one_small_group_alone_hides_a_second_so_that_the_total_does_not_tell() -> None:
    counts = dict.fromkeys(Sector, 40) | {Sector.BUSINESS: 3, Sector.ACADEMIA: 12}
    hidden = {row.sector for row in suppress_small(counts) if row.suppressed}
    assert hidden == {Sector.BUSINESS, Sector.ACADEMIA}
