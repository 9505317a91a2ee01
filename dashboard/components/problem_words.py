"""What is wrong with a quarantined row, as a steward reads it: the mapping says it in English, for logs and senders."""

from __future__ import annotations

import re

from connectors.reasons import REASONS
from dashboard.components import feed_words
from dashboard.components.masking import masked
from dashboard.i18n import N_, lang, t
from services.feed_shapes import QuarantineRow

# The words of connectors (values, rules, parts, splitting, mapping) by their sign, in this order; (…) is quoted, {x} in the text.
_WORDS = (
    (r"is not a date as (?P<x>.+)", N_("不是约定写法（{x}）的日期")),
    (r"is out of range: before 1990", N_("超出范围：早于 1990 年")),
    (r"is out of range: in the future", N_("超出范围：是将来的日子")),
    (r"is out of range", N_("超出范围")),
    (r"is not a whole number", N_("不是整数")),
    (r"is not a number", N_("不是数字")),
    (r"is negative", N_("是负数")),
    (r"is not a range of two numbers", N_("不是两个数之间的范围")),
    (r"is a range; say with number.range which end counts", N_("是一个范围：在 feed.toml 的 number.range 里说明取哪一头")),
    (r"has a unit that is not known; add it to number.units", N_("单位不认识：在 feed.toml 的 number.units 里加上")),
    (r"is of the other axis; are longitude and latitude swapped\?", N_("方位不对，经纬度可能写反了")),
    (r"is not a coordinate in degrees", N_("不是以度为单位的坐标")),
    (r"is beyond ±(?P<x>[0-9]+)°; are longitude and latitude swapped\?", N_("超出 ±{x}°，经纬度可能写反了")),
    (r"is beyond ±(?P<x>[0-9]+)°", N_("超出 ±{x}°")),
    (r"lies outside China: longitude and latitude are swapped", N_("不在中国：经纬度写反了")),
    (r"is not in the value table", N_("不在代码表里")),
    (r"is not a (?P<x>[a-z_]+); add a table", N_("不是 {x} 的代码：在 feed.toml 里加代码表")),
    (r"is too long for a number", N_("作为编号太长")),
    (r"is a key of more than (?P<x>[0-9]+) characters", N_("作为主键超过 {x} 个字符")),
    (r"is the key of another record of this row; add what tells them apart, such as \{__item__\}",
     N_("与这一行里另一条记录的主键相同：加上能区分它们的内容，如 __item__")),
    (r"(?P<x>.+): the key is empty", N_("主键 {x} 是空的")),
    (r"the source no longer sends (?P<x>.+), which its filter asks for", N_("来源不再给筛选要用的列 {x}")),
    (r"the source no longer sends (?P<x>.+)", N_("来源不再给列 {x}")),
    (r"is not a list", N_("不是列表")),
    (r"(?P<x>.+) is empty", N_("{x} 是空的")),
)  # fmt: skip
_SAID = tuple((re.compile(rf"(?:(?P<value>'.*'|\".*\") )?{sign}", re.DOTALL), words) for sign, words in _WORDS)


def problem(row: QuarantineRow) -> str:
    """What is wrong, with the column and the value where they may be shown; on an English screen as the mapping says it."""
    english = lang() == "en"
    if row.reason in REASONS and row.message == REASONS[row.reason].zh:
        return feed_words.reason(row.reason)  # a row that could not be split into cells says nothing more
    return row.message if english else _chinese(row)


def _chinese(row: QuarantineRow) -> str:
    for sign, words in _SAID:
        if found := sign.fullmatch(row.message):
            what = t(words, x=found["x"]) if "x" in sign.groupindex else t(words)
            return _placed(row.column, found["value"], what)
    return _placed(row.column, None, feed_words.reason(row.reason))


def _placed(column: str, value: str | None, what: str) -> str:
    if value is not None and column:
        return t("{column}“{value}”{what}", column=column, value=masked(value[1:-1]), what=what)
    if value is not None:
        return t("“{value}”{what}", value=masked(value[1:-1]), what=what)
    return t("{column}：{what}", column=column, what=what) if column and column not in what else what
