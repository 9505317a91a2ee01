"""Every indicator once: what it counts, how it is written, and its formula in words. DOMAIN.md §5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Additive measures kept in the rollups: of the matters accepted on a day (civil_filings: filed on that day). past_limit
# turns with the calendar: the store notes the day it holds for (store/rollups.py: turn_day).
MEASURES: tuple[str, ...] = (
    "accepted", "records", "closed", "resolved", "on_time", "rated", "satisfied", "escalated", "litigated",
    "pre_success", "pre_failure", "civil_filings", "open", "past_limit",
)  # fmt: skip

SMALL = 20  # a percent change on fewer is shown as counts
SMALL_POPULATION = 5_000  # smaller units are not ranked


@dataclass(frozen=True, slots=True)
class Indicator:
    """A rate or count: `top` ÷ `bottom` (both lists of measures to add), or the count `top` when there is no bottom."""

    key: str
    zh: str
    en: str
    unit: str
    top: tuple[str, ...]
    bottom: tuple[str, ...] = ()
    formula_zh: str = ""
    formula_en: str = ""
    higher_is: str = "plain"  # good | bad | plain
    part: str = ""  # the list behind the number (filters.PARTS)
    bottom_part: str = ""


INDICATORS: dict[str, Indicator] = {
    i.key: i
    for i in (
        Indicator("accepted", "受理量", "Accepted", "件", ("accepted",), (),
                  "受理日在时段内的事项数", "matters whose acceptance falls in the window", "plain", "accepted"),
        Indicator("per_10k", "每万人受理", "Accepted per 10,000 people", "件/万人", ("accepted",), (),
                  "受理量 ÷ 常住人口（普查）× 10,000", "accepted ÷ resident population (census) × 10,000", "plain", "accepted"),
        Indicator("resolved_rate", "化解率", "Resolved rate", "%", ("resolved",), ("closed", "past_limit"),
                  "时段内受理且已办结或已过时限的事项中，化解的 ÷ 全部；期内在办两边都不计",
                  "of the matters accepted in the window that are closed or past their limit: resolved ÷ all of these",
                  "good", "resolved", "settled"),
        Indicator("on_time_rate", "按期办结率", "On-time rate", "%", ("on_time",), ("closed", "past_limit"),
                  "时限内办结 ÷（办结 + 超期在办）", "closed within the limit ÷ (closed + overdue open)", "good", "on_time", "settled"),
        Indicator("satisfaction", "满意率", "Satisfaction", "%", ("satisfied",), ("rated",),
                  "满意 ÷ 已评价", "satisfied ÷ rated", "good", "satisfied", "rated"),
        Indicator("response_rate", "评价率", "Response rate", "%", ("rated",), ("closed",),
                  "已评价 ÷ 已办结", "rated ÷ closed", "good", "rated", "closed"),
        Indicator("escalation_rate", "提级率", "Escalation rate", "%", ("escalated",), ("accepted",),
                  "提级调解 ÷ 受理", "escalated ÷ accepted", "bad", "escalated", "accepted"),
        Indicator("litigation_rate", "转诉率", "Litigation rate", "%", ("litigated",), ("accepted",),
                  "进入诉讼 ÷ 受理", "to court ÷ accepted", "bad", "litigated", "accepted"),
        Indicator("pre_success_rate", "诉前调解成功率", "Pre-litigation success", "%", ("pre_success",),
                  ("pre_success", "pre_failure"), "成功 ÷（成功 + 失败）", "success ÷ (success + failure)", "good", "pre_success", ""),
        Indicator("civil_filings", "民商事一审立案", "Civil filings", "件", ("civil_filings",), (),
                  "立案日在时段内的一审民商事案件，不含诉前调案号",
                  "first-instance civil and commercial filings by filing date, without 诉前调 numbers", "plain", "civil_filings"),
    )
}  # fmt: skip


def rate(key: str, measures: Mapping[str, int]) -> float | None:
    """Value of a rate in 0…1 from summed measures; None where the denominator is 0."""
    indicator = INDICATORS[key]
    bottom = sum(measures[m] for m in indicator.bottom)
    return sum(measures[m] for m in indicator.top) / bottom if bottom else None


def change(now: int | float, before: int | float) -> float | None:
    """Relative change (0.1 = +10 %); None when there was nothing before."""
    return now / before - 1 if before else None


def is_small(now: int, before: int, small: int = SMALL) -> bool:
    """Whether a change is to be written as counts, not as a percent."""
    return min(now, before) < small


def per_10k(count: int, population: int | None) -> float | None:
    """Count per 10,000 residents; None without a population."""
    return count / population * 10_000 if population else None
