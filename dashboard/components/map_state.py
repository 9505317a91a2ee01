"""What a map shows, read from the address: its fill (indicator, change, heat) and the layers over it; and the links that change it."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard import el, urlstate
from dashboard.i18n import N_, t
from dashboard.links import Links
from services.shapes import Overview

FILLS = ("change", "heat")
LAYERS = {"listings": N_("挂牌整治"), "signals": N_("预警信号"), "centres": N_("中心及状态"), "seats": N_("驻地"), "points": N_("事项分布（首报机构）")}
USUAL = {"city": ("listings", "centres"), "county": ("listings", "centres", "seats"), "township": ("listings", "centres", "seats", "points")}
NONE = "none"  # in the address: no layer at all
KEPT = ("show", "layers")  # go along to the area below


def fill(links: Links) -> str:
    """'' (the indicator), change or heat."""
    wanted = links.here.state.extra.get("show", "")
    return wanted if wanted in FILLS else ""


def layers(level: str, links: Links) -> tuple[str, ...]:
    """The layers in the order of LAYERS; what is unknown is left out."""
    said = links.here.state.extra.get("layers", "")
    if not said:
        return USUAL[level]
    return _ordered(said.split(","))


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    wanted = set(names)
    return tuple(name for name in LAYERS if name in wanted)


def _address(level: str, names: tuple[str, ...], links: Links) -> str:
    """The screen with other layers; those that are usual need no word in the address."""
    return links.same(layers="" if names == USUAL[level] else ",".join(names) or NONE)


def switcher(o: Overview, links: Links) -> el.Node:
    """The list of layers, each a link that switches it; how many are on stands beside the word."""
    level, now = o.area.level, layers(o.area.level, links)
    rows = []
    for name, words in LAYERS.items():
        on = name in now
        other = tuple(n for n in now if n != name) if on else _ordered((*now, name))
        rows.append(el.A([el.I(None, "tick"), t(words)], "on" if on else "", href=_address(level, other, links), role="menuitemcheckbox",
                         aria_checked="true" if on else "false", data_layer=name))  # fmt: skip
    summary = el.el("Summary", [t("图层"), el.Small(str(len(now)))], "sel")
    return el.el("Details", [summary, el.Div(rows, role="menu", aria_label=t("图层"))], "drop layers")


def source(path: str, o: Overview, links: Links) -> str:
    """Where the browser fetches a layer: the figure's filter, and the version of the data so that it is asked for once."""
    f = o.filter.with_(area=o.area.code, part="accepted")
    return path + urlstate.write(urlstate.State(f, lang=links.here.state.lang, dated=True, extra={"v": str(o.data_version)}))
