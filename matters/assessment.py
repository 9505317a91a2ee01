"""Assessment (考核): its periods, and the rules by which counties, townships and departments are scored, read from plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from matters.indicators import INDICATORS
from matters.periods import Window

LEVELS = ("county", "township", "department")
KINDS = ("month", "quarter", "year")
RATES = ("resolved_rate", "on_time_rate", "satisfaction", "response_rate", "escalation_rate", "litigation_rate")
CHANGES = {"civil_filings_change": "civil_filings", "accepted_change": "accepted"}  # against the same days a year before
INDEX = "index"
_KEY = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", re.ASCII)
Kind = Literal["month", "quarter", "year"]


class RuleError(ValueError):
    """The rules cannot be used; the message says which entry, and what would do."""


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month, quarter or year. `key` is 2026-09, 2026-Q3 or 2026."""

    kind: Kind
    start: date
    end: date

    @property
    def key(self) -> str:
        """How it is written in addresses."""
        y, m = self.start.year, self.start.month
        return {"month": f"{y}-{m:02}", "quarter": f"{y}-Q{(m + 2) // 3}", "year": str(y)}[self.kind]

    @property
    def before(self) -> Period:
        """The period of its kind just before."""
        return period_of(self.kind, self.start - timedelta(days=1))

    @property
    def after(self) -> Period:
        """The period of its kind just after."""
        return period_of(self.kind, self.end + timedelta(days=1))

    def window(self, today: date) -> Window:
        """Its days up to today; ValueError for a period that has not begun."""
        return Window(self.start, min(self.end, today))

    def over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.end < today


