"""Text → value: numbers with their units, coordinates; each function is made once for a rule and gives a value or a Bad."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from connectors import chinese
from connectors.dates import date_parser as date_parser
from connectors.dates import epoch_parser as epoch_parser


class Bad(NamedTuple):
    """A value that could not be made: a code of reasons.REASONS, what is wrong, and the text it is about.

    The text stays apart from the words, so that persons can be masked in it before it is shortened and shown.
    """

    reason: str
    words: str
    text: str | None = None


class Unseen(NamedTuple):
    """A value that a table with an alarm does not know: what is taken instead, and the text."""

    value: Any
    text: str


UNITS: dict[str, float] = {
    "元": 1, "圆": 1, "万元": 1e4, "万": 1e4, "亿元": 1e8, "亿": 1e8, "人": 1, "名": 1, "户": 1, "件": 1, "人次": 1, "个": 1, "位": 1,
}  # fmt: skip
MOST_TEXT = 80  # no number is longer; what is, is not read as one
_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_MOST = {int: Decimal(10**9), float: Decimal(10**13)}  # above these a number is a mistake, and does not fit a column
# A comma parts thousands or nothing: 1,2 is no twelve.
_NUMBER = re.compile(r"(\+?(?:[0-9]{1,3}(?:[, \u00a0][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\+?\.[0-9]+)\s*(\D*)")
_SPELT = re.compile(f"([{chinese.NUMERAL}]+)\\s*(\\D*)")
_NEGATIVE = re.compile(r"[-−负負]\s*[0-9.].*|\(\s*[0-9.][^()]*\).*")
_RANGE = re.compile(r"([^-~—–至到]+?)\s*(?:[-~—–]{1,2}|至|到)\s*([^-~—–至到]+)")
_A_RANGE = "is a range; say with number.range which end counts"
_NARROW = str.maketrans({
    **{chr(0xFF10 + i): str(i) for i in range(10)}, "．": ".", "，": ",", "￥": None, "¥": None, "（": "(", "）": ")", "～": "~", "－": "-",
})  # fmt: skip


def shown(text: str, limit: int = 40) -> str:
    """A value as it is quoted in a message: short, on one line."""
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= limit else flat[:limit] + "…")


def number_parser(kind: type, units: Mapping[str, float], times: float, take: str | None = None) -> Callable[[str], Any]:
    """Text such as 38000.00, 1,200, 3人, 两万元 or 12.5万元 → int or float, or a Bad; units that are not listed are an error.

    `take` says what a range (3-5人) comes to: first, last, min, max; without it a range is an error.
    """
    known = {**UNITS, **units}
    factor = Decimal(str(times))

    def parse(text: str) -> Any:
        plain = text[:MOST_TEXT].translate(_NARROW).strip().removeprefix("人民币")
        value = _quantity(plain, known) if take is None else _ranged(plain, known, take)
        if isinstance(value, str):
            return Bad("bad_number", value, text)
        value *= factor
        if not 0 <= value <= _MOST[kind]:
            return Bad("bad_number", "is out of range", text)
        if kind is int and value != value.to_integral_value():
            return Bad("bad_number", "is not a whole number", text)
        return kind(value)

    return parse


def _quantity(text: str, units: Mapping[str, float]) -> Decimal | str:
    """A number times its unit, or what is wrong with it."""
    if match := _NUMBER.fullmatch(text):
        amount = Decimal(re.sub("[, \u00a0]", "", match[1]))
    elif (match := _SPELT.fullmatch(text)) and (spelt := chinese.number(match[1])) is not None:
        amount = Decimal(spelt)
    elif _NEGATIVE.fullmatch(text):
        return "is negative"
    elif _RANGE.fullmatch(text):
        return _A_RANGE
    else:
        return "is not a number"
    worth = _worth(match[2].strip(), units)
    if worth is None:
        return _A_RANGE if _RANGE.fullmatch(text) else "has a unit that is not known; add it to number.units"
    return amount * worth


def _worth(unit: str, units: Mapping[str, float]) -> Decimal | None:
    """What a unit multiplies by; 百万元 is 百 times 万元."""
    unit = unit if unit in units else unit.removesuffix("整").removesuffix("正")
    if not unit:
        return Decimal(1)
    if unit in units:
        return Decimal(str(units[unit]))
    rest = _worth(unit[1:], units) if unit[0] in _SCALES else None
    return None if rest is None else _SCALES[unit[0]] * rest


def _ranged(text: str, units: Mapping[str, float], take: str) -> Decimal | str:
    """One end of a range, whose unit may stand behind its second end only; a plain number is both its ends."""
    match = None if _NUMBER.fullmatch(text) else _RANGE.fullmatch(text)
    if match is None:
        return _quantity(text, units)
    bare = re.fullmatch(rf"[0-9., ]+|[{chinese.NUMERAL}]*[{chinese.DIGITS}]", match[1]) is not None
    first, last = _quantity(match[1] + (_unit_of(match[2]) if bare else ""), units), _quantity(match[2], units)
    if isinstance(first, str) or isinstance(last, str):
        return "is not a range of two numbers"
    return {"first": first, "last": last, "min": min(first, last), "max": max(first, last)}[take]


def _unit_of(text: str) -> str:
    """The 万元 of 5万元, which the first end of its range leaves out."""
    found = re.fullmatch(rf"[0-9., {chinese.NUMERAL}]*?([十百千万亿]*[^0-9., {chinese.NUMERAL}]*)", text)
    return found[1] if found else ""


_DECIMAL = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]*)?")
_POINT = re.compile(r"(?:SRID=[0-9]+;)?\s*POINT\s*(?:Z|M|ZM)?\s*\(\s*([+-]?[0-9.]+)[\s,]+([+-]?[0-9.]+)(?:\s+[+-]?[0-9.]+){0,2}\s*\)", re.IGNORECASE)
_DEGREES = re.compile(
    r"(?P<before>[EWNSewns]|[东西南北][经经纬]?)?\s*(?P<d>[0-9]{1,3}(?:\.[0-9]+)?)\s*[°º度:]\s*"
    r"(?:(?P<m>[0-9]{1,2}(?:\.[0-9]+)?)\s*['′’分:]?\s*(?:(?P<s>[0-9]{1,2}(?:\.[0-9]+)?)\s*(?:[\"″”秒]|''|′′)?)?)?"
    r"\s*(?P<after>[EWNSewns])?"
)
_SIDES = {"东": "E", "西": "W", "南": "S", "北": "N"}


def coordinate_parser(axis: str) -> Callable[[str], Any]:
    """Degrees as 114.9, 114°54′30″E or POINT(114.9 28.2) → float, or a Bad; `axis` is lon or lat."""
    limit, sides = (180, "EW") if axis == "lon" else (90, "NS")

    def parse(text: str) -> Any:
        if point := _POINT.fullmatch(text):
            text = point[1 if axis == "lon" else 2]
        value: float | None = None
        if _DECIMAL.fullmatch(text):
            value = float(text)
        elif match := _DEGREES.fullmatch(text.translate(_NARROW)):
            side = _SIDES.get((match["before"] or "")[:1], match["before"] or match["after"] or sides[0]).upper()
            if side not in sides:
                return Bad("bad_coordinates", "is of the other axis; are longitude and latitude swapped?", text)
            value = _degrees(match, side)
        if value is None:
            return Bad("bad_coordinates", "is not a coordinate in degrees", text)
        if abs(value) > limit:
            hint = "; are longitude and latitude swapped?" if axis == "lat" and abs(value) <= 180 else ""
            return Bad("bad_coordinates", f"is beyond ±{limit}°{hint}", text)
        return value

    return parse


def _degrees(match: re.Match[str], side: str) -> float | None:
    minutes, seconds = float(match["m"] or 0), float(match["s"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    value = float(match["d"]) + minutes / 60 + seconds / 3_600
    return round(-value if side in "WS" else value, 8)


def looks_swapped(lon: float, lat: float) -> bool:
    """Whether a pair lies in China only the other way round."""
    return 3 <= lon <= 54 and 73 <= lat <= 136
