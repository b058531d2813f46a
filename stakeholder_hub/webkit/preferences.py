"""How a person wants pages to look: text size, letter case, contrast, spacing, motion, theme; kept in a cookie."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.webkit.addresses import feature_blueprint, next_or
from stakeholder_hub.webkit.flashes import say

COOKIE = "hub_prefs"
YEAR = 365 * 24 * 3600

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("auto", "light", "dark"),
    "text": ("normal", "large", "larger"),
    "case": ("normal", "capitals"),
    "contrast": ("normal", "high"),
    "spacing": ("normal", "wide"),
    "motion": ("normal", "reduced"),
    "font": ("normal", "plain"),
}
"""Every setting and its values; the first is the default."""


@dataclass(frozen=True)
class Preferences:
    """The settings of one reader. Each is one of :data:`CHOICES`."""

    theme: str = "auto"
    text: str = "normal"
    case: str = "normal"
    contrast: str = "normal"
    spacing: str = "normal"
    motion: str = "normal"
    font: str = "normal"

    @classmethod
    def parse(cls, raw: str | None) -> "Preferences":
        """Read ``theme=dark&text=large``; whatever is not a known value falls back to the default."""
        pairs = dict(part.split("=", 1) for part in (raw or "")[:300].split("&") if "=" in part)
        return cls(**{name: pairs[name] for name, allowed in CHOICES.items() if pairs.get(name) in allowed})

    def encode(self) -> str:
        """The value of the cookie: only what differs from the defaults."""
        return "&".join(
            f"{f.name}={getattr(self, f.name)}" for f in fields(self) if getattr(self, f.name) != f.default
        )

    def as_dict(self) -> dict[str, Any]:
        """The settings by name."""
        return asdict(self)


def preferences() -> Preferences:
    """The settings of this request."""
    return Preferences.parse(request.cookies.get(COOKIE))


bp: Blueprint = feature_blueprint("preferences", __name__)


@bp.post("/preferences")
def save() -> BaseResponse:
    """Remember the settings chosen in the panel, or forget them all.

    The panel stands on every page, and a page for visitors carries no form token, which would make it one
    person's page: that the form is ours is told by where the browser says it was sent from.
    """
    if not _sent_from_here():
        raise BadRequest()
    chosen = Preferences() if request.form.get("reset") else _chosen()
    response: Response = redirect(next_or("/"), code=303)  # type: ignore[assignment]
    response.set_cookie(COOKIE, chosen.encode(), max_age=YEAR, samesite="Lax", secure=request.is_secure)
    say(_("The page now looks the way you chose."))
    return response


def _sent_from_here() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return origin.rstrip("/") == request.host_url.rstrip("/") or origin.startswith(request.host_url)


def _chosen() -> Preferences:
    return Preferences.parse("&".join(f"{name}={request.form.get(name, '')}" for name in CHOICES))
