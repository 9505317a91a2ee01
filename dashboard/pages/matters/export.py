"""The list as a file: plain downloads beside the page, behind the same gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request, send_file

from dashboard import urlstate
from dashboard.guard import GuardedApp
from dashboard.i18n import lang
from dashboard.pages.matters import state
from matters.access import Scope

PLACES = ("county", "town", "village")  # a sheet has a column for each


def sheet_columns(columns: Sequence[str]) -> list[str]:
    """The columns of a sheet for those of the screen."""
    return [c for key in columns for c in (PLACES if key == "place" else (key,))]


def register_exports(app: GuardedApp, services: Any) -> None:
    """Register /matters/export/csv and /matters/export/xlsx: the rows of the query string, in its order and columns, made while
    one waits; and /matters/export/made?id=, which sends what the page had made aside."""
    for fmt in ("csv", "xlsx"):
        app.route(f"{state.PATH}/export/{fmt}", _download(services, fmt), f"matters-{fmt}")
    app.route(f"{state.PATH}/export/made", _made(services), "matters-made")


def _download(services: Any, fmt: str) -> Any:
    def send(scope: Scope) -> Response:
        scope.require("export")
        asked = state.read(urlstate.read(request.query_string.decode(), services.now().date()))
        made = services.matters.export(scope, asked.filter, asked.sort, asked.descending, sheet_columns(asked.columns), fmt, lang())
        services.auth.audit(scope, "matters.export", {"query": request.query_string.decode()[:500], "format": fmt})
        return _sent(made)

    return send


def _made(services: Any) -> Any:
    def send(scope: Scope) -> Response:
        made = services.exports.take(scope, request.args.get("id", ""))
        if made is None:
            raise KeyError("no such export")
        return _sent(made)

    return send


def _sent(made: Any) -> Response:
    """The file, sent once and then nobody's, even when the reader hangs up."""
    file = made.path.open("rb")
    made.path.unlink()
    answer = send_file(file, mimetype=made.mime, as_attachment=True, download_name=made.name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
