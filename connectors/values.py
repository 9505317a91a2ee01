"""Text → value: days and times, numbers; each function is made once for a rule and gives a value or a Bad."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from connectors.base import SHANGHAI


class Bad(NamedTuple):
    """A value that could not be made: a code of reasons.REASONS, what is wrong, and the text it is about.

    The text stays apart from the words, so that persons can be masked in it before it is shortened and shown.
    """

    reason: str
    words: str
    text: str | None = None


FIRST_DAY = datetime(1990, 1, 1)
DUE_AHEAD = timedelta(days=3660)
UNITS: dict[str, float] = {
    "元": 1, "万元": 1e4, "万": 1e4, "亿元": 1e8, "亿": 1e8, "人": 1, "名": 1, "户": 1, "件": 1, "人次": 1,
}  # fmt: skip
_MOST = {int: Decimal(10**9), float: Decimal(10**13)}  # above these a number is a mistake, and does not fit a column
_NUMBER = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?|[+-]?\.[0-9]+)\s*(\D*)")
_FIELDS = {"Y": "[0-9]{4}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}", "H": "[0-9]{1,2}", "M": "[0-9]{1,2}", "S": "[0-9]{1,2}"}
_DIRECTIVE = re.compile(r"%(.)")


def shown(text: str, limit: int = 40) -> str:
    """A value as it is quoted in a message: short, on one line."""
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= limit else flat[:limit] + "…")


def date_parser(formats: Sequence[str]) -> Callable[[str], datetime | None]:
    """Text → naive Shanghai time by the first format that fits, else None.

    Formats are strptime's; months, days and hours may be unpadded. "iso" is ISO 8601 with or without an offset.
    """
    parsers = [_one_format(f) for f in formats]

    def parse(text: str) -> datetime | None:
        for parser in parsers:
            try:
                found = parser(text)
            except ValueError:
                continue
            if found is not None:
                return found
        return None

    return parse


def _one_format(fmt: str) -> Callable[[str], datetime | None]:
    """A parser for one format: by a regular expression where only figures are asked for (4 × faster), else strptime."""
    if fmt == "iso":
        return lambda text: _local(datetime.fromisoformat(text))
    names = _DIRECTIVE.findall(fmt)
    if not set(names) <= set(_FIELDS) or len(set(names)) != len(names) or not {"Y", "m", "d"} <= set(names):
        return lambda text: _local(datetime.strptime(text, fmt))
    pattern = re.compile(_figures(fmt))
    order = [names.index(f) for f in "YmdHMS" if f in names]
    if order == list(range(len(names))) and names == list("YmdHMS")[: len(names)]:

        def in_order(text: str) -> datetime | None:
            match = pattern.fullmatch(text)
            return datetime(*map(int, match.groups())) if match else None  # type: ignore[arg-type]

        return in_order
    words = {"Y": "year", "m": "month", "d": "day", "H": "hour", "M": "minute", "S": "second"}

    def by_name(text: str) -> datetime | None:
        match = pattern.fullmatch(text)
        return datetime(**{words[n]: int(g) for n, g in zip(names, match.groups(), strict=True)}) if match else None  # type: ignore[arg-type]

    return by_name


def _figures(fmt: str) -> str:
    """The regular expression of a format; figures that touch have their full width, so that 2026111 is not guessed at."""
    pattern, position = "", 0
    touching = {m.start() for m in re.finditer(r"%.(?=%)|(?<=%.)%.", fmt)}
    for match in _DIRECTIVE.finditer(fmt):
        literal = fmt[position : match.start()]
        width = _FIELDS[match.group(1)]
        pattern += re.escape(literal) + "(" + (width.replace("{1,2}", "{2}") if match.start() in touching else width) + ")"
        position = match.end()
    return pattern + re.escape(fmt[position:])


def epoch_parser(unit: str) -> Callable[[str], datetime | None]:
    """Seconds or milliseconds since 1970 (UTC) → naive Shanghai time."""
    per = 1000 if unit == "ms" else 1

    def parse(text: str) -> datetime | None:
        if not re.fullmatch(r"-?[0-9]{1,16}", text):
            return None
        try:
            return _local(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text) * 1000 // per))
        except OverflowError:
            return None

    return parse


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI).replace(tzinfo=None) if moment.tzinfo else moment


def number_parser(kind: type, units: dict[str, float], times: float) -> Callable[[str], Any]:
    """Text such as 38000.00, 1,200, 3人 or 12.5万元 → int or float, or a Bad; units that are not listed are an error."""
    known = {**UNITS, **units}
    factor = Decimal(str(times))

    def parse(text: str) -> Any:
        # Full-width figures and the currency sign occur in hand-kept tables; both are unambiguous.
        match = _NUMBER.fullmatch(text.translate(_NARROW).replace(",", "").strip())
        if match is None:
            return Bad("bad_number", "is not a number", text)
        unit = match.group(2).strip()
        if unit and unit not in known:
            return Bad("bad_number", "has a unit that is not known; add it to number.units", text)
        value = Decimal(match.group(1)) * factor * (Decimal(str(known[unit])) if unit else 1)
        if not 0 <= value <= _MOST[kind]:
            return Bad("bad_number", "is out of range", text)
        if kind is int and value != value.to_integral_value():
            return Bad("bad_number", "is not a whole number", text)
        return kind(value)

    return parse


_NARROW = str.maketrans({**{chr(0xFF10 + i): str(i) for i in range(10)}, "．": ".", "，": ",", "￥": None, "¥": None})


def coordinate_parser(limit: float) -> Callable[[str], Any]:
    """Decimal degrees within ± limit → float, or a Bad."""

    def parse(text: str) -> Any:
        if not re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]*)?", text):
            return Bad("bad_coordinates", "is not a coordinate in decimal degrees", text)
        value = float(text)
        return value if abs(value) <= limit else Bad("bad_coordinates", f"is beyond ±{limit:g}°", text)

    return parse


def moved(day: datetime, days: int, workdays: int, is_workday: Callable[[date], bool] | None) -> datetime:
    """A day later by calendar days, then by working days; without a calendar Monday to Friday are working days."""
    day += timedelta(days=days)
    while workdays:
        day += timedelta(days=1)
        workdays -= is_workday(day.date()) if is_workday else day.weekday() < 5
    return day
