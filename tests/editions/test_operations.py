"""A consultation that runs in many places, through its operations."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.operations import edit_consultation
from stakeholder_hub.editions.content import LocalPart
from stakeholder_hub.editions.models import Edition, EditionState
from stakeholder_hub.editions.operations import (
    accept_invitation,
    ask_to_take_part,
    decline_invitation,
    invite_territories,
    publish_core,
    refuse_request,
    take_back_invitation,
    withdraw_edition,
)
from stakeholder_hub.editions.places import chosen_places, offered
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.models import Link, Relation, Visibility
from stakeholder_hub.territories.models import Level, Role
from stakeholder_hub.territories.operations import dissolve_territory
from tests.factories.accounts import make_user
from tests.factories.editions import (
    ballots,
    make_content,
    make_core,
    make_edition,
    make_invitation,
    make_item,
    make_parent,
    next_version,
    said,
    told,
)
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory


def in_a_week(edition: Edition) -> Any:
    return clock.today(edition.territory.timezone) + timedelta(days=7)


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
