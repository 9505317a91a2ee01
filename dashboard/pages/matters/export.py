"""The list as a file: plain downloads beside the page, behind the same gate."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file

from dashboard import urlstate
from dashboard.guard import GuardedApp
from dashboard.i18n import lang
from dashboard.pages.matters import state
from matters.access import Scope

PLACES = ("county", "town", "village")  # a sheet has a column for each


def register_exports(app: GuardedApp, services: Any) -> None:
    """Register /matters/export/csv and /matters/export/xlsx: the rows of the query string, in its order and columns."""
    for fmt in ("csv", "xlsx"):
        app.route(f"{state.PATH}/export/{fmt}", _download(services, fmt), f"matters-{fmt}")


def _download(services: Any, fmt: str) -> Any:
    def send(scope: Scope) -> Response:
        scope.require("export")
        asked = state.read(urlstate.read(request.query_string.decode(), services.now().date()))
        columns = [c for key in asked.columns for c in (PLACES if key == "place" else (key,))]
        made = services.matters.export(scope, asked.filter, asked.sort, asked.descending, columns, fmt, lang())
        services.auth.audit(scope, "matters.export", {"query": request.query_string.decode()[:500], "format": fmt})
        file = made.path.open("rb")
        made.path.unlink()  # sent once, then nobody's, even when the reader hangs up
        answer = send_file(file, mimetype=made.mime, as_attachment=True, download_name=made.name)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return send
