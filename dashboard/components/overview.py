"""What the pages of areas and trades have in common: their frame, and the one question they ask (the layout of areas: area_page.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboard import el, guard, panels
from dashboard.classes import Breaks
from dashboard.components import area_map, cards, filter_bar, map_legend, map_state, timebar, trend
from dashboard.components.explained import Explainer
from dashboard.guard import GuardedApp, Here, Input, Output, State
from dashboard.i18n import pick, t
from dashboard.links import Links
from matters.access import Scope
from services.shapes import Overview
from services.signals import Mark


def panel(*children: Any, id: str = "", className: str = "") -> html.Section:
    """One panel of a sheet."""
    given = {"id": id} if id else {}
    return html.Section(list(children) or panels.skeleton(6), className=f"p {className}".strip(), **given)


def frame(prefix: str, *sheets: Any, kind: str = "", parts: Sequence[str] = ("figs", "frame", "rank"), **more: str) -> html.Div:
    """Filter bar, state line, figures, then the page's own sheets and the source line.

    `kind`: the page's class, if not that of `prefix`. `parts`: what a phone's jump bar leads to.
    """
    cards_place = html.Section(panels.skeleton(3), id=f"{prefix}-figs", className="sheet figs", **{"aria-label": t("主要数字")})
    numbers = [dcc.Store(id=f"{prefix}-{n}") for n in ("trees", "bar-tree", "trend-data", "listing-data", "drawn")]
    return html.Div(
        [*numbers, html.Div(id=f"{prefix}-sink", hidden=True), html.Div(id=f"{prefix}-bar", className="bar"),
         html.Div(id=f"{prefix}-state", className="state"), cards_place, *sheets, html.Footer(id=f"{prefix}-foot", className="foot"), jump(prefix, parts)],
        className=f"area-page {kind or prefix}-page", id=f"{prefix}-root", **{"data-asks": "1", **more},
    )  # fmt: skip


def jump(prefix: str, parts: Sequence[str]) -> html.Nav:
    """On a phone: figures, map, ranking and list within a thumb's reach (assets/js/jump.js)."""
    words = {"figs": t("数字"), "frame": t("地图"), "rank": t("排名"), "villages": t("村"), "open": t("在办")}
    buttons = [html.Button(words[p], type="button", className=f"to-{p}", **{"data-jump": f"{prefix}-{p}"}) for p in parts]
    return html.Nav(buttons, className="jump", **{"aria-label": t("本页各块")})


def map_panel(prefix: str, above: Sequence[Any] = (), below: Sequence[Any] = (), id: str = "") -> html.Section:
    """The map with its title and the sum below."""
    head, recon = html.Div(id=f"{prefix}-map-head", className="ph"), html.P(id=f"{prefix}-recon", className="recon")
    under = html.Div([recon, timebar.frame(prefix)], className="under-map")
    return panel(*above, head, area_map.frame(prefix), under, *below, id=id, className="map-panel")


def trend_panel(prefix: str, id: str = "") -> html.Section:
    """The 24 months."""
    return panel(html.Div(id=f"{prefix}-trend-head"), trend.frame(prefix), id=id, className="trend-panel")


def draw(app: GuardedApp, prefix: str, timed: bool = False) -> None:
    """Hand numbers to the drawing functions of assets/js; each has its own property of a hidden element to answer to.

    What comes in one answer is drawn by one call: each callback costs the framework some milliseconds of a click. After other
    filters the answer comes past the framework (assets/js/nav.js), and is drawn by the same functions.
    """
    sink, root = f"{prefix}-sink", State(f"{prefix}-root", "id")
    numbers = [Input(f"{prefix}-{store}", "data") for store in ("trees", "trend-data", "listing-data")]
    app.clientside_callback("yizhan", "drawn", Output(f"{prefix}-drawn", "data"), *numbers, Input(f"{prefix}-areas", "hideout"), root)
    app.clientside_callback("yizhan", "trees", Output(sink, "lang"), Input(f"{prefix}-bar-tree", "data"), root)
    if timed:
        app.clientside_callback("yizhan", "time", Output(sink, "dir"), Input(f"{prefix}-steps", "data"), root)


def _sources(services: Any) -> str:
    """Where outlines and seats come from, in the language of the page."""
    return pick("；".join(services.areas.attribution_zh), "; ".join(services.areas.attribution))


def foot(o: Overview, services: Any) -> list[Any]:
    """Where outlines and seats come from, and the version of the data."""
    source = t("界线为示意，非正式行政区域界线；乡镇范围由驻地划分，为近似。")
    said = t("数字均可点开到清单　数据版本 {n}", n=f"{o.data_version:,}")
    return [el.Span([source, el.Span(_sources(services), "m")]), el.Span(said, data_version=str(o.data_version))]


