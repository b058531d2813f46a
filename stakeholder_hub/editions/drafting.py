"""What the next version of a core is to be: the parent's own texts and timeline, and the items written beside them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.editions.content import Content, CoreItem, LocalPart
from stakeholder_hub.editions.dates import planned_as
from stakeholder_hub.editions.models import Core, CoreDraft
from stakeholder_hub.editions.operations.cores import save_draft
from stakeholder_hub.editions.queries import latest_core
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual


@dataclass(frozen=True)
class Drafted:
    """The next version as it stands, the last one published, and whether they differ."""

    content: Content
    core: Core | None
    version: int | None

    @property
    def published(self) -> Content | None:
        """What the last version says."""
        return Content.from_json(self.core.content) if self.core is not None else None

    @property
    def is_new(self) -> bool:
        """Whether there is anything to publish."""
        return self.published != self.content


def drafted(consultation: Consultation) -> Drafted:
    """What the next version of the core is to be. Texts and timeline are always those of the parent as it stands."""
    draft, core = db.session.get(CoreDraft, consultation.id), latest_core(consultation.id)
    stored = draft.content if draft is not None else core.content if core is not None else None
    frame = Content(
        language=consultation.source_language,
        title=consultation.title,
        question=consultation.question,
        background=consultation.background_text,
        phases=planned_as(consultation),
        categories=tuple(category.name for category in consultation.categories),
    )
    if stored is not None:
        kept = Content.from_json(stored)
        frame = replace(frame, items=kept.items, local=kept.local, open_to_all=kept.open_to_all)
    return Drafted(frame, core, draft.version if draft is not None else None)


def change_draft(
    consultation: Consultation,
    change: Callable[[Content], Content],
    *,
    version: int | None = None,
    actor: Actor,
) -> Content:
    """Change the draft and keep it."""
    content = change(drafted(consultation).content)
    save_draft(consultation, content=content, version=version, actor=actor)
    return content


def with_item(item: CoreItem) -> Callable[[Content], Content]:
    """Put an item in the place of the one with its key, or at the end."""

    def change(content: Content) -> Content:
        if content.item(item.key) is None:
            return replace(content, items=(*content.items, item))
        return replace(content, items=tuple(item if i.key == item.key else i for i in content.items))

    return change


def without_item(key: str) -> Callable[[Content], Content]:
    """Take an item out."""
    return lambda content: replace(content, items=tuple(i for i in content.items if i.key != key))


def with_frame(local: Sequence[LocalPart], open_to_all: bool) -> Callable[[Content], Content]:
    """Say what places can add, and whether they can ask to take part."""
    return lambda content: replace(content, local=frozenset(local), open_to_all=open_to_all)


def with_texts(language: str, texts: Mapping[str, str]) -> Callable[[Content], Content]:
    """Put translations of items in; ``texts`` by ``key:name``, as in ``stay:question``. An empty one goes."""

    def change(content: Content) -> Content:
        return replace(content, items=tuple(_translated(item, language, texts) for item in content.items))

    return change


def _translated(item: CoreItem, language: str, texts: Mapping[str, str]) -> CoreItem:
    def said(name: str, text: Multilingual) -> Multilingual:
        given = texts.get(f"{item.key}:{name}")
        return text if given is None else text.with_translation(language, " ".join(given.split()))

    return replace(
        item,
        title=said("title", item.title),
        question=said("question", item.question),
        options=tuple(said(f"option-{number}", text) for number, text in enumerate(item.options, start=1)),
    )


def reworded(lines: Sequence[str], before: Sequence[Multilingual], language: str) -> tuple[Multilingual, ...]:
    """Answers as they were written, a line each: what stands there as before keeps its translations; where as many
    stand there as before, a new wording keeps them as well, as translations that have to be looked at.
    """
    known = {text.original.text: text for text in before}
    written = [" ".join(line.split()) for line in lines if line.strip()]
    if len(written) == len(before):
        return tuple(
            known.get(line) or old.with_source(line) for line, old in zip(written, before, strict=True)
        )
    return tuple(known.get(line) or Multilingual.of(line, language) for line in written)
