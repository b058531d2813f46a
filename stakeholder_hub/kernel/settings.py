"""Settings of one installation: typed, read once from the environment and ``instance/``."""

import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE

ROOT = Path(__file__).parent.parent.parent
SHORTEST_SECRET = 32
LEAST_LETTERS = 8
"""A secret made of fewer different characters was typed, not drawn."""
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SENDER = "Stakeholder Hub <hub@localhost>"


class SettingsError(Exception):
    """A setting is wrong; the message says in one sentence which and how to mend it."""


@dataclass(frozen=True)
class Settings:
    """Everything an installation can decide. Environment names are the field names with ``HUB_`` before them."""

    instance: Path
    secret_key: str = field(repr=False, default="")
    database_url: str = field(repr=False, default="")
    redis_url: str | None = field(repr=False, default=None)
    clock: datetime | None = None
    demo: bool = True
    demo_data: Path | None = None
    mail_url: str | None = field(repr=False, default=None)
    mail_sender: str = SENDER
    base_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    trusted_proxies: int = 0
    production: bool = True
    debug: bool = False
    default_language: str = DEFAULT
    max_upload: int = 25_000_000
    page_cache_seconds: float = 5.0
    log_level: str = "INFO"
    testing: bool = False

    @classmethod
    def load(cls, environ: Mapping[str, str], instance: Path | None = None) -> "Settings":
        """Read and check the settings.

        Raises:
            SettingsError: a value is wrong or unsafe.
        """
        place = instance_folder(environ, instance)
        secret = environ.get("HUB_SECRET_KEY") or _stored_secret(place)
        debug = _boolean(environ, "HUB_DEBUG", False)
        production = _boolean(environ, "HUB_PRODUCTION", True)
        _check_secret(secret)
        if debug and production:
            raise SettingsError("HUB_DEBUG is on in production: unset it, or set HUB_PRODUCTION=0.")
        language = environ.get("HUB_LANGUAGE", DEFAULT)
        if language not in INTERFACE:
            raise SettingsError(f"HUB_LANGUAGE must be one of {', '.join(INTERFACE)}.")
        return cls(
            instance=place,
            secret_key=secret,
            database_url=database_url(environ.get("HUB_DATABASE_URL"), place),
            redis_url=_address(environ, "HUB_REDIS_URL", "redis", "rediss", "unix"),
            clock=_moment(environ.get("HUB_CLOCK")),
            demo=_boolean(environ, "HUB_DEMO", True),
            demo_data=_demo_data(environ.get("HUB_DEMO_DATA")),
            mail_url=_address(environ, "HUB_MAIL_URL", "smtp", "smtps"),
            mail_sender=_mail_sender(environ.get("HUB_MAIL_SENDER")),
            base_url=_base_url(environ.get("HUB_BASE_URL")),
            host=environ.get("HUB_HOST", "127.0.0.1"),
            port=_integer(environ, "HUB_PORT", 8000, 1, 65535),
            workers=_integer(environ, "HUB_WORKERS", 2, 1, 64),
            trusted_proxies=_integer(environ, "HUB_TRUSTED_PROXIES", 0, 0, 10),
            production=production,
            debug=debug,
            default_language=language,
            max_upload=_integer(environ, "HUB_MAX_UPLOAD", 25_000_000, 100_000, 1_000_000_000),
            page_cache_seconds=float(_integer(environ, "HUB_PAGE_CACHE_SECONDS", 5, 0, 300)),
            log_level=_one_of(environ, "HUB_LOG_LEVEL", LOG_LEVELS, "INFO"),
            testing=_boolean(environ, "HUB_TESTING", False),
        )

    def shown(self) -> dict[str, Any]:
        """The settings without secrets: what ``doctor`` prints."""
        return {
            f.name: getattr(self, f.name) if f.repr else "(set)" if getattr(self, f.name) else "(not set)"
            for f in fields(self)
        }


def instance_folder(environ: Mapping[str, str], instance: Path | None = None) -> Path:
    """Where this installation keeps what it owns: ``HUB_INSTANCE``, else ``instance``, else beside the package."""
    return Path(environ.get("HUB_INSTANCE") or instance or ROOT / "instance").expanduser().resolve()


