"""The catalogue of templates, looked up once for each word.

flask-babel finds the catalogue anew for each of the sixty words of a page, in four steps through the application's
context; that was a twelfth of the time of a page. Here the language is asked, and the catalogue is at hand.
"""

from typing import Any

from babel import Locale
from flask import Flask
from flask_babel import get_locale, get_translations


def init_app(app: Flask) -> None:
    """Give ``_``, ``gettext``, ``ngettext``, ``pgettext`` and ``npgettext`` of templates the catalogues at hand."""
    catalogues: dict[Locale, Any] = {}

    def catalogue() -> Any:
        locale = get_locale()
        if locale is None:  # outside of everything: nothing is translated
            return get_translations()
        found = catalogues.get(locale)
        if found is None:
            found = catalogues[locale] = get_translations()
        return found

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogue().ugettext(text),
        ngettext=lambda one, many, number: catalogue().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, number: catalogue().unpgettext(context, one, many, number),
    )
