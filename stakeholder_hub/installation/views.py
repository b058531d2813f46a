"""The set-up page, which opens once; the site's settings; taking the demonstration out."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.accounts.signing import begin_session
from stakeholder_hub.installation.forms import RemoveForm, SetupForm, SiteForm
from stakeholder_hub.installation.operations import (
    complete_setup,
    edit_site,
    is_setup_token,
    remove_demonstration,
)
from stakeholder_hub.installation.policy import may_change_site, may_remove_demonstration
from stakeholder_hub.installation.queries import installation
from stakeholder_hub.installation.removing import Content, demonstration_content, others_contributions
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _, _n
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.formats import format_number
from stakeholder_hub.webkit.forms import render_form

bp: Blueprint = feature_blueprint("installation", __name__)


@bp.route("/setup", methods=["GET", "POST"])
def setup() -> ResponseReturnValue:
    """Name, first town, administrator: for whoever has the address that was printed, once."""
    token = request.args.get("token", "")
    if not is_setup_token(token):
        raise NotFound()
    form = SetupForm.for_setup(demonstration=installation().demo_loaded_at is not None)
    if form.submitted():
        with form.catching():
            admin = complete_setup(token, **form.arguments)
            begin_session(admin, via="setup")
            say(_("The site is yours. Begin with a working group for your town."))
            return redirect(url_for("territories.index"), code=303)
    return render_form("installation/setup.html", form)


@bp.route("/site", methods=["GET", "POST"])
@auth_required("session")
def settings() -> ResponseReturnValue:
    """The site's name, whom to write to, and the way to remove the demonstration."""
    require(may_change_site(actor()))
    here = installation()
    form = SiteForm.from_request(name=here.name, contact=here.contact)
    if form.submitted():
        with form.catching():
            edit_site(**form.values, actor=actor())
            say(_("Your changes are saved."))
            return redirect(url_for(".settings"), code=303)
    removable = may_remove_demonstration(actor()) if here.demo_loaded_at is not None else None
    return render_form("installation/settings.html", form, here=here, removable=removable)


@bp.route("/site/demonstration", methods=["GET", "POST"])
@auth_required("session")
def demonstration() -> ResponseReturnValue:
    """Say what goes, ask, and remove the demonstration."""
    require(may_remove_demonstration(actor()))
    form = RemoveForm.from_request()
    if form.submitted():
        with form.catching():
            number = sum(remove_demonstration(actor=actor()).values())
            say(_removed(number))
            return redirect(url_for(".settings"), code=303)
    content = demonstration_content()
    going, others = _going(content), others_contributions(content)
    return render_form("installation/demonstration.html", form, going=going, others=others)


def _removed(number: int) -> str:
    """What has happened, in rows of the database."""
    return str(
        _n(
            "The demonstration is removed: %(num)s row.",
            "The demonstration is removed: %(num)s rows.",
            number,
        )
    )


def _going(content: Content) -> list[tuple[Any, str]]:
    """What goes, in words and numbers."""
    labels = (
        ("territory", _("Places")),
        ("user", _("People")),
        ("group", _("Groups")),
        ("organisation", _("Organisations")),
        ("consultation", _("Consultations")),
        ("proposal", _("Proposals")),
        ("comment", _("Comments")),
        ("ballot", _("Votes")),
        ("decision", _("Decisions")),
        ("action_item", _("Action items")),
    )
    return [(label, format_number(content.number(table))) for table, label in labels if content.number(table)]
