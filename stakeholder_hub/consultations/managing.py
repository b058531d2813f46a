"""Pages for those who run a consultation."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.consultations import operations
from stakeholder_hub.consultations.checklist import checklist, readers
from stakeholder_hub.consultations.forms import (
    CloseForm,
    CopyForm,
    EditConsultationForm,
    NewConsultationForm,
    PhasesForm,
    PhaseTexts,
    TranslationForm,
    form_values,
    lines,
)
from stakeholder_hub.consultations.models import Consultation, Template
from stakeholder_hub.consultations.overview import timeline
from stakeholder_hub.consultations.parts import beginnings_for
from stakeholder_hub.consultations.policy import may_create, may_manage
from stakeholder_hub.consultations.queries import group_at, groups_run_by, load_consultation
from stakeholder_hub.consultations.templates import (
    BEGINNINGS,
    default_categories,
    in_all_languages,
    keep_translations,
    plan_phases,
    said_in,
)
from stakeholder_hub.consultations.views import bp
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require, signed_in
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import NAMES, _, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form, writing_languages


def managed(slug: str) -> Consultation:
    """The consultation, for those who run it."""
    consultation = load_consultation(slug, actor())
    require(may_manage(actor(), consultation))
    return consultation


@bp.route("/consultations/new", methods=["GET", "POST"])
@bp.route("/groups/<group_slug>/consultations/new", methods=["GET", "POST"])
def new(group_slug: str = "") -> ResponseReturnValue:
    """Choose the group, choose a template, then one page with everything filled in."""
    require(signed_in(actor(), _l("Sign in to create a consultation.")))
    if not (wanted := group_slug or request.args.get("group", "")):
        return render_template("consultations/choose_group.html", groups=groups_run_by(actor()))
    group = group_at(wanted)
    require(may_create(actor(), group))
    if (template := request.args.get("template", "")) not in list(Template):
        return render_template(
            "consultations/choose_template.html",
            group=group,
            beginnings=BEGINNINGS.values(),
            others=beginnings_for(group, actor()),
        )
    return fill_in(group, Template(template))


def fill_in(group: Group, template: Template) -> ResponseReturnValue:
    """The one page of a new consultation."""
    form = new_form(group, template)
    if form.rearranged():
        return render_form("consultations/new.html", form, group=group, beginning=BEGINNINGS[template])
    if form.submitted() and not moved_with_the_start(form):
        with form.catching():
            made = operations.create_consultation(group, **new_values(form, group, template), actor=actor())
            say(_("The draft is stored. Only those who run it can see it. Check it and publish it."))
            return redirect(url_for(".publish", slug=made.slug), code=303)
    return render_form("consultations/new.html", form, group=group, beginning=BEGINNINGS[template])


def new_form(group: Group, template: Template) -> NewConsultationForm:
    """The form, filled in from the template in the group's language when it is first shown."""
    place, beginning = group.territory, BEGINNINGS[template]
    spoken = place.default_language
    starts_on = clock.today(place.timezone) + timedelta(days=14)
    form = NewConsultationForm.from_request(
        title=said_in(beginning.title, spoken),
        question=said_in(beginning.question, spoken),
        background=said_in(beginning.background, spoken),
        audience=Visibility.PUBLIC.value,
        categories="\n".join(name.original.text for name in default_categories(spoken)),
        language=spoken,
        starts_on=starts_on,
        planned_from=starts_on.isoformat(),
    )
    form.language.choices = writing_languages(spoken, *place.languages, language())
    if not form.is_submitted():
        form.show_phases(plan_phases(template, starts_on, place.timezone, spoken), place.timezone)
    return form


def moved_with_the_start(form: NewConsultationForm) -> bool:
    """Where the first day was changed but not the phases, move them and ask to look at them again."""
    moved = form.follow_start()
    if moved:
        form.answer_status = 422
        form.refuse(
            _l("The phases were moved with the first day. Please look at the dates and send it again.")
        )
    return moved


def new_values(form: NewConsultationForm, group: Group, template: Template) -> dict[str, Any]:
    """The operation's arguments; what was left as offered keeps its translations."""
    values, spoken = form.values, str(form.language.data)
    beginning, place = BEGINNINGS[template], group.territory
    offered = {name.original.text: name for name in default_categories(spoken)}
    plan = plan_phases(template, clock.today(place.timezone), place.timezone, spoken)
    return {
        "title": keep_translations(values["title"], spoken, in_all_languages(beginning.title, spoken)),
        "question": keep_translations(
            values["question"], spoken, in_all_languages(beginning.question, spoken)
        ),
        "background": Multilingual.of(values["background"] or "", spoken),
        "language": spoken,
        "template": template,
        "audience": Visibility(values["audience"]),
        "budget": values["budget"],
        "categories": [offered.get(n) or Multilingual.of(n, spoken) for n in lines(values["categories"])],
        "phases": form.phase_drafts(place.timezone, PhaseTexts(spoken, plan)),
    }


