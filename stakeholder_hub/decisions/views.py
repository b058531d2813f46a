"""Pages of ballots and decisions."""

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.consultations.queries import load_consultation
from stakeholder_hub.decisions.choosing import choosing_page, method_asked_for
from stakeholder_hub.decisions.downloads import archive_file, result_file, votes_file
from stakeholder_hub.decisions.electorates import roll_size
from stakeholder_hub.decisions.explaining import roll_told
from stakeholder_hub.decisions.forms import (
    BallotForm,
    EditBallotForm,
    ObjectionForm,
    ProxyForm,
    ReasonsForm,
    RollForm,
    VoteForm,
)
from stakeholder_hub.decisions.locks import locked_terms
from stakeholder_hub.decisions.operations import (
    answer_objection,
    close_ballot,
    edit_ballot,
    explain_decision,
    note_presence,
    open_ballot,
    prepare_ballot,
    take_back_presence,
    write_list,
)
from stakeholder_hub.decisions.pages import about, ballot_page, decision_page, receipt_page, voting
from stakeholder_hub.decisions.policy import (
    may_answer_objection,
    may_begin_to_vote,
    may_change_ballot,
    may_close_ballot,
    may_explain_decision,
    may_give_proxy,
    may_open_ballot,
    may_prepare_ballot,
    may_write_list,
)
from stakeholder_hub.decisions.queries import (
    load_ballot,
    load_decision,
    load_objection,
    possible_holders,
    proxy_of,
    votable,
)
from stakeholder_hub.decisions.rolls import paper_balance
from stakeholder_hub.decisions.taking import change_proxy, take_vote
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.downloads import wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form

bp = feature_blueprint("decisions", __name__)
bp.add_app_template_global(locked_terms, "locked_terms")


@bp.route("/consultations/<slug>/ballots/new", methods=["GET", "POST"])
def prepare(slug: str) -> ResponseReturnValue:
    """Put proposals of a consultation to the vote."""
    consultation = load_consultation(slug, actor())
    require(may_prepare_ballot(actor(), consultation))
    if (method := method_asked_for()) is None:
        return choosing_page(consultation, url_for(".prepare", slug=slug))
    proposals = list(votable(consultation, actor()))
    form = BallotForm.for_consultation(consultation, proposals, method=method)
    if form.submitted():
        with form.catching():
            ballot = prepare_ballot(consultation, **form.terms(consultation, proposals), actor=actor())
            say(_("The ballot is prepared. Look at it once more before it opens."))
            return redirect(record_url(ballot), code=303)
    return render_form("decisions/prepare.html", form, consultation=consultation, proposals=proposals)


@bp.route("/ballots/<reference>/edit", methods=["GET", "POST"])
def edit(reference: str) -> ResponseReturnValue:
    """Change a ballot that has not opened."""
    ballot = load_ballot(reference, actor())
    require(may_change_ballot(actor(), ballot))
    consultation, proposals = ballot.consultation, list(votable(ballot.consultation, actor(), ballot))
    if (method := method_asked_for(ballot.method)) is None:
        return choosing_page(consultation, url_for(".edit", reference=reference))
    form = EditBallotForm.for_consultation(consultation, proposals, ballot, method)
    if form.submitted():
        with form.catching():
            terms = form.terms(consultation, proposals, ballot)
            edit_ballot(ballot, **terms, version=form.version.data or 0, actor=actor())
            say(_("The ballot is changed."))
            return redirect(record_url(ballot), code=303)
    return render_form(
        "decisions/prepare.html", form, consultation=consultation, proposals=proposals, ballot=ballot
    )


@bp.get("/ballots/<reference>/")
def show_ballot(reference: str) -> ResponseReturnValue:
    """What is asked, the ballot to fill in, and after the close the result."""
    ballot = load_ballot(reference, actor())
    if wanted_format():
        return result_file(ballot, language())
    return render_template("decisions/ballot.html", **ballot_page(ballot, actor(), language()))


@bp.get("/ballots/<reference>/votes")
def votes(reference: str) -> ResponseReturnValue:
    """The single votes of a closed ballot, without anything that tells whose they are."""
    return votes_file(load_ballot(reference, actor()))


@bp.get("/ballots/<reference>/archive")
def archive(reference: str) -> ResponseReturnValue:
    """Everything needed to count a result again, in one file."""
    return archive_file(load_ballot(reference, actor()))


@bp.get("/ballots/<reference>/receipt")
def receipt(reference: str) -> ResponseReturnValue:
    """Whether a receipt is among those counted, with the proof; never what was chosen."""
    page = receipt_page(load_ballot(reference, actor()), request.args.get("code", ""))
    if page["found"] and request.args.get("format") == "json":
        return jsonify(page["found"].to_json())
    return render_template("decisions/receipt.html", **page)


