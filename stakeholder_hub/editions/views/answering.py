"""Pages of a place: its invitation, its answer, and its edition afterwards."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.editions.changes import differences
from stakeholder_hub.editions.forms import AcceptForm, AdditionForm, EditionForm, ReasonForm
from stakeholder_hub.editions.listing import counts_of
from stakeholder_hub.editions.models import CoreAnswerState, Edition
from stakeholder_hub.editions.operations import (
    accept_invitation,
    add_background,
    adopt_core,
    choose_languages,
    decline_invitation,
    refuse_core,
    set_sharing,
    withdraw_edition,
)
from stakeholder_hub.editions.operations.following import what_would_change
from stakeholder_hub.editions.policy import may_add_background, may_admit, may_answer, may_manage_edition
from stakeholder_hub.editions.queries import (
    answer_to,
    content_of,
    core_numbered,
    groups_that_can_hold,
    latest_core,
    waiting_answer,
)
from stakeholder_hub.editions.views.base import bp, crumbs_to, load_edition
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import NAMES, _, _n
from stakeholder_hub.kernel.text import markdown
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import render_form, writing_languages


@bp.get("/consultations/<slug>/places/<place>/")
def place(slug: str, place: str) -> ResponseReturnValue:
    """The invitation of a place with what is common; once it takes part, what was agreed and what waits."""
    edition = load_edition(slug, place)
    return render_template("editions/place.html", **about(edition))


def about(edition: Edition) -> dict[str, Any]:
    """Everything about a place in a parent."""
    core = edition.core or latest_core(edition.parent_id)
    if core is None:
        raise NotFound()
    name = in_language(edition.territory.name).text
    own, content = edition.consultation, content_of(core)
    return {
        "background_html": markdown(in_language(content.background).text),
        "edition": edition,
        "core": core,
        "content": content,
        "counts": counts_of(edition.parent, actor()),
        "may_answer": may_answer(actor(), edition),
        "may_admit": may_admit(actor(), edition),
        "may_manage": may_manage_edition(actor(), edition),
        "may_add": may_add_background(actor(), edition),
        "waiting": waiting_answer(edition),
        "own": own if own is not None and may_see(actor(), own) else None,
        "names": NAMES,
        "breadcrumbs": crumbs_to(edition.parent, (name, None)),
    }


@bp.route("/consultations/<slug>/places/<place>/accept", methods=["GET", "POST"])
def accept(slug: str, place: str) -> ResponseReturnValue:
    """Take part: group, dates, languages, and what the place adds."""
    edition = load_edition(slug, place)
    require(may_answer(actor(), edition))
    page, groups = about(edition), list(groups_that_can_hold(edition, actor()))
    form = AcceptForm.on(edition, groups, page["content"], page["core"].number)
    if form.submitted():
        with form.catching():
            made = accept_invitation(edition, **form.terms(groups), actor=actor())
            say(_("Your edition is stored as a draft with its common votes. Check it and publish it."))
            return redirect(url_for("consultations.publish", slug=made.slug), code=303)
    return render_form("editions/accept.html", form, groups=groups, **page)


@bp.route("/consultations/<slug>/places/<place>/decline", methods=["GET", "POST"])
def decline(slug: str, place: str) -> ResponseReturnValue:
    """Do not take part, and say why."""
    edition = load_edition(slug, place)
    require(may_answer(actor(), edition))
    form = ReasonForm.from_request(language=language())
    if form.submitted():
        with form.catching():
            decline_invitation(edition, reason=form.reason.data, language=language(), actor=actor())
            say(_("Your answer is sent. You can still change your mind."))
            return redirect(url_for(".place", slug=slug, place=place), code=303)
    return reason_page(form, edition, _("Why you do not take part"), _("Decline"))


@bp.route("/consultations/<slug>/places/<place>/withdraw", methods=["GET", "POST"])
def withdraw(slug: str, place: str) -> ResponseReturnValue:
    """Take part no longer, and say why."""
    edition = load_edition(slug, place)
    require(may_manage_edition(actor(), edition))
    form = ReasonForm.from_request(language=language())
    if form.submitted():
        with form.catching():
            withdraw_edition(edition, reason=form.reason.data, language=language(), actor=actor())
            say(_("Your place no longer takes part. The consultation stays yours."))
            return redirect(url_for(".place", slug=slug, place=place), code=303)
    return reason_page(form, edition, _("Why you no longer take part"), _("Withdraw"))


def reason_page(form: ReasonForm, edition: Edition, heading: str, label: str) -> ResponseReturnValue:
    """A page that asks for a reason."""
    back = url_for(".place", slug=edition.parent.slug, place=edition.territory.slug)
    return render_form(
        "editions/reason.html", form, heading=heading, lead=edition.parent.title, label=label, back=back
    )


@bp.route("/consultations/<slug>/places/<place>/words", methods=["GET", "POST"])
def words(slug: str, place: str) -> ResponseReturnValue:
    """The place's own words under the common background."""
    edition = load_edition(slug, place)
    require(may_add_background(actor(), edition))
    text, local = edition.addition_text, edition.territory
    spoken = text.source if text else local.default_language
    form = AdditionForm.from_request(
        text=text.original.text if text else "", language=spoken, version=edition.version
    )
    form.language.choices = writing_languages(spoken, *local.languages)
    if form.submitted():
        with form.catching():
            add_background(edition, **form.values, actor=actor())
            say(_("Your words are stored."))
            return redirect(url_for(".place", slug=slug, place=place), code=303)
    return render_form("editions/words.html", form, edition=edition)


