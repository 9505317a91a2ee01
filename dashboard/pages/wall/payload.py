"""The state of a wall as its script takes it: every number written out here, so that the browser only sets type."""

from __future__ import annotations

from typing import Any

from dashboard.classes import Breaks
from dashboard.components import case_words, fmt
from dashboard.i18n import pick, t
from dashboard.pages.wall import lists, words
from matters.access import Scope
from services.shapes import AreaRow, Change, FeedState
from services.wall import Latest, WallArea, WallState

RANKED = 10
DWELL = {"city": 40, "counties": 15, "signals": 30, "listings": 20, "acts": 30, "feeds": 20}


class Maker:
    """Makes the payloads of one app; keeps the breaks of the maps."""

    def __init__(self, services: Any) -> None:
        self._services, self._breaks = services, Breaks(services)

    def make(self, scope: Scope, state: WallState) -> dict[str, Any]:
        """Everything but the display's own orders."""
        areas = {a.info.code: self.area(state, a, own=i == 0) for i, a in enumerate(state.areas)}
        at = state.overview.data_at
        return {
            "city": pick(self._services.areas.city.name, self._services.areas.city.en),
            "claim": t("{city}矛盾纠纷多元化解", city=pick(self._services.areas.city.name, self._services.areas.city.en)),
            "version": state.overview.data_version, "at": at.isoformat() if at else None,
            "scenes": self.scenes(state), "areas": areas, "feeds": [self.feed(f) for f in self._by_agency(state)],
            "listings": lists.listings(self._services, state), "acts": lists.acts(self._services, state),
            "sources": lists.feeds(self._services, state), "signals": lists.signals(self._services, state),
            "alarms": [lists.alarm(self._services, a) for a in state.alarms], "words": words.of_script(),
            "quiet": self._services.settings.wall_quiet,
        }  # fmt: skip

    def scenes(self, state: WallState) -> list[dict[str, Any]]:
        """The scenes that have something to show, in the order of the settings; the area's own where they name none that has."""
        settings, out = self._services.settings, []
        shown = {"signals": bool(lists.signals(self._services, state)), "listings": bool(state.listings), "counties": len(state.areas) > 1,
                 "feeds": any(f.late for f in state.feeds)}  # fmt: skip
        for kind in settings.wall_scenes:
            seconds = settings.wall_dwell.get(kind, DWELL[kind])
            if not shown.get(kind, True):
                continue
            if kind == "counties":
                out += [{"key": a.info.code, "kind": "area", "dwell": seconds} for a in state.areas[1:]]
            elif kind == "city":
                out.append({"key": state.areas[0].info.code, "kind": "area", "dwell": seconds})
            else:
                out.append({"key": kind, "kind": kind, "dwell": seconds})
        return out or [{"key": state.areas[0].info.code, "kind": "area", "dwell": DWELL["city"]}]  # a wall shows something, whatever was set

    @staticmethod
    def _by_agency(state: WallState) -> list[FeedState]:
        """One line an agency: its late feed if it has one, else the one with the oldest data."""
        out: dict[str, FeedState] = {}
        for f in state.feeds:
            held = out.get(f.agency)
            if held is None or (f.late, held.data_at) > (held.late, f.data_at):
                out[f.agency] = f
        return list(out.values())

    @staticmethod
    def feed(f: FeedState) -> dict[str, Any]:
        """A cell of the strip; its age is counted in the browser."""
        return {"name": pick(f.zh, f.en), "at": f.data_at.isoformat() if f.data_at else None, "late": f.late}

    def area(self, state: WallState, a: WallArea, own: bool) -> dict[str, Any]:
        """One scene of an area."""
        r, city = a.row, state.areas[0]
        window = state.overview.window
        records = next((p.value for f in state.overview.figures if f.key == "accepted" for p in f.parts if p.key == "records"), None)
        note = f"{words.day(window.start)}—{words.day(window.end)}"
        if own and records is not None:  # agencies count records: said beside, so that nobody takes the one for the other
            note = t("，").join([note, t("各方记录 {n} 条", n=fmt.num(records))])
        hero = {"h": t("今年受理"), "n": note, "v": fmt.num(r.accepted), "u": t("件"),
                "p": [[t("今日新增"), fmt.num(a.today), t("件")], [t("同比"), self._change(state, r.accepted_change, r.stale), ""]]}  # fmt: skip
        return {
            "title": t("全市") if a.info.level == "city" else pick(a.info.name, a.info.en), "hero": hero,
            "k": [self._resolved(state, a, city.row), self._satisfaction(r), self._filings(state, r)],
            "act": {"h": t("超期未结"), "v": fmt.num(r.overdue_now), "u": t("件"), "n": t("其中红牌、黑牌 {n} 件", n=a.cards) if a.cards else ""},
            "months": self._months(state) if own else None, "map": self._map(state, a), "rank": self._rank(a),
            "latest": {"h": t("最新事项"), "n": t("当事人已隐名"), "rows": [self._latest(state, a, line) for line in a.latest]},
        }  # fmt: skip

    def _agencies(self, codes: tuple[str, ...]) -> str:
        known = self._services.feeds.agencies()
        return fmt.join([pick(known[c].zh, known[c].en) for c in codes if c in known])

    def _change(self, state: WallState, c: Change, stale: tuple[str, ...]) -> str:
        if c.kind == "withheld":
            return t("{agency}延迟，不比较", agency=self._agencies(stale)) if len(stale) == 1 else t("{n} 个数据源延迟，不比较", n=len(stale))
        return fmt.change(c) or fmt.NONE

    def _resolved(self, state: WallState, a: WallArea, city: AreaRow) -> dict[str, str]:
        note = ""
        if a.info.level == "city":
            rated = [r for r in a.below if r.resolved_rate is not None]
            low = min(rated, key=lambda r: r.resolved_rate or 0, default=None)
            note = t("最低 {name} {x}%", name=pick(low.name, low.en), x=fmt.share(low.resolved_rate, 1)) if low else ""
        elif city.area != a.info.code:
            note = t("全市 {x}%", x=fmt.share(city.resolved_rate, 2))
        return {"h": t("化解率"), "n": note, "v": fmt.share(a.row.resolved_rate, 2), "u": "%"}

    def _satisfaction(self, r: AreaRow) -> dict[str, str]:
        few = r.rated < self._services.settings.wall_small
        response = r.rated / r.closed if r.closed else None
        note = t("评价不足 {n} 件", n=self._services.settings.wall_small) if few else t("评价 {n} 件", n=fmt.num(r.rated))
        if not few and response is not None and response <= 1:
            note = t("评价率 {x}%，{n} 件", x=fmt.share(response), n=fmt.num(r.rated))
        return {"h": t("群众满意率"), "n": note, "v": fmt.NONE if few else fmt.share(r.satisfaction, 2), "u": "%"}

    def _filings(self, state: WallState, r: AreaRow) -> dict[str, str]:
        c = r.civil_filings_change
        note = t("{a} 件，上年 {b} 件", a=fmt.num(r.civil_filings), b=fmt.num(r.civil_filings_before))
        if c.kind == "percent" and c.value is not None:
            return {"h": t("民商事立案同比"), "n": note, "v": fmt.signed(c.value * 100, 2), "u": "%"}
        if c.kind == "withheld":
            return {"h": t("民商事立案"), "n": t("法院延迟，不作比较"), "v": fmt.num(r.civil_filings), "u": t("件")}
        return {"h": t("民商事立案"), "n": t("上年 {b} 件", b=fmt.num(r.civil_filings_before)), "v": fmt.num(r.civil_filings), "u": t("件")}

    @staticmethod
    def _months(state: WallState) -> dict[str, Any]:
        """The months of the window."""
        first = state.overview.window.start.replace(day=1)
        points = [p for p in state.overview.trend if p.month >= first]
        most = max((p.now for p in points), default=0) or 1
        bars = [[t("{m}月", m=p.month.month), fmt.num(p.now), round(p.now / most, 4), not p.complete] for p in points]
        return {"h": t("逐月受理"), "n": t("件，合计 {n}", n=fmt.num(sum(p.now for p in points))), "bars": bars}

    def hidden(self, below: tuple[AreaRow, ...]) -> set[str]:
        """Townships whose count is not shown."""
        return lists.too_few({r.area: r.accepted for r in below if r.level == "township"}, self._services.settings.wall_small)

    def _map(self, state: WallState, a: WallArea) -> dict[str, Any]:
        city = a.info.level == "city"
        level, window = ("county", "township")[not city], state.overview.window
        classes = self._breaks.of("per_10k", level, window.days, state.overview.now.date(), state.overview.filter)
        hidden, values, small = self.hidden(a.below), {}, self._services.settings.wall_small
        # Said of all that are hidden alike: one that is hidden for the others' sake would else be known, and its sign be wrong.
        sign = t("<{n} 件", n=small) if all(0 < r.accepted < small for r in a.below if r.area in hidden) else t("不列")
        for r in a.below:
            few = r.area in hidden
            text = sign if few else fmt.num(r.per_10k, 1) if r.ranked else fmt.num(r.accepted)
            values[r.area] = [None if few or r.per_10k is None or not r.ranked else classes.of(r.per_10k), text, pick(r.name, r.en), few]
        static = self._services.areas.static
        note = t("件，按 {year} 年常住人口", year=a.info.census_year)
        return {"h": t("每万人受理"), "n": note if city else t("{note}；乡镇界为示意", note=note), "file": static["city" if city else a.info.code],
                "cells": static["townships"] if city else static[a.info.code], "breaks": [fmt.num(b, 0 if b == int(b) else 1) for b in classes.breaks],
                "values": values, "listed": [c for c in state.listed_towns if city or c[:6] == a.info.code],
                "marks": lists.marks(self._services, state, "" if city else a.info.code)}  # fmt: skip

    def _rank(self, a: WallArea) -> dict[str, Any]:
        city, hidden = a.info.level == "city", self.hidden(a.below)
        shown = [r for r in a.below if r.area not in hidden and r.accepted][:RANKED]
        most = max((r.accepted for r in shown), default=0) or 1
        rows = [[pick(r.name, r.en), round(r.accepted / most, 4), fmt.num(r.accepted),
                 fmt.share(r.resolved_rate, 1) if city else fmt.num(r.per_10k, 1) if r.ranked else fmt.NONE] for r in shown]  # fmt: skip
        rest = len(a.below) - len(shown)
        parts = [t("其余 {n} 个 {m} 件", n=rest, m=fmt.num(sum(r.accepted for r in a.below) - sum(r.accepted for r in shown)))] if rest else []
        if a.elsewhere:
            parts.append(t("另有 {n} 件未定位", n=fmt.num(a.elsewhere)) if city else t("仅到县 {n} 件", n=fmt.num(a.elsewhere)))
        if len(parts) < 2:  # one line
            parts.append(t("合计 {n} 件", n=fmt.num(a.row.accepted)))
        return {"h": t("县（市、区）") if city else t("乡镇（街道）"), "c1": t("受理 件"), "c2": t("化解率 %") if city else t("每万人 件"), "rows": rows,
                "foot": t("，").join(parts)}  # fmt: skip

    def _latest(self, state: WallState, a: WallArea, line: Latest) -> list[str]:
        today = state.overview.now.date()
        when = line.at.strftime("%H:%M") if line.at.date() == today else fmt.day(line.at.date())
        return [when, lists.place(self._services, line.county if a.info.level == "city" else "", line.town) or lists.place(self._services, line.county, ""),
                case_words.category(line.category), t("新受理") if line.fresh else case_words.stage(line.stage),
                "new" if line.fresh else line.stage, lists.masked(line.title), line.code]  # fmt: skip


