"""The ways a message leaves: to a mail server, or as a file into ``instance/outbox`` where none is configured."""

import hashlib
import os
import smtplib
import ssl
import tempfile
from collections.abc import Sequence
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask_mailman import EmailMultiAlternatives
from flask_mailman.backends.base import BaseEmailBackend
from flask_mailman.backends.smtp import EmailBackend
from flask_mailman.utils import DNS_NAME

from stakeholder_hub.kernel.settings import Settings, SettingsError
from stakeholder_hub.mail.operations import Claimed

OUTBOX = "outbox"
"""Folder of the instance that messages go to while no mail server is configured."""

SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""What ``HUB_MAIL_URL`` may begin with, and the usual port of each."""

PATIENCE = 20
"""Seconds to wait for a mail server."""


class SmtpTransport(EmailBackend):
    """Flask-Mailman's, but a server's certificate is checked after STARTTLS too."""

    connection: Any

    def open(self) -> bool:
        """Connect, unless that is done; tells whether it was now."""
        if self.connection or not self.use_tls:
            return bool(super().open())
        connection = smtplib.SMTP(
            self.host, self.port, local_hostname=DNS_NAME.get_fqdn(), timeout=self.timeout
        )
        try:
            connection.starttls(context=ssl.create_default_context())
            if self.username and self.password:
                connection.login(self.username, self.password)
        except BaseException:
            connection.close()
            raise
        self.connection = connection
        return True


class OutboxTransport(BaseEmailBackend):
    """Writes each message to a file, named by its Message-ID: written twice, it is the same file."""

    def __init__(self, *, folder: Path, **options: Any) -> None:
        super().__init__(**options)
        self.folder = folder

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Write the files, for their owner only; each is whole or not there."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            number = hashlib.sha256(message.extra_headers["Message-ID"].encode()).hexdigest()[:10]
            when = parsedate_to_datetime(message.extra_headers["Date"]).strftime("%Y%m%dT%H%M%S")
            handle, part = tempfile.mkstemp(prefix=".part-", dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(message.message().as_bytes())
            os.replace(part, self.folder / f"{when}-{number}.eml")
        return len(email_messages)


def transport(app: Flask) -> Any:
    """The way out that the settings ask for.

    Raises:
        SettingsError: the address of the mail server is wrong.
    """
    settings: Settings = app.config["HUB_SETTINGS"]
    mailman = app.extensions["mailman"]
    if settings.mail_url is None:
        return OutboxTransport(mailman=mailman, folder=settings.instance / OUTBOX)
    return SmtpTransport(mailman=mailman, **server_of(settings.mail_url))


def server_of(url: str) -> dict[str, Any]:
    """Host, port, login and encryption of ``smtp://user:password@host:port`` (or ``smtp+starttls``, ``smtps``).

    Raises:
        SettingsError: with how to mend it.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as wrong:
        raise SettingsError("HUB_MAIL_URL has a port that is not a number.") from wrong
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise SettingsError(
            "HUB_MAIL_URL must look like smtp+starttls://user:password@mail.example.org:587 "
            f"(it may begin with {', '.join(SCHEMES)})."
        )
    return {
        "host": parts.hostname,
        "port": port or SCHEMES[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+starttls" or "starttls" in parts.query,
        "use_ssl": parts.scheme == "smtps",
        "timeout": PATIENCE,
    }


def compose(mail: Claimed, sender: str) -> Any:
    """The message as it is sent: the same bytes at every try, but for the separators of its parts."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=sender,
        to=[mail.recipient],
        headers={
            "Message-ID": mail.message_id,
            "Date": format_datetime(mail.created_at),
            "Content-Language": mail.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message
