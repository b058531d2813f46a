"""The mail that invites one person into a group."""

from babel import dates
from flask import current_app
from flask_babel import force_locale

from stakeholder_hub.groups.models import Invitation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE, _
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.kernel.text import normalise
from stakeholder_hub.mail.operations import queue_mail
from stakeholder_hub.webkit.layout import site_name

LONGEST_MESSAGE = 1000


def public_address(path: str) -> str:
    """A path of this site as a whole address: made from the settings, never from what a request calls the host."""
    settings: Settings = current_app.config["HUB_SETTINGS"]
    return (settings.base_url or f"http://{settings.host}:{settings.port}") + path


def accept_address(token: str, language: str) -> str:
    """The page on which an invitation is accepted."""
    return public_address(f"/{language}/invitation/{token}")


def write_invitation(invitation: Invitation, *, token: str, message: str, language: str) -> None:
    """Queue the mail for a personal invitation, in ``language``."""
    language = language if language in INTERFACE else DEFAULT
    group = invitation.group
    with force_locale(language):
        name = group.name.in_(language).text
        place = group.territory.name.in_(language).text
        last = clock.to_local(invitation.expires_at, group.territory.timezone).date()
        until = dates.format_date(last, format="long", locale=language)
        greeting = _("Hello %(name)s,", name=invitation.name) if invitation.name else _("Hello,")
        lines = [
            *(greeting, ""),
            _("you are invited to join the group “%(group)s” of %(place)s.", group=name, place=place),
            "",
            *([normalise(message, longest=LONGEST_MESSAGE), ""] if message.strip() else []),
            _("Accept the invitation: %(url)s", url=accept_address(token, language)),
            "",
            _("The link works once, for this address only, until %(day)s.", day=until),
            _("If you do not want to join, you need not do anything."),
            *("", site_name()),
        ]
        subject = _("Invitation: %(group)s", group=name)
    queue_mail(to=invitation.email or "", subject=subject, text="\n".join(lines), language=language)
