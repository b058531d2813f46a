"""A place answers: it takes part, with its own group, dates and additions, or says why not."""

from collections.abc import Sequence
from datetime import date

from stakeholder_hub.accounts.models import User
from stakeholder_hub.consultations.drafts import PhaseDraft, checked_language
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.operations import create_consultation
from stakeholder_hub.decisions.operations import prepare_ballot
from stakeholder_hub.editions.carrying import fixed_terms, voting_phase
from stakeholder_hub.editions.content import Content, LocalPart
from stakeholder_hub.editions.dates import phases_on
from stakeholder_hub.editions.events import EditionAccepted, EditionDeclined, EditionWithdrawn
from stakeholder_hub.editions.models import Core, CoreAnswer, Edition, EditionItem, EditionState
from stakeholder_hub.editions.operations.inviting import give_reason
from stakeholder_hub.editions.operations.keeping import set_addition
from stakeholder_hub.editions.policy import may_answer, may_manage_edition
from stakeholder_hub.editions.queries import latest_core, waiting_answer
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.operations import add_member
from stakeholder_hub.groups.operations.members import seat_of
from stakeholder_hub.groups.policy import may_manage_group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotFound
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import DEFAULT, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation, Visibility
from stakeholder_hub.records.operations import add_link
from stakeholder_hub.territories.models import Role


@operation
def accept_invitation(
    edition: Edition,
    *,
    group: Group,
    starts_on: date,
    languages: Sequence[str] = (),
    audience: Visibility = Visibility.PUBLIC,
    shares_results: bool = True,
    moderators: Sequence[User] = (),
    addition: Multilingual | None = None,
    categories: Sequence[Multilingual] = (),
    phases: Sequence[PhaseDraft] = (),
    core_number: int | None = None,
    version: int | None = None,
    actor: Actor,
) -> Consultation:
    """Take part: the edition is made as a draft of ``group``, with the items of the core prepared as ballots.

    The phases are those recommended, from ``starts_on`` in the place's own zone, and after them those of its own.
    ``core_number`` is the version of the core that was read before.

    Raises:
        NotAllowed: the actor does not speak for the place, or does not run the group.
        Invalid: the group is of another place, something is added that the core is not open to, or a date does not fit.
        Conflict: the invitation has been answered, or the core has changed since it was read.
    """
    require(may_answer(actor, edition))
    _check_fresh(edition, version)
    core = _core_to_carry_out(edition, core_number)
    content = Content.from_json(core.content)
    if group.territory_id != edition.territory_id:
        raise Invalid(_l("Choose a group of this place."), "group")
    _check_additions(content, addition=addition, categories=categories, phases=phases)
    consultation = create_consultation(
        group,
        title=content.title,
        question=content.question,
        background=content.background,
        language=content.language,
        template=edition.parent.template,
        phases=[*phases_on(content, starts_on, edition.territory.timezone), *phases],
        audience=audience,
        categories=[*content.categories, *categories],
        slug=f"{content.title.original.text} {edition.territory.code}",
        actor=actor,
    )
    add_link(edition.parent, Relation.RUN_AS, consultation, actor=actor)
    _carry_out(edition, consultation, core, content, actor=actor)
    _seat_moderators(group, moderators, actor=actor)
    edition.move_to(EditionState.ACCEPTED)
    edition.consultation, edition.core, edition.group = consultation, core, group
    edition.shares_results = shares_results
    edition.languages = _checked_languages(languages, content)
    edition.reason, edition.answered_at, edition.answered_by_id = "", clock.now(), actor.id
    set_addition(edition, addition)
    db.session.flush()
    emit(EditionAccepted(actor=actor, subject=edition))
    return consultation


def _check_fresh(edition: Edition, version: int | None) -> None:
    db.session.refresh(edition, with_for_update={"of": Edition.__table__})
    if version is not None and edition.version != version:
        raise Conflict(
            _l("Somebody else changed this at the same time. Please look at it again."),
            theirs={"version": edition.version},
        )


def _core_to_carry_out(edition: Edition, number: int | None) -> Core:
    core = latest_core(edition.parent_id)
    if core is None:
        raise NotFound()
    if number is not None and number != core.number:
        raise Conflict(_l("The core has changed since you read it. Please look at it again."))
    return core


def _check_additions(
    content: Content,
    *,
    addition: Multilingual | None,
    categories: Sequence[Multilingual],
    phases: Sequence[PhaseDraft],
) -> None:
    if addition and not content.allows(LocalPart.BACKGROUND):
        raise Invalid(_l("The core of this consultation takes no text of the places."), "addition")
    if categories and not content.allows(LocalPart.CATEGORIES):
        raise Invalid(_l("The headings are the same in every place."), "categories")
    if phases and not content.allows(LocalPart.PHASES):
        raise Invalid(_l("The phases are the same in every place."), "phases")


def _carry_out(
    edition: Edition, consultation: Consultation, core: Core, content: Content, *, actor: Actor
) -> None:
    db.session.flush()
    for item in content.items:
        phase = voting_phase(consultation)
        ballot = prepare_ballot(
            consultation,
            actor=actor,
            phase=phase,
            opens_at=phase.starts_at,
            closes_at=phase.ends_at,
            **fixed_terms(item),
        )
        edition.items.append(EditionItem(key=item.key, ballot=ballot, core=core))


def _seat_moderators(group: Group, moderators: Sequence[User], *, actor: Actor) -> None:
    for person in moderators:
        require(may_manage_group(actor, group))
        held = seat_of(group, person)
        if held is None or held.role in (Role.MEMBER, Role.OBSERVER):
            sector = held.sector if held is not None else person.sector
            add_member(group, user=person, role=Role.MODERATOR, sector=sector, actor=actor)


def _checked_languages(languages: Sequence[str], content: Content) -> list[str]:
    chosen = [checked_language(code) for code in dict.fromkeys(languages)]
    return chosen or [content.language]


@operation
def decline_invitation(edition: Edition, *, reason: str, language: str = DEFAULT, actor: Actor) -> Edition:
    """Do not take part, and say why. The place can still accept later.

    Raises:
        NotAllowed: the actor does not speak for the place.
        Conflict: the invitation has been answered.
        Invalid: no reason is given.
    """
    require(may_answer(actor, edition))
    _check_fresh(edition, None)
    edition.move_to(EditionState.DECLINED)
    give_reason(edition, reason, language=language, actor=actor)
    emit(EditionDeclined(actor=actor, subject=edition))
    return edition


@operation
def withdraw_edition(edition: Edition, *, reason: str, language: str = DEFAULT, actor: Actor) -> Edition:
    """Take part no longer, and say why. The consultation stays with its place; from now on it is its own alone.

    Raises:
        NotAllowed: the actor does not run the edition, or it does not take part.
        Invalid: no reason is given.
    """
    require(may_manage_edition(actor, edition))
    _check_fresh(edition, None)
    edition.move_to(EditionState.WITHDRAWN)
    give_reason(edition, reason, language=language, actor=actor)
    while (answer := waiting_answer(edition)) is not None:
        _drop(answer)
    emit(EditionWithdrawn(actor=actor, subject=edition))
    return edition


def _drop(answer: CoreAnswer) -> None:
    db.session.delete(answer)
    db.session.flush()