def ensure_secret(instance: Path) -> None:
    """Make ``instance/secret`` unless it is there: readable by its owner only.

    Raises:
        SettingsError: the folder cannot be written.
    """
    path = instance / "secret"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return
        temporary = instance / f".secret.{secrets.token_hex(4)}"
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(temporary)  # never replaces a secret that another process has just made
        temporary.unlink()
    except OSError as error:
        raise SettingsError(
            f"The folder {instance} cannot be written ({error.strerror}): check its rights and the free space, "
            "or name another with --instance."
        ) from error


def database_url(given: str | None, instance: Path) -> str:
    """The database's address with the driver named; the embedded database where none is given.

    Raises:
        SettingsError: it is no address, or of a database that is not supported.
    """
    if not given:
        return f"sqlite:///{instance / 'hub.sqlite'}"
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            given = "postgresql+psycopg://" + given[len(prefix) :]
    if not given.startswith(("postgresql+psycopg://", "sqlite:///")):
        raise SettingsError(
            "HUB_DATABASE_URL must be an address such as postgresql://user:password@host/name, "
            "or unset for the embedded database."
        )
    return given


def _check_secret(secret: str) -> None:
    if not secret:
        raise SettingsError(
            "There is no secret yet: start with ./hub run, which makes one, or set HUB_SECRET_KEY."
        )
    if len(secret.encode()) < SHORTEST_SECRET or len(set(secret)) < LEAST_LETTERS:
        raise SettingsError(
            f"The secret is too easy to guess: unset HUB_SECRET_KEY, so that one is made, or set {SHORTEST_SECRET} "
            "characters or more that were drawn at random."
        )


def _stored_secret(instance: Path) -> str:
    try:
        return (instance / "secret").read_text().strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(
            f"{instance / 'secret'} cannot be read ({error.strerror}): start as the user that made it."
        ) from error


def _one_of(environ: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    value = (environ.get(name) or default).upper()
    if value not in known:
        raise SettingsError(f"{name} must be one of {', '.join(known)}.")
    return value


def _address(environ: Mapping[str, str], name: str, *schemes: str) -> str | None:
    raw = environ.get(name)
    if not raw:
        return None
    wrong = SettingsError(
        f"{name} must be an address that begins with {' or '.join(f'{s}://' for s in schemes)}."
    )
    try:
        parts = urlsplit(raw)
        complete = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in schemes or not (complete or parts.scheme == "unix"):
        raise wrong
    return raw


def _mail_sender(raw: str | None) -> str:
    sender = raw or SENDER
    _name, address = parseaddr(sender)
    if "@" not in address or any(ord(letter) < 32 for letter in sender):
        raise SettingsError("HUB_MAIL_SENDER must be a name and address, such as Our Town <hub@example.org>.")
    return sender


def _boolean(environ: Mapping[str, str], name: str, default: bool) -> bool:
    raw = environ.get(name, "").strip().lower()
    if not raw:
        return default
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off"):
        return False
    raise SettingsError(f"{name} must be 1 or 0, not {raw!r}.")


def _integer(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    raw = environ.get(name, "").strip()
    if not raw:
        return default
    if not raw.isdigit() or not least <= int(raw) <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {raw!r}.")
    return int(raw)


def _moment(raw: str | None) -> datetime | None:
    if not raw:
        return None
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError as wrong:
        raise SettingsError("HUB_CLOCK must be a time such as 2026-05-01T12:00:00+00:00.") from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _base_url(raw: str | None) -> str | None:
    if not raw:
        return None
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingsError("HUB_BASE_URL must be the site's address, such as https://hub.example.org.")
    return raw.rstrip("/")


def _demo_data(raw: str | None) -> Path | None:
    if raw:
        if not Path(raw).is_dir():
            raise SettingsError(f"HUB_DEMO_DATA names {raw}, which is no folder.")
        return Path(raw)
    beside = ROOT.parent / "shared" / "data"
    return beside if beside.is_dir() else None
