"""Pages: who takes part in a consultation, who sits in a group, and what I tell about myself."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.queries import load_consultation
from stakeholder_hub.consultations.views import crumbs
from stakeholder_hub.groups.queries import group_at
from stakeholder_hub.groups.views.groups import group_crumbs
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.representation import queries
from stakeholder_hub.representation.forms import AboutMeForm, TargetsForm
from stakeholder_hub.representation.gaps import gaps_in
from stakeholder_hub.representation.operations import describe_oneself, set_targets
from stakeholder_hub.representation.pages import about_consultation
from stakeholder_hub.representation.picture import Telling, rows_of
from stakeholder_hub.representation.policy import may_describe_oneself, may_set_targets
from stakeholder_hub.territories.crumbs import Crumb
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import render_form

bp = feature_blueprint("representation", __name__)


def consultation_crumbs(consultation: Consultation, *more: Crumb) -> list[Crumb]:
    """Down to the consultation and its page of who takes part."""
    *above, (name, address) = crumbs(consultation)
    return [*above, (name, address), *more]


@bp.get("/consultations/<slug>/representation")
def of_consultation(slug: str) -> ResponseReturnValue:
    """Who takes part in a consultation, who is missing, and what people tell about themselves."""
    consultation = load_consultation(slug, actor())
    return render_template(
        "representation/consultation.html",
        **about_consultation(consultation, actor()),
        breadcrumbs=consultation_crumbs(consultation, (_("Who takes part"), None)),
    )


@bp.route("/consultations/<slug>/representation/targets", methods=["GET", "POST"])
def targets(slug: str) -> ResponseReturnValue:
    """Agree on the shares that a consultation means to reach."""
    consultation = load_consultation(slug, actor())
    require(may_set_targets(actor(), consultation))
    page = url_for(".of_consultation", slug=slug)
    form = TargetsForm.of(queries.own_targets(consultation))
    if form.submitted():
        with form.catching():
            set_targets(consultation, targets=form.targets, actor=actor())
            say(_("The shares are set. The page shows how far they are reached."))
            return redirect(page, code=303)
    steps = consultation_crumbs(consultation, (_("Who takes part"), page), (_("Shares to reach"), None))
    return render_form(
        "representation/targets.html", form, consultation=consultation, page=page, breadcrumbs=steps
    )


@bp.get("/groups/<slug>/representation")
def of_group(slug: str) -> ResponseReturnValue:
    """Who sits at a group's table, who is missing, and what people tell about themselves."""
    group, me = group_at(slug), actor()
    counts = queries.members_by_sector(group)
    agreed = {target.sector: target.share for target in group.targets if target.share}
    rows = rows_of(counts, agreed, Telling.NAMES)
    return render_template(
        "representation/group.html",
        group=group,
        rows=rows,
        total=sum(counts.values()),
        gaps=gaps_in(rows, in_language(group.territory.name).text, group=group, actor=me, seats=True),
        answers=queries.told_at(group, sum(counts.values())),
        breadcrumbs=group_crumbs(group, (_("Who is at the table"), None)),
    )


@bp.route("/account/about-me", methods=["GET", "POST"])
def about_me() -> ResponseReturnValue:
    """Tell something about oneself, or take it back."""
    require(may_describe_oneself(actor()))
    form = AboutMeForm.of(queries.own_answers(actor().id))
    if form.submitted():
        with form.catching():
            describe_oneself(**form.values, actor=actor())
            told = any(value is not None for value in form.values.values())
            say(
                _("Thank you. It is only ever counted, never shown with your name.")
                if told
                else _("Nothing is kept.")
            )
            return redirect(url_for("accounts.settings"), code=303)
    steps = [(_("My account"), url_for("accounts.settings")), (_("About me"), None)]
    return render_form("representation/about_me.html", form, breadcrumbs=steps)
