"""Mail in tests: what the site has written so far, and a real server to send it to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from stakeholder_hub.kernel.database import db
from stakeholder_hub.mail.models import OutgoingMail
from tests.infrastructure.ports import free_port


class Mail:
    """One message as its reader sees it."""

    def __init__(self, row: OutgoingMail) -> None:
        self.to, self.subject, self.text, self.html = row.recipient, row.subject, row.text, row.html or ""
        self.language = row.language

    @property
    def links(self) -> list[str]:
        """Every address in the text, in order."""
        return re.findall(r"https?://[^\s<>\"]+", self.text)

    @property
    def paths(self) -> list[str]:
        """The same without scheme and host: what a test client asks for."""
        return [link.removeprefix("{0.scheme}://{0.netloc}".format(urlsplit(link))) for link in self.links]

    def __repr__(self) -> str:
        return f"<Mail to {self.to}: {self.subject!r}>"


class Mailbox:
    """What the site has written, oldest first, whether it is sent already or not."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def all(self) -> list[Mail]:
        """Every message."""
        with self._app.app_context():
            return [
                Mail(row) for row in db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id))
            ]

    def to(self, address: str) -> list[Mail]:
        """The messages to one address."""
        return [mail for mail in self.all() if mail.to == address]

    def last(self, address: str | None = None) -> Mail:
        """The newest message (to ``address``)."""
        found = self.all() if address is None else self.to(address)
        assert found, f"there is no mail{f' to {address}' if address else ''}"
        return found[-1]

    def __len__(self) -> int:
        return len(self.all())


class SmtpServer:
    """A mail server on a free port of this machine. ``refusing`` makes it answer "try later"."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusing = False
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a message, or put it off."""
        if self.refusing:
            return "451 Try again later"
        content: Any = envelope.content
        self.messages.append(message_from_bytes(content, policy=default))
        self.recipients += envelope.rcpt_tos
        return "250 Taken"

    @property
    def url(self) -> str:
        """Its address as ``HUB_MAIL_URL`` takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator["SmtpServer"]:
        """Listen for the length of a ``with`` block."""
        self._controller.start()
        try:
            yield self
        finally:
            self._controller.stop()
