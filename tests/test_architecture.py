"""Tests that read the code: what the house style asks for and no linter knows.

A rule is a generator of ``(line, fault)`` over one file. Beside each stands a sample that breaks it, so that no rule
can fall silent.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

from stakeholder_hub.kernel.database import Base
from stakeholder_hub.kernel.personal import Retention

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "stakeholder_hub"
FEATURES = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
MOST_LINES = 600
LONGEST_VIEW = 15

DOMAIN = frozenset({"models", "operations", "policy", "queries", "events", "subscribers", "guards"})
"""Modules (or packages of that name) that know nothing of the web."""

TRANSLATING = frozenset({"_", "_l", "_n", "_ln", "_p", "_lp", "gettext", "ngettext", "lazy_gettext"})

LONG_FILES = {
    "decisions/evidence/verify.py": "goes into every archive as one file, and is read as one by whoever checks a result"
}
"""``path: reason`` of the files that may be longer."""

LOCAL_IMPORTS: dict[str, str] = {}
"""``path: reason`` of the files that may import inside a function."""

OWN_CLOCK = {
    "kernel/clock.py": "is the clock",
    "upkeep.py": "compares with the time of a file",
}
"""``path: reason`` of the files that may read the machine's clock."""

CONNECTING = {
    "mail/transports.py": "takes letters to the mail server of the settings",
    "mail/jobs.py": "knows what that server can answer",
    "server.py": "looks whether its own port is free",
    "upkeep.py": "looks whether what the settings name is there",
}
"""``path: reason`` of the files that may know of connections: where they lead is said by the settings alone."""

CLIENTS = re.compile(
    r"(socket|ssl|smtplib|ftplib|poplib|imaplib|telnetlib|xmlrpc|asyncio|selectors|urllib\.request|http\.client|urllib3"
    r"|requests|httpx|aiohttp|httplib2|pycurl|websockets|websocket|paramiko|dns|feedparser)(\..*)?"
)
XML_READERS = re.compile(
    r"(xml|lxml|defusedxml|xmltodict|openpyxl|docx|odf|bs4|html5lib|svglib|cairosvg)(\..*)?"
)


@dataclass(frozen=True)
class Source:
    """One file: ``name`` is its path below the package."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Everything in the tree: walked once for all rules."""
        return list(ast.walk(self.tree))

    @property
    def feature(self) -> str:
        """The feature it belongs to; the file's own name for those at the top."""
        return self.name.split("/")[0].removesuffix(".py")

    @property
    def parts(self) -> frozenset[str]:
        """The module and packages it lies in, without the feature."""
        return frozenset(self.name.removesuffix(".py").split("/")[1:])

    @property
    def is_domain(self) -> bool:
        return bool(self.parts & DOMAIN)

    @property
    def is_view(self) -> bool:
        return bool(self.parts & {"views"})

    def walk(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in self.nodes if isinstance(node, kinds))

    def functions(self) -> Iterator[ast.FunctionDef]:
        return (node for node in self.nodes if isinstance(node, ast.FunctionDef))


Faults = Iterator[tuple[int, str]]
Rule = Callable[[Source], Faults]


@lru_cache
def python_files() -> tuple[Source, ...]:
    return tuple(_sources(PACKAGE, "*.py"))


@lru_cache
def templates() -> tuple[Source, ...]:
    found = [*_sources(PACKAGE, "*.html"), *_sources(PACKAGE, "*.txt")]
    return tuple(source for source in found if "/templates/" in source.name)


def _sources(folder: Path, pattern: str) -> Iterator[Source]:
    for path in sorted(folder.rglob(pattern)):
        yield Source(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))


def called(node: ast.AST) -> str:
    """``db.session.commit`` for a call (or decorator) of that name; empty for anything else."""
    target = node.func if isinstance(node, ast.Call) else node
    names: list[str] = []
    while isinstance(target, ast.Attribute):
        names.append(target.attr)
        target = target.value
    if isinstance(target, ast.Name):
        names.append(target.id)
    return ".".join(reversed(names))