@bp.route("/consultations/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> ResponseReturnValue:
    """Change texts and settings."""
    consultation = managed(slug)
    form = EditConsultationForm.from_request(**form_values(consultation))
    if form.submitted():
        with form.catching():
            values = {**form.values, "categories": lines(form.categories.data)}
            values["summary"] = values["summary"] if values["summary"] or consultation.summary_text else None
            operations.edit_consultation(consultation, **values, actor=actor())
            say(_("Your changes are stored."))
            return redirect(record_url(consultation), code=303)
    return render_form("consultations/edit.html", form, consultation=consultation)


@bp.route("/consultations/<slug>/phases", methods=["GET", "POST"])
def phases(slug: str) -> ResponseReturnValue:
    """Change the timeline."""
    consultation = managed(slug)
    form = PhasesForm.from_request(version=consultation.version)
    if not form.is_submitted():
        form.show_phases(consultation.phases, consultation.timezone)
    elif not form.rearranged() and form.submitted():
        with form.catching():
            texts = PhaseTexts(consultation.source_language, consultation.phases)
            planned = form.phase_drafts(consultation.timezone, texts)
            operations.set_phases(consultation, phases=planned, version=form.version.data, actor=actor())
            say(_("The timeline is stored."))
            return redirect(record_url(consultation), code=303)
    return render_form("consultations/phases.html", form, consultation=consultation)


@bp.route("/consultations/<slug>/publish", methods=["GET", "POST"])
def publish(slug: str) -> ResponseReturnValue:
    """What will happen, when, and who can see it; then the button."""
    consultation = managed(slug)
    if request.method == "POST":
        operations.publish_consultation(consultation, actor=actor())
        say(_("The consultation is published."))
        return redirect(record_url(consultation), code=303)
    return render_template(
        "consultations/publish.html",
        consultation=consultation,
        checks=checklist(consultation),
        readers=readers(consultation),
        timeline=timeline(consultation),
    )


@bp.route("/consultations/<slug>/close", methods=["GET", "POST"])
def close(slug: str) -> ResponseReturnValue:
    """Close it and say what came of it."""
    consultation = managed(slug)
    form = CloseForm.from_request()
    if form.submitted():
        with form.catching():
            operations.close_consultation(consultation, summary=form.summary.data or None, actor=actor())
            say(_("The consultation is closed. Everything stays readable."))
            return redirect(record_url(consultation), code=303)
    return render_form("consultations/close.html", form, consultation=consultation)


@bp.post("/consultations/<slug>/reopen")
def reopen(slug: str) -> ResponseReturnValue:
    """Open a closed one again."""
    consultation = managed(slug)
    operations.reopen(consultation, actor=actor())
    say(_("The consultation is open again, as far as its phases are."))
    return redirect(record_url(consultation), code=303)


@bp.post("/consultations/<slug>/archive")
def archive(slug: str) -> ResponseReturnValue:
    """Put a closed one away."""
    consultation = managed(slug)
    operations.archive_consultation(consultation, actor=actor())
    say(_("The consultation is in the archive. Its page stays readable."))
    return redirect(record_url(consultation), code=303)


@bp.post("/consultations/<slug>/restore")
def restore(slug: str) -> ResponseReturnValue:
    """Fetch it back from the archive."""
    consultation = managed(slug)
    operations.restore_consultation(consultation, actor=actor())
    say(_("The consultation is back from the archive."))
    return redirect(record_url(consultation), code=303)


@bp.route("/consultations/<slug>/copy", methods=["GET", "POST"])
def copy(slug: str) -> ResponseReturnValue:
    """Repeat it, for example next year."""
    consultation = managed(slug)
    first = clock.to_local(consultation.phases[0].starts_at, consultation.timezone).date()
    offered = max(first + timedelta(weeks=52), clock.today(consultation.timezone))
    form = CopyForm.from_request(title=consultation.title.original.text, starts_on=offered)
    if form.submitted():
        with form.catching():
            made = operations.copy_consultation(consultation, **form.values, actor=actor())
            say(_("The copy is stored as a draft. Check its dates and publish it."))
            return redirect(url_for(".publish", slug=made.slug), code=303)
    return render_form("consultations/copy.html", form, consultation=consultation)


@bp.get("/consultations/<slug>/translations")
def translations(slug: str) -> ResponseReturnValue:
    """Which languages there are, and how complete they are."""
    consultation = managed(slug)
    choices = [
        choice.value
        for choice in writing_languages(*consultation.territory.languages)
        if choice.value != consultation.source_language
    ]
    return render_template(
        "consultations/translations.html", consultation=consultation, codes=choices, names=NAMES
    )


@bp.route("/consultations/<slug>/translations/<code>", methods=["GET", "POST"])
def translate(slug: str, code: str) -> ResponseReturnValue:
    """Original and translation side by side."""
    consultation = managed(slug)
    form = TranslationForm.from_request(**translated_texts(consultation, code), version=consultation.version)
    if form.submitted():
        with form.catching():
            named = form.phase_titles(consultation.phases)
            operations.translate_consultation(
                consultation, language=code, **form.values, phase_titles=named, actor=actor()
            )
            say(_("The translation is stored."))
            return redirect(url_for(".translations", slug=slug), code=303)
    return render_form(
        "consultations/translate.html", form, consultation=consultation, code=code, names=NAMES
    )


def translated_texts(consultation: Consultation, code: str) -> dict[str, str]:
    """What there is in ``code`` already.

    Raises:
        NotFound: nothing can be translated into it.
    """
    if code not in NAMES or code == consultation.source_language:
        raise NotFound()
    return {
        "title": consultation.title.texts.get(code, ""),
        "question": consultation.question.texts.get(code, ""),
        "background": consultation.background_text.texts.get(code, ""),
    }
