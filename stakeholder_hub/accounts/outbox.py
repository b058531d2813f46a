"""Letters of a site without a mail server: where they lie, and who may read them on a page.

Whoever reads the letters can sign in as anybody. The page is therefore there only for somebody who tries the
site on their own machine: not in production, on the loopback address, asked for by a loopback name, and with nothing
that a proxy would have added.
"""

from collections.abc import Sequence
from ipaddress import ip_address

import sqlalchemy as sa
from flask import current_app, request

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail.models import OutgoingMail
from stakeholder_hub.mail.transports import OUTBOX

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
OF_PROXIES = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
SHOWN = 50


def _settings() -> Settings:
    settings: Settings = current_app.config["HUB_SETTINGS"]
    return settings


def outbox_folder() -> str | None:
    """The folder that letters are written to, as its operator knows it; ``None`` where they are sent."""
    return f"{_settings().instance.name}/{OUTBOX}" if _settings().mail_url is None else None


def may_read_outbox() -> bool:
    """Whether this request comes from whoever tries the site on this machine."""
    settings = _settings()
    if settings.mail_url is not None or settings.production or settings.trusted_proxies or settings.base_url:
        return False
    try:
        is_here = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    name = request.host if request.host in LOOPBACK_NAMES else request.host.rsplit(":", 1)[0]
    return is_here and name in LOOPBACK_NAMES and not any(header in request.headers for header in OF_PROXIES)


def letters() -> Sequence[OutgoingMail]:
    """The newest letters."""
    return db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(SHOWN)).all()
