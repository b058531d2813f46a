"""How a person wants pages to look: text size, letter case, contrast, spacing, motion, theme; kept in a cookie."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.webkit.addresses import feature_blueprint, next_or
from stakeholder_hub.webkit.flashes import say

COOKIE = "hub_prefs"
YEAR = 365 * 24 * 3600

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("auto", "light", "dark"),
    "text": ("normal", "large", "larger"),
    "case": ("normal", "plain"),
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


@bp.get("/preferences")
def edit() -> str:
    """The settings as a page of its own: works without JavaScript, and keeps forms off shared pages."""
    return render_template("webkit/preferences.html", back=next_or("/"))


@bp.post("/preferences")
def save() -> BaseResponse:
    """Remember the settings chosen in the panel, or forget them all."""
    chosen = Preferences() if request.form.get("reset") else _chosen()
    response: Response = redirect(next_or("/"), code=303)  # type: ignore[assignment]
    response.set_cookie(COOKIE, chosen.encode(), max_age=YEAR, samesite="Lax", secure=request.is_secure)
    say(_("The page now looks the way you chose."))
    return response


def _chosen() -> Preferences:
    return Preferences.parse("&".join(f"{name}={request.form.get(name, '')}" for name in CHOICES))