def period_of(kind: Kind, day: date) -> Period:
    """The period of a kind that holds a day."""
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    first = (day.month - 1) // months * months
    last = day.year * 12 + first + months
    return Period(kind, date(day.year, first + 1, 1), date(last // 12, last % 12 + 1, 1) - timedelta(days=1))


def read_period(key: str) -> Period:
    """The period of a key; ValueError for another text."""
    found = _KEY.fullmatch(key)
    if not found or not 1990 <= int(found[1]) <= 2200:
        raise ValueError(f"{key[:20]!r} is not a period like 2026-09, 2026-Q3 or 2026")
    year, month, quarter = int(found[1]), found[2], found[3]
    if month:
        return period_of("month", date(year, int(month), 1))
    return period_of("quarter", date(year, int(quarter) * 3, 1)) if quarter else period_of("year", date(year, 1, 1))


def last_over(kind: Kind, today: date) -> Period:
    """The last period of a kind that is over."""
    return period_of(kind, today).before


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score. A unit at `none` gets nothing, at `full` the whole weight, between them in proportion; `full` may be the lower
    one. Rates and changes are shares (0.96, -0.1), indices are as they come. Counted on fewer than `least` it is not judged."""

    key: str  # of RATES or CHANGES, or index:NAME
    weight: float
    none: float
    full: float
    least: int
    levels: tuple[str, ...]

    @property
    def index(self) -> str:
        """Name of the outside index, '' for a part of our own."""
        return self.key.partition(":")[2]

    def share(self, value: float) -> float:
        """How much of the weight a value earns, 0…1."""
        return min(1.0, max(0.0, (value - self.none) / (self.full - self.none)))


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole of it. A unit with fewer than `rank_least` settled matters in the period, or with less than `judged_least` of the weight
    judged, has no rank. Marks move a score by at most +`merit_most` and -`demerit_most` points."""

    name: str
    parts: tuple[Part, ...]
    rank_least: int
    judged_least: float
    merit_most: float
    demerit_most: float
    starts: date | None = None

    def of(self, level: str) -> tuple[Part, ...]:
        """The parts of a level, in the order of the file."""
        return tuple(p for p in self.parts if level in p.levels)

    def weight(self, level: str) -> float:
        """Sum of the weights of a level."""
        return sum(p.weight for p in self.of(level))


_TOP = ("name", "rank_least", "judged_least", "merit_most", "demerit_most", "from", "part")
_PART = ("key", "index", "weight", "none", "full", "least", "levels")


def read_rules(given: Mapping[str, Any]) -> Rules:
    """Rules of a settings file (docs/assessment.md). Raises RuleError for anything unknown, missing or impossible."""
    _known(given, _TOP, "")
    parts = given.get("part")
    if not isinstance(parts, list) or not parts or not all(isinstance(p, Mapping) for p in parts):
        raise RuleError("there is no [[part]]: at least one is needed")
    starts = given.get("from")
    if starts is not None and type(starts) is not date:
        raise RuleError(f"from = {starts!r}: a day like 2026-10-01, without quotes")
    rules = Rules(
        _text(given, "name", "", "考核办法"), tuple(_part(p, n) for n, p in enumerate(parts, 1)), int(_number(given, "rank_least", "", 50, 0, 1e6)),
        _number(given, "judged_least", "", 0.6, 0, 1), _number(given, "merit_most", "", 5, 0, 100), _number(given, "demerit_most", "", 10, 0, 100), starts,
    )  # fmt: skip
    for level in LEVELS:
        keys = [p.key for p in rules.of(level)]
        if twice := next((k for k in keys if keys.count(k) > 1), ""):
            raise RuleError(f"part {twice} stands twice for {level}")
    return rules


def _part(given: Mapping[str, Any], n: int) -> Part:
    where = f"part {n}: "
    _known(given, _PART, where)
    key, index = _text(given, "key", where), _text(given, "index", where, "")
    if key not in (*RATES, *CHANGES, INDEX):
        raise RuleError(f"{where}key = {key!r}: one of {', '.join((*RATES, *CHANGES, INDEX))}")
    if (key == INDEX) != bool(index):
        raise RuleError(f"{where}index = NAME belongs to key = 'index', and only there")
    none, full = _number(given, "none", where), _number(given, "full", where)
    if none == full:
        raise RuleError(f"{where}none and full are both {none}: they must differ")
    usual = ("county",) if key == INDEX else LEVELS
    levels = given.get("levels", list(usual))
    if not isinstance(levels, list) or not levels or any(x not in LEVELS for x in levels):
        raise RuleError(f"{where}levels = {levels!r}: a list of {', '.join(LEVELS)}")
    if key == INDEX and levels != ["county"]:
        raise RuleError(f"{where}an index is known for counties only: levels = ['county']")
    return Part(f"{INDEX}:{index}" if index else key, _number(given, "weight", where, None, 0.01, 1e4), none, full,
                int(_number(given, "least", where, 0 if index else 20, 0, 1e6)), tuple(x for x in LEVELS if x in levels))  # fmt: skip


def _known(given: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    if unknown := [k for k in given if k not in names]:
        raise RuleError(f"{where}unknown entry {unknown[0]!r}; known are {', '.join(names)}")


def _text(given: Mapping[str, Any], name: str, where: str, usual: str | None = None) -> str:
    value = given.get(name, usual)
    if not isinstance(value, str) or (usual is None and not value) or len(value) > 60:
        raise RuleError(f"{where}{name} = {value!r}: a text of at most 60 characters is needed")
    return value


def _number(given: Mapping[str, Any], name: str, where: str, usual: float | None = None, low: float = -1e6, high: float = 1e6) -> float:
    value = given.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RuleError(f"{where}{name} = {value!r}: a number from {low:g} to {high:g} is needed")
    return float(value)


def plain(rules: Rules) -> dict[str, Any]:
    """The rules as they are kept with their version; read_plain gives them back. The day they start is kept beside them."""
    return {
        "name": rules.name, "rank_least": rules.rank_least, "judged_least": rules.judged_least, "merit_most": rules.merit_most,
        "demerit_most": rules.demerit_most,
        "part": [{"key": INDEX if p.index else p.key, **({"index": p.index} if p.index else {}), "weight": p.weight, "none": p.none, "full": p.full,
                  "least": p.least, "levels": list(p.levels)} for p in rules.parts],
    }  # fmt: skip


def unit_name(key: str) -> str:
    """What the value of a part is counted in: a share, a change, or an index."""
    if key in INDICATORS:
        return "share"
    return "change" if key in CHANGES else "index"


_CHANGE_NAMES = {"civil_filings_change": ("民商事立案增减", "Change of civil filings"), "accepted_change": ("受理量增减", "Change of matters accepted")}


def part_name(key: str) -> tuple[str, str]:
    """Name of a part in Chinese and English; an index is called by its own name."""
    if key in INDICATORS:
        return INDICATORS[key].zh, INDICATORS[key].en
    name = key.partition(":")[2]
    return _CHANGE_NAMES.get(key, (name, name))


def period_name(period: Period) -> tuple[str, str]:
    """2026年第三季度; third quarter 2026."""
    y, q = period.start.year, (period.start.month + 2) // 3
    if period.kind == "year":
        return f"{y}年", str(y)
    if period.kind == "quarter":
        return f"{y}年第{'一二三四'[q - 1]}季度", f"Q{q} {y}"
    return f"{y}年{period.start.month}月", f"{period.start:%b} {y}"
