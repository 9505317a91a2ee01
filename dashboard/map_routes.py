"""Where the browser fetches the layers of a map that come after its numbers: places by squares, and heat. Aggregates only."""

from __future__ import annotations

import itertools
from typing import Any

from flask import Response, jsonify, request

from dashboard import urlstate
from dashboard.components import fmt
from dashboard.components.case_words import agency
from dashboard.guard import GuardedApp
from dashboard.i18n import t
from matters.access import Scope
from matters.filters import Filter
from services.map_layers import Heat, Placed, Squares

TOLD = 4  # agencies by name in the legend
SECONDS = 600  # the address names the version of the data


def register(app: GuardedApp, services: Any) -> None:
    """Register the two addresses."""
    app.route("/map/points", lambda scope: _answer(_points(services, scope, _filter(services))), "map-points")
    app.route("/map/heat", lambda scope: _answer(_heat(services, scope, _filter(services))), "map-heat")


def _filter(services: Any) -> Filter:
    """The figure's filter; what narrows lists only is left out."""
    f = urlstate.read(request.query_string.decode(), services.now().date()).filter
    return Filter(area=f.area, window=f.window, category=f.category, agency=f.agency, channel=f.channel, exclude=f.exclude, first_agency=f.first_agency,
                  as_of=f.as_of)  # fmt: skip


def _answer(body: dict[str, Any]) -> Response:
    answer = jsonify(body)
    answer.headers["Cache-Control"] = f"private, max-age={SECONDS}"
    answer.vary.add("Cookie")
    return answer


def _rows(f: Filter) -> str:
    return urlstate.rows(f, request.args.get("lang", ""))


def _line(kind: str, text: str, f: Filter | None = None, figure: str = "", value: int = 0) -> dict[str, Any]:
    """A line of the legend."""
    return {"kind": kind, "text": text, "href": _rows(f) if f else "", "figure": figure, "value": value}


def _placed(of: Placed) -> list[dict[str, Any]]:
    """Placed + without = accepted, each with its rows."""
    return [_line("", t("有坐标 {n} 件", n=fmt.num(of.placed)), of.rows, "placed", of.placed),
            _line("off", t("无坐标 {n} 件", n=fmt.num(of.without)), of.rows_without, "without_place", of.without)]  # fmt: skip


def _points(services: Any, scope: Scope, f: Filter) -> dict[str, Any]:
    """The tree of squares: [level, cell, lon, lat, matters, [[agency, matters] …], [parts …]] by place; '' are the agencies with few."""
    found: Squares = services.map_layers.squares(scope, f)
    known = services.feeds.agencies()
    nodes = [[n.level, n.cell, *n.at, n.matters, n.agencies, n.parts] for n in found.nodes]
    names = {a: [known[a].mark if a in known else "", agency(known, a)] for a, _, _ in found.agencies}
    shown = [_line("ag", f"{agency(known, a)} {fmt.num(n)}", rows, f"placed.{a}", n) for a, n, rows in found.agencies[:TOLD]]
    if rest := found.agencies[TOLD:]:
        shown.append(_line("", t("其余 {n} 家 {m}", n=len(rest), m=fmt.num(sum(n for _, n, _ in rest)))))
    few = [_line("off", t("零散 {n} 件未画", n=found.few))] if found.few else []
    return {"nodes": nodes, "roots": found.roots, "agencies": {**names, "": ["", t("其余机构")]}, "placed": found.of.placed, "least": found.least,
            "rows": _rows(found.of.rows.with_(cell="")) + "&cell=", "legend": [*shown, *_placed(found.of), *few]}  # fmt: skip


def _heat(services: Any, scope: Scope, f: Filter) -> dict[str, Any]:
    """Rings above each break, lowest first, and the legend."""
    found: Heat = services.map_layers.heat(scope, f)
    named = [fmt.num(b, 0 if b >= 10 else 2 if b < 1 else 1) for b in found.breaks]
    words = [t("{x} 及以上", x=named[-1]), *(f"{a}{fmt.DASH}{b}" for a, b in reversed(list(itertools.pairwise(named))))] if named else []
    kinds = [f"q{6 - i}" for i in range(len(words))]
    note = _line("", t("核平滑，带宽 {km} 千米", km=fmt.num(found.bandwidth)))
    if not named:
        note = _line("", t("有坐标的事项太少，不画"))
    return {"bands": found.bands, "kinds": kinds[::-1], "legend": [*(_line(k, w) for k, w in zip(kinds, words, strict=True)), note, *_placed(found.of)]}
