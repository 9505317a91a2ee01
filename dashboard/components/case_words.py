"""How the parts of a matter are written: days, clocks, places, names of codes. Text only, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dashboard import asof
from dashboard.components import fmt
from dashboard.components.fmt import day, moment, weekday
from dashboard.i18n import lang, name, t
from matters.categories import CATEGORIES, SUBCATEGORIES
from matters.model import Agency
from matters.moments import written
from matters.vocabulary import OUTCOMES, STAGES, Word
from services.shapes import AreaInfo, MatterLine, RecordLine

__all__ = ["day", "moment", "name", "weekday"]  # said by fmt and i18n, and by every list of matters
SOON = 3  # days: a limit nearer than this is written in amber
DASH = fmt.NONE


def at(path: str) -> str:
    """Address of another page that keeps the language of this one, and the moment it looks back to."""
    moment = asof.current()
    kept = [f"as_of={written(moment)}"] if moment is not None else []
    kept += ["lang=en"] if lang() == "en" else []
    return f"{path}?{'&'.join(kept)}" if kept else path


def word(table: Mapping[str, Word], code: str) -> str:
    """The name of a code; a code the table does not know is shown as it is, '' as a dash."""
    return name(table[code]) if code in table else code or DASH


def stage(code: str) -> str:
    """Name of a stage."""
    return word(STAGES, code)


def category(code: str) -> str:
    """Name of a category or sub-category."""
    found = CATEGORIES.get(code) or SUBCATEGORIES.get(code)
    return name(found) if found else code or DASH


def agency(agencies: Mapping[str, Agency], code: str) -> str:
    """Full name of an agency."""
    return name(agencies[code]) if code in agencies else code or DASH


def count(value: int | float | None) -> str:
    """A number with its thousands grouped, a real minus, a dash for none."""
    return fmt.num(value, 0 if value is None or float(value).is_integer() else 1)


def near_day(value: date | None, today: date) -> str:
    """10-08 in the year of today, else with its year."""
    return DASH if value is None else day(value) if value.year == today.year else value.isoformat()


def month(value: date) -> str:
    """Name of a month for an axis: its year at January."""
    if value.month == 1:
        return str(value.year)
    return value.strftime("%b") if lang() == "en" else t("{m} 月", m=value.month)


def yuan(value: float) -> str:
    """An amount of money: in units of ten thousand from there on."""
    if lang() == "en":
        return f"¥{value:,.0f}"
    return t("{x} 万元", x=f"{value / 10_000:,.1f}") if value >= 10_000 else t("{x} 元", x=f"{value:,.0f}")


def clock(line: MatterLine) -> tuple[str, str]:
    """The limit of a matter in words, and its tone: act, wait or ''."""
    if not line.is_open:
        return t("已办结"), "m"
    if line.days_left is None:
        return DASH, "m"
    if line.days_left < 0:
        return t("超 {n} 天", n=count(-line.days_left)), "act"
    if line.days_left == 0:
        return t("今天到期"), "wait"
    return t("剩 {n} 天", n=line.days_left), "wait" if line.days_left <= SOON else ""


def place(line: MatterLine) -> str:
    """Where a matter is, as exactly as is known."""
    parts = [p for p in (line.county, line.town, line.village) if p]
    return " ".join(parts) if parts else t("未定位")


def short_place(line: MatterLine, level: str) -> str:
    """The part of the place that the reader's area does not say already; `level` is the level of the list's area."""
    if level == "township":
        return line.village or line.town or t("只到县")
    if not line.county:
        return t("未定位")
    if level == "county":
        return " ".join(p for p in (line.town, line.village) if p) or t("只到县")
    return " ".join(p for p in (line.county, line.town) if p)


def ending(record: RecordLine) -> str:
    """How a record ended."""
    return ending_of(record.outcome)


def name_of(area: AreaInfo) -> str:
    """Name of an area in the reader's language."""
    return area.en if lang() == "en" and area.en else area.name


def ending_of(outcome: str | None) -> str:
    """How a matter ended."""
    return word(OUTCOMES, outcome) if outcome else t("办结")
