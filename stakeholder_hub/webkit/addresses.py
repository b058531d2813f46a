"""Addresses: every page stands under its language, ``/<lang>/...``; the language is negotiated once."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE, NAMES, LanguageChoice
from stakeholder_hub.webkit.actor import actor_or_visitor

LANGUAGE_COOKIE = "hub_language"
PREFIX = f"/<any({','.join(INTERFACE)}):lang>"


def feature_blueprint(name: str, import_name: str) -> Blueprint:
    """A feature's blueprint: under the language prefix, with the feature's own ``templates`` folder."""
    return Blueprint(name, import_name, url_prefix=PREFIX, template_folder="templates")


def negotiated() -> str:
    """The language for somebody whose address names none: chosen before, preferred, or asked for by the browser."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in INTERFACE:
        return chosen
    person = actor_or_visitor()
    if person.is_authenticated and person.language in INTERFACE:
        return str(person.language)
    return request.accept_languages.best_match(INTERFACE) or current_app.config.get("HUB_LANGUAGE", DEFAULT)


def language_choices() -> list[LanguageChoice]:
    """The language menu: every entry leads to this same page."""
    endpoint, values = request.endpoint, dict(request.view_args or {})
    choices = []
    for code in INTERFACE:
        if endpoint and _takes_language(endpoint):
            url = url_for(endpoint, **{**values, "lang": code})
            if request.method == "GET" and request.query_string:
                url += "?" + request.query_string.decode("utf-8", "replace")
        else:
            url = f"/{code}/"
        choices.append(LanguageChoice(code, NAMES[code], url, code == g.get("lang", DEFAULT)))
    return choices


def is_local(target: str | None) -> bool:
    """Whether ``target`` is an address on this site: a path, and nothing a browser reads as another host."""
    if not target or len(target) > 2000 or not target.startswith("/"):
        return False
    if (
        target.startswith(("//", "/\\"))
        or "\\" in target
        or any(ord(c) < 33 or ord(c) == 127 for c in target)
    ):
        return False
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def next_or(default: str) -> str:
    """Where a ``next`` value of the request leads, if that is on this site, else ``default``."""
    wanted = request.values.get("next")
    return wanted if wanted is not None and is_local(wanted) else default


def with_values(address: str, **values: str) -> str:
    """The same address of this site with these values in its query, in place of those of the same names."""
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **values}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _takes_language(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "lang")


def _pull_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    given = (values or {}).pop("lang", None)
    g.lang = given or _language_of_path() or negotiated()


def _language_of_path() -> str | None:
    first = request.path.lstrip("/").split("/", 1)[0]
    return first if first in INTERFACE else None


def _push_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and _takes_language(endpoint):
        values["lang"] = g.get("lang", current_app.config.get("HUB_LANGUAGE", DEFAULT))


def with_language_prefix() -> Response | None:
    """For an address without a language: a redirect to the same page in the negotiated one, where there is one."""
    if request.method != "GET" or _language_of_path():
        return None
    path = f"/{negotiated()}{request.path}"
    adapter = current_app.url_map.bind("")
    if not adapter.test(path, "GET"):
        return None
    query = request.query_string.decode("utf-8", "replace")
    return redirect(path + (f"?{query}" if query else ""), code=302)


def init_app(app: Flask) -> None:
    """Take the language out of addresses and put it into those that are made."""
    app.url_value_preprocessor(_pull_language)
    app.url_defaults(_push_language)
