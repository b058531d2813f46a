"""The one page of records themselves: their files, each asked for anew whether it may be seen."""

from flask import request, send_file
from flask.typing import ResponseReturnValue

from stakeholder_hub.records.attachments import served_attachment, storage
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.addresses import feature_blueprint

bp = feature_blueprint("records", __name__)

FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


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
