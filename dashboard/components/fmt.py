"""How numbers, days and changes are written: thousands with commas, − for minus, — for nothing, a space before Chinese."""

from __future__ import annotations

from datetime import date, datetime

from dashboard.i18n import N_, lang, t
from matters.indicators import INDICATORS
from matters.periods import Window
from services.shapes import Change

MINUS, DASH, NONE = "−", "–", "—"
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


def num(value: float | None, digits: int = 0) -> str:
    """A count or measure: 42,306; −3; — for None."""
    return NONE if value is None else f"{value:,.{digits}f}".replace("-", MINUS)


def share(value: float | None, digits: int = 1) -> str:
    """A share in 0…1 as a percentage without its sign: 97.0; — for None."""
    return NONE if value is None else num(value * 100, digits)


def value(key: str, raw: float | None) -> str:
    """The value of an indicator, as its unit wants it."""
    indicator = INDICATORS.get(key)
    if indicator is not None and indicator.unit == "%":
        return share(raw)
    return num(raw, 1) if key == "per_10k" else num(raw)


def signed(raw: float, digits: int) -> str:
    """A number with its sign: +1.7, −13.58, 0.00."""
    text = f"{raw:+,.{digits}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text.replace("-", MINUS)


def change(c: Change, digits: int = 2) -> str:
    """A comparison in words and figures; '' where there is none or it is withheld."""
    if c.kind == "percent" and c.value is not None:
        return f"{signed(c.value * 100, digits)}%"
    if c.kind == "points" and c.value is not None:
        return t("{x} 点", x=signed(c.value * 100, 1))
    if c.kind == "counts":
        return f"{num(c.before)} → {num(c.now)}"
    return ""


def day(d: date | None, year: bool = False) -> str:
    """10-08, or 2026-10-08 where the year matters."""
    return NONE if d is None else d.isoformat() if year else d.strftime("%m-%d")


def moment(at: datetime | None) -> str:
    """10-08 08:40."""
    return NONE if at is None else at.strftime("%m-%d %H:%M")


def weekday(d: date) -> str:
    """周四."""
    return t(WEEKDAYS[d.weekday()])


def window(w: Window | None) -> str:
    """2026-01-01 至 09-30."""
    if w is None:
        return t("不限时段")
    return t("{a} 至 {b}", a=w.start.isoformat(), b=day(w.end, year=w.end.year != w.start.year))


def ago(d: date | None, today: date) -> str:
    """今天, 昨天 or the day."""
    if d is None:
        return NONE
    return {0: t("今天"), 1: t("昨天")}.get((today - d).days, day(d, year=d.year != today.year))


def spaced(word: str) -> str:
    """A word with the space that stands between a Latin letter or digit at its end and the Chinese that follows."""
    return f"{word} " if lang() == "zh" and word[-1:].isascii() and word[-1:].isalnum() else word


def people(n: int | None) -> str:
    """Residents of an area."""
    return t("{n} 人", n=num(n))


def join(parts: list[str]) -> str:
    """A list in running text."""
    return ("、" if lang() == "zh" else ", ").join(parts)
