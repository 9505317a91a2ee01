"""What is hidden in the demo city for the analysis to find: bursts, growing townships, remediation with and without effect.

Cases are relabelled inside their own county and their own days, so that no exact figure of the article moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import days
from demo.codes import CAT_ROW, MIXES
from demo.places import Places
from demo.streams import STREAMS

Ints = NDArray[np.int64]
_NEVER_DONORS = ("medical", "fire", "school", "emergency", "procuratorial", "net")


@dataclass(frozen=True)
class Plant:
    """One planted thing. `counts` are cases to add (burst), monthly counts to reach (growth), or none (rates instead)."""

    name: str
    kind: str  # burst | group | growth | listed | delisted | trade
    county: str  # "" is the whole city
    town: str  # "" is the whole county
    categories: tuple[str, ...]
    ago: int = 0  # days before today: the listing, or the last day of the burst or group
    span: int = 28  # days of the burst or group, or of the listing
    counts: tuple[int, ...] = ()
    before: float = 0.0  # cases a month
    after: float = 0.0
    factor: float = 1.0  # of a trade after its listing
    effect: str = ""  # fell | none | rose | few
    object: str = ""  # the one thing the cases of a group are about
    titles: tuple[str, ...] = field(default=())


_GYM = ("{o}闭店后预付卡退费", "{o}年卡余额退还纠纷", "{o}私教课未消费款项退费", "{o}预付卡退费及违约金", "{o}停业退卡退费")
_WAGE = ("{o}拖欠农民工工资", "{o}拖欠{n}名工人工资", "{o}项目完工后工资未结清", "{o}克扣班组工程款致工资拖欠")
_PARK = ("小区停车费涨价纠纷", "地下车位停车收费与业主争执", "物业收取临时停车费引发纠纷", "小区道闸收费与访客停车纠纷")

# In the order in which they are laid: the wide ones first, so that the exact ones stay exact.
PLANTS: tuple[Plant, ...] = (
    Plant("T1", "trade", "", "", ("10",), 150, 183, factor=0.73, effect="fell"),
    Plant("T2", "trade", "360902", "", ("15",), 100, 123, factor=1.18, effect="rose"),
    Plant("D4", "trade", "360982", "", ("04",), 400, 150, factor=0.75, effect="fell"),
    Plant("G1", "growth", "360983", "八景镇", ("07",), counts=(4, 6, 7, 9, 11, 13)),
    Plant("G2", "growth", "360982", "淦阳街道", ("12",), counts=(7, 9, 12, 17, 23, 31)),
    Plant("G3", "growth", "360922", "黄茅镇", ("09",), counts=(3, 4, 6, 8, 9, 12)),
    Plant("G4", "growth", "360921", "冯川镇", ("15",), counts=(5, 6, 9, 11, 14, 17)),
    Plant("L1", "listed", "360923", "泗溪镇", ("02", "03"), 89, 92, before=30.0, after=17.0, effect="fell"),
    Plant("L2", "listed", "360902", "彬江镇", ("08",), 85, 92, before=15.0, after=13.5, effect="none"),
    Plant("L3", "listed", "360983", "八景镇", ("10",), 160, 183, before=24.0, after=12.0, effect="fell"),
    Plant("L4", "listed", "360922", "株潭镇", ("05",), 120, 183, before=14.0, after=14.5, effect="none"),
    Plant("L5", "listed", "360981", "小港镇", ("07",), 50, 92, before=8.0, after=5.5, effect="few"),
    Plant("D1", "delisted", "360981", "白土镇", ("08",), 420, 100, before=13.0, after=6.0, effect="fell"),
    Plant("D2", "delisted", "360923", "徐家渡镇", ("07",), 380, 92, before=12.0, after=6.0, effect="fell"),
    Plant("D3", "delisted", "360924", "新昌镇", ("12",), 330, 92, before=9.0, after=8.5, effect="none"),
    Plant("B1", "burst", "360923", "翰堂镇", ("15",), 1, 28, (13,), titles=_PARK),
    Plant("B2", "burst", "360981", "剑南街道", ("10",), 1, 28, (21,), object="鑫某劳务公司", titles=_WAGE),
    Plant("B3", "burst", "360902", "凤凰街道", ("12",), 1, 42, (31,), object="某健身会所", titles=_GYM),
    Plant("B4", "burst", "360902", "温汤镇", ("11",), 3, 21, (9,)),
    Plant("B5", "burst", "360983", "瑞州街道", ("19",), 120, 21, (16,), object="某艺术培训学校", titles=(
        "{o}停课退费纠纷", "{o}课时费退还", "{o}更换校区后学费退还争议", "{o}关停后{n}名学员退费")),
    Plant("B6", "burst", "360922", "康乐街道", ("03",), 260, 28, (17,)),
    Plant("B7", "burst", "360981", "小港镇", ("09",), 400, 21, (12,)),
    Plant("B8", "burst", "360982", "临江镇", ("07",), 480, 28, (13,)),
    Plant("B9", "burst", "360921", "会埠镇", ("10",), 300, 14, (10,)),
    Plant("B10", "burst", "360924", "石市镇", ("08",), 210, 28, (12,)),
    Plant("B11", "burst", "360925", "双溪镇", ("15",), 560, 28, (10,)),
    Plant("B12", "burst", "360926", "永宁镇", ("14",), 170, 14, (9,)),
    Plant("Q1", "group", "360902", "金瑞镇", ("15",), 4, 80, (9,), object="锦某花园小区", titles=(
        "{o}物业费上涨争议", "{o}公共收益去向争议", "{o}电梯停运维修责任", "{o}地下车位分配不公")),
    Plant("Q2", "group", "360983", "相城镇", ("10",), 6, 70, (8,), object="宏某制衣厂", titles=(
        "{o}拖欠{n}名工人工资", "{o}停工后工资支付纠纷", "{o}欠缴社保及工资", "{o}拖欠计件工资")),
    Plant("Q3", "group", "360981", "梅林镇", ("08",), 20, 100, (7,), object="城南某安置房项目", titles=(
        "{o}过渡费发放标准", "{o}选房顺序争议", "{o}面积差价补偿", "{o}延期交付补助")),
    Plant("Q4", "group", "360982", "临江镇", ("03",), 12, 90, (10,), object="天某名邸小区", titles=(
        "{o}逾期交房违约金", "{o}逾期办证", "{o}房屋渗漏维修", "{o}精装修标准缩水")),
    Plant("Q5", "group", "360921", "赤岸镇", ("19",), 35, 60, (6,), object="启某幼儿园", titles=(
        "{o}停办后保教费退费", "{o}伙食费退还争议", "{o}变更收费引发{n}名家长不满")),
)


def _month_starts(first: int, last: int) -> list[int]:
    """First day of every month that begins in the span, and of the one it begins in."""
    start, found = days.to_date(first).replace(day=1), []
    while days.ordinal(start) <= last:
        found.append(days.ordinal(start))
        start = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return found


class Planter:
    """Relabels cases (columns stream, county, day, category, town, village, plant) for the plants, in their order."""

    def __init__(self, rng: np.random.Generator, places: Places, cases: pd.DataFrame, today: date, scale: float) -> None:
        self.rng, self.places, self.today, self.scale = rng, places, days.ordinal(today), scale
        self.stream = cases["stream"].to_numpy()
        self.county, self.day = cases["county"].to_numpy(), cases["day"].to_numpy()
        self.category, self.town = cases["category"].to_numpy().copy(), cases["town"].to_numpy().copy()
        self.village = cases["village"].to_numpy().copy()
        self.plant = np.full(len(cases), -1, dtype=np.int64)
        self.mix = np.array([s.mix for s in STREAMS])[self.stream]
        self.first = int(self.day.min()) if len(cases) else self.today

    def run(self) -> None:
        """Plant everything."""
        for row, plant in enumerate(PLANTS):
            if plant.kind in ("burst", "group"):
                self._add(row, plant, self.today - plant.ago - plant.span + 1, self.today - plant.ago, self._planted(plant))
            elif plant.kind == "growth":
                self._grow(row, plant)
            elif plant.kind == "trade":
                self._trade(row, plant)
            else:
                self._remedy(row, plant)

    def truth(self, cases: pd.DataFrame) -> list[dict[str, Any]]:
        """What was planted, counted in the cases as they stand in the end (the first ones are the planter's own, in their order)."""
        mine = cases.iloc[: len(self.day)]
        self.category, self.town = mine["category"].to_numpy(), mine["town"].to_numpy()
        return [self._truth(row, plant) for row, plant in enumerate(PLANTS)]

    def _planted(self, plant: Plant) -> int:
        """A group stays one at every scale."""
        return min(plant.counts[0], 6) if plant.kind == "group" and self.scale < 0.3 else self._size(plant.counts[0])

    def _size(self, count: int) -> int:
        """A burst keeps its size at any scale that can carry it, since small cities have bursts too."""
        return count if self.scale >= 0.3 else max(3, round(count * max(self.scale, 0.25)))

    def _mine(self, plant: Plant, first: int, last: int) -> Ints:
        """Cases of the plant's place and categories in those days."""
        here = (self.day >= first) & (self.day <= last) & np.isin(self.category, [CAT_ROW[c] for c in plant.categories])
        if plant.town:
            here &= self.town == self.places.town_row(plant.town, plant.county)
        elif plant.county:
            here &= self.county == self.places.county_row(plant.county)
        return np.flatnonzero(here)

    def _donors(self, plant: Plant, category: str, first: int, last: int) -> Ints:
        """Cases that may be relabelled: same county, their stream knows the category, no other plant's."""
        knows = [m for m, mix in MIXES.items() if category in mix and m not in _NEVER_DONORS and m != "filing"]
        here = (self.day >= first) & (self.day <= last) & np.isin(self.mix, knows) & (self.plant < 0)
        here &= ~np.isin(self.category, [CAT_ROW[c] for c in plant.categories])
        if plant.county:
            here &= self.county == self.places.county_row(plant.county)
        return np.flatnonzero(here & (self.county >= 0))

    def _add(self, row: int, plant: Plant, first: int, last: int, count: int) -> None:
        """Turn `count` cases of the county in those days into the plant's."""
        for i, category in enumerate(plant.categories):
            part = count // len(plant.categories) + (i < count % len(plant.categories))
            donors = self._donors(plant, category, first, last)
            chosen = self.rng.choice(donors, size=min(part, len(donors)), replace=False)
            self.category[chosen] = CAT_ROW[category]
            self.plant[chosen] = row
            if plant.town:
                self.town[chosen] = self.places.town_row(plant.town, plant.county)
                self.village[chosen] = self.places.draw_villages(self.rng, self.town[chosen])

    def _drop(self, plant: Plant, first: int, last: int, count: int) -> None:
        """Turn `count` of the plant's cases in those days into others of the same county."""
        mine = self._mine(plant, first, last)
        mine = mine[~np.isin(self.mix[mine], _NEVER_DONORS) & (self.plant[mine] < 0)]
        chosen = self.rng.choice(mine, size=min(count, len(mine)), replace=False)
        for mix in np.unique(self.mix[chosen]):
            rows = chosen[self.mix[chosen] == mix]
            others = {c: w for c, w in MIXES[str(mix)].items() if c not in plant.categories}
            weight = np.array(list(others.values()), dtype=float)
            self.category[rows] = self.rng.choice([CAT_ROW[c] for c in others], size=len(rows), p=weight / weight.sum())
        if plant.town:
            self.town[chosen] = self.places.draw_towns(self.rng, self.county[chosen], self.category[chosen])
            self.village[chosen] = self.places.draw_villages(self.rng, self.town[chosen])
        self.plant[chosen] = -1

    def _reach(self, row: int, plant: Plant, first: int, last: int, target: int) -> None:
        """Bring the plant's cases in those days to the target."""
        now = len(self._mine(plant, first, last))
        if now < target:
            self._add(row, plant, first, last, target - now)
        else:
            self._drop(plant, first, last, now - target)
        mine = self._mine(plant, first, last)
        self.plant[mine[self.plant[mine] < 0]] = row  # claimed: no later plant takes them away

    def _full_months(self) -> list[tuple[int, int]]:
        """First and last day of every month that is over."""
        months = _month_starts(self.first, self.today)
        return [(a, b - 1) for a, b in pairwise(months)]

    def _grow(self, row: int, plant: Plant) -> None:
        """Monthly counts of the last full months; the month that runs goes on at the pace of the last."""
        for (first, last), count in zip(self._full_months()[-len(plant.counts) :], plant.counts, strict=False):
            self._reach(row, plant, first, last, self._size(count))
        start = _month_starts(self.first, self.today - 1)[-1]
        self._reach(row, plant, start, self.today - 1, round(self._size(plant.counts[-1]) * (self.today - start) / 30.4))

    def _remedy(self, row: int, plant: Plant) -> None:
        """The township's rate before and after its listing, month by month, with Poisson noise."""
        listed = self.today - plant.ago
        for start in _month_starts(self.first, self.today - 1):
            end = days.ordinal(date.fromordinal(days.to_date(start).toordinal() + 31).replace(day=1)) - 1
            for low, high, rate in ((start, min(end, listed - 1), plant.before), (max(start, listed), end, plant.after)):
                low, high = max(low, self.first), min(high, self.today - 1)
                if low <= high:
                    mean = rate * self.scale * days.weights(days.span(low, high), 0.16).sum() / 22.0
                    self._reach(row, plant, low, high, int(self.rng.poisson(mean)))

    def _trade(self, row: int, plant: Plant) -> None:
        """A trade's cases fall or rise by a factor from its listing on."""
        first, last = self.today - plant.ago, self.today - 1
        moved = round(len(self._mine(plant, first, last)) * (plant.factor - 1.0))
        if moved > 0:
            self._add(row, plant, first, last, moved)
            towns = np.flatnonzero((self.plant == row) & (self.town >= 0))
            self.town[towns] = self.places.draw_towns(self.rng, self.county[towns], self.category[towns])
            self.village[towns] = self.places.draw_villages(self.rng, self.town[towns])
        else:
            self._drop(plant, first, last, -moved)

    def _truth(self, row: int, plant: Plant) -> dict[str, Any]:
        """One planted thing, with the counts that came of it."""
        town = self.places.town_row(plant.town, plant.county) if plant.town else -1
        months = _month_starts(self.first, self.today - 1)
        mine = self.day[self._mine(plant, self.first, self.today)]
        start = self.today - plant.ago - (plant.span - 1 if plant.kind in ("burst", "group") else 0)
        end = self.today - plant.ago if plant.kind in ("burst", "group") else min(self.today - 1, start + plant.span)
        if plant.kind == "growth":
            full = self._full_months()[-len(plant.counts) :]
            start, end = full[0][0], full[-1][1]
        return {
            "name": plant.name, "kind": plant.kind, "county": plant.county, "effect": plant.effect,
            "area": self.places.towns["code"].iloc[town] if town >= 0 else plant.county or self.places.city_code,
            "area_name": plant.town, "categories": list(plant.categories), "object": plant.object,
            "from": days.to_date(start).isoformat(), "to": days.to_date(end).isoformat(),
            "planted": int((self.plant == row).sum()),
            "count": int(((mine >= start) & (mine <= end)).sum()),
            "monthly": {days.to_date(m).strftime("%Y-%m"): int(((mine >= m) & (mine < n)).sum())
                        for m, n in zip(months, [*months[1:], self.today], strict=True)},
        }  # fmt: skip
