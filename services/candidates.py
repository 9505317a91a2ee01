"""Candidates for targeted remediation: what grows, what is frequent, what is badly handled. A machine only proposes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from analysis.candidates import Rules, candidates
from analysis.trending import periods, trending
from matters.access import Scope
from matters.categories import CATEGORIES
from matters.filters import Filter
from matters.letters import IN_FORCE as LETTERS_IN_FORCE
from matters.listing import IN_FORCE, WAITING
from matters.periods import Window
from services.areas import Areas
from services.candidate_shapes import Candidate, Candidates
from services.listing_effect import Effects
from services.shapes import AreaInfo
from store import letters, panel
from store import listings as kept
from store.dates import month_number, month_start
from store.engine import reading
from store.places import Place

Subject = Literal["area", "trade"]
MONTHS, SEASONS, SPAN, WINDOWS = 12, 36, 2, 3  # shown; looked back for the season; months a window; windows
NEVER = "99"  # 其他: nothing that an owner could be named for


class CandidateFinder:
    """Looks over the whole city, since an area is judged against all others; shows what lies in the reader's scope."""

    def __init__(self, engine: Engine, areas: Areas, version: Callable[[], int], now: Callable[[], datetime]) -> None:
        self._engine, self._areas, self._version, self._now = engine, areas, version, now
        self._kept: dict[Subject, tuple[tuple[int, date], Candidates]] = {}

    def all(self, scope: Scope, subject: Subject = "area", area: str = "") -> Candidates:
        """Candidates and near candidates of the scope, in an area of it."""
        mark = (self._version(), self._now().date())
        if subject not in self._kept or self._kept[subject][0] != mark:
            self._kept[subject] = (mark, self._found(subject, mark))
        found = self._kept[subject][1]
        place = self._areas.place(area)
        mine = [line for line in found.lines if self._covers(scope, line, place)]
        return Candidates(subject, tuple(mine), found.examined, found.windows, found.months, found.data_version)

    def one(self, scope: Scope, key: str) -> Candidate:
        """A unit by its key, whether or not it is a candidate; LookupError when the scope has none."""
        subject: Subject = "area" if len(key.partition("-")[0]) > 6 else "trade"
        for line in self.all(scope, subject).lines:
            if line.key == key:
                return line
        raise LookupError(f"candidate {key}")

    def _covers(self, scope: Scope, line: Candidate, place: Place) -> bool:
        own = self._areas.place(line.area)
        inside = (not place.county or own.county == place.county) and (not place.town or own.town == place.town)
        return inside and scope.covers(own.county, own.town)

    def _found(self, subject: Subject, mark: tuple[int, date]) -> Candidates:
        today = mark[1]
        last = month_number(today) - 1
        with reading(self._engine) as connection:
            cells = panel.months(connection, Scope.system(), last - SEASONS + 1, last + 1, towns=subject == "area")
            rows = kept.all_listings(connection, Scope.system())
            units = _units(self._areas, subject)
            acts = [*_listed(rows), *_written(letters.find(connection, Scope.system()))]
            acted = _acted(connection, self._areas, acts, units, today, month_start(last - SPAN + 1))
        counts = _counts(cells, units, subject, range(last - SEASONS + 1, last + 1))
        frame = _frame(counts, cells, units, subject, last, acted)
        starts = [month_start(last - SPAN * i + 1) for i in range(WINDOWS, -1, -1)]
        windows = tuple(Window(a, b - timedelta(days=1)) for a, b in pairwise(starts))
        # A category at a time: shares and rates of one say nothing about another.
        judged = pd.concat([candidates(own, Rules(windows=WINDOWS)) for _, own in frame.groupby("category") if (own["counts"].map(sum) > 0).any()])
        shown = judged[(judged["met"] > 0) & judged["counts"].map(lambda v: v[-1] >= 5)]
        lines = [self._line(subject, row, counts, windows[-1], last, rows) for row in shown.to_dict("records")]
        lines.sort(key=lambda x: (not x.candidate, -x.met, -x.rate / x.limit))
        return Candidates(subject, tuple(lines), int((judged["counts"].map(sum) > 0).sum()), windows, MONTHS // 2, mark[0])

    def _line(
        self, subject: Subject, r: Mapping[Any, Any], counts: NDArray[np.float64], window: Window, last: int, rows: list[dict[str, Any]]
    ) -> Candidate:
        info: AreaInfo = r["info"]
        county = self._areas.info(info.parent) if info.level == "township" else None
        own = counts[-MONTHS:, r["i"], r["j"]]
        covering = [x for x in rows if r["category"] in x["categories"] and info.code.startswith(x["town_code"] or x["county_code"])
                    and (x["town_code"] or subject == "trade" or x["subject"] == "trade")]  # fmt: skip
        listed = next((x["number"] for x in covering if x["state"] in IN_FORCE), "")
        waiting = next((x["id"] for x in covering if x["state"] in WAITING and x["area_code"] == info.code), 0)
        rows_of = Filter(area=info.code, category=r["category"])

        def share(name: str) -> float | None:
            return None if pd.isna(r[name]) else float(r[name])

        return Candidate(
            key=f"{info.code}-{r['category']}", subject=subject, area=info.code, area_name=info.name, area_en=info.en,
            county_name=county.name if county else "", county_en=county.en if county else "", category=r["category"],
            counts=tuple(int(v) for v in r["counts"]), expected=tuple(float(v) for v in r["expected"]),
            months=tuple((month_start(last - MONTHS + 1 + k), int(n)) for k, n in enumerate(own)),
            growing=bool(r["growing"]), growth=share("growth"), rises=bool(r["rises"]), frequent=bool(r["frequent"]), rate=float(r["rate"]),
            limit=float(r["limit"]), windows_above=int(r["windows_above"]), badly=bool(r["badly"]), overdue=int(r["overdue"]), open=int(r["open"]),
            overdue_share=share("overdue_share"), overdue_limit=share("overdue_limit"), unresolved=int(r["unresolved"]), decided=int(r["decided"]),
            unresolved_share=share("unresolved_share"), unresolved_limit=share("unresolved_limit"), unmoved=bool(r["unmoved"]),
            unmoved_by=str(r["acted_by"]), met=int(r["met"]), candidate=bool(r["candidate"]), rows=rows_of.with_(window=window, part="accepted"),
            overdue_rows=rows_of.with_(window=Window(month_start(last - SEASONS + 1), self._now().date()), part="past_limit"),
            decided_rows=rows_of.with_(window=Window(month_start(last - SPAN * WINDOWS + 1), window.end), part="settled"), listed=listed, waiting=waiting,
        )  # fmt: skip


def _units(areas: Areas, subject: Subject) -> list[AreaInfo]:
    counties = areas.counties()
    return list(counties) if subject == "trade" else [town for county in counties for town in areas.children(county.code)]


def _kinds() -> list[str]:
    return [code for code in CATEGORIES if code != NEVER]


def _counts(cells: list[panel.Cell], units: list[AreaInfo], subject: Subject, months: range) -> NDArray[np.float64]:
    """Months × areas × categories, accepted; what is known to the county only counts for the county's trade, not for a township."""
    place, kind = {u.code: i for i, u in enumerate(units)}, {c: j for j, c in enumerate(_kinds())}
    out = np.zeros((len(months), len(units), len(kind)))
    for c in cells:
        code = c.town if subject == "area" else c.county
        if c.month in months and code in place and c.category in kind:
            out[c.month - months.start, place[code], kind[c.category]] += c.accepted
    return out


def _exposure(counts: NDArray[np.float64], months: NDArray[np.datetime64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts by period for the trend, and what would come without growth: days, times the season where two years before tell it."""
    joined = periods(counts, months)
    year = joined.first.astype("datetime64[M]").astype(int) % 12
    total = joined.counts.sum(axis=1) / joined.days[:, None]
    exposure = np.repeat(joined.days[:, None], counts.shape[2], axis=1)
    for p in range(len(year) - 6, len(year)):
        same = [q for q in range(p) if year[q] == year[p]]
        if len(same) >= 2:
            usual = np.maximum(total[: len(year) - 6].mean(axis=0), 1e-9)
            exposure[p] *= np.clip(total[same].mean(axis=0) / usual, 0.5, 2.0)
    return joined.counts, exposure


def _frame(
    counts: NDArray[np.float64], cells: list[panel.Cell], units: list[AreaInfo], subject: Subject, last: int, acted: dict[tuple[str, str], tuple[float, str]]
) -> pd.DataFrame:  # fmt: skip
    """One row a unit, as analysis.candidates wants it."""
    months = np.array([np.datetime64(month_start(last - len(counts) + 1 + k), "M") for k in range(len(counts))])
    trend = trending(*_exposure(counts, months))
    windows = counts[-SPAN * WINDOWS :].reshape(WINDOWS, SPAN, *counts.shape[1:]).sum(axis=1)
    people = np.array([float(u.population or 0) for u in units])
    share = people / max(people.sum(), 1.0)
    expected = np.maximum(windows.sum(axis=1)[:, None, :] * share[None, :, None], 1e-6)
    sums = _sums(cells, subject, last)
    rows = []
    for i, unit in enumerate(units):
        for j, category in enumerate(_kinds()):
            own = sums[(unit.code, category)]
            high, by = acted.get((unit.code, category), (np.nan, ""))
            rows.append({
                "i": i, "j": j, "info": unit, "category": category, "counts": windows[:, i, j], "expected": expected[:, i, j],
                "growing": bool(trend.flagged[i, j]), "growth": trend.growth[i, j], "rises": bool(trend.three_rises[i, j]),
                "overdue": own["past_limit"], "open": own["open"], "unresolved": own["decided"] - own["resolved"], "decided": own["decided"],
                "acted": (unit.code, category) in acted, "acted_high": high, "acted_by": by,
            })  # fmt: skip
    return pd.DataFrame(rows)


def _sums(cells: list[panel.Cell], subject: Subject, last: int) -> dict[tuple[str, str], dict[str, int]]:
    """Open and past the limit, whenever accepted; decided and resolved of those accepted in the windows."""
    out: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(("open", "past_limit", "decided", "resolved"), 0))
    for c in cells:
        own = out[(c.town if subject == "area" else c.county, c.category)]
        own["open"] += c.open
        own["past_limit"] += c.past_limit
        if last - SPAN * WINDOWS < c.month <= last:
            own["decided"] += c.closed + c.past_limit
            own["resolved"] += c.resolved
    return out


def _listed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Earlier listings that have ended, as acts: from when, where, about what, how they are called."""
    keys = ("id", "area_code", "county_code", "town_code", "categories", "listed_on", "ended_on", "number")
    return [{k: r[k] for k in keys} for r in rows if r["ended_on"] is not None and r["listed_on"] is not None]


def _written(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Letters that were issued and stand, as acts; one to the whole city is about no place of its own."""
    return [{"id": 0, "area_code": r["town_code"] or r["county_code"], "county_code": r["county_code"], "town_code": r["town_code"],
             "categories": [r["category"]], "listed_on": r["issued_at"].date(), "ended_on": r["issued_at"].date(), "number": r["number"]}
            for r in rows if r["state"] in LETTERS_IN_FORCE and r["county_code"]]  # fmt: skip


def _acted(
    connection: Connection, areas: Areas, acts: list[dict[str, Any]], units: list[AreaInfo], today: date, before: date
) -> dict[tuple[str, str], tuple[float, str]]:  # fmt: skip
    """Upper limit of after ÷ due, and the number, of the last act on a unit that ended before the last window; only where it can be told."""
    codes, out = {u.code for u in units}, {}
    effects = Effects(areas, today, None)
    for act in sorted(acts, key=lambda x: x["listed_on"]):
        if act["ended_on"] >= before or act["area_code"] not in codes:
            continue
        found = effects.of(connection, {**act, "ended_on": None}, Place(act["county_code"], act["town_code"]), [])
        if found.high is not None and found.verdict != "few":
            out.update({(act["area_code"], category): (found.high + 1, act["number"]) for category in act["categories"]})
    return out
