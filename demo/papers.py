"""Records with their cases, spelled out: everything an agency's row says, ready to be put in that agency's form."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.codes import CATS
from demo.people import Person, firm, has_firm, person
from demo.places import Places
from demo.plants import PLANTS
from demo.retelling import retell
from demo.timeline import NEVER
from demo.titles import Titles

Ints = NDArray[np.int64]
NORMAL, WITHDRAWN, CONTEXT, BAD = 0, 1, 2, 3  # a case's fate
_OFFICES = {"10": "人社局", "15": "住建局", "03": "自然资源局", "08": "自然资源局", "09": "环境局", "12": "市监局", "13": "卫健委",
            "14": "交警大队", "19": "教体局", "05": "工信局", "11": "文广旅局", "16": "市监局", "17": "市监局"}  # fmt: skip
_NOWHERE = ("", "不详", "电话中未说清", "外地来电", "地址待核")
_WAYS = ("宜春市{c}{t}{v}", "{c}{t}{v}", "江西省宜春市{c}{t}{v}", "{c}{t}{v}")
_QUOTES = {
    "P": ("此前有110警情{n}，", "出警记录{n}，", "警情编号{n}号，"),
    "X": ("与信访件{n}为同一事项，", "信访件编号{n}，"),
    "C": ("原矛调编号{n}，", "矛调中心{n}号事项，"),
    "K": ("诉前调解案号{n}，", "见{n}，"),
    "F": ("立案案号{n}，",),
    "Q": ("确认案号{n}，",),
    "H": ("医疗纠纷登记{n}，", "卫健登记号{n}，"),
    "I": ("消防警情{n}，",),
    "M": ("人民调解卷号{n}，", "见{n}，"),
    "J": ("支持起诉书：{n}，", "检察机关支持起诉（{n}），"),
    "T": ("12345工单{n}，", "由热线工单{n}转办，", "工单编号{n}，"),
    "S": ("消费投诉登记{n}，", "12315投诉{n}，"),
    "O": ("在线调解申请{n}，", "线上申请号{n}，"),
    "D": ("教育部门登记{n}，",),
    "E": ("应急登记{n}，",),
    "N": ("网上留言{n}，", "网民留言编号{n}，"),
}


class Paper(NamedTuple):
    """One record as its agency knows it. Days are days since 1970-01-01 (NEVER: not yet), `made` and `touched` seconds since then."""

    case: int
    kind: str
    key: str
    number: str
    reg: int
    acc: int
    hand: int
    close: int
    outcome: str
    rated: int
    escalated: bool
    made: int
    touched: int
    quote: str
    title: str
    ask: str
    category: str
    county: str
    county_name: str
    town: str
    town_name: str
    village: str
    village_name: str
    address: str
    lon: float
    lat: float
    first: Person
    other: Person
    people: int
    amount: float
    owner: str
    stream: str
    fate: int
    bad: str
    seed: int


def last_event(records: pd.DataFrame) -> Ints:
    """Seconds since 1970-01-01 of each record's last visible change."""
    visible = records[["reg", "acc", "hand", "close"]].to_numpy(dtype=np.int64)
    last = np.where(visible == NEVER, -1, visible).max(axis=1)
    made = records["made"].to_numpy()
    later = np.where(last > records["reg"].to_numpy(), records["touched"].to_numpy(), np.minimum(made + 1500, 86_399))
    return np.asarray(last * 86_400 + later)


def quoted(records: pd.DataFrame) -> list[str]:
    """The number that each record's text quotes, '' for none."""
    numbers = records["number"].where(records["kind"].isin(list("FKQMJ")), records["key"])
    book = dict(zip(zip(records["case"], records["kind"], strict=True), numbers, strict=True))
    return [book.get((c, q), "") if q else "" for c, q in zip(records["case"], records["quotes"], strict=True)]


def _phrase(kind: str, number: str, seed: int) -> str:
    """The quoted number in words; brackets as different clerks type them."""
    ways = _QUOTES[kind]
    if kind in "KFQMJ" and seed % 3:
        number = number.translate(str.maketrans("()", "（）" if seed % 3 == 1 else "〔〕"))
    return ways[seed % len(ways)].format(n=number)


