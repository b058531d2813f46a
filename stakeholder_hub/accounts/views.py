"""Pages of accounts: signing in and out, registering, letters' links, settings."""

import json
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
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
)
from stakeholder_hub.accounts.homes import home_choices
from stakeholder_hub.accounts.operations import (
    change_profile,
    checked_name,
    erase_person,
    set_password,
    sign_out_everywhere,
)
from stakeholder_hub.accounts.pending import load_pending
from stakeholder_hub.accounts.personal import personal_data
from stakeholder_hub.accounts.registering import begin_registration, send_known_link
from stakeholder_hub.accounts.signing import begin_session, end_session, is_password_of, person_by_password
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint, next_or
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form
from stakeholder_hub.webkit.limits import limiter
from stakeholder_hub.webkit.pagecache import not_shared

security_bp = feature_blueprint("security", __name__)
bp = feature_blueprint("accounts", __name__)

PER_ADDRESS = "20 per minute; 100 per hour"
PER_ACCOUNT = "8 per minute; 40 per hour"


def _account_key() -> str:
    return "account:" + links.key_of(request.form.get("email", ""))


def _guarded(view: Any) -> Any:
    """Throttles a view that checks a password or sends mail: by address, and by the account that is tried."""
    by_account = limiter.limit(PER_ACCOUNT, key_func=_account_key, methods=["POST"])(view)
    return limiter.limit(PER_ADDRESS, methods=["POST"])(by_account)


@bp.app_context_processor
def _outbox() -> dict[str, Any]:
    settings: Settings = current_app.config["HUB_SETTINGS"]
    return {"outbox_folder": str(settings.instance / "outbox") if settings.mail_url is None else None}


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
        form.status = 422
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
            send_known_link(links.SIGN_IN, form.email.data, {"next": next_or("")}, language())
            return _look_into_letters(form.email.data)
    return render_form("accounts/sign_in_by_link.html", form, next_url=next_or(""))


def _look_into_letters(address: str) -> str:
    return render_template("accounts/look_into_letters.html", address=address)


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
            return _look_into_letters(form.email.data)
    return render_form("accounts/register.html", form, next_url=next_or(""))


@security_bp.route("/account/forgotten", methods=["GET", "POST"])
@_guarded
def forgot_password() -> ResponseReturnValue:
    """Ask for a letter with a link to choose a new password."""
    not_shared()
    form = AddressForm.from_request()
    if form.submitted():
        with form.catching():
            send_known_link(links.RESET, form.email.data, {}, language())
            return _look_into_letters(form.email.data)
    return render_form("accounts/forgotten.html", form)


@bp.route("/account/last-step/<token>", methods=["GET", "POST"])
@_guarded
def last_step(token: str) -> ResponseReturnValue:
    """A visitor has written something: the address is all that is missing."""
    not_shared()
    pending = load_pending(token)
    form = LastStepForm.from_request()
    if form.submitted():
        with form.catching():
            links.send_contribution_link(
                pending, email=form.email.data, name=checked_name(form.name.data), language=language()
            )
            return _look_into_letters(form.email.data)
    return render_form("accounts/last_step.html", form, pending=pending)


@bp.route("/account/link/<token>", methods=["GET", "POST"])
def open_link(token: str) -> ResponseReturnValue:
    """Where a letter's link leads: says what will happen, and does it when the button is pressed."""
    not_shared()
    pending = load_pending(token)
    is_reset = pending.kind == links.RESET
    form = NewPasswordForm.from_request() if is_reset else ActionForm.from_request()
    if form.submitted():
        with form.catching():
            return redirect(finish(pending, password=form.password.data if is_reset else None), code=303)
    return render_form("accounts/open_link.html", form, pending=pending, kinds=links)


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
    form.home.choices = [(0, _("None")), *home_choices()]
    if form.submitted():
        with form.catching():
            change_profile(me, **{**form.values, "home": form.home.data or None}, actor=me)
            say(_("Your changes are saved."))
            return redirect(url_for(".settings"), code=303)
    return render_form("accounts/settings.html", form)


@bp.route("/account/password", methods=["GET", "POST"])
@auth_required("session")
@limiter.limit(PER_ACCOUNT, methods=["POST"])
def password() -> ResponseReturnValue:
    """Choose another password; every other device is signed out."""
    me, form = actor(), ChangePasswordForm.from_request()
    if form.submitted():
        with form.catching():
            if is_password_of(me, form.current.data or ""):
                set_password(me, password=form.password.data, actor=me)
                begin_session(me, via="password")
                say(_("Your password is changed. Other devices are signed out."))
                return redirect(url_for(".settings"), code=303)
            form.status = 422
            form.refuse(_("This is not your present password."), "current")
    return render_form("accounts/password.html", form)


@bp.route("/account/address", methods=["GET", "POST"])
@auth_required("session")
@limiter.limit(PER_ACCOUNT, methods=["POST"])
def address() -> ResponseReturnValue:
    """Use another e-mail address: it is confirmed by a letter first."""
    me, form = actor(), NewEmailForm.from_request()
    if form.submitted():
        with form.catching():
            if is_password_of(me, form.current.data or ""):
                links.send_link(
                    links.NEW_EMAIL, email=form.email.data, payload={"user": me.id}, language=language()
                )
                return _look_into_letters(form.email.data)
            form.status = 422
            form.refuse(_("This is not your password."), "current")
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
def erase() -> ResponseReturnValue:
    """Erase my account: what I wrote stays, without my name."""
    form = EraseForm.from_request()
    if form.submitted():
        with form.catching():
            erase_person(actor(), actor=actor())
            end_session()
            say(_("Your account is erased. Thank you for having taken part."))
            return redirect(url_for("portal.home"), code=303)
    return render_form("accounts/erase.html", form)
