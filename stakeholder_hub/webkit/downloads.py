"""Every list downloads as CSV and XLSX: the same columns, the same rows, the same rights as the page."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, request, url_for

from stakeholder_hub.kernel.tables import to_csv, to_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000


def wanted_format() -> str | None:
    """``csv`` or ``xlsx`` where the request asks for a download by ``?format=``, else ``None``."""
    wanted = request.args.get("format")
    return wanted if wanted in ("csv", "xlsx") else None


def download(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str) -> Response:
    """The table as the file that the request asks for. ``name`` is the file name without its ending."""
    kind = wanted_format() or "csv"
    if kind == "xlsx":
        response = Response(to_xlsx(columns, rows, title), mimetype=XLSX)
    else:
        response = Response(b"".join(to_csv(columns, rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def download_urls() -> dict[str, str]:
    """The addresses of this very list as CSV and XLSX, with its filters."""
    args: dict[str, Any] = {
        k: v
        for k, v in request.args.to_dict(flat=False).items()
        if k not in ("after", "before", "format", "lang", *(request.view_args or {}))
        and not k.startswith("_")
    }
    values = {**(request.view_args or {}), **args}
    return {kind: url_for(request.endpoint or "", **{**values, "format": kind}) for kind in ("csv", "xlsx")}
