"""Settings of one installation: typed, read once from the environment and ``instance/``."""

import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE

ROOT = Path(__file__).parent.parent.parent
SHORTEST_SECRET = 32
WEAK_SECRETS = frozenset({"changeme", "secret", "dev", "development", "default", "password"})


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
    mail_sender: str = "Stakeholder Hub <hub@localhost>"
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
        place = Path(environ.get("HUB_INSTANCE") or instance or ROOT / "instance").resolve()
        secret = environ.get("HUB_SECRET_KEY") or _stored_secret(place)
        debug = _boolean(environ, "HUB_DEBUG", False)
        production = _boolean(environ, "HUB_PRODUCTION", True)
        if len(secret) < SHORTEST_SECRET or secret.lower() in WEAK_SECRETS:
            raise SettingsError(
                f"The secret is shorter than {SHORTEST_SECRET} characters: remove HUB_SECRET_KEY and start with "
                "./hub run, which makes one, or set a longer one."
            )
        if debug and production:
            raise SettingsError("HUB_DEBUG is on in production: unset it, or set HUB_PRODUCTION=0.")
        language = environ.get("HUB_LANGUAGE", DEFAULT)
        if language not in INTERFACE:
            raise SettingsError(f"HUB_LANGUAGE must be one of {', '.join(INTERFACE)}.")
        return cls(
            instance=place,
            secret_key=secret,
            database_url=database_url(environ.get("HUB_DATABASE_URL"), place),
            redis_url=environ.get("HUB_REDIS_URL") or None,
            clock=_moment(environ.get("HUB_CLOCK")),
            demo=_boolean(environ, "HUB_DEMO", True),
            demo_data=_demo_data(environ.get("HUB_DEMO_DATA")),
            mail_url=environ.get("HUB_MAIL_URL") or None,
            mail_sender=environ.get("HUB_MAIL_SENDER", "Stakeholder Hub <hub@localhost>"),
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
            log_level=environ.get("HUB_LOG_LEVEL", "INFO").upper(),
            testing=_boolean(environ, "HUB_TESTING", False),
        )

    def shown(self) -> dict[str, Any]:
        """The settings without secrets: what ``doctor`` prints."""
        return {
            f.name: getattr(self, f.name) if f.repr else "(set)" if getattr(self, f.name) else "(not set)"
            for f in fields(self)
        }


def ensure_secret(instance: Path) -> None:
    """Make ``instance/secret`` unless it is there: readable by its owner only."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "secret"
    if path.exists():
        return
    temporary = instance / f".secret.{secrets.token_hex(4)}"
    temporary.touch(mode=0o600)
    temporary.write_text(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(temporary)  # never replaces a secret that another process has just made
    temporary.unlink()


def database_url(given: str | None, instance: Path) -> str:
    """The database's address with the driver named; the embedded database where none is given."""
    if not given:
        return f"sqlite:///{instance / 'hub.sqlite'}"
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given[len(prefix) :]
    return given


def _stored_secret(instance: Path) -> str:
    path = instance / "secret"
    return path.read_text().strip() if path.exists() else ""


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
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise SettingsError("HUB_BASE_URL must be the site's address, such as https://hub.example.org.")
    return raw.rstrip("/")


def _demo_data(raw: str | None) -> Path | None:
    if raw:
        return Path(raw)
    beside = ROOT.parent / "shared" / "data"
    return beside if beside.is_dir() else None