@bp.route("/ballots/<reference>/vote", methods=["GET", "POST"])
def vote(reference: str) -> ResponseReturnValue:
    """The ballot to fill in; visitors are asked for their address after they have chosen."""
    ballot = load_ballot(reference, actor())
    require(verdict := may_begin_to_vote(actor(), ballot))
    form = VoteForm.on(ballot) if request.method == "POST" else None
    if form is not None and form.submitted():
        with form.catching():
            return take_vote(ballot, form.marks, reason=form.why, language=language(), actor=actor())
    return render_form("decisions/vote.html", **voting(ballot, actor(), form, verdict))


@bp.route("/ballots/<reference>/objections/<int:number>", methods=["GET", "POST"])
def answer(reference: str, number: int) -> ResponseReturnValue:
    """Say how an objection was resolved."""
    ballot = load_ballot(reference, actor())
    objection = load_objection(ballot, number)
    require(may_answer_objection(actor(), objection))
    form = ObjectionForm.from_request()
    if form.submitted():
        with form.catching():
            answer_objection(objection, answer=form.answer.data or "", actor=actor())
            say(_("The objection is resolved. Its author is told."))
            return redirect(record_url(ballot), code=303)
    return render_form("decisions/objection.html", form, **about(ballot), objection=objection)


@bp.route("/ballots/<reference>/proxy", methods=["GET", "POST"])
def proxy(reference: str) -> ResponseReturnValue:
    """Give one's vote to a fellow member, or take it back."""
    ballot = load_ballot(reference, actor())
    require(may_give_proxy(actor(), ballot))
    given = proxy_of(ballot, actor())
    form = ProxyForm.among(possible_holders(ballot, actor()), given.holder_id if given else None)
    if form.submitted():
        with form.catching():
            say(change_proxy(ballot, form.holder.data, actor=actor()))
            return redirect(record_url(ballot), code=303)
    return render_form("decisions/proxy.html", form, **about(ballot))


@bp.post("/ballots/<reference>/presence")
def presence(reference: str) -> ResponseReturnValue:
    """Say that one is present at a vote, or that one has left."""
    ballot = load_ballot(reference, actor())
    if request.form.get("left"):
        take_back_presence(ballot, actor=actor())
        say(_("You are not counted as present any more."))
    else:
        note_presence(ballot, actor=actor())
        say(_("You are noted as present. You can still vote until the end."))
    return redirect(record_url(ballot), code=303)


@bp.route("/ballots/<reference>/voters", methods=["GET", "POST"])
def voters(reference: str) -> ResponseReturnValue:
    """The list of those who may vote, where the ballot is for a list."""
    ballot = load_ballot(reference, actor())
    require(may_write_list(actor(), ballot))
    form = RollForm.from_request()
    if form.submitted():
        with form.catching():
            read = write_list(ballot, addresses=(form.addresses.data or "").splitlines(), actor=actor())
            say(roll_told(read))
            return redirect(record_url(ballot), code=303)
    return render_form("decisions/voters.html", form, **about(ballot), on_roll=roll_size(ballot))


@bp.route("/ballots/<reference>/open", methods=["GET", "POST"])
def open_now(reference: str) -> ResponseReturnValue:
    """Ask, then open a ballot before its time."""
    ballot = load_ballot(reference, actor())
    require(may_open_ballot(actor(), ballot))
    form = ActionForm.from_request()
    if form.submitted():
        with form.catching():
            open_ballot(ballot, actor=actor())
            say(_("The vote is open."))
            return redirect(record_url(ballot), code=303)
    return render_form("decisions/open.html", form, **about(ballot))


@bp.route("/ballots/<reference>/close", methods=["GET", "POST"])
def close_now(reference: str) -> ResponseReturnValue:
    """Ask, then close and count a ballot before its time."""
    ballot = load_ballot(reference, actor())
    require(may_close_ballot(actor(), ballot))
    form = ActionForm.from_request()
    if form.submitted():
        with form.catching():
            close_ballot(ballot, actor=actor())
            say(_("The vote is closed and counted."))
            return redirect(record_url(ballot), code=303)
    return render_form("decisions/close.html", form, **about(ballot), balance=paper_balance(ballot))


@bp.get("/decisions/<reference>/")
def show_decision(reference: str) -> ResponseReturnValue:
    """The recorded outcome and its reasons."""
    decision = load_decision(reference, actor())
    return render_template("decisions/decision.html", **decision_page(decision, actor()))


@bp.route("/decisions/<reference>/reasons", methods=["GET", "POST"])
def explain(reference: str) -> ResponseReturnValue:
    """Give, or change, the group's reasons."""
    decision = load_decision(reference, actor())
    require(may_explain_decision(actor(), decision))
    form = ReasonsForm.on(decision)
    if form.submitted():
        with form.catching():
            explain_decision(decision, **form.values, language=language(), actor=actor())
            say(_("The reasons are saved."))
            return redirect(url_for(".show_decision", reference=reference), code=303)
    return render_form("decisions/reasons.html", **decision_page(decision, actor(), form))
