"""Translations: collected from the code, compiled when they have changed, and checked for completeness.

``stakeholder-hub catalogues update`` collects every string into ``translations/<language>/LC_MESSAGES/messages.po``;
``check`` fails on what is missing, fuzzy, broken in its placeholders, or no longer what the code says.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE

ROOT = Path(__file__).parent.parent.parent
SOURCES = Path(__file__).parent.parent
FOLDER = ROOT / "translations"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
KEYWORDS = {
    "_": None,
    "_l": None,
    "_n": (1, 2),
    "_ln": (1, 2),
    "_p": ((1, "c"), 2),
    "_lp": ((1, "c"), 2),
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "extensions": ""}}
PLACEHOLDER = re.compile(r"%\(([a-z_]+)\)[sd]")


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def collect() -> Catalog:
    """Every string of the code and the templates."""
    catalog = Catalog(project="Stakeholder Hub", charset="utf-8", fuzzy=False)
    found = extract_from_dir(str(SOURCES), METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",))
    for file, _line, message, comments, context in found:
        catalog.add(message, None, [(f"stakeholder_hub/{file}", 0)], auto_comments=comments, context=context)
    return catalog


def read(language: str) -> Catalog:
    """The stored catalogue of a language, empty where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Stakeholder Hub", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(catalog: Catalog, language: str) -> None:
    """Store a catalogue so that two people's changes merge well: sorted, without line numbers."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(
        buffer,
        catalog,
        sort_output=True,
        include_lineno=False,
        ignore_obsolete=True,
        width=110,
        omit_header=False,
    )
    text = re.sub(
        r'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To):[^\n]*\n',
        "",
        buffer.getvalue().decode(),
    )
    text = re.sub(r"^# (Copyright|This file|FIRST).*\n|^# .*ORGANIZATION.*\n", "", text, flags=re.M)
    path.write_text(text)


def update() -> dict[str, int]:
    """Bring every catalogue to what the code says; returns how many strings each lacks."""
    template, lacking = collect(), {}
    # English last: its texts are filled in, and the messages are shared with the template.
    for language in sorted(INTERFACE, key=lambda code: code == DEFAULT):
        catalog = read(language)
        catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
        if language == DEFAULT:
            for message in catalog:
                if message.id:
                    message.string = message.id if isinstance(message.id, str) else tuple(message.id)
        write(catalog, language)
        lacking[language] = sum(1 for message in catalog if message.id and not is_complete(message, catalog))
    return lacking


def is_complete(message: Message, catalog: Catalog) -> bool:
    """Whether every plural form of a message is translated."""
    if isinstance(message.id, str):
        return bool(message.string)
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return len(forms) >= catalog.num_plurals and all(forms[: catalog.num_plurals])


def placeholders(text: str) -> set[str]:
    """The named placeholders of a string."""
    return set(PLACEHOLDER.findall(text))


def problems(language: str, template: Catalog) -> Iterator[str]:
    """What is wrong with the catalogue of a language, a line each."""
    catalog = read(language)
    stored = {
        (message.id if isinstance(message.id, str) else tuple(message.id), message.context)
        for message in catalog
        if message.id
    }
    for message in template:
        if not message.id:
            continue
        key = (message.id if isinstance(message.id, str) else tuple(message.id), message.context)
        if key not in stored:
            yield f"{language}: not collected yet: {message.id!r}"
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"{language}: fuzzy: {message.id!r}"
        if not is_complete(message, catalog):
            yield f"{language}: missing: {message.id!r}"
            continue
        yield from _placeholder_problems(language, message)


def _placeholder_problems(language: str, message: Message) -> Iterator[str]:
    if isinstance(message.id, str):
        wanted, forms = placeholders(message.id), [str(message.string)]
        allowed = wanted
    else:
        wanted = placeholders(message.id[1])
        forms, allowed = [str(form) for form in message.string or ()], wanted | placeholders(message.id[0])
    for form in forms:
        found = placeholders(form)
        # A form for exactly one, or two, may leave the number out.
        if found - allowed or (wanted - {"num"}) - found:
            yield f"{language}: placeholders differ: {message.id!r} -> {form!r}"
        if re.search(r"%(?!\(|%|\s|$|[^\w(])", PLACEHOLDER.sub("", form)) and "%(" in form:
            yield f"{language}: stray percent sign: {form!r}"


def compile_changed() -> None:
    """Compile the catalogues whose text is newer than what was compiled of it."""
    for language in INTERFACE:
        source = path_of(language)
        target = source.with_suffix(".mo")
        if not source.exists() or (
            target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
        ):
            continue
        temporary = target.with_name(f".{target.name}.{id(source):x}")
        with temporary.open("wb") as file:
            write_mo(file, read(language))
        temporary.replace(target)


@click.group("catalogues")
def catalogues() -> None:
    """Collect, compile and check translations."""


@catalogues.command("update")
def update_command() -> None:
    """Bring every catalogue to what the code says."""
    for language, lacking in update().items():
        click.echo(f"{language}: {lacking} to translate")
    compile_changed()


@catalogues.command("check")
def check_command() -> None:
    """Fail on what is missing, fuzzy or broken."""
    template = collect()
    found = [problem for language in INTERFACE for problem in problems(language, template)]
    for problem in found[:60]:
        click.echo(problem)
    if found:
        raise click.ClickException(
            f"{len(found)} problems; run: stakeholder-hub catalogues update, then translate."
        )
    click.echo(f"{len(INTERFACE)} catalogues are complete.")


@catalogues.command("missing")
@click.argument("language", type=click.Choice(INTERFACE))
def missing_command(language: str) -> None:
    """List what a language lacks."""
    catalog = read(language)
    for message in catalog:
        if message.id and not is_complete(message, catalog):
            click.echo(repr(message.id))


commands: list[click.Command] = [catalogues]
