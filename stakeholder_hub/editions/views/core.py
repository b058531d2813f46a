"""Pages of those who run the parent: what is common, its versions, and who takes part."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.conditions_told import asked_in_words
from stakeholder_hub.editions import drafting
from stakeholder_hub.editions.changes import differences
from stakeholder_hub.editions.checking import checked_item
from stakeholder_hub.editions.content import Content, CoreItem, LocalPart
from stakeholder_hub.editions.drafting import change_draft, drafted
from stakeholder_hub.editions.forms import (
    FrameForm,
    ItemForm,
    PublishForm,
    fields_of,
    translation_form,
    translations_in,
)
from stakeholder_hub.editions.listing import counts_of, page_of_all
from stakeholder_hub.editions.models import EditionState
from stakeholder_hub.editions.operations import publish_core
from stakeholder_hub.editions.policy import may_invite
from stakeholder_hub.editions.queries import content_of, core_numbered, cores_of
from stakeholder_hub.editions.views.base import bp, crumbs_to, run_parent
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import CONTENT, INTERFACE, NAMES, _
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form

bp.add_app_template_global(asked_in_words, "conditions_asked")


@bp.get("/consultations/<slug>/core")
def core(slug: str) -> ResponseReturnValue:
    """What is common, what is published of it, and how far the places are."""
    consultation = run_parent(slug)
    wanted = request.args.get("state", "")
    state = EditionState(wanted) if wanted in list(EditionState) else None
    return render_template(
        "editions/core.html",
        consultation=consultation,
        drafted=drafted(consultation),
        versions=cores_of(consultation.id),
        counts=counts_of(consultation, actor()),
        page=page_of_all(consultation, actor(), state),
        wanted=state,
        languages=languages_for(consultation),
        names=NAMES,
        may_invite=may_invite(actor(), consultation),
        breadcrumbs=crumbs_to(consultation, (_("Run in many places"), None)),
    )


def languages_for(consultation: Consultation) -> dict[str, list[str]]:
    """Into which languages the items can be translated: those in use first."""
    own = consultation.source_language
    usual = dict.fromkeys([*consultation.question.languages(), *consultation.territory.languages, *INTERFACE])
    return {
        "usual": [code for code in usual if code in CONTENT and code != own],
        "others": [code for code in CONTENT if code not in usual and code != own],
    }


@bp.route("/consultations/<slug>/core/items/new", methods=["GET", "POST"])
def new_item(slug: str) -> ResponseReturnValue:
    """One question, statement or vote more."""
    consultation = run_parent(slug)
    form, content = ItemForm.on(None), drafted(consultation).content
    if form.submitted():
        with form.catching():
            item = checked_item(form.item(None, content), content.language)
            change_draft(consultation, drafting.with_item(item), actor=actor())
            say(_("It is in the draft. The places see it once you publish the next version."))
            return redirect(url_for(".core", slug=slug), code=303)
    return render_form("editions/item.html", form, consultation=consultation, content=content, item=None)


@bp.route("/consultations/<slug>/core/items/<key>", methods=["GET", "POST"])
def edit_item(slug: str, key: str) -> ResponseReturnValue:
    """Change an item; it keeps its key, and what stands as before keeps its translations."""
    consultation = run_parent(slug)
    content = drafted(consultation).content
    item = _item(content, key)
    form = ItemForm.on(item)
    if form.submitted():
        with form.catching():
            changed = checked_item(form.item(item, content), content.language)
            change_draft(consultation, drafting.with_item(changed), actor=actor())
            say(_("The draft is changed. The places see it once you publish the next version."))
            return redirect(url_for(".core", slug=slug), code=303)
    return render_form("editions/item.html", form, consultation=consultation, content=content, item=item)


@bp.post("/consultations/<slug>/core/items/<key>/remove")
def remove_item(slug: str, key: str) -> ResponseReturnValue:
    """Take an item out of the draft."""
    consultation = run_parent(slug)
    _item(drafted(consultation).content, key)
    change_draft(consultation, drafting.without_item(key), actor=actor())
    say(_("It is taken out of the draft."))
    return redirect(url_for(".core", slug=slug), code=303)


@bp.route("/consultations/<slug>/core/frame", methods=["GET", "POST"])
def frame(slug: str) -> ResponseReturnValue:
    """What places can add of their own."""
    consultation = run_parent(slug)
    content = drafted(consultation).content
    form = FrameForm.from_request(
        local=[part.value for part in content.local], open_to_all=content.open_to_all
    )
    if form.submitted():
        parts = [LocalPart(value) for value in form.local.data or ()]
        with form.catching():
            change_draft(consultation, drafting.with_frame(parts, bool(form.open_to_all.data)), actor=actor())
            say(_("The draft is changed. The places see it once you publish the next version."))
            return redirect(url_for(".core", slug=slug), code=303)
    return render_form("editions/frame.html", form, consultation=consultation)


@bp.route("/consultations/<slug>/core/translations/<code>", methods=["GET", "POST"])
def translate_core(slug: str, code: str) -> ResponseReturnValue:
    """Every text of the items beside its original."""
    consultation = run_parent(slug)
    content = drafted(consultation).content
    form = translation_form(content, code)
    if form.submitted():
        with form.catching():
            texts = translations_in(form, content)
            change_draft(consultation, drafting.with_texts(code, texts), actor=actor())
            say(_("The translation is in the draft. The places see it once you publish the next version."))
            return redirect(url_for(".core", slug=slug), code=303)
    more = {"content": content, "code": code, "fields": fields_of(form, content), "names": NAMES}
    return render_form("editions/translate.html", form, consultation=consultation, **more)


@bp.route("/consultations/<slug>/core/publish", methods=["GET", "POST"])
def publish(slug: str) -> ResponseReturnValue:
    """What is new against the last version; then the button."""
    consultation = run_parent(slug)
    made = drafted(consultation)
    form = PublishForm.from_request(after=made.core.number if made.core else 0)
    if form.submitted():
        with form.catching():
            version = publish_core(consultation, content=made.content, **form.values, actor=actor())
            say(_("Version %(num)s is published.", num=version.number))
            return redirect(url_for(".core", slug=slug), code=303)
    found = differences(made.published, made.content) if made.published else []
    return render_form(
        "editions/publish.html", form, consultation=consultation, drafted=made, differences=found
    )


@bp.get("/consultations/<slug>/core/versions/<int:number>")
def core_version(slug: str, number: int) -> ResponseReturnValue:
    """A version as it was published, with what it changed."""
    consultation = run_parent(slug)
    shown = core_numbered(consultation.id, number)
    before = content_of(core_numbered(consultation.id, number - 1)) if number > 1 else None
    return render_template(
        "editions/core_version.html",
        consultation=consultation,
        shown=shown,
        content=content_of(shown),
        differences=differences(before, content_of(shown)) if before else [],
        breadcrumbs=crumbs_to(consultation, (_("Run in many places"), url_for(".core", slug=slug))),
    )


def _item(content: Content, key: str) -> CoreItem:
    found = content.item(key)
    if found is None:
        raise NotFound()
    return found
