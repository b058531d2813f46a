"""Pages of accounts: signing in and out, registering, letters' links, settings."""

import json
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_security.decorators import auth_required

from stakeholder_hub.accounts import links
from stakeholder_hub.accounts.finishing import finish
from stakeholder_hub.accounts.forms import (
    AddressForm,
    ChangePasswordForm,
    EraseForm,
    LastStepForm,
    NewEmailForm,
    NewPasswordForm,
    ProfileForm,
    RegisterForm,
    SignInForm,
    WelcomeForm,
    town_choices,
)
from stakeholder_hub.accounts.models import PendingContribution
from stakeholder_hub.accounts.operations import (
    change_profile,
    checked_name,
    erase_person,
    set_password,
    sign_out_everywhere,
)
from stakeholder_hub.accounts.outbox import letters, may_read_outbox, outbox_folder
from stakeholder_hub.accounts.pending import is_contribution, kind_of, load_link, load_page, own_words
from stakeholder_hub.accounts.personal import personal_data
from stakeholder_hub.accounts.registering import begin_registration, send_reset_link, send_sign_in_link
from stakeholder_hub.accounts.signing import (
    begin_session,
    end_session,
    not_proved,
    person_by_password,
    proves_to_be,
)
from stakeholder_hub.kernel.errors import NotAllowed, NotFound
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint, next_or
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, HubForm, render_form
from stakeholder_hub.webkit.limits import limiter
from stakeholder_hub.webkit.pagecache import not_shared

security_bp = feature_blueprint("security", __name__)
bp = feature_blueprint("accounts", __name__)

PER_ADDRESS = "20 per minute; 100 per hour"
PER_PAIR = "8 per minute; 40 per hour"
PER_ACCOUNT = "200 per hour"
"""From everywhere: high enough that a stranger does not lock somebody out, and a link by mail is another way in."""


def _account_key() -> str:
    return "account:" + (
        links.key_of(request.form.get("email", "")) if actor().id is None else str(actor().id)
    )


def _pair_key() -> str:
    return f"{_account_key()} {get_remote_address()}"


def _guarded(view: Any) -> Any:
    """Throttles a view that checks a password or sends mail: by the sender's address, by the account tried, by both."""
    for limit, key in ((PER_ACCOUNT, _account_key), (PER_PAIR, _pair_key), (PER_ADDRESS, get_remote_address)):
        view = limiter.limit(limit, key_func=key, methods=["POST"])(view)
    return view


@security_bp.route("/account/sign-in", methods=["GET", "POST"])
@_guarded
def login() -> ResponseReturnValue:
    """Sign in by password; the other way, by a link, is offered beside it."""
    not_shared()
    if actor().is_authenticated:
        return redirect(next_or(url_for("portal.desk")), code=303)
    form = SignInForm.from_request()
    if form.submitted():
        person = person_by_password(form.email.data, form.password.data)
        if person is not None:
            begin_session(person, remember=bool(form.remember.data), via="password")
            say(_("Welcome, %(name)s.", name=person.name))
            return redirect(next_or(url_for("portal.desk", lang=language())), code=303)
        form.answer_status = 422
        form.refuse(_("Address and password do not belong together. Try again, or sign in by a link."))
    return render_form("accounts/sign_in.html", form, next_url=next_or(""))


@security_bp.route("/account/sign-in/link", methods=["GET", "POST"])
@_guarded
def login_by_link() -> ResponseReturnValue:
    """Ask for a letter with a link to sign in. What is answered does not tell whether there is an account."""
    not_shared()
    form = AddressForm.from_request()
    if form.submitted():
        with form.catching():
            send_sign_in_link(email=form.email.data, next_url=next_or(""), language=language())
            return _check_mail(form.email.data)
    return render_form("accounts/sign_in_by_link.html", form, next_url=next_or(""))


def _check_mail(address: str, mend_url: str | None = None) -> str:
    """The answer to every form that asks for a letter: the same, whatever is known of the address."""
    return render_template(
        "accounts/check_mail.html",
        address=address,
        mend_url=mend_url,
        outbox_folder=outbox_folder(),
        may_read_outbox=may_read_outbox(),
    )


@security_bp.route("/account/sign-out", methods=["GET", "POST"])
def logout() -> ResponseReturnValue:
    """Sign out on this device; opening the page asks first."""
    not_shared()
    if request.method == "GET":
        return render_form("accounts/sign_out.html", ActionForm.from_request())
    end_session()
    say(_("You are signed out."))
    return redirect(url_for("portal.home"), code=303)


@security_bp.route("/account/register", methods=["GET", "POST"])
@_guarded
def register() -> ResponseReturnValue:
    """Make an account. What is answered does not tell whether there is one."""
    not_shared()
    form = RegisterForm.from_request()
    if form.submitted():
        with form.catching():
            begin_registration(**form.values, next_url=next_or(""), language=language())
            return _check_mail(form.email.data)
    return render_form("accounts/register.html", form, next_url=next_or(""))


@security_bp.route("/account/forgotten", methods=["GET", "POST"])
@_guarded
def forgot_password() -> ResponseReturnValue:
    """Ask for a letter with a link to choose a new password."""
    not_shared()
    form = AddressForm.from_request()
    if form.submitted():
        with form.catching():
            send_reset_link(email=form.email.data, language=language())
            return _check_mail(form.email.data)
    return render_form("accounts/forgotten.html", form)


