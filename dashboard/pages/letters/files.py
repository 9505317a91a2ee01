"""A letter as a file: plain downloads beside the pages, behind the same gate."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, send_file

from dashboard import documents
from dashboard.guard import GuardedApp
from matters.access import Scope
from services.letters import NoFont


def register_files(app: GuardedApp, services: Any) -> None:
    """Register /letters/file/<id>/<kind>; kind is docx, pdf, xlsx, or svg (the chart of the page)."""

    app.route("/letters/file/<id>/<kind>", _send(services), "letters-file")


def _send(services: Any) -> Any:
    def send(scope: Scope, id: str, kind: str) -> Any:
        try:
            made = services.letters.made(scope, int(id) if id.isdigit() and len(id) < 10 else 0, kind)
        except (LookupError, ValueError) as error:
            raise KeyError(id) from error
        except NoFont:
            return documents.no_font(), 503
        if kind == "svg":
            return _uncached(Response(made.data, mimetype=made.mime))
        return _uncached(send_file(io.BytesIO(made.data), mimetype=made.mime, as_attachment=True, download_name=made.name))

    return send


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
