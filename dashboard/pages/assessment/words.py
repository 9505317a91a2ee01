"""How scores, parts and verdicts are written."""

from __future__ import annotations

from dashboard.components import fmt
from dashboard.i18n import N_, lang, pick, t
from matters.assessment import Part, Period, part_name, period_name, unit_name
from services.assessment_shapes import PartLine, UnitLine

LEVELS = {"county": N_("县（市、区）"), "township": N_("乡镇（街道）"), "department": N_("部门")}
VIEWS = {"scores": N_("得分"), "funnel": N_("漏斗图"), "marks": N_("加减分"), "indices": N_("外部指数"), "review": N_("点评表"), "rules": N_("办法")}
KINDS = {"month": N_("月"), "quarter": N_("季"), "year": N_("年")}
UNRANKED = {"few": N_("件数少，看漏斗图"), "population": N_("人口少，不排名"), "incomplete": N_("数据不全，不排名"), "late": N_("有数据源迟到，暂不排名")}
VERDICTS = {-2: N_("明显偏差"), -1: N_("偏差，可能是偶然"), 0: N_("在偶然波动内"), 1: N_("偏好，可能是偶然"), 2: N_("明显偏好")}
COUNTED = {
    "resolved": N_("化解"), "settled": N_("办结或超期"), "on_time": N_("按期办结"), "satisfied": N_("满意"), "rated": N_("已评价"), "closed": N_("办结"),
    "escalated": N_("提级"), "litigated": N_("转诉"), "accepted": N_("受理"), "civil_filings": N_("立案"),
}  # fmt: skip


def part(key: str) -> str:
    """Name of a part."""
    return pick(*part_name(key))


def period(p: Period) -> str:
    """Name of a period."""
    return pick(*period_name(p))


def unit(u: UnitLine, parent: bool = True) -> str:
    """Name of a unit, a township's with its county."""
    name = pick(u.name, u.en)
    if not u.parent or not parent:
        return name
    return f"{name}, {u.parent_en}" if lang() == "en" else f"{u.parent} {name}"


def score(value: float | None) -> str:
    """A score or points with two digits."""
    return fmt.num(value, 2)


def value(key: str, raw: float | None) -> str:
    """The value of a part: a share, a change, or an index as it comes."""
    if raw is None:
        return fmt.NONE
    kind = unit_name(key)
    if kind == "index":
        return f"{raw:g}"
    return f"{fmt.share(raw)}%" if kind == "share" else f"{fmt.signed(raw * 100, 1)}%"


def bound(p: Part | PartLine, raw: float) -> str:
    """A bound of a part's scale."""
    return value(p.key, raw)


def why(p: PartLine) -> str:
    """Why a part has no points."""
    if p.why == "few":
        return t("不足 {n} 件，未评", n=p.least)
    return t("没有数据，未评") if p.why else ""


def points(raw: float) -> str:
    """Points of a mark with their sign."""
    return fmt.signed(raw, 0 if float(raw).is_integer() else 2)
