"""Pages of commitments: the register, one of them, its steps and evidence, and the text of a decision."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.decorators import auth_required

from stakeholder_hub.commitments.forms import AskForm, EvidenceForm, TextForm, VerifyForm
from stakeholder_hub.commitments.models import Claim, Commitment, CommitmentState, Finding
from stakeholder_hub.commitments.operations import (
    ask_for_commitment,
    give_evidence,
    put_to_ratification,
    revise_text,
    verify_evidence,
)
from stakeholder_hub.commitments.pages import (
    asking,
    commitment_page,
    step_page,
    text_page,
    verifiers_for,
    writing,
)
from stakeholder_hub.commitments.policy import may_show
from stakeholder_hub.commitments.queries import (
    Wanted,
    bodies_below,
    bodies_that_promised,
    commitments_for,
    load_commitment,
    load_evidence,
    places_with_commitments,
    with_history,
)
from stakeholder_hub.commitments.steps import STEPS
from stakeholder_hub.commitments.tables import columns, rows
from stakeholder_hub.decisions.queries import load_decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotAllowed, NotFound
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.territories.models import Level
from stakeholder_hub.territories.queries import by_slug
from stakeholder_hub.webkit.actor import actor, language
from stakeholder_hub.webkit.addresses import feature_blueprint
from stakeholder_hub.webkit.downloads import MOST_ROWS, download, wanted_format
from stakeholder_hub.webkit.flashes import say
from stakeholder_hub.webkit.forms import render_form, uploaded_files
from stakeholder_hub.webkit.paging import Order, paginate

bp = feature_blueprint("commitments", __name__)

STATES = ("running", "overdue", *[state.value for state in CommitmentState])
ORDER = (Order(Commitment.due_on), Order(Commitment.id))


def wanted_now() -> Wanted:
    """The filters of this request; what is not known is left out."""
    args = request.args
    level, state = args.get("level", ""), args.get("state", "")
    return Wanted(
        place=by_slug(args["place"]) if args.get("place") else None,
        level=Level(level) if level in list(Level) else None,
        body=args.get("body", "")[:80],
        state=state if state in STATES else "",
        words=args.get("q", "").strip()[:200],
    )


@bp.get("/commitments/")
def index() -> ResponseReturnValue:
    """The register: what bodies promised, at every level, what is due first at the top."""
    wanted = wanted_now()
    statement = commitments_for(wanted, actor())
    if wanted_format():
        found = db.session.scalars(statement.order_by(*(o.expression for o in ORDER)).limit(MOST_ROWS))
        return download("commitments", columns(), rows(found), title=_("Commitments"))
    return render_template(
        "commitments/index.html",
        wanted=wanted,
        page=paginate(statement, *ORDER),
        bodies=bodies_that_promised(actor()),
        places=places_with_commitments(actor()),
        levels=list(Level),
        labels=Commitment.state_labels,
        today=clock.today(),
    )


@bp.get("/commitments/<reference>/")
def show(reference: str) -> str:
    """What was promised by whom, by when, how it is measured, and what became of it."""
    commitment = load_commitment(reference, actor(), *with_history())
    return render_template("commitments/show.html", **commitment_page(commitment, actor()))


@bp.get("/evidence/<reference>/")
def show_evidence(reference: str) -> ResponseReturnValue:
    """Evidence is shown on the page of its commitment."""
    evidence = load_evidence(reference, actor())
    return redirect(record_url(evidence.commitment) + f"#{evidence.reference}", code=302)


@bp.route("/decisions/<reference>/ask", methods=["GET", "POST"])
@auth_required("session")
def ask(reference: str) -> ResponseReturnValue:
    """Ask a body below for a commitment because of a decision."""
    decision = load_decision(reference, actor())
    asker = asking(decision, actor(), request.args.get("for", ""))
    below = bodies_below(asker)
    form = AskForm.among(below, language())
    if form.submitted():
        with form.catching():
            body = next(b for b in below if b.slug == form.body.data)
            values = {**form.values, "body": body}
            made = ask_for_commitment(decision, asker=asker, **values, actor=actor())
            say(_("The body is asked, and its officials are told. Its answer will stand here."))
            return redirect(record_url(made), code=303)
    return render_form("commitments/ask.html", form, decision=decision, asker=asker)


@bp.route("/commitments/<reference>/<name>", methods=["GET", "POST"])
@auth_required("session")
def step(reference: str, name: str) -> ResponseReturnValue:
    """Answer, agree, keep asking, take back, or say what became of it."""
    commitment = load_commitment(reference, actor())
    if (wanted := STEPS.get(name)) is None:
        raise NotFound()
    require(wanted.may(actor(), commitment))
    form = wanted.form(commitment, actor())
    if form.submitted():
        with form.catching():
            wanted.run(commitment, form, language=language(), actor=actor())
            say(wanted.said)
            return redirect(record_url(commitment), code=303)
    return render_form("commitments/step.html", form, **step_page(commitment, wanted))


@bp.route("/commitments/<reference>/evidence", methods=["GET", "POST"])
@auth_required("session")
def report(reference: str) -> ResponseReturnValue:
    """Show what was done."""
    commitment = load_commitment(reference, actor())
    require(may_show(actor(), commitment))
    form = EvidenceForm.empty()
    if form.submitted():
        with form.catching():
            files = uploaded_files(form.uploads.data)
            values = {**form.values, "uploads": files, "claim": Claim(form.claim.data)}
            give_evidence(commitment, **values, language=language(), actor=actor())
            say(_("Thank you. It is published; another body can verify it now."))
            return redirect(record_url(commitment) + "#evidence", code=303)
    return render_form("commitments/report.html", form, commitment=commitment)


@bp.route("/evidence/<reference>/verify", methods=["GET", "POST"])
@auth_required("session")
def verify(reference: str) -> ResponseReturnValue:
    """Say for another body whether evidence shows what it claims."""
    evidence = load_evidence(reference, actor())
    bodies = verifiers_for(evidence, actor())
    if not bodies:
        raise NotAllowed(
            _l("Another body verifies this, by its named officials: never the one that promised.")
        )
    form = VerifyForm.among(bodies)
    if form.submitted():
        with form.catching():
            body = next(b for b in bodies if b.slug == form.body.data)
            values = {**form.values, "body": body, "finding": Finding(form.finding.data)}
            verify_evidence(evidence, **values, language=language(), actor=actor())
            say(_("What you found is on record. The body that promised is told."))
            return redirect(record_url(evidence.commitment) + "#evidence", code=303)
    return render_form("commitments/verify.html", form, evidence=evidence, commitment=evidence.commitment)


@bp.get("/decisions/<reference>/text")
def text(reference: str) -> str:
    """The text of a decision in all its versions: what changed, and which ratifications stay and why."""
    return render_template("commitments/text.html", **text_page(load_decision(reference, actor()), actor()))


@bp.route("/decisions/<reference>/text/edit", methods=["GET", "POST"])
@auth_required("session")
def edit_text(reference: str) -> ResponseReturnValue:
    """Write the first text of a decision and have bodies ratify it, or a new version."""
    decision = load_decision(reference, actor())
    desk = writing(decision, actor(), request.args.get("for", ""))
    form = TextForm.on(desk.bodies, desk.text)
    if form.submitted():
        with form.catching():
            save: Any = revise_text if desk.text else put_to_ratification
            save(decision, **desk.arguments(form), language=language(), actor=actor())
            say(_("The text is saved. The bodies that have to answer are told."))
            return redirect(url_for(".text", reference=reference), code=303)
    return render_form("commitments/edit_text.html", form, decision=decision, desk=desk)