def is_operation(function: ast.FunctionDef) -> bool:
    return any(called(decorator).split(".")[-1] == "operation" for decorator in function.decorator_list)


def is_route(function: ast.FunctionDef) -> bool:
    methods = {"route", "get", "post", "put", "patch", "delete"}
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in methods
        for decorator in function.decorator_list
    )


def imports(source: Source) -> Iterator[tuple[int, str, str]]:
    """``(line, module, name)`` of every import."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, node.module or "", alias.name) for alias in node.names)


# -- Rules for Python --------------------------------------------------------------------------------------------------


def only_operations_commit(source: Source) -> Faults:
    """``commit()`` stands in kernel/operation.py alone."""
    for node in source.walk(ast.Call):
        if (
            called(node).endswith(("session.commit", "session.begin"))
            and source.name != "kernel/operation.py"
        ):
            yield node.lineno, "ends a transaction: make it an @operation"


def markup_is_made_in_one_place(source: Source) -> Faults:
    """``Markup(...)`` stands in kernel/text.py alone; templates come from files."""
    for node in source.walk(ast.Call):
        name = called(node).split(".")[-1]
        if name == "Markup" and source.name != "kernel/text.py":
            yield node.lineno, "makes markup: use kernel/text.py"
        if name == "render_template_string":
            yield node.lineno, "renders a string: what a person wrote could become code"


def cleaning_is_done_in_one_place(source: Source) -> Faults:
    """bleach and markdown-it are used by kernel/text.py alone."""
    for line, module, _name in imports(source):
        if module.split(".")[0] in ("bleach", "markdown_it") and source.name != "kernel/text.py":
            yield line, f"imports {module}: use kernel/text.py"


def files_have_a_subject(source: Source) -> Faults:
    """No drawer for odds and ends."""
    if Path(source.name).stem in ("utils", "util", "helpers", "helper", "common", "misc"):
        yield 1, "say by the name what it holds"


def files_are_short(source: Source) -> Faults:
    """A file that grows past 600 lines is two."""
    lines = source.text.count("\n")
    if lines > MOST_LINES and source.name not in LONG_FILES:
        yield lines, f"has {lines} lines: split it by noun"


def imports_stand_at_the_top(source: Source) -> Faults:
    """Imports inside functions hide what a module stands on."""
    for function in source.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom) and source.name not in LOCAL_IMPORTS:
                yield node.lineno, f"{function.name} imports inside: move it to the top"


def domain_knows_no_web(source: Source) -> Faults:
    """Operations, policies and queries get their actor as an argument and behave alike on the command line."""
    for line, module, name in imports(source) if source.is_domain else ():
        web = module == "flask" and name in ("request", "session", "flash")
        if web or module.startswith("flask_login"):
            yield line, f"imports {name}: hand over what is needed as an argument"


def views_are_short(source: Source) -> Faults:
    """Views load, ask, act, answer; what is longer holds a rule."""
    for function in source.functions():
        if is_route(function):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = source.text.splitlines()[body[0].lineno - 1 : function.end_lineno] if body else []
            length = sum(1 for line in lines if line.strip(" )]},"))
            if length > LONGEST_VIEW:
                yield (
                    function.lineno,
                    f"{function.name} has {length} lines: views hold {LONGEST_VIEW} at most",
                )


def forms_stay_at_home(source: Source) -> Faults:
    """A view uses the forms of its own feature (and webkit's)."""
    for line, module, _name in imports(source):
        found = re.fullmatch(r"stakeholder_hub\.(\w+)\.forms(\..*)?", module)
        if found and found[1] not in (source.feature, "webkit"):
            yield line, f"imports the forms of {found[1]}"


def views_ask_policies(source: Source) -> Faults:
    """No ``if user.role ==`` where pages are made: ask ``may_x``."""
    for node in source.walk(ast.Compare) if source.is_view else ():
        for side in ast.walk(node):
            if isinstance(side, ast.Attribute) and side.attr in ("role", "roles", "grants"):
                yield node.lineno, "compares a role: ask a policy"


def choices_are_named(source: Source) -> Faults:
    """What a field offers is a ``SelectChoice``: pairs are on their way out of WTForms."""
    for node in source.walk(ast.Assign, ast.keyword):
        assert isinstance(node, ast.Assign | ast.keyword)
        names = (
            [node.arg]
            if isinstance(node, ast.keyword)
            else [target.attr for target in node.targets if isinstance(target, ast.Attribute)]
        )
        for made in ast.walk(node.value) if "choices" in names else ():
            offered = made.elts if isinstance(made, ast.List | ast.Tuple) else [getattr(made, "elt", None)]
            if any(isinstance(one, ast.Tuple) for one in offered):
                yield node.value.lineno, "offers pairs: make each a SelectChoice"


def operations_say_what_for(source: Source) -> Faults:
    """A public operation has a docstring; its actor, if it has one, is keyword-only."""
    for function in source.functions():
        if is_operation(function) and not function.name.startswith("_"):
            if not ast.get_docstring(function):
                yield function.lineno, f"{function.name} has no docstring"
            if "actor" in {argument.arg for argument in (*function.args.posonlyargs, *function.args.args)}:
                yield function.lineno, f"{function.name} takes its actor by position"


def nothing_is_fetched(source: Source) -> Faults:
    """The site asks no other server for anything: what people write as an address is never followed (H44)."""
    for line, module, name in imports(source) if source.name not in CONNECTING else ():
        if CLIENTS.fullmatch(module) or CLIENTS.fullmatch(f"{module}.{name}"):
            yield line, f"imports {module}: what would it connect to, and who says where?"


def nothing_reads_xml(source: Source) -> Faults:
    """Nothing that is brought in is parsed as XML: no entities, no external parts (H26)."""
    for line, module, _name in imports(source):
        if XML_READERS.fullmatch(module):
            yield line, f"imports {module}: take CSV"


def time_has_one_source(source: Source) -> Faults:
    """``clock.now()`` can be set in tests and for a demonstration; the machine's clock cannot."""
    for node in source.walk(ast.Call):
        if called(node) in ("datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"):
            if source.name not in OWN_CLOCK:
                yield node.lineno, f"calls {called(node)}: use clock.now()"


def work_is_finished(source: Source) -> Faults:
    """Nothing is left for later without anybody knowing."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
            yield number, "leaves something for later: do it, or write it down where it is seen"


# -- Rules for templates -----------------------------------------------------------------------------------------------


def blank(pattern: str, text: str) -> str:
    """``text`` with what matches replaced by as many line ends as it held, so that line numbers stay."""
    return re.sub(pattern, lambda found: " " + "\n" * found[0].count("\n"), text, flags=re.DOTALL)


def without_comments(text: str) -> str:
    return blank(r"\{#.*?#\}", text)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def nothing_is_declared_safe(source: Source) -> Faults:
    """What may stand in a page unescaped is decided in kernel/text.py."""
    text = without_comments(source.text)
    for found in re.finditer(r"\|\s*safe\b|autoescape\s+false|Markup\(", text):
        yield line_of(text, found.start()), f"has {found[0]!r}"


def pages_keep_the_content_policy(source: Source) -> Faults:
    """No inline style, script or handler, nothing from elsewhere."""
    text = without_comments(source.text)
    forbidden = {
        r"<[a-z][^<>]*\sstyle\s*=": "an inline style",
        r"<style\b": "an inline stylesheet",
        r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=\"application/(?:ld\+)?json\")": "an inline script",
        r"<[a-z][^<>]*\son[a-z]+\s*=\s*[\"']": "an inline handler",
        r"javascript:": "a script as an address",
        r"<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=\"(?:https?:)?//": "something from another site",
        r"<link\b[^>]*\bhref=\"(?:https?:)?//": "something from another site",
    }
    for pattern, what in forbidden.items():
        for found in re.finditer(pattern, text, flags=re.IGNORECASE):
            yield line_of(text, found.start()), f"has {what}"


def templates_ask_policies(source: Source) -> Faults:
    """Templates show what a policy allowed; they compare no roles."""
    text = without_comments(source.text)
    for found in re.finditer(r"\{[{%][^}]*\.roles?\s*(==|!=|in\b)|['\"]\w+['\"]\s+in\s+\w+\.roles\b", text):
        yield line_of(text, found.start()), "compares a role: ask a policy"


def words_can_be_translated(source: Source) -> Faults:
    """Every word a person reads goes through gettext."""
    text = without_comments(source.text)
    text = blank(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", text)
    text = blank(r"\{%.*?%\}", blank(r"\{\{.*?\}\}", text))
    if source.name.endswith(".html"):
        for found in re.finditer(r"\b(aria-label|title|placeholder|alt)=\"([^\"]*[A-Za-z]{2}[^\"]*)\"", text):
            yield line_of(text, found.start()), f"{found[1]}={found[2]!r} is not wrapped for translation"
        text = blank(r"<!--.*?-->|<(title|script|style|code|svg)\b[^>]*/?>.*?</\1>", text)
        text = blank(r"&\w+;", blank(r"<[^<>]*>", text))
    for found in re.finditer(r"[A-Za-z]{2,}", text):
        if found[0].isupper():
            continue  # CSV, PDF: the same in every language
        yield line_of(text, found.start()), f"{found[0]!r} is not wrapped for translation"


def words_stand_where_they_are_found(source: Source) -> Faults:
    """What is collected for translation is read from plain calls: inside an f-string it is passed over."""
    for node in source.nodes:
        if isinstance(node, ast.JoinedStr):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and called(inner) in TRANSLATING:
                    yield (
                        inner.lineno,
                        "asks for a translation inside an f-string: it never reaches a catalogue",
                    )


PYTHON_RULES: dict[Rule, Source] = {
    only_operations_commit: Source("proposals/views.py", "db.session.commit()"),
    markup_is_made_in_one_place: Source("webkit/forms.py", "Markup('<b>')"),
    cleaning_is_done_in_one_place: Source("webkit/forms.py", "from bleach.sanitizer import Cleaner"),
    files_have_a_subject: Source("proposals/helpers.py", ""),
    files_are_short: Source("proposals/models.py", "\n" * 601),
    imports_stand_at_the_top: Source("proposals/models.py", "def f():\n    import os"),
    domain_knows_no_web: Source("proposals/operations/submit.py", "from flask import request"),
    views_are_short: Source("proposals/views.py", "@bp.get('/')\ndef show():\n" + "    load()\n" * 16),
    forms_stay_at_home: Source("proposals/views.py", "from stakeholder_hub.groups.forms import GroupForm"),
    views_ask_policies: Source("proposals/views.py", "if grant.role == 'admin': pass"),
    choices_are_named: Source(
        "proposals/forms.py", "form.state.choices = [(s.value, s.label) for s in State]"
    ),
    operations_say_what_for: Source(
        "proposals/operations.py", "@operation\ndef submit_proposal(x, *, actor): ..."
    ),
    nothing_is_fetched: Source("proposals/operations.py", "from urllib import request"),
    nothing_reads_xml: Source("groups/guests.py", "from xml.etree import ElementTree"),
    time_has_one_source: Source("proposals/models.py", "datetime.now(UTC)"),
    work_is_finished: Source("proposals/models.py", "# TO" + "DO: later"),
    words_stand_where_they_are_found: Source("proposals/told.py", "f\"{name} {_('wins')}\""),
}
TEMPLATE_RULES: dict[Rule, Source] = {
    nothing_is_declared_safe: Source("a/templates/a.html", "{{ text | safe }}"),
    pages_keep_the_content_policy: Source("a/templates/a.html", '<p class="x" style="color: red">'),
    templates_ask_policies: Source("a/templates/a.html", "{% if user.role == 'admin' %}{% endif %}"),
    words_can_be_translated: Source("a/templates/a.html", "<p>{{ _('One') }} Two</p>"),
    files_are_short: Source("a/templates/a.html", "\n" * 601),
    work_is_finished: Source("a/templates/a.html", "{# TO" + "DO #}"),
}


def name_of(rule: Rule) -> str:
    return rule.__name__


HOLDING = {nothing_is_fetched: "H44", nothing_reads_xml: "H26"}
"""Hostile cases that hold because something is not there at all."""


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(rule, marks=pytest.mark.hostile(HOLDING[rule]) if rule in HOLDING else ())
        for rule in PYTHON_RULES
    ],
    ids=name_of,
)
def test_code_keeps_the_rule(rule: Rule) -> None:
    report(rule, python_files())


@pytest.mark.parametrize("rule", TEMPLATE_RULES, ids=name_of)
def test_templates_keep_the_rule(rule: Rule) -> None:
    report(rule, templates())


@pytest.mark.parametrize(
    ("rule", "sample"),
    [*PYTHON_RULES.items(), *TEMPLATE_RULES.items()],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_each_rule_catches_what_it_forbids(rule: Rule, sample: Source) -> None:
    assert list(rule(sample))


def report(rule: Rule, sources: tuple[Source, ...]) -> None:
    """Fail with one line per fault, rather than with the sources."""
    faults = [f"{source.name}:{line}: {fault}" for source in sources for line, fault in rule(source)]
    if faults:
        pytest.fail("\n".join([rule.__doc__ or "", *faults]), pytrace=False)


@pytest.mark.parametrize(
    "sample",
    [
        '<p title="{{ _(\'Hello\') }}">{{ _("Yes") }} &middot; {# said twice #}</p>',
        '<script src="{{ asset(\'hub.js\') }}" type="module"></script>',
        '<svg viewBox="0 0 1 1"><text>x</text></svg><progress max="3" value="1"></progress>',
    ],
)
def test_sound_templates_pass_every_rule(sample: str) -> None:
    assert not [fault for rule in TEMPLATE_RULES for fault in rule(Source("a/templates/a.html", sample))]


# -- The house as a whole ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_says_what_it_is_and_how_it_is_wired(feature: str) -> None:
    tree = ast.parse((PACKAGE / feature / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "its __init__ says what the feature is for"
    assert len(tree.body) == 1, "and holds nothing else"
    if feature != "kernel":
        wiring = ast.parse((PACKAGE / feature / "wiring.py").read_text(encoding="utf-8"))
        assert any(isinstance(node, ast.FunctionDef) and node.name == "init_app" for node in wiring.body)


def test_every_module_says_what_it_is_for() -> None:
    assert not [source.name for source in python_files() if not ast.get_docstring(source.tree)]


@lru_cache
def tables() -> None:
    for feature in FEATURES:
        if find_spec(f"stakeholder_hub.{feature}.models"):
            import_module(f"stakeholder_hub.{feature}.models")


def test_personal_columns_say_what_for_and_how_long() -> None:
    tables()
    declared = [
        (f"{table.name}.{column.name}", column.info["personal"])
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "personal" in column.info
    ]
    assert declared
    assert not [
        name for name, said in declared if not said["purpose"] or said["retention"] not in get_args(Retention)
    ]


def test_whatever_points_at_a_person_is_declared_personal() -> None:
    tables()
    assert not [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.target_fullname == "user.id" for key in column.foreign_keys)
        and "personal" not in column.info
    ]


def test_every_constraint_has_a_name_that_migrations_can_use() -> None:
    tables()
    assert not [
        f"{table.name}: {constraint}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]


def test_tests_wait_for_nothing_by_sleeping() -> None:
    waiting = [
        f"{source.name}:{node.lineno}"
        for source in _sources(ROOT / "tests", "test_*.py")
        for node in source.walk(ast.Call)
        if called(node) == "time.sleep"
    ]
    assert not waiting, "wait for a fact, not for a while"


def test_every_migration_can_be_taken_back() -> None:
    for source in _sources(ROOT / "migrations" / "versions", "*.py"):
        (downgrade,) = [function for function in source.functions() if function.name == "downgrade"]
        assert any(isinstance(node, ast.Call) for node in ast.walk(downgrade)), source.name
