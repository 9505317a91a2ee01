"""How a column writes its days: the fewest forms of the mapping language that read nearly all of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from connectors.values import date_parser, epoch_parser

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_TIMES = ("", " %H:%M", " %H:%M:%S")
_PLAIN = (
    *(d + t for d in _DAYS for t in _TIMES), "%Y年%m月%d日%H时%M分", "%Y年%m月%d日%H:%M", "%Y年%m月%d日 %H时%M分", "iso", "%Y-%m-%d %H:%M:%S.%f",
    "%Y%m%d %H:%M:%S", "%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d.%m.%Y", "%d-%m-%Y", "%d %b %Y",
    "%b %d, %Y", "%Y年%m月",
)  # fmt: skip
# Read only under a name that speaks of a day: figures alone could be anything.
_FIGURES = ("%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d")
WORDS = ("chinese", "roc", "excel")  # of the mapping language, where it has them
_FIRST, _LAST = datetime(1990, 1, 1), datetime(2040, 1, 1)
_DISTINCT = 3_000
_ENOUGH, _NAMED_ENOUGH = 0.85, 0.6


class Dated(NamedTuple):
    """The forms of a column: `rule` as a rule has it, the share of filled cells they read, first and last day, whether times are in it."""

    rule: dict[str, object]
    share: float
    first: datetime
    last: datetime
    timed: bool
    figures: bool

    @property
    def forms(self) -> str:
        """The forms in words."""
        shown = self.rule.get("date", self.rule.get("epoch"))
        return (
            " or ".join(shown) if isinstance(shown, list) else f"epoch {shown}" if "epoch" in self.rule else str(shown)
        )


Parser = Callable[[str], datetime | None]


@cache
def _parsers() -> dict[str, Parser]:
    """Every form that this version of the language reads."""
    found: dict[str, Parser] = {}
    for form in (*_PLAIN, *_FIGURES, *WORDS):
        parser = date_parser([form])
        if form not in WORDS or _understood(parser, form):
            found[form] = parser
    return found | {"epoch ms": epoch_parser("ms"), "epoch s": epoch_parser("s")}


def _understood(parser: Parser, word: str) -> bool:
    """Whether a date word is one: to a version that has it not it is a format that fits nothing."""
    try:
        return parser({"chinese": "2026年1月5日", "roc": "1150105", "excel": "46027"}[word]) is not None
    except (ValueError, OverflowError, TypeError):
        return False


def read_day(form: str, text: str) -> datetime | None:
    """A text by one form, if that gives a day that a record could have."""
    if form == "iso" and text.isdigit():
        return None  # figures alone have a plainer form
    try:
        found = _parsers()[form](text)
    except (ValueError, OverflowError, KeyError):
        return None
    return found if found is not None and _FIRST <= found < _LAST else None


def dated(texts: Sequence[str], named: bool) -> Dated | None:
    """The forms of a column's filled cells; None when it holds no days. `named`: its name speaks of a day."""
    often = Counter(texts)
    values = [v for v, _ in often.most_common(_DISTINCT)]
    if not values or sum(
        1 for v in values if re.search(r"\d|[〇零一二三四五六七八九]", v) and len(v) <= 40
    ) < _NAMED_ENOUGH * len(values):
        return None
    # Two forms that read the same cells are tried in this order: the plainer one first, months before days.
    forms = [f for f in _parsers() if f in _PLAIN or named]
    read = {f: {v: day for v in values if (day := read_day(f, v)) is not None} for f in forms if _may(f, values)}
    chosen, days = _chosen(read)
    share = sum(often[v] for v in days) / sum(often[v] for v in values)
    if not chosen or share < (_NAMED_ENOUGH if named else _ENOUGH):
        return None
    timed = any(d.time() != datetime.min.time() for d in days.values())
    rule: dict[str, object] = {"date": chosen[0] if len(chosen) == 1 else chosen}
    if chosen[0].startswith("epoch"):
        rule = {"epoch": chosen[0].split()[1]}
    return Dated(rule, share, min(days.values()), max(days.values()), timed, chosen[0] not in _PLAIN)


def _may(form: str, values: Sequence[str]) -> bool:
    """Whether a form of bare figures is worth trying: its figures have one length."""
    lengths = {
        "epoch ms": (12, 13),
        "epoch s": (9, 10),
        "excel": (5, 20),
        "roc": (5, 20),
        "%Y%m%d": (8, 8),
        "%Y%m%d%H%M": (12, 12),
    }
    low, high = lengths.get(form, (0, 40))
    return sum(low <= len(v) <= high for v in values) >= 0.3 * len(values)


def _chosen(read: dict[str, dict[str, datetime]]) -> tuple[list[str], dict[str, datetime]]:
    """At most three forms, the one that reads most first, as long as each reads more than a stray cell."""
    chosen: list[str] = []
    days: dict[str, datetime] = {}
    while len(chosen) < 3:
        # A word reads many forms at once: it comes in only for what the plain forms cannot read.
        gains = {
            f: len(r.keys() - days.keys()) * (0.2 if f in WORDS else 1) for f, r in read.items() if f not in chosen
        }
        form = max(gains, key=lambda f: gains[f], default="")
        if (
            not form
            or not gains[form]
            or (chosen and chosen[0].startswith("epoch"))
            or (chosen and form.startswith("epoch"))
        ):
            break
        chosen.append(form)
        days = {**read[form], **days}
    return chosen, days
