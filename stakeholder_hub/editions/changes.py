"""What is different between two versions of a core: text by text and language by language, the rest in words.

Pure: contents in, differences out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stakeholder_hub.decisions.conditions_told import asked_in_words
from stakeholder_hub.editions.content import Content, CoreItem, LocalPart
from stakeholder_hub.kernel.diffing import Piece, compare
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import NAMES, _, _l
from stakeholder_hub.kernel.multilingual import Multilingual


@dataclass(frozen=True)
class TextChange:
    """A text that reads otherwise in one language. ``place`` says which text of the item it is."""

    place: Reason
    language: str
    pieces: list[Piece]

    @property
    def language_name(self) -> str:
        """The language under its own name."""
        return NAMES.get(self.language, self.language)


@dataclass(frozen=True)
class Difference:
    """What became of one part of the core. ``kind``: ``changed``, ``added`` or ``removed``."""

    heading: Reason
    kind: str
    key: str | None = None
    title: Multilingual | None = None
    texts: list[TextChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> Reason:
        """The kind in the reader's language."""
        return {"changed": _l("Changed"), "added": _l("New"), "removed": _l("Taken out")}[self.kind]


def differences(before: Content, after: Content) -> list[Difference]:
    """Everything that is different, in the order in which people read it."""
    return [*_texts(before, after), *_items(before, after), *_frame(before, after)]


def _texts(before: Content, after: Content) -> Iterator[Difference]:
    parts: tuple[tuple[Reason, Multilingual, Multilingual], ...] = (
        (_l("Name"), before.title, after.title),
        (_l("Question"), before.question, after.question),
        (_l("Background"), before.background, after.background),
    )
    for heading, old, new in parts:
        if texts := list(_compared(heading, old, new)):
            yield Difference(heading, "changed", texts=texts)


def _items(before: Content, after: Content) -> Iterator[Difference]:
    for item in after.items:
        old = before.item(item.key)
        if old is None:
            texts = [change for name, text in item.texts for change in _compared(_place(name), None, text)]
            yield Difference(item.kind.label, "added", item.key, item.title, texts, _rule(item))
        elif old != item:
            yield Difference(
                item.kind.label, "changed", item.key, item.title, _changed(old, item), _moved(old, item)
            )
    for item in before.items:
        if after.item(item.key) is None:
            yield Difference(item.kind.label, "removed", item.key, item.title)


def _changed(old: CoreItem, new: CoreItem) -> list[TextChange]:
    before, after = dict(old.texts), dict(new.texts)
    return [
        change
        for name in dict.fromkeys([*before, *after])
        for change in _compared(_place(name), before.get(name), after.get(name))
    ]


def _place(name: str) -> Reason:
    if name.startswith("option-"):
        return _l("Answer %(num)s", num=name.removeprefix("option-"))
    return _l("Name") if name == "title" else _l("Question")


def _compared(place: Reason, old: Multilingual | None, new: Multilingual | None) -> Iterator[TextChange]:
    before, after = (old.texts if old else {}), (new.texts if new else {})
    for code in dict.fromkeys([*after, *before]):
        if before.get(code, "") != after.get(code, ""):
            yield TextChange(place, code, compare(before.get(code, ""), after.get(code, "")))


def _rule(item: CoreItem) -> list[str]:
    return [str(item.method.label), *asked_in_words(item.conditions)]


def _moved(old: CoreItem, new: CoreItem) -> list[str]:
    """Method and conditions, as they were and as they are to be."""
    before, after = _rule(old), _rule(new)
    told = [_("No longer: %(rule)s", rule=rule) for rule in before if rule not in after]
    told += [_("Now: %(rule)s", rule=rule) for rule in after if rule not in before]
    numbers = ("min_choices", "max_choices", "winners_wanted", "points_each", "electorate")
    if any(getattr(old, name) != getattr(new, name) for name in numbers):
        told.append(_("How much can be marked, how many win, or who votes is different."))
    return told


def _frame(before: Content, after: Content) -> Iterator[Difference]:
    opened = [
        _("Now open: %(part)s", part=part.label) for part in LocalPart if part in after.local - before.local
    ]
    shut = [
        _("No longer open: %(part)s", part=part.label)
        for part in LocalPart
        if part in before.local - after.local
    ]
    if opened or shut:
        yield Difference(_l("What places can add"), "changed", notes=[*opened, *shut])
    if before.phases != after.phases:
        yield Difference(
            _l("Recommended dates"),
            "changed",
            notes=[_("Dates of editions that have been accepted stay as they are.")],
        )
    if before.categories != after.categories:
        yield Difference(
            _l("Headings"), "changed", notes=[", ".join(name.original.text for name in after.categories)]
        )
