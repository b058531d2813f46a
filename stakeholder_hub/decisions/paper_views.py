"""Pages on which ballots on paper are entered."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from stakeholder_hub.decisions.operations import begin_batch, discard_batch, repeat_batch, settle_batch
from stakeholder_hub.decisions.operations.paperwork import differences_in
from stakeholder_hub.decisions.pages import about
from stakeholder_hub.decisions.paper import PaperBatch
from stakeholder_hub.decisions.paper_forms import BatchForm, SecondEntryForm, SettlingForm
from stakeholder_hub.decisions.policy import may_enter_again, may_enter_paper
from stakeholder_hub.decisions.queries import batches_of, load_ballot, load_batch
from stakeholder_hub.decisions.rolls import paper_balance
from stakeholder_hub.decisions.views import bp
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import ActionForm, render_form


def _back(batch: PaperBatch) -> ResponseReturnValue:
    """To all batches, saying how far this one is."""
    say(str(batch.state.label))
    return redirect(url_for("decisions.paper", reference=batch.ballot.reference), code=303)


@bp.route("/ballots/<reference>/paper", methods=["GET", "POST"])
def paper(reference: str) -> ResponseReturnValue:
    """All batches, and a new one."""
    ballot = load_ballot(reference, actor())
    require(may_enter_paper(actor(), ballot))
    form = BatchForm.from_request()
    if form.submitted():
        with form.catching():
            lines = (form.lines.data or "").strip("\r\n").splitlines()
            return _back(begin_batch(ballot, name=form.name.data or "", lines=lines, actor=actor()))
    batches = [(batch, sheets, bool(may_enter_again(actor(), batch))) for batch, sheets in batches_of(ballot)]
    balance = paper_balance(ballot)
    return render_form("decisions/paper.html", form, **about(ballot), batches=batches, balance=balance)


@bp.route("/ballots/<reference>/paper/<int:number>/again", methods=["GET", "POST"])
def paper_again(reference: str, number: int) -> ResponseReturnValue:
    """A batch for the second time."""
    ballot = load_ballot(reference, actor())
    batch = load_batch(ballot, number)
    require(may_enter_again(actor(), batch))
    form = SecondEntryForm.from_request()
    if form.submitted():
        with form.catching():
            lines = (form.lines.data or "").strip("\r\n").splitlines()
            return _back(repeat_batch(batch, lines=lines, actor=actor()))
    return render_form("decisions/paper_again.html", form, **about(ballot), batch=batch)


@bp.route("/ballots/<reference>/paper/<int:number>/differences", methods=["GET", "POST"])
def paper_differences(reference: str, number: int) -> ResponseReturnValue:
    """The sheets that were read differently, to be settled."""
    ballot = load_ballot(reference, actor())
    batch = load_batch(ballot, number)
    require(may_enter_paper(actor(), ballot))
    differing, form = differences_in(batch), SettlingForm.from_request()
    settled = form.settled(list(differing))
    if form.submitted():
        with form.catching():
            return _back(settle_batch(batch, lines=settled, actor=actor()))
    page = {**about(ballot), "batch": batch, "differing": differing, "settled": settled}
    return render_form("decisions/paper_differences.html", form, **page)


@bp.route("/ballots/<reference>/paper/<int:number>/discard", methods=["GET", "POST"])
def paper_discard(reference: str, number: int) -> ResponseReturnValue:
    """Ask, then throw a batch away."""
    ballot = load_ballot(reference, actor())
    batch = load_batch(ballot, number)
    require(may_enter_paper(actor(), ballot))
    form = ActionForm.from_request()
    if form.submitted():
        with form.catching():
            discard_batch(batch, actor=actor())
            say(_("The batch is thrown away."))
            return redirect(url_for("decisions.paper", reference=reference), code=303)
    return render_form("decisions/paper_discard.html", form, **about(ballot), batch=batch)
