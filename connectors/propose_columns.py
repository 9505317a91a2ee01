"""What a column's cells look like: filled, distinct, numbers, days, persons, places. Facts only; what they mean is propose.py's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from connectors.columns import text_of
from connectors.propose_dates import Dated, dated
from connectors.propose_json import flat
from connectors.propose_words import DATE_LIKE, DATES, Head, called

_INTEGER = re.compile(r"\d{1,9}\s*[人名户件]?次?")
_AMOUNT = re.compile(r"[￥¥]?[+-]?[\d,]{1,18}(\.\d+)?\s*(元|万元|亿元|万)?")
_DEGREES = re.compile(r"-?\d{1,3}\.\d{3,}")
# The seventh figure begins the day of birth: a key of 18 figures mostly has none there.
_ID = re.compile(
    r"\d{6}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]|\d{8}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}"
)
_PHONE = re.compile(r"(\+?86-?)?1\d{10}|0\d{2,3}-\d{7,8}")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_MASKED_NAME = re.compile(r"[\u4e00-\u9fff]{1,2}\s?[*＊某ｘxX]{1,3}")
_TIME = re.compile(r"\d{1,2}[:：]\d{2}([:：]\d{2})?")
_COUNTY = re.compile(r"[\u4e00-\u9fff]{1,8}(?:(?<!辖)区|[县市旗])")
_TOWN = re.compile(r"(?!.*[县市].)[\u4e00-\u9fff]{1,10}(镇|乡|街道|街道办|街道办事处|开发区|林场|农场)")
_VILLAGE = re.compile(r"(?!.*(?:县|市|镇|乡|街道).)[\u4e00-\u9fff]{1,12}(村|社区|居委会|村委会|居)")
_PLACE = re.compile(r"[县区市镇乡村路街道号巷组]")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱"
    "江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤聂漆晏甘涂易敖"
)


class Column:
    """One column of the sample: its name, its cells as text, and what they look like."""

    def __init__(self, name: str, cells: Sequence[Any], position: int) -> None:
        self.name, self.position, self.total = name, position, len(cells)
        self.lists = [c for c in cells if isinstance(c, list)]
        self.cells = [text_of(c).strip() for c in cells]
        self.texts = [t for t in self.cells if t]
        self.often = Counter(self.texts)
        self.distinct = list(self.often)

    def head(self, head: Head) -> float:
        """How well the name fits (propose_words.called)."""
        return called(head, self.name)

    @cached_property
    def filled(self) -> float:
        """Share of rows with something in the cell."""
        return (len(self.texts) + len(self.lists)) / self.total if self.total else 0.0

    @cached_property
    def unique(self) -> float:
        """Distinct cells per filled cell."""
        return len(self.distinct) / len(self.texts) if self.texts else 0.0

    @cached_property
    def length(self) -> float:
        """Mean length of the filled cells."""
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def few(self) -> bool:
        """Whether it takes its values from a short list."""
        return (
            bool(self.distinct) and len(self.distinct) <= max(12, min(60, 0.2 * len(self.texts))) and self.length <= 24
        )

    @cached_property
    def speaks_of_a_day(self) -> bool:
        """Whether its name is one of a day or time."""
        return self.head(DATE_LIKE) > 0 or any(self.head(h) >= 0.8 for h in DATES.values())

    @cached_property
    def dated(self) -> Dated | None:
        """Its days, when it holds days."""
        return dated(self.texts, self.speaks_of_a_day) if self.texts else None

    def share(self, test: Callable[[str], Any]) -> float:
        """Share of the filled cells that pass a test, over the 500 most frequent values."""
        some = self.often.most_common(500)
        return sum(n for t, n in some if test(t)) / sum(n for _, n in some) if some else 0.0

    @cached_property
    def counts(self) -> float:
        """Share of small whole numbers."""
        return self.share(lambda t: _INTEGER.fullmatch(t) and int(re.sub(r"\D", "", t)) < 100_000)

    @cached_property
    def amounts(self) -> float:
        """Share of numbers, with or without a unit of money."""
        return self.share(_AMOUNT.fullmatch)

    @cached_property
    def degrees(self) -> float:
        """Share of decimal degrees; a 0 stands for none."""
        real = self.share(_DEGREES.fullmatch)
        return real + self.share(("0", "0.0", "0.000000").__contains__) if real > 0.3 else 0.0

    @cached_property
    def span(self) -> tuple[float, float]:
        """Least and greatest of its decimal degrees."""
        found = [float(t) for t in self.distinct[:2_000] if _DEGREES.fullmatch(t)]
        return (min(found), max(found)) if found else (0.0, 0.0)

    @cached_property
    def ids(self) -> float:
        """Share of identity numbers."""
        return self.share(_ID.fullmatch)

    @cached_property
    def phones(self) -> float:
        """Share of phone numbers."""
        return self.share(_PHONE.fullmatch)

    @cached_property
    def names(self) -> float:
        """Share of what could be persons' names."""
        return self.share(lambda t: _NAME.fullmatch(t) or _MASKED_NAME.fullmatch(t))

    @cached_property
    def surnames(self) -> float:
        """Share of what begins with a common surname and could be a name."""
        return self.share(lambda t: (_NAME.fullmatch(t) or _MASKED_NAME.fullmatch(t)) and t[0] in _SURNAMES)

    @cached_property
    def times(self) -> float:
        """Share of times of day without a day."""
        return self.share(_TIME.fullmatch)

    @cached_property
    def counties(self) -> float:
        """Share of names made like a county's."""
        return self.share(_COUNTY.fullmatch)

    @cached_property
    def towns(self) -> float:
        """Share of names made like a township's."""
        return self.share(_TOWN.fullmatch)

    @cached_property
    def villages(self) -> float:
        """Share of names made like a village's."""
        return self.share(_VILLAGE.fullmatch)

    @cached_property
    def places(self) -> float:
        """Share of texts with the words of an address."""
        return self.share(_PLACE.search)


def columns_of(names: Sequence[str], rows: Sequence[dict[str, Any]]) -> list[Column]:
    """The columns of a sample in their order; those inside tables by their path."""
    if any(isinstance(v, dict) for row in rows[:200] for v in row.values()):
        rows = [flat(row) for row in rows]
    return [Column(name, [row.get(name) for row in rows], i) for i, name in enumerate(names)]