@bp.route("/consultations/<slug>/places/<place>/agreed", methods=["GET", "POST"])
def agreed(slug: str, place: str) -> ResponseReturnValue:
    """Languages, and whether the parent may show the results."""
    edition = load_edition(slug, place)
    require(may_manage_edition(actor(), edition))
    form = EditionForm.from_request(languages=edition.languages, shares_results=edition.shares_results)
    if form.submitted():
        with form.catching():
            if bool(form.shares_results.data) is not edition.shares_results:
                set_sharing(edition, shares=bool(form.shares_results.data), actor=actor())
            choose_languages(edition, languages=form.languages.data or [], actor=actor())
            say(_("Your changes are stored."))
            return redirect(url_for(".place", slug=slug, place=place), code=303)
    return render_form("editions/agreed.html", form, edition=edition)


@bp.get("/consultations/<slug>/places/<place>/versions/<int:number>")
def version(slug: str, place: str, number: int) -> ResponseReturnValue:
    """A later version against the one the edition follows, and what adopting it would do."""
    return render_template("editions/version.html", **later(slug, place, number), form=None)


def later(slug: str, place: str, number: int) -> dict[str, Any]:
    """What the page of a later version shows."""
    edition = load_edition(slug, place)
    require(may_manage_edition(actor(), edition))
    core = core_numbered(edition.parent_id, number)
    new, answer = content_of(core), answer_to(edition, core)
    old = content_of(edition.core) if edition.core is not None else new
    last = latest_core(edition.parent_id)
    return {
        "edition": edition,
        "core": core,
        "differences": differences(old, new),
        "answer": answer,
        "open": answer is not None and answer.state is not CoreAnswerState.ADOPTED and last is core,
        "effects": what_would_change(edition, new),
        "breadcrumbs": crumbs_to(
            edition.parent,
            (in_language(edition.territory.name).text, url_for(".place", slug=slug, place=place)),
        ),
    }


@bp.post("/consultations/<slug>/places/<place>/versions/<int:number>/adopt")
def adopt(slug: str, place: str, number: int) -> ResponseReturnValue:
    """Take a later version over."""
    edition = load_edition(slug, place)
    require(may_manage_edition(actor(), edition))
    done = adopt_core(edition, number=number, actor=actor())
    said = _("Your edition follows version %(num)s.", num=number)
    if done.left_older:
        left = len(done.left_older)
        said += " " + _n(
            "%(num)s vote had begun and stays as it was.",
            "%(num)s votes had begun and stay as they were.",
            left,
        )
    say(said)
    own = edition.consultation
    return redirect(record_url(own) if own else url_for(".place", slug=slug, place=place), code=303)


@bp.route("/consultations/<slug>/places/<place>/versions/<int:number>/stay", methods=["GET", "POST"])
def stay(slug: str, place: str, number: int) -> ResponseReturnValue:
    """Stay on the version there is, and say why."""
    page = later(slug, place, number)
    form = ReasonForm.from_request(language=language())
    if form.submitted():
        with form.catching():
            refuse_core(page["edition"], number=number, reason=form.reason.data or "", actor=actor())
            say(_("Your edition stays as it is. Those who run the parent are told why."))
            return redirect(url_for(".place", slug=slug, place=place), code=303)
    return render_form("editions/version.html", form, **page)
