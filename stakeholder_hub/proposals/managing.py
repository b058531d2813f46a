"""Pages on which proposals are written, changed, taken back and answered."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.accounts.pending import ask_for_address
from stakeholder_hub.consultations.queries import load_consultation
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.deliberation.queries import load_comment
from stakeholder_hub.groups.queries import organisations_spoken_for
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.proposals import operations
from stakeholder_hub.proposals.content import checked_content
from stakeholder_hub.proposals.contributions import KIND
from stakeholder_hub.proposals.forms import EditProposalForm, ProposalForm, StateForm
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.policy import may_admit, may_answer, may_begin, may_edit, may_withdraw
from stakeholder_hub.proposals.queries import load_proposal, similar_to
from stakeholder_hub.proposals.views import answer_form, bp, crumbs
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.attachments import attachments_of
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form
from stakeholder_hub.webkit.limits import limiter


@bp.route("/consultations/<slug>/proposals/new", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"])
def submit(slug: str) -> ResponseReturnValue:
    """Write a proposal; a visitor is asked for an address at the end."""
    consultation = load_consultation(slug, actor())
    require(may_begin(actor(), consultation))
    form = ProposalForm.from_request(language=language())
    form.offer_to(consultation, organisations_spoken_for(actor()))
    said_before = prompting()
    if not rearranged(form) and form.submitted():
        with form.catching():
            return look_or_send(form, said_before)
    return render_form(
        "proposals/submit.html",
        form,
        consultation=consultation,
        said_before=said_before,
        breadcrumbs=crumbs(consultation, (_("New proposal"), None)),
    )


def prompting() -> Comment | None:
    """The comment that the proposal is made of, where the address names one."""
    reference = request.args.get("from")
    return load_comment(reference, actor()) if reference else None


def rearranged(form: ProposalForm | EditProposalForm) -> bool:
    """Whether only the map was used."""
    return form.is_submitted() and form.map_used(form.consultation.territory)


def look_or_send(form: ProposalForm, said_before: Comment | None) -> ResponseReturnValue:
    """Show how it will look, or send it off."""
    said = checked_content(form.consultation, **form.content, language=form.language.data)
    if request.form.get("do") == "preview":
        similar = similar_to(form.consultation, said.title.original.text, actor())
        return render_template("proposals/preview.html", form=form, said=said, similar=similar)
    if not actor().is_authenticated:
        reference = said_before.reference if said_before is not None else None
        return ask_for_address(KIND, {**form.payload, "prompted_by": reference})
    proposal = operations.submit_proposal(
        form.consultation,
        **form.content,
        **form.brought,
        language=form.language.data,
        speaking_for=form.spoken_for,
        prompted_by=said_before,
        actor=actor(),
    )
    say(_("Your proposal has been put forward. You will be told what becomes of it."))
    return redirect(record_url(proposal), code=303)


@bp.route("/proposals/<reference>/edit", methods=["GET", "POST"])
def edit(reference: str) -> ResponseReturnValue:
    """Change what a proposal says, its place and its files."""
    proposal = load_proposal(reference, actor())
    require(may_edit(actor(), proposal))
    form = edit_form(proposal)
    if not rearranged(form) and form.submitted():
        with form.catching():
            operations.edit_proposal(
                proposal,
                **form.content,
                **form.brought,
                **form.changes,
                version=form.version.data,
                actor=actor(),
            )
            say(_("Your changes are stored."))
            return redirect(record_url(proposal), code=303)
    return render_form("proposals/edit.html", form, proposal=proposal, consultation=proposal.consultation)


def edit_form(proposal: Proposal) -> EditProposalForm:
    """The form, filled in with what stands there."""
    form = EditProposalForm.from_request(
        title=proposal.title.original.text,
        body=proposal.body_text,
        category=proposal.category.slug if proposal.category else "",
        cost=proposal.cost,
        place=proposal.place,
        latitude=proposal.latitude,
        longitude=proposal.longitude,
        version=proposal.version,
    )
    form.consultation = proposal.consultation
    form.show_files(attachments_of(proposal))
    return form


@bp.route("/proposals/<reference>/withdraw", methods=["GET", "POST"])
def withdraw(reference: str) -> ResponseReturnValue:
    """Take a proposal back, after being asked."""
    proposal = load_proposal(reference, actor())
    require(may_withdraw(actor(), proposal))
    form = ActionForm.from_request()
    if form.submitted():
        with form.catching():
            operations.withdraw_proposal(proposal, actor=actor())
            say(_("Your proposal has been withdrawn."))
            return redirect(record_url(proposal), code=303)
    return render_form("proposals/withdraw.html", form, proposal=proposal)


@bp.route("/proposals/<reference>/answer", methods=["GET", "POST"])
def answer(reference: str) -> ResponseReturnValue:
    """Give the official answer."""
    proposal = load_proposal(reference, actor())
    require(may_answer(actor(), proposal))
    form = answer_form(proposal)
    if form.submitted():
        with form.catching():
            values = {**form.values, "state": form.state.data or None}
            operations.answer_proposal(proposal, **values, actor=actor())
            say(_("The answer is there. Everybody who follows this proposal is told."))
            return redirect(url_for(".show", reference=reference, _anchor="answer"), code=303)
    return render_form("proposals/answer.html", form, proposal=proposal)


@bp.route("/proposals/<reference>/state", methods=["GET", "POST"])
def state(reference: str) -> ResponseReturnValue:
    """Say where a proposal stands."""
    proposal = load_proposal(reference, actor())
    require(may_admit(actor(), proposal))
    form = StateForm.from_request()
    form.offer(proposal)
    if form.submitted():
        with form.catching():
            operations.set_proposal_state(proposal, state=form.state.data, actor=actor())
            say(_("It is stored where the proposal stands now."))
            return redirect(record_url(proposal), code=303)
    return render_form("proposals/state.html", form, proposal=proposal)