def _address(kind: str, county: str, town: str, village: str, seed: int) -> str:
    """Address text: to the village with a house, to the township, or only the county; nonsense without one."""
    if not county:
        return _NOWHERE[seed % len(_NOWHERE)]
    if not town:
        return ("宜春市" + county, county)[seed % 2] if kind != "F" or seed % 4 else ""
    way = "{t}{v}" if kind in "FKQPC" and seed % 8 == 0 else _WAYS[seed % len(_WAYS)]
    house = "" if not village else f"{1 + seed // 11 % 24}组" if village.endswith("村") else f"{1 + seed // 11 % 180}号"
    return way.format(c=county, t=town, v=village) + house


def _owner(category: str, county: str, town: str, escalated: bool) -> str:
    """主责: the trade's office, the township, or the county centre when the matter went up."""
    rank = county[-1] if county else "市"
    if escalated:
        return f"{rank}矛调中心"
    office = _OFFICES.get(category)
    return f"{rank}{office}" if office else town or f"{rank}矛调中心"


_OF_RECORD = ("case", "kind", "key", "number", "reg", "acc", "hand", "close", "outcome", "rated", "escalated", "made", "quotes", "deep",
              "lon", "lat")  # fmt: skip
_OF_CASE = ("county", "town", "village", "category", "p1", "p2", "people", "amount", "stream", "fate", "bad", "seed", "plant", "twist")


def _rows(frame: pd.DataFrame, columns: tuple[str, ...]) -> zip[tuple[Any, ...]]:
    """The frame's rows as tuples of plain Python values; much quicker than itertuples over strings."""
    return zip(*(frame[c].to_numpy(dtype=object if frame[c].dtype.kind not in "bif" else None).tolist() for c in columns), strict=True)


class Speller:
    """Turns records and cases into papers."""

    def __init__(self, places: Places, titles: Titles | None = None) -> None:
        self.titles = titles or Titles()
        self._county = [*zip(places.counties["code"], places.counties["name"], strict=True), ("", "")]
        self._town = [*zip(places.towns["code"], places.towns["name"], strict=True), ("", "")]
        self._village = [*zip(places.villages["code"], places.villages["short"], strict=True), ("", "")]

    def _title(self, category: str, seed: int, plant: int) -> str:
        spec = PLANTS[plant] if plant >= 0 else None
        if spec is not None and spec.titles:
            return self.titles.fill(spec.titles[seed % len(spec.titles)], category, seed // 64, {"o": spec.object})
        return self.titles.title(category, seed)

    def _people(self, category: str, county: str, p1: int, p2: int, plant: int) -> tuple[Person, Person]:
        if plant >= 0 and PLANTS[plant].object:
            return person(p1), Person(PLANTS[plant].object, "", "")
        if has_firm(p2, category):
            return person(p1), firm(p2, category, county[:2] or "宜春")
        return person(p1), person(p2)

    def spell(self, cases: pd.DataFrame, records: pd.DataFrame, streams: list[str]) -> list[Paper]:
        """Papers of all records, in the records' order; `streams` are the names of the stream codes."""
        own = cases.iloc[records["case"].to_numpy()]
        touched, quotes = last_event(records).tolist(), quoted(records)
        found = []
        said: dict[int, tuple[str, str, Person, Person]] = {}
        pairs = zip(_rows(records, _OF_RECORD), _rows(own, _OF_CASE), touched, quotes, strict=True)
        for record, case, when, number in pairs:
            row, kind, key, paper, reg, acc, hand, close, outcome, rated, escalated, made, quotes_kind, deep, lon, lat = record
            county, town, village, cat, p1, p2, people, amount, stream, fate, bad, seed, plant, twist = case
            category = CATS[cat]
            county_code, county_name = self._county[county]
            town_code, town_name = self._town[town if deep else -1]
            village_code, village_name = self._village[village if deep else -1]
            if row not in said:
                told = (self._title(category, seed, plant), self.titles.ask(category, seed), *self._people(category, county_name, p1, p2, plant))
                said[row] = retell(self.titles, category, seed, twist, told) if twist else told
            title, ask, first, other = said[row]
            found.append(Paper(
                row, kind, key, paper, reg, acc, hand, close, outcome, rated, escalated, reg * 86_400 + made, when,
                _phrase(quotes_kind, number, seed) if number else "", title, ask, category, county_code, county_name, town_code,
                town_name, village_code, village_name, _address(kind, county_name, town_name, village_name, seed), lon, lat, first,
                other, people, amount, _owner(category, county_name, town_name, escalated), streams[stream], fate, bad, seed,
            ))  # fmt: skip
        return found
