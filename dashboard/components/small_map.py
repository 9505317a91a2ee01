"""Small still maps without tiles: where one matter is, and where the listings are. assets/js/places.js draws into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_leaflet as dl
from dash import html

from dashboard.i18n import t

# The outlines are fitted by yizhan.map.fit: the layer's own zoomToBounds may still run on a map that its page has taken away,
# and so may trackViewport, which nobody reads.
_STILL = {
    "zoomControl": False, "attributionControl": False, "dragging": False, "scrollWheelZoom": False, "doubleClickZoom": False,
    "boxZoom": False, "keyboard": False, "touchZoom": False, "zoomSnap": 0, "zoomAnimation": False, "fadeAnimation": False, "markerZoomAnimation": False,
    "trackViewport": False,
}  # fmt: skip


def _function(name: str) -> dict[str, str]:
    """A function of assets/js/places.js by its name; nothing is evaluated."""
    return {"variable": f"yizhan.places.{name}"}


def _map(children: Sequence[Any], label: str, className: str) -> html.Div:
    drawn = dl.Map(list(children), center=[27.9, 114.4], zoom=8, className="sm-map", style={"height": "100%", "width": "100%"}, **_STILL)
    return html.Div(drawn, className=className, role="img", **{"aria-label": label})


def place_map(source: str, county: str, town: str, lon: float | None, lat: float | None, label: str) -> html.Div:
    """The county with the township tinted and a dot at the place, if the records give coordinates."""
    areas = dl.GeoJSON(url=f"/assets/map/{source}", zoomToBoundsOnClick=False, interactive=False,
                       style=_function("placeStyle"), onEachFeature=_function("placeName"),
                       hideout={"town": town, "dot": lon is not None})  # fmt: skip
    layers: list[Any] = [areas]
    if lon is not None and lat is not None:
        tip = dl.Tooltip(label, permanent=True, direction="left", offset={"x": -6, "y": 0}, className="sm-tip")
        dot = dl.CircleMarker(tip, center=[lat, lon], radius=5, className="sm-dot", interactive=False)
        layers.append(dl.Pane(dot, name="sm-top", style={"zIndex": 450}))  # the shapes load later and would cover it
    box = _map(layers, t("{place} 在{county}的位置", place=label, county=county), "sm-box")
    return html.Div([html.Span(county, className="sm-cap"), box], className="sm-frame")


def listed_map(townships: str, counties: str, listed: Mapping[str, str], chosen: str) -> html.Div:
    """The city, or one county of it, with the listed townships hatched; `listed` gives area code → the number on its label."""
    base = dl.GeoJSON(url=f"/assets/map/{counties}", zoomToBoundsOnClick=False, interactive=False,
                      style=_function("countyStyle"), onEachFeature={"variable": "yizhan.map.fit"}, hideout={})  # fmt: skip
    marked = dl.GeoJSON(url=f"/assets/map/{townships}", interactive=False, zoomToBoundsOnClick=False, style=_function("listedStyle"),
                        filter=_function("isListed"), onEachFeature=_function("listedName"),
                        hideout={"listed": dict(listed), "chosen": chosen})  # fmt: skip
    above = dl.Pane(marked, name="sm-listed", style={"zIndex": 450})  # whichever file comes first, these are on top
    return _map([base, above], t("挂牌区域；同样的内容在左边的表里"), "sm-box city")
