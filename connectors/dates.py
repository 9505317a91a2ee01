"""Days and times as agencies write them → naive Shanghai time; each parser is made once for a rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connectors.base import SHANGHAI
from connectors.chinese import clock_hour, figures

Parser = Callable[[str], datetime | None]
NAMED = ("iso", "chinese", "roc", "excel", "excel1904")
MOST_TEXT = 80  # no date is longer
FIRST_DAY = datetime(1990, 1, 1)
DUE_AHEAD = timedelta(days=3660)
_WIDE = str.maketrans({**{chr(0xFF10 + i): str(i) for i in range(10)}, "：": ":", "／": "/", "－": "-", "．": ".", "　": " ", "，": ","})
_FIELDS = {"Y": "[0-9]{4}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}", "H": "[0-9]{1,2}", "M": "[0-9]{1,2}", "S": "[0-9]{1,2}"}
_DIRECTIVE = re.compile(r"%(.)")
_TIMED = re.compile("%[HIMSpXcf]")
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}


class How(NamedTuple):
    """What a text of a date leaves open.

    `zone` is where times without an offset are from; a text without a time names a day, which has no zone. `as_day`: only
    the day is wanted, so that 24:00 stays the day it ends. `century` is that of two-figure years, which are refused without.
    """

    zone: ZoneInfo = SHANGHAI
    as_day: bool = False
    century: int | None = None

    def local(self, moment: datetime, timed: bool = True) -> datetime:
        """The moment on Shanghai's clock."""
        if moment.tzinfo is None:
            if not timed or self.zone is SHANGHAI:
                return moment
            moment = moment.replace(tzinfo=self.zone)
        return moment.astimezone(SHANGHAI).replace(tzinfo=None)

    def moment(self, year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
        """A moment from its figures; 24:00 is the end of the day. ValueError for one that does not exist."""
        if hour == 24 and not minute and not second:
            return datetime(year, month, day) + timedelta(days=0 if self.as_day else 1)
        return datetime(year, month, day, hour, minute, second)

    def year(self, text: str) -> int | None:
        """A year of four figures, or of two when it is declared which century they are in."""
        if len(text) == 4:
            return int(text)
        return self.century + int(text) if len(text) == 2 and self.century is not None else None


def date_parser(formats: Sequence[str], how: How = How()) -> Parser:  # noqa: B008 (a constant)
    """Text → naive Shanghai time by the first format that fits, else None.

    Formats are strptime's (months, days and hours may be unpadded), or one of NAMED: ISO 8601 with or without an offset,
    2026年1月5日 下午3点, 民國115年1月5日 or 1150105, and the day numbers of spreadsheets from 1900 and from 1904.
    """
    parsers = [_one_format(f, how) for f in formats]

    def parse(text: str) -> datetime | None:
        if len(text) > MOST_TEXT:
            return None
        if not text.isascii():
            text = text.translate(_WIDE).strip()
        for parser in parsers:
            try:
                found = parser(text)
            except (ValueError, OverflowError):
                continue
            if found is not None:
                return found
        return None

    return parse


def _one_format(fmt: str, how: How) -> Parser:
    """A parser for one format: by a regular expression where only figures are asked for (4 × faster), else strptime."""
    if fmt in NAMED:
        named: dict[str, Callable[[str, How], datetime | None]] = {
            "iso": _iso, "chinese": _chinese, "roc": _roc, "excel": _excel, "excel1904": _excel1904,
        }  # fmt: skip
        made = named[fmt]
        return lambda text: made(text, how)
    names, timed = _DIRECTIVE.findall(fmt), _TIMED.search(fmt) is not None
    if not set(names) <= set(_FIELDS) or len(set(names)) != len(names) or not {"Y", "m", "d"} <= set(names):
        return lambda text: how.local(_in_century(datetime.strptime(text, fmt), fmt, how), timed)
    pattern = re.compile(_figures(fmt))
    words = {"Y": "year", "m": "month", "d": "day", "H": "hour", "M": "minute", "S": "second"}
    if names == list("YmdHMS")[: len(names)]:

        def in_order(text: str) -> datetime | None:
            match = pattern.fullmatch(text)
            return how.local(how.moment(*map(int, match.groups())), timed) if match else None

        return _quick(fmt, how, in_order) if fmt in _LIKE_ISO else in_order

    def by_name(text: str) -> datetime | None:
        match = pattern.fullmatch(text)
        if match is None:
            return None
        return how.local(how.moment(**{words[n]: int(g) for n, g in zip(names, match.groups(), strict=True)}), timed)

    return by_name


_LIKE_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


def _quick(fmt: str, how: How, slowly: Parser) -> Parser:
    """Padded texts of such a format by the interpreter's own parser (5 × faster); what it does not take, and all else, by the other."""
    marks, timed = [(i, c) for i, c in enumerate(datetime(2000, 10, 10, 10, 10, 10).strftime(fmt)) if not c.isdigit()], "%H" in fmt
    size, signs, taken = 2 * len(_DIRECTIVE.findall(fmt)) + 2 + len(marks), tuple(c for _, c in marks), itemgetter(*(i for i, _ in marks))

    def parse(text: str) -> datetime | None:
        # The signs first: the interpreter's parser takes other writings of the same length, such as weeks.
        if len(text) == size and taken(text) == signs:
            try:
                return how.local(datetime.fromisoformat(text), timed)
            except ValueError:
                pass
        return slowly(text)

    return parse


def _in_century(moment: datetime, fmt: str, how: How) -> datetime:
    """strptime puts 69 into 1969 and 68 into 2068: with %y the declared century decides."""
    if "%y" not in fmt or how.century is None:
        return moment
    return moment.replace(year=how.century + moment.year % 100)


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


_MIDNIGHT = re.compile(r"(.{8,10}[T ])24(:?00(?::?00(?:\.0+)?)?(?:Z|[+-].*)?)")


def _iso(text: str, how: How) -> datetime | None:
    ends = _MIDNIGHT.fullmatch(text)
    if ends is not None:
        text = ends.group(1) + "00" + ends.group(2)
    moment = datetime.fromisoformat(text)
    if ends is not None and not how.as_day:
        moment += timedelta(days=1)
    return how.local(moment, len(text) > 10)


_HAN = "0-9〇零○ＯO一二三四五六七八九十百廿卅"
_TIME = (
    rf"(?P<part>[^\d\W{_HAN}点時时]{{2}})?\s*(?P<h>[{_HAN}两]{{1,3}})\s*(?:[点點时時:])\s*"
    rf"(?:(?P<half>半|[一三]刻|整|钟)|(?P<m>[{_HAN}]{{1,3}})(?:[分:]|$)\s*(?:(?P<s>[{_HAN}]{{1,3}})秒?)?)?"
)
_WEEKDAY = r"\s*[（(]?(?:(?:星期|周|週|礼拜)[一二三四五六日天])?[）)]?[\s,]*"
_DAY = rf"(?P<y>[{_HAN}]{{1,5}})\s*[年/.-]\s*(?P<mo>[{_HAN}]{{1,2}})\s*[月/.-]\s*(?P<d>[{_HAN}]{{1,3}})(?:\s*[日号號])?"
_CHINESE = re.compile(_DAY + _WEEKDAY + f"(?:{_TIME})?")
_ROC = re.compile(r"(?:(?:中[華华])?民[國国])?\s*" + _DAY + _WEEKDAY + f"(?:{_TIME})?")
_ROC_TOUCHING = re.compile(r"(?P<y>[0-9]{2,3})(?P<mo>[0-9]{2})(?P<d>[0-9]{2})(?:\s*(?P<h>[0-9]{2}):?(?P<m>[0-9]{2})(?::?(?P<s>[0-9]{2}))?)?")


def _chinese(text: str, how: How) -> datetime | None:
    match = _CHINESE.fullmatch(text)
    if match is None:
        return None
    year = how.year(figures(match["y"], each=True))
    return None if year is None else _told(match, year, how)


def _roc(text: str, how: How) -> datetime | None:
    """A year counted from 1911, which has one to three figures: 2026-01-05 is none."""
    match = _ROC_TOUCHING.fullmatch(text) or _ROC.fullmatch(text)
    if match is None:
        return None
    year = figures(match["y"], each=len(match["y"]) == 3 and "十" not in match["y"] and "百" not in match["y"])
    return None if len(year) > 3 else _told(match, 1911 + int(year), how)


def _told(match: re.Match[str], year: int, how: How) -> datetime | None:
    """The moment of a matched date, with its time if it has one."""
    cells = match.groupdict()
    day = (year, int(figures(cells["mo"])), int(figures(cells["d"])))
    if not cells["h"]:
        return how.moment(*day)
    half = cells.get("half") or ""
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(half) if half else int(figures(cells["m"] or "0"))
    hour = clock_hour(cells.get("part") or "", int(figures(cells["h"])))
    if hour is None:
        return None
    if hour == 24 and minute:  # 晚上12点半 is half an hour into the next day
        return how.local(datetime(*day, 0, minute, int(figures(cells["s"] or "0"))) + timedelta(days=1))
    return how.local(how.moment(*day, hour, minute or 0, int(figures(cells["s"] or "0"))))


_LAST_SERIAL = 110_000  # the year 2201; beyond it 1150105 is no day number but a ROC date
_SERIAL = re.compile(r"[0-9]{1,7}(?:\.[0-9]+)?")


def _excel(text: str, how: How) -> datetime | None:
    """Days since 1900; the sheet's 29 February 1900 (60) never was, and the days before it count from one day later."""
    if not _SERIAL.fullmatch(text) or int(float(text)) == 60:
        return None
    return _serial(text, datetime(1899, 12, 30) if float(text) > 60 else datetime(1899, 12, 31), how)


def _excel1904(text: str, how: How) -> datetime | None:
    return _serial(text, datetime(1904, 1, 1), how) if _SERIAL.fullmatch(text) else None


def _serial(text: str, start: datetime, how: How) -> datetime | None:
    """Fractions of a day are rounded to the second, which is more than their last figure is worth."""
    seconds = round(Decimal(text) * 86_400)
    return how.local(start + timedelta(seconds=seconds), timed=seconds % 86_400 != 0) if seconds < _LAST_SERIAL * 86_400 else None


def epoch_parser(unit: str) -> Parser:
    """Seconds, milliseconds or microseconds since 1970 (UTC), whole or with a fraction → naive Shanghai time."""
    per = _PER_SECOND[unit]

    def parse(text: str) -> datetime | None:
        if not re.fullmatch(r"-?[0-9]{1,19}(?:\.[0-9]{1,9})?", text):
            return None
        try:
            microseconds = int(Decimal(text) * 1_000_000 / per)
            return How().local(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds))
        except (OverflowError, InvalidOperation):
            return None

    return parse


def moved(day: datetime, days: int, workdays: int, is_workday: Callable[[date], bool] | None) -> datetime:
    """A day later by calendar days, then by working days; without a calendar Monday to Friday are working days."""
    day += timedelta(days=days)
    while workdays:
        day += timedelta(days=1)
        workdays -= is_workday(day.date()) if is_workday else day.weekday() < 5
    return day
