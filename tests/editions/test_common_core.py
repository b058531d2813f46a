"""What editions have in common: it is locked, and later versions are adopted or refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity
from stakeholder_hub.consultations.operations import edit_consultation, set_phases, translate_consultation
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.operations import close_ballot, edit_ballot, open_ballot, prepare_ballot
from stakeholder_hub.editions.models import CoreAnswer, CoreAnswerState
from stakeholder_hub.editions.operations import (
    add_background,
    adopt_core,
    choose_languages,
    publish_core,
    refuse_core,
    set_sharing,
)
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.editions import (
    ballots,
    make_choice,
    make_content,
    make_core,
    make_edition,
    make_item,
    next_version,
    said,
    told,
)
from tests.factories.territories import give_role


class TestWhatIsCommon:
    @pytest.mark.parametrize("field", ["question", "background"])
    @pytest.mark.hostile("H08")
    def test_common_texts_are_not_changed_in_a_place(self, app: Flask, field: str) -> None:
        """Breaks if ``common_texts_stand`` is not asked."""
        own = make_edition().consultation
        assert own is not None
        texts = {
            "title": "Our own name",
            "question": own.question.original.text,
            "background": own.background_text.original.text,
        }
        with pytest.raises(Invalid, match="common to all places") as refusal:
            edit_consultation(
                own, **{**texts, field: "Something else"}, version=own.version, keep_budget=True, actor=SYSTEM
            )
        assert refusal.value.field == field
        edit_consultation(own, **texts, version=own.version, keep_budget=True, actor=SYSTEM)
        assert own.title.original.text == "Our own name"

    def test_a_place_translates_into_further_languages_but_changes_no_common_translation(
        self, app: Flask
    ) -> None:
        own = make_edition().consultation
        assert own is not None

        def translate(language: str) -> None:
            translate_consultation(
                own,
                language=language,
                title="x",
                question="x?",
                background="x",
                phase_titles={},
                version=own.version,
                actor=SYSTEM,
            )

        translate("hu")
        assert own.question.in_("hu").text == "x?"
        with pytest.raises(Invalid, match="common to all places"):
            translate("sl")

    @pytest.mark.hostile("H53")
    @pytest.mark.parametrize(
        ("key", "change", "field"),
        [
            ("stay", {"question": said("I will leave.")}, "question"),
            ("stay", {"method": Method.CONSENT}, "method"),
            ("reason", {"answers": ["Housing", "Jobs", "Parks"]}, "answers"),
            ("reason", {"answers": ["Housing"]}, "answers"),
            ("reason", {"method": Method.MULTIPLE_CHOICE}, "method"),
            ("stay", {"secret": False}, "secret"),
        ],
    )
    def test_an_item_keeps_its_words_answers_and_rule(
        self, app: Flask, key: str, change: dict[str, Any], field: str
    ) -> None:
        """Breaks if ``edit_ballot`` does not ask what is locked."""
        ballot = ballots(make_edition(starts_on=clock.today() + timedelta(days=3)))[key]
        terms: dict[str, Any] = {
            "title": ballot.title,
            "question": ballot.question,
            "method": ballot.method,
            "opens_at": ballot.opens_at,
            "closes_at": ballot.closes_at,
            "phase": ballot.phase,
        }
        with pytest.raises(Invalid, match="common to all places") as refusal:
            edit_ballot(ballot, version=ballot.version, actor=SYSTEM, **{**terms, **change})
        assert refusal.value.field == field
        edit_ballot(ballot, version=ballot.version, actor=SYSTEM, **terms, paper=True)
        assert ballot.paper
        assert ballot.question.in_("sl").text
        assert all(option.title.in_("sl").lang == "sl" for option in ballot.options)

    def test_dates_are_the_places_own_but_a_vote_keeps_a_phase_for_it(self, app: Flask) -> None:
        edition = make_edition(starts_on=clock.today() + timedelta(days=3))
        own = edition.consultation
        assert own is not None
        phase = own.phases[0]
        later = timedelta(days=5)
        moved = PhaseDraft(
            phase.title,
            phase.starts_at + later,
            phase.ends_at + later,
            [Activity(a) for a in phase.activities],
            id=phase.id,
        )
        set_phases(own, phases=[moved], actor=SYSTEM)
        assert {b.opens_at for b in ballots(edition).values()} == {moved.starts_at}
        for without in (replace(moved, activities=[Activity.DISCUSSION]), replace(moved, id=None)):
            with pytest.raises(Invalid) as refusal:
                set_phases(own, phases=[replace(without, activities=[Activity.DISCUSSION])], actor=SYSTEM)
            assert refusal.value.field == "phases"

    def test_phases_and_votes_of_its_own_need_room_in_the_core(self, app: Flask) -> None:
        edition = make_edition(make_core(content=make_content(local=frozenset())))
        own = edition.consultation
        assert own is not None
        begin = clock.now() + timedelta(days=60)
        party = PhaseDraft(said("Party"), begin, begin + timedelta(days=1), [Activity.RESULTS])
        kept = [
            PhaseDraft(p.title, p.starts_at, p.ends_at, [Activity(a) for a in p.activities], id=p.id)
            for p in own.phases
        ]
        with pytest.raises(Invalid, match="same in every place"):
            set_phases(own, phases=[*kept, party], actor=SYSTEM)
        chair = give_role(make_user(), Role.COORDINATOR, group=edition.group)
        with pytest.raises(NotAllowed, match="none can be added"):
            prepare_ballot(
                own,
                title=said("Ours"),
                question=said("Ours?"),
                method=Method.YES_NO,
                opens_at=clock.now(),
                closes_at=clock.now() + timedelta(days=3),
                actor=chair,
            )

    def test_common_headings_stay_and_own_ones_are_added(self, app: Flask) -> None:
        edition = make_edition(make_core(content=make_content(categories=(said("Housing"),))))
        own = edition.consultation
        assert own is not None

        def edit(categories: list[str]) -> None:
            edit_consultation(
                own,
                title=own.title.original.text,
                question=own.question.original.text,
                background=own.background_text.original.text,
                categories=categories,
                version=own.version,
                keep_budget=True,
                actor=SYSTEM,
            )

        edit(["Housing", "The old mill"])
        assert len(own.categories) == 2
        own.state = "draft"
        db.session.commit()
        with pytest.raises(Invalid) as refusal:
            edit(["The old mill"])
        assert refusal.value.field == "categories"

    def test_what_the_parent_may_show_is_agreed_before_results(self, app: Flask) -> None:
        edition = make_edition()
        set_sharing(edition, shares=False, actor=SYSTEM)
        assert edition.shares_results is False
        ballot = ballots(edition)["stay"]
        open_ballot(ballot, actor=SYSTEM)
        close_ballot(ballot, actor=SYSTEM)
        with pytest.raises(Conflict, match="agreed before"):
            set_sharing(edition, shares=True, actor=SYSTEM)

    def test_languages_and_own_words_can_be_changed(self, app: Flask) -> None:
        edition = make_edition()
        choose_languages(edition, languages=["sl", "sl", "hu"], actor=SYSTEM)
        assert edition.languages == ["sl", "hu"]
        with pytest.raises(Invalid):
            choose_languages(edition, languages=[], actor=SYSTEM)
        add_background(edition, text="Mlin.", language="sl", actor=SYSTEM)
        assert edition.addition_text is not None
        assert edition.addition_text.source == "sl"
        add_background(edition, text="", language="sl", actor=SYSTEM)
        assert edition.addition_text is None

    @pytest.mark.hostile("H58")
    def test_two_who_write_the_places_own_words_lose_nothing(self, app: Flask) -> None:
        edition = make_edition()
        seen = edition.version
        add_background(edition, text="First.", language="en", version=seen, actor=SYSTEM)
        with pytest.raises(Conflict) as refusal:
            add_background(edition, text="Second.", language="en", version=seen, actor=SYSTEM)
        assert refusal.value.theirs["text"] == "First."
        assert refusal.value.mine["text"] == "Second."


class TestLaterVersions:
    def test_each_edition_is_asked_and_nothing_moves_before_it_answers(self, app: Flask) -> None:
        edition = make_edition(core := make_core())
        assert edition.consultation is not None
        assert edition.group is not None
        chair = give_role(make_user(), Role.COORDINATOR, group=edition.group)
        later = next_version(core, question=said("What would bring you back?"))
        answer = db.session.scalars(sa.select(CoreAnswer)).one()
        assert (answer.edition_id, answer.core_id, answer.state) == (
            edition.id,
            later.id,
            CoreAnswerState.WAITING,
        )
        assert edition.consultation.question.original.text == "What would make you stay?"
        assert told(chair) == ["editions.new_version"]

    def test_a_later_version_says_what_is_new(self, app: Flask) -> None:
        core = make_core()
        with pytest.raises(Invalid, match="Nothing is different"):
            next_version(core)
        with pytest.raises(Invalid, match="what is new"):
            next_version(core, note=" ", items=())
        with pytest.raises(Conflict, match="in the meantime"):
            publish_core(core.consultation, content=make_content(items=[]), note="x", after=0, actor=SYSTEM)

    def test_what_has_not_begun_follows(self, app: Flask) -> None:
        edition = make_edition(core := make_core(), starts_on=clock.today() + timedelta(days=5))
        later = next_version(
            core,
            question=said("What would bring you back?", sl="Kaj bi te vrnilo?"),
            items=(
                make_item(question=said("I will live here in ten years.")),
                make_item("trust", title=said("Trust"), question=said("I trust the council.")),
            ),
        )
        done = adopt_core(edition, number=2, actor=SYSTEM)
        assert (done.changed, done.added, done.left_older, done.let_go) == (
            ["stay"],
            ["trust"],
            [],
            ["reason"],
        )
        assert edition.consultation is not None
        assert edition.core_id == later.id
        assert edition.consultation.question.in_("sl").text == "Kaj bi te vrnilo?"
        held = ballots(edition)
        assert held["stay"].question.original.text == "I will live here in ten years."
        assert set(held) == {"stay", "trust"}
        assert {item.core_id for item in edition.items} == {later.id}

    @pytest.mark.hostile("H53")
    def test_a_vote_that_has_begun_stays_as_it_is_and_is_marked_as_older(self, app: Flask) -> None:
        """Breaks if adoption does not ask whether the vote has begun."""
        edition = make_edition(core := make_core())
        open_ballot(ballots(edition)["stay"], actor=SYSTEM)
        later = next_version(
            core, items=(make_item(question=said("Changed.")), make_choice(options=("Housing", "Parks")))
        )
        done = adopt_core(edition, number=2, actor=SYSTEM)
        assert done.left_older == ["stay", "reason"]
        assert {item.core_id for item in edition.items} == {core.id}
        assert edition.core_id == later.id
        assert ballots(edition)["stay"].question.original.text == "I will live here in five years."

    def test_translations_made_in_the_place_stay(self, app: Flask) -> None:
        edition = make_edition(core := make_core())
        own = edition.consultation
        assert own is not None
        translate_consultation(
            own,
            language="hu",
            title="",
            question="Magyarul?",
            background="",
            phase_titles={},
            version=own.version,
            actor=SYSTEM,
        )
        next_version(core, question=said("What would bring you back?"))
        adopt_core(edition, number=2, actor=SYSTEM)
        assert own.question.texts["hu"] == "Magyarul?"
        assert own.question.is_stale("hu")

    def test_who_refuses_says_why_and_stays(self, app: Flask) -> None:
        edition = make_edition(core := make_core())
        next_version(core, question=said("What would bring you back?"))
        with pytest.raises(Invalid):
            refuse_core(edition, number=2, reason="", actor=SYSTEM)
        answer = refuse_core(edition, number=2, reason="Ours runs already.", actor=SYSTEM)
        assert answer.state is CoreAnswerState.REFUSED
        assert edition.core_id == core.id
        adopt_core(edition, number=2, actor=SYSTEM)
        assert answer.state is CoreAnswerState.ADOPTED

    def test_a_version_is_adopted_once_and_only_the_last(self, app: Flask) -> None:
        edition = make_edition(core := make_core())
        second = next_version(core, question=said("Second?"))
        next_version(second, question=said("Third?"))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CoreAnswer)) == 1
        with pytest.raises(Conflict, match="later version"):
            adopt_core(edition, number=2, actor=SYSTEM)
        adopt_core(edition, number=3, actor=SYSTEM)
        with pytest.raises(Conflict, match="already"):
            adopt_core(edition, number=3, actor=SYSTEM)

    def test_who_takes_part_later_begins_with_the_last_version(self, app: Flask) -> None:
        core = make_core()
        later = next_version(core, question=said("Second?"))
        edition = make_edition(later)
        assert edition.core_id == later.id
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CoreAnswer)) == 0
