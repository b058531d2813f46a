"""A consultation that runs in many places, through its operations."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.operations import edit_consultation, set_phases, translate_consultation
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import close_ballot, edit_ballot, open_ballot, prepare_ballot
from stakeholder_hub.editions.content import Content, LocalPart
from stakeholder_hub.editions.models import Core, CoreAnswer, CoreAnswerState, Edition, EditionState
from stakeholder_hub.editions.operations import (
    accept_invitation,
    add_background,
    adopt_core,
    ask_to_take_part,
    choose_languages,
    decline_invitation,
    invite_territories,
    publish_core,
    refuse_core,
    refuse_request,
    set_sharing,
    take_back_invitation,
    withdraw_edition,
)
from stakeholder_hub.editions.places import chosen_places, offered
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.models import Link, Relation, Visibility
from stakeholder_hub.territories.models import Level, Role
from stakeholder_hub.territories.operations import dissolve_territory
from tests.factories.accounts import make_user
from tests.factories.editions import (
    make_choice,
    make_content,
    make_core,
    make_edition,
    make_invitation,
    make_item,
    make_parent,
    said,
)
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory


def ballots(edition: Edition) -> dict[str, Ballot]:
    return {item.key: item.ballot for item in edition.items}


def in_a_week(edition: Edition) -> Any:
    return clock.today(edition.territory.timezone) + timedelta(days=7)


def next_version(core: Core, *, note: str = "Better words.", **values: Any) -> Core:
    return publish_core(
        core.consultation,
        content=replace(Content.from_json(core.content), **values),
        note=note,
        actor=SYSTEM,
    )


def told(user: Any) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(Notification.kind).where(Notification.user_id == user.id).order_by(Notification.id)
        )
    )


class TestTakingPart:
    def test_an_edition_has_the_items_of_the_core_as_ballots(self, app: Flask) -> None:
        edition = make_edition()
        assert edition.state is EditionState.ACCEPTED
        held = ballots(edition)
        assert set(held) == {"stay", "reason"}
        assert [o.title.original.text for o in held["stay"].options] == ["I agree", "I disagree", "I pass"]
        assert [o.title.in_("sl").text for o in held["reason"].options] == ["Housing (sl)", "Jobs (sl)"]
        assert held["reason"].question.in_("sl").text == "Kaj je najpomembnejše?"

    def test_the_journey_leads_from_the_parent_to_the_edition(self, app: Flask) -> None:
        edition = make_edition()
        link = sa.select(Link.target_id).where(
            Link.source_id == edition.parent_id, Link.relation == Relation.RUN_AS
        )
        assert db.session.scalars(link).all() == [edition.consultation_id]

    def test_it_stays_a_draft_of_its_own_group_in_its_own_zone_until_it_is_published(
        self, app: Flask
    ) -> None:
        place = make_territory(
            parent=(core := make_core()).consultation.territory, timezone="Europe/Bucharest"
        )
        group = make_group(place)
        edition = make_edition(core, group=group, published=False)
        made = edition.consultation
        assert made is not None
        assert (made.state, made.visibility, made.group_id) == ("draft", Visibility.PRIVATE, group.id)
        assert made.timezone == "Europe/Bucharest"
        assert {ballot.visibility for ballot in ballots(edition).values()} == {Visibility.PRIVATE}

    def test_a_place_adds_what_the_core_is_open_to(self, app: Flask) -> None:
        edition = make_edition(
            addition=Multilingual.of("Pri nas je **mlin** prazen.", "sl"),
            categories=[Multilingual.of("Stari mlin", "sl")],
            languages=["sl", "en"],
        )
        assert edition.addition_html is not None
        assert edition.consultation is not None
        assert "<strong>mlin</strong>" in edition.addition_html.texts["sl"]
        assert edition.languages == ["sl", "en"]
        assert [c.name.original.text for c in edition.consultation.categories] == ["Stari mlin"]

    @pytest.mark.parametrize(
        ("part", "values"),
        [
            (LocalPart.BACKGROUND, {"addition": said("More")}),
            (LocalPart.CATEGORIES, {"categories": [said("Mill")]}),
            (LocalPart.PHASES, {"phases": "later"}),
        ],
    )
    def test_a_place_cannot_add_what_the_core_is_closed_to(
        self, app: Flask, part: LocalPart, values: dict[str, Any]
    ) -> None:
        core = make_core(content=make_content(local=frozenset(LocalPart) - {part}))
        if "phases" in values:
            begin = clock.now() + timedelta(days=90)
            values = {
                "phases": [PhaseDraft(said("Party"), begin, begin + timedelta(days=1), [Activity.RESULTS])]
            }
        with pytest.raises(Invalid) as refusal:
            make_edition(core, **values)
        assert refusal.value.field in values
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Consultation)) == 1

    def test_moderators_are_seated_in_the_group_and_nobody_loses_a_role(self, app: Flask) -> None:
        edition = make_invitation()
        group = make_group(edition.territory)
        chair, helper = give_role(make_user(), Role.COORDINATOR, group=group), make_user()
        accept_invitation(
            edition, group=group, starts_on=in_a_week(edition), moderators=[helper, chair], actor=chair
        )
        roles = {grant.user_id: grant.role for grant in group.memberships}
        assert roles == {chair.id: Role.COORDINATOR, helper.id: Role.MODERATOR}

    @pytest.mark.hostile("H07")
    def test_an_edition_cannot_be_put_into_a_group_of_another_place(self, app: Flask) -> None:
        """Breaks if the group's place is not held against the invitation's."""
        edition = make_invitation()
        elsewhere = make_group(make_territory(parent=edition.parent.territory))
        with pytest.raises(Invalid) as refusal:
            accept_invitation(edition, group=elsewhere, starts_on=in_a_week(edition), actor=SYSTEM)
        assert refusal.value.field == "group"

    @pytest.mark.hostile("H02")
    def test_nobody_answers_for_a_neighbour(self, app: Flask) -> None:
        """Breaks if the policy does not ask for a role in the very place, or above."""
        edition = make_invitation()
        next_door = make_group(make_territory(parent=edition.parent.territory))
        neighbour = give_role(make_user(), Role.COORDINATOR, group=next_door)
        for answer in (
            lambda: accept_invitation(
                edition, group=next_door, starts_on=in_a_week(edition), actor=neighbour
            ),
            lambda: decline_invitation(edition, reason="No", actor=neighbour),
        ):
            with pytest.raises(NotFound):
                answer()

    def test_an_invitation_is_accepted_once(self, app: Flask) -> None:
        edition = make_edition()
        assert edition.group is not None
        with pytest.raises(NotAllowed, match="answered already"):
            accept_invitation(edition, group=edition.group, starts_on=in_a_week(edition), actor=SYSTEM)

    def test_what_was_read_is_what_is_accepted(self, app: Flask) -> None:
        edition = make_invitation(core := make_core())
        next_version(core, items=(make_item(),))
        with pytest.raises(Conflict, match="changed since you read it"):
            accept_invitation(
                edition,
                group=make_group(edition.territory),
                starts_on=in_a_week(edition),
                core_number=1,
                actor=SYSTEM,
            )

    def test_declining_takes_a_reason_and_can_be_thought_over(self, app: Flask) -> None:
        edition = make_invitation()
        with pytest.raises(Invalid):
            decline_invitation(edition, reason="  ", actor=SYSTEM)
        decline_invitation(edition, reason="Elections in May.", actor=SYSTEM)
        assert edition.state is EditionState.DECLINED
        accept_invitation(
            edition, group=make_group(edition.territory), starts_on=in_a_week(edition), actor=SYSTEM
        )
        assert edition.state is EditionState.ACCEPTED
        assert edition.reason == ""

    def test_who_withdraws_keeps_the_consultation_as_its_own(self, app: Flask) -> None:
        edition = make_edition()
        withdraw_edition(edition, reason="No time.", actor=SYSTEM)
        assert edition.state is EditionState.WITHDRAWN
        own = edition.consultation
        assert own is not None
        edit_consultation(
            own,
            title="Ours",
            question="Another question?",
            background="",
            version=own.version,
            keep_budget=True,
            actor=SYSTEM,
        )
        assert own.question.original.text == "Another question?"


class TestInviting:
    def test_those_who_answer_for_a_place_are_told(self, app: Flask) -> None:
        core = make_core()
        place = make_territory(parent=core.consultation.territory)
        chair = give_role(make_user(), Role.COORDINATOR, group=make_group(place))
        mayor = give_role(make_user(), Role.ADMIN, territory=place)
        member = give_role(make_user(), Role.MEMBER, group=make_group(place))
        make_invitation(core, territory=place, message="Come along.")
        assert told(chair) == told(mayor) == ["editions.invited"]
        assert told(member) == []

    def test_where_nobody_answers_for_a_place_the_place_above_is_told(self, app: Flask) -> None:
        core = make_core()
        region = make_territory(parent=core.consultation.territory, level=Level.REGIONAL)
        above = give_role(make_user(), Role.COORDINATOR, territory=region)
        make_invitation(core, territory=make_territory(parent=region))
        assert told(above) == ["editions.invited"]

    def test_nobody_is_invited_twice_and_who_declined_is_invited_again(self, app: Flask) -> None:
        edition = make_invitation()
        again = {"territories": [edition.territory], "actor": SYSTEM}
        assert invite_territories(edition.parent, **again) == []
        decline_invitation(edition, reason="No", actor=SYSTEM)
        assert invite_territories(edition.parent, **again) == [edition]
        assert edition.state is EditionState.INVITED

    def test_places_elsewhere_are_not_invited(self, app: Flask) -> None:
        region = make_territory(parent=(root := make_region()), level=Level.REGIONAL)
        core = make_core(make_parent(make_group(region)))
        with pytest.raises(Invalid, match="Places elsewhere"):
            make_invitation(core, territory=make_territory(parent=root))

    def test_a_place_that_no_longer_exists_is_neither_offered_nor_invited(self, app: Flask) -> None:
        core = make_core()
        parent = core.consultation
        gone, there = (make_territory(parent=parent.territory, name=name) for name in ("Gone", "There"))
        dissolve_territory(gone, successors=[there], actor=SYSTEM)
        assert [town.id for town in offered(parent).towns] == [there.id]
        with pytest.raises(Invalid, match="no place called"):
            chosen_places(parent, ticked=(), below=0, listed="Gone")
        assert chosen_places(parent, ticked=[gone.id, there.id], below=0, listed="") == [there]
        with pytest.raises(NotAllowed, match="exists no more"):
            make_invitation(core, territory=gone)

    @pytest.mark.parametrize("values", [{"published": False}, {"audience": Visibility.MEMBERS}])
    def test_whom_one_invites_has_to_be_able_to_read_it(self, app: Flask, values: dict[str, Any]) -> None:
        core = make_core(make_parent(**values))
        with pytest.raises(NotAllowed, match="for everyone first"):
            make_invitation(core)

    def test_a_consultation_without_a_core_invites_nobody(self, app: Flask) -> None:
        parent = make_parent()
        with pytest.raises(NotAllowed, match="common to all places"):
            invite_territories(parent, territories=[make_territory(parent=parent.territory)], actor=SYSTEM)

    def test_a_day_that_has_passed_is_refused(self, app: Flask) -> None:
        with pytest.raises(Invalid) as refusal:
            make_invitation(reply_by=clock.today() - timedelta(days=2))
        assert refusal.value.field == "reply_by"

    def test_an_invitation_is_taken_back_until_it_is_answered(self, app: Flask) -> None:
        edition = make_invitation()
        take_back_invitation(edition, actor=SYSTEM)
        assert db.session.scalar(sa.select(Edition.id)) is None
        with pytest.raises(Conflict):
            take_back_invitation(make_edition(), actor=SYSTEM)

    def test_a_place_can_ask_and_is_taken_in_or_told_why_not(self, app: Flask) -> None:
        core = make_core()
        place = make_territory(parent=make_region())
        chair = give_role(make_user(), Role.COORDINATOR, group=make_group(place))
        edition = ask_to_take_part(core.consultation, territory=place, message="We too!", actor=chair)
        assert edition.state is EditionState.ASKED
        with pytest.raises(Conflict, match="already"):
            ask_to_take_part(core.consultation, territory=place, actor=chair)
        refuse_request(edition, reason="Only towns on the river.", actor=SYSTEM)
        assert edition.state is EditionState.DECLINED
        invite_territories(core.consultation, territories=[place], actor=SYSTEM)
        assert edition.state is EditionState.INVITED
        assert told(chair) == ["editions.request_refused", "editions.invited"]

    def test_nobody_asks_where_places_take_part_by_invitation(self, app: Flask) -> None:
        core = make_core(content=make_content(open_to_all=False))
        with pytest.raises(NotAllowed, match="by invitation"):
            ask_to_take_part(core.consultation, territory=make_territory(), actor=SYSTEM)

    @pytest.mark.hostile("H02")
    def test_nobody_asks_for_a_neighbour(self, app: Flask) -> None:
        """Breaks if the policy does not ask for a role in the very place, or above."""
        core = make_core()
        neighbour = give_role(make_user(), Role.COORDINATOR, group=make_group(make_territory()))
        with pytest.raises(NotAllowed, match="coordinators of a place"):
            ask_to_take_part(core.consultation, territory=make_territory(), actor=neighbour)

    def test_an_edition_is_not_itself_run_in_many_places(self, app: Flask) -> None:
        edition = make_edition()
        with pytest.raises(NotAllowed, match="itself part of"):
            publish_core(edition.consultation, content=make_content(), actor=SYSTEM)


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
