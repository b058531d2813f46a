"""Pages of records of any kind: their journey, and their files, each asked for anew whether it may be seen."""

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.attachments import served_attachment, storage
from stakeholder_hub.records.journey_data import journey_json
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.records.timeline import timeline_of
from stakeholder_hub.records.trail import graph_of, journey_steps
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint

bp = feature_blueprint("records", __name__)
api = Blueprint("records_api", __name__, url_prefix="/api/v1")

FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@bp.get("/records/<reference>/journey")
def journey(reference: str) -> str:
    """Where a record comes from and what became of it: a timeline, a drawing, and the same as a list."""
    record = load_record(reference, actor())
    timeline = timeline_of(record, actor())
    name = f"{record.kind_label} {record.reference}"
    return render_template(
        "records/whole_journey.html",
        record=record,
        timeline=timeline,
        steps=journey_steps(timeline.journey),
        graph=graph_of(timeline.journey),
        breadcrumbs=crumbs_for(record.territory, (name, record_url(record)), (_("The journey"), None)),
    )


@api.get("/records/<reference>/journey")
def journey_for_machines(reference: str) -> ResponseReturnValue:
    """The same as JSON, for whoever may see it."""
    me = actor()
    timeline = timeline_of(load_record(reference, me), me)
    response = Response(journey_json(timeline), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache" if me.is_authenticated else "public, no-cache"
    response.vary.add("Cookie")
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/files/<token>/<variant>/<name>")
def file(token: str, variant: str, name: str) -> ResponseReturnValue:
    """A file; it is checked on every request, so that a right that has gone is gone at once."""
    found, key, media_type = served_attachment(token, variant, name, actor())
    response = send_file(
        storage().open(key),
        mimetype=media_type,
        as_attachment=not media_type.startswith("image/"),
        download_name=found.name if variant == "original" else f"{found.name.rsplit('.', 1)[0]}.webp",
        etag=False,
        conditional=False,
    )
    response.set_etag(key)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response.make_conditional(request)
