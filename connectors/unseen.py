"""Values that a table does not know yet, counted for the steward, without naming anybody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from connectors.privacy import cleaned, hidden, mask_people
from connectors.values import shown

MOST_NEW = 20
_FIGURES = re.compile(r"[0-9A-Za-z]{7,}")
# The most frequent surnames: a slipped column is full of them, a value table's words seldom begin with one and are so short.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦"
    "邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤聂漆巢敖晏易涂占揭幸兰习喻甘欧阳"
)
_NAME = re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|(?:欧阳|上官|司马|诸葛|夏侯|司徒)[\u4e00-\u9fff]{{1,2}}")


class NewValue(NamedTuple):
    """A value that a table with new_value = "alarm" does not know: masked if it may name a person, with how often it came."""

    column: str
    value: str
    rows: int


class Unknown:
    """The unseen values of one batch."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def add(self, column: str, text: str, names: Sequence[str], private: bool) -> None:
        """Count a value of a row; `names` are the clear names of the row, `private` a column that holds persons."""
        self._counts.setdefault(column, Counter())[_safe(text, names, private)] += 1

    def told(self) -> list[NewValue]:
        """At most MOST_NEW a column, the most frequent first, then one "…" for the rest."""
        out = []
        for column, counts in self._counts.items():
            most = counts.most_common(MOST_NEW)
            out += [NewValue(column, value, rows) for value, rows in most]
            if rest := counts.total() - sum(rows for _, rows in most):
                out.append(NewValue(column, "…", rest))
        return out


def _safe(text: str, names: Sequence[str], private: bool) -> str:
    if private:
        return hidden(text)
    if _NAME.fullmatch(text):
        return mask_people(text)
    return shown(_FIGURES.sub(lambda m: hidden(m.group()), cleaned(text, names)))[1:-1]
