"""The effect of a listing in sentences that hold: what came, what would have come anyway, how sure it is, whether it moved next door."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.components import fmt, listing_words
from dashboard.i18n import t
from services.shapes import Effect

CHANCE = 0.10  # a fall that as many unlisted places show is no proof (analysis/remedy.py: RARE)


def sentence(effect: Effect) -> list[Any]:
    """The first sentence: before, after, what was to be expected, the change, and whether it can be told."""
    after = el.B(fmt.num(effect.after, 1), data_figure="after", data_value=str(effect.after))
    begin = [t("挂牌后月均 "), after, t(" 件，此前 "), fmt.num(effect.before, 1), t(" 件")]
    change = listing_words.relative(effect)
    if effect.verdict == "early":
        return [t("刚挂牌，还没有满一个月的数字。")]
    if effect.verdict == "few" or change is None or effect.low is None:
        counts = t("前 {a} 件，后 {b} 件", a=fmt.num(effect.before_count), b=fmt.num(effect.after_count))
        return [*begin, t("（{counts}）。件数太少，只列件数，不下结论。", counts=counts)]
    due = t("。照未挂牌的同类推算，不整治本应约 {x} 件：", x=fmt.num(effect.expected or 0, 1))
    word = t("少 {x}%", x=fmt.num(-change * 100)) if change < 0 else t("多 {x}%", x=fmt.num(change * 100))
    span = t("（95% 区间 {a} 至 {b}）", a=listing_words.percent(effect.low), b=listing_words.percent(effect.high))
    close = {"fell": t("，确实在降。"), "rose": t("，确实在升。")}
    return [*begin, due, el.B(word), span, close.get(effect.verdict, t("，看不出升降。"))]


def grounds(effect: Effect) -> list[el.Node]:
    """What the sentence rests on, a line each: comparison, the trap of before and after, chance, the neighbours, what could be seen."""
    if effect.verdict == "early" or not effect.compared or effect.expected is None:
        return []
    with_what = {
        "places": t("与 {n} 个水平、走势相近而未挂牌的乡镇比", n=effect.compared),
        "trades": t("与其他 {n} 个类别比（全市挂牌，没有未挂牌的地方可比）", n=effect.compared),
    }
    return [_line(name, value) for name, value in (
        (t("和谁比"), with_what.get(effect.basis, "")), (t("只比前后"), _trap(effect)), (t("碰巧"), _chance(effect)), (t("邻近"), _moved(effect)),
        (t("看得出多大"), _smallest(effect)),
    ) if value]  # fmt: skip


def _line(name: str, value: str) -> el.Node:
    return el.Li([el.B(name), el.Span(value)])


def _trap(effect: Effect) -> str:
    """The plain comparison, and how much of it would have come anyway."""
    if effect.naive is None or effect.ratio is None or effect.verdict == "few":
        return ""
    plain = listing_words.percent(effect.naive)
    if effect.naive < effect.ratio - 0.05:
        return t("会说 {x}；其中一部分是高峰后自己的回落，不算整治的功劳", x=plain)
    return t("会说 {x}", x=plain)


def _chance(effect: Effect) -> str:
    parts = []
    if effect.placebo_areas is not None:
        parts.append(t("未挂牌的地方里同期降得一样多的占 {x}%", x=fmt.num(effect.placebo_areas * 100)))
    if effect.placebo_dates is not None:
        parts.append(t("换成从前的日子，一样多的占 {x}%", x=fmt.num(effect.placebo_dates * 100)))
    return t("；").join(parts)


def _moved(effect: Effect) -> str:
    if effect.displaced is None:
        return ""
    value, low, high = effect.displaced
    span = t("{x}（{a} 至 {b}）", x=listing_words.percent(value), a=listing_words.percent(low), b=listing_words.percent(high))
    if low > 0:
        return t("相邻 {n} 个乡镇多了 {span}：可能转移过去了", n=effect.neighbours, span=span)
    return t("相邻 {n} 个乡镇 {span}：没有看出转移过去", n=effect.neighbours, span=span)


def _smallest(effect: Effect) -> str:
    if effect.smallest is None:
        return t("件数太少，降多少都看不出来")
    return t("件数只够看出 {x}% 以上的下降", x=fmt.num(effect.smallest * 100))