Trees = dict[str, Any]  # panel → its elements (dashboard/el.py)


class Asking:
    """Asks the services for a page's overview and hands it on with the links of the screen."""

    def __init__(self, services: Any) -> None:
        self.services, self.breaks = services, Breaks(services)

    def __call__(self, scope: Scope, at: Here) -> tuple[Overview, Links]:
        """The overview of where the browser is."""
        f = at.state.filter.with_(part="accepted", stage="", q="", village="", located="", due_within=None, cell="")
        o = self.services.figures.overview(scope, f, at.state.indicator)
        return o, Links(at)

    @property
    def waits(self) -> tuple[int, int]:
        """After how many days a matter counts as unaccepted or unhandled."""
        return self.services.settings.unaccepted_days, self.services.settings.unhandled_days

    def why(self, o: Overview, links: Links) -> Explainer:
        """What explains the figures of this screen."""
        return Explainer(o, links, self.services.feeds.gives, self.waits)

    @property
    def agencies(self) -> dict[str, Any]:
        """Agencies by code."""
        found: dict[str, Any] = self.services.feeds.agencies()
        return found

    def name(self, code: str) -> str:
        """Name of an area in the language of the screen; its code when nobody knows it."""
        try:
            return filter_bar.area_name(self.services.areas.info(code))
        except KeyError:
            return code

    def top(self, o: Overview, links: Links) -> Trees:
        """State line, figures, trend title, source line."""
        figures = cards.cards(o, links, self.agencies, self.why(o, links))
        nothing = cards.nothing(o, links)
        return {"state": filter_bar.state_line(o, self.agencies, links), "figs": [*figures, *([nothing] if nothing else [])],
                "trend-head": [trend.head(self.why(o, links))], "foot": foot(o, self.services)}  # fmt: skip

    def map(self, o: Overview, links: Links) -> tuple[Trees, dict[str, Any]]:
        """Title, sum and legend; the numbers of the outlines and the layers over them."""
        reader, fill = guard.user(), map_state.fill(links)
        assert reader is not None  # guard has let nobody in without a login
        changes = self.services.map_layers.changes(reader.scope, o) if fill == "change" else None
        classes, files = area_map.classes_of(timebar.fixed(o, links), fill, self.breaks), self.services.areas.static
        marks = self._signals(reader.scope, o, links)
        trees = {
            "map-head": explained_title(area_map.title(o, links), o, self.why(o, links)),
            "recon": area_map.reconcile(o, links, _sources(self.services)),
            "legend": map_legend.legend(o, links, classes, changes, self._seats(o), self.services.settings.small_population, len(marks)),
        }
        return trees, area_map.hideout(o, links, classes, changes, files, marks, self._below(reader.scope, o, links))

    def _seats(self, o: Overview) -> dict[str, bool]:
        """Areas whose seat the map can show, and whether it is verified."""
        if o.area.level == "township":
            return {o.area.code: o.area.seat_verified} if o.area.seat else {}
        return {a.code: a.seat_verified for a in self.services.areas.children(o.area.code) if a.seat}

    def _signals(self, scope: Scope, o: Overview, links: Links) -> tuple[Mark, ...]:
        """Signals of the week inside the area; none when looking back, since they are of now."""
        if "signals" not in map_state.layers(o.area.level, links) or o.filter.as_of is not None:
            return ()
        found: tuple[Mark, ...] = self.services.signals.marks(scope, o.area.code)
        return found

    def _below(self, scope: Scope, o: Overview, links: Links) -> str:
        """Where a click on an area leads: below, or from a township to its neighbours, as far as the reader may go there."""
        level = "county" if o.area.level == "city" else "township"
        return "" if o.area.level == "township" and scope.level == "township" else links.down("{code}", level)


def panels_of(prefix: str, trees: Trees, data: dict[str, Any] | None) -> Trees:
    """The panels by their ids, and under "@" the address that they belong to: an older one's answer must not be drawn over a newer one's."""
    at = {"@": f"{data['path']}{data.get('search') or ''}"} if data else {}
    return {**at, **{f"{prefix}-{k}": v for k, v in trees.items()}}


def explained_title(title: list[Any], o: Overview, why: Explainer) -> list[Any]:
    """The map's title with what explains its indicator behind the name."""
    return [title[0], why.info(o.indicator, area_map.indicator_name(o.indicator)), *title[1:]] if o.area.level != "township" else title
