"""The review as a sheet of A4 on the screen, to print, and as files."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, request, send_file

from dashboard import asof, documents, el
from dashboard.guard import GuardedApp
from dashboard.i18n import t
from dashboard.pages.assessment.state import AssessState
from dashboard.pages.letter.sheet import sheet
from matters.access import Scope
from matters.assessment import read_period
from services.assessment import NotBegun
from services.assessment_review import NoFont


def view(services: Any, scope: Scope, asked: AssessState) -> list[Any]:
    """The paper with the ways to take it along."""
    paper = services.reviews.paper(scope, asked.period, asked.area, as_of=asof.current())
    area = f"?area={asked.area}" if asked.area else ""
    ways: list[Any] = [el.Button(t("打印"), "btn", data_act="print")]
    if scope.may("export") and asof.current() is None:
        file = f"/assessment/review/{asked.period.key}"
        ways += [el.A(kind.upper(), "btn", href=f"{file}/{kind}{area}", data_reload="1", download="") for kind in ("docx", "pdf")]
    note = t("分数和名次由办法算出；“点评意见”留给主持点评的人写，可在 docx 里改。")
    return [el.Div([el.Div([*ways, el.Small(note)], "acts"), sheet(paper, 0)], "as-paper")]


def register_files(app: GuardedApp, services: Any) -> None:
    """Register /assessment/review/<period>/<kind>; kind is docx or pdf."""

    def send(scope: Scope, period: str, kind: str) -> Any:
        try:
            made = services.reviews.make(scope, read_period(period), kind, request.args.get("area", "")[:15])
        except (LookupError, ValueError, NotBegun) as error:
            raise KeyError(period) from error
        except NoFont:
            return documents.no_font(), 503
        answer: Response = send_file(io.BytesIO(made.content), mimetype=made.mime, as_attachment=True, download_name=made.name)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    app.route("/assessment/review/<period>/<kind>", send, "assessment-review")