@bp.route("/account/last-step/<token>", methods=["GET", "POST"])
@_guarded
def last_step(token: str) -> ResponseReturnValue:
    """A visitor has written something: the address is all that is missing."""
    not_shared()
    pending = load_page(token)
    form = LastStepForm.from_request()
    if form.submitted():
        with form.catching():
            name = checked_name(form.name.data)
            links.send_contribution_link(pending, email=form.email.data, name=name, language=language())
            return _check_mail(form.email.data, mend_url=request.path)
    what = kind_of(pending.kind).label
    return render_form("accounts/last_step.html", form, what=what, words=own_words(pending))


@bp.route("/account/link/<token>", methods=["GET", "POST"])
@limiter.limit(PER_ADDRESS, methods=["POST"])
def open_link(token: str) -> ResponseReturnValue:
    """Where a letter's link leads: says what will happen, and does it when the button is pressed."""
    not_shared()
    pending = load_link(token)
    form = _form_of(pending)
    if form.submitted():
        with form.catching():
            return redirect(finish(pending, **form.values), code=303)
    words = own_words(pending) if is_contribution(pending) else []
    return render_form("accounts/open_link.html", form, pending=pending, kinds=links, words=words)


def _form_of(pending: PendingContribution) -> HubForm:
    """What the link's page asks: a password, who a new person is, or nothing but the button.

    Raises:
        NotAllowed: a new address is confirmed by whoever is signed in to its account: a mistyped one opens nothing.
    """
    if pending.kind == links.NEW_EMAIL and actor().id != pending.payload.get("user"):
        raise NotAllowed(
            _l("Sign in with your present address first, then open this link again."), sign_in=True
        )
    if pending.kind == links.RESET:
        return NewPasswordForm.from_request()
    if pending.kind == links.REGISTER and links.person_of(pending) is None:
        form = WelcomeForm.from_request(name=pending.payload.get("name", ""))
        form.home.choices = town_choices(_("Choose later"))
        return form
    return ActionForm.from_request()


@bp.route("/account/", methods=["GET", "POST"])
@auth_required("session")
def settings() -> ResponseReturnValue:
    """Who I am to others, and how I am written to."""
    me = actor()
    form = ProfileForm.from_request(
        name=me.name,
        sector=me.sector.value,
        home=me.home_territory_id or 0,
        language=me.language,
        mail_frequency=me.mail_frequency,
    )
    form.home.choices = town_choices(_("None"))
    if form.submitted():
        with form.catching():
            change_profile(me, **{**form.values, "home": form.home.data or None}, actor=me)
            say(_("Your changes are saved."))
            return redirect(url_for(".settings"), code=303)
    return render_form("accounts/settings.html", form)


@bp.route("/account/password", methods=["GET", "POST"])
@auth_required("session")
@_guarded
def password() -> ResponseReturnValue:
    """Choose another password; every other device is signed out."""
    me, form = actor(), ChangePasswordForm.from_request()
    if form.submitted():
        with form.catching():
            if proves_to_be(me, form.current.data or ""):
                set_password(me, password=form.password.data, actor=me)
                begin_session(me, via="password")
                say(_("Your password is changed. Other devices are signed out."))
                return redirect(url_for(".settings"), code=303)
            form.answer_status = 422
            form.refuse(not_proved(me), "current")
    return render_form("accounts/password.html", form)


@bp.route("/account/address", methods=["GET", "POST"])
@auth_required("session")
@_guarded
def address() -> ResponseReturnValue:
    """Use another e-mail address: it is confirmed by a letter first."""
    me, form = actor(), NewEmailForm.from_request()
    if form.submitted():
        with form.catching():
            if proves_to_be(me, form.current.data or ""):
                links.send_link_to_new_address(me, email=form.email.data, language=language())
                return _check_mail(form.email.data)
            form.answer_status = 422
            form.refuse(not_proved(me), "current")
    return render_form("accounts/address.html", form)


@bp.post("/account/sign-out-everywhere")
@auth_required("session")
def everywhere() -> ResponseReturnValue:
    """End every session of mine."""
    sign_out_everywhere(actor(), actor=actor())
    end_session()
    say(_("You are signed out on every device."))
    return redirect(url_for("portal.home"), code=303)


@bp.get("/account/my-data.json")
@auth_required("session")
def my_data() -> Response:
    """Everything stored about me."""
    body = json.dumps(personal_data(actor()), ensure_ascii=False, indent=2, default=str)
    answer = Response(body, mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@bp.route("/account/erase", methods=["GET", "POST"])
@auth_required("session")
@_guarded
def erase() -> ResponseReturnValue:
    """Erase my account: what I wrote stays, without my name."""
    me, form = actor(), EraseForm.from_request()
    if form.submitted():
        with form.catching():
            if proves_to_be(me, form.current.data or ""):
                erase_person(me, actor=me)
                end_session()
                say(_("Your account is erased. Thank you for having taken part."))
                return redirect(url_for("portal.home"), code=303)
            form.answer_status = 422
            form.refuse(not_proved(me), "current" if me.password else None)
    return render_form("accounts/erase.html", form)


@bp.get("/account/outbox")
def outbox() -> ResponseReturnValue:
    """The letters that lie in the outbox: for whoever tries the site on their own machine, and nobody else."""
    not_shared()
    if not may_read_outbox():
        raise NotFound()
    return render_template("accounts/outbox.html", letters=letters(), outbox_folder=outbox_folder())
