"""Statutory and local time limits: one table with its sources, in calendar days or working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal, NamedTuple


class Limit(NamedTuple):
    """How long an agency has, from acceptance."""

    days: int
    unit: Literal["calendar", "working"]
    source: str


LIMITS: dict[str, Limit] = {
    "intake": Limit(30, "calendar", "people's mediation: common local default"),
    "pretrial": Limit(30, "calendar", "pre-litigation mediation: 30 days from acceptance"),
    "confirmation": Limit(30, "calendar", "judicial confirmation: the court has 30 days"),
    "filing": Limit(180, "calendar", "ordinary first-instance procedure: six months [unverified]"),
    "petition": Limit(60, "calendar", "信访工作条例 2022: 60 days to finish"),
    "call": Limit(30, "calendar", "handed to people's mediation: common local default"),
    "hazard": Limit(30, "calendar", "rectification term: common local default [unverified]"),
    "incident": Limit(30, "calendar", "fire investigation, 30 days [unverified]"),
    "medical": Limit(30, "working", "医疗纠纷预防和处理条例: 30 working days without appraisal"),
    "mediation": Limit(30, "calendar", "people's mediation: common local default"),
    "procuratorial": Limit(90, "calendar", "人民检察院民事诉讼监督规则: three months from acceptance"),
    "school": Limit(60, "calendar", "学生伤害事故处理办法 art. 18: mediation within 60 days of acceptance"),
    "accident": Limit(60, "calendar", "生产安全事故报告和调查处理条例: inquiry within 60 days"),
    "complaint": Limit(60, "calendar", "consumer complaints: accepted or refused in 7 working days, mediated within 60 days"),
    "hotline": Limit(15, "working", "12345 hotline: common local default; a ticket's own limit goes first (due_on)"),
    "online": Limit(30, "calendar", "online mediation: as pre-litigation mediation"),
    "session": Limit(30, "calendar", "part of an online mediation"),
    "terminal": Limit(30, "calendar", "equipment: no matter, so never counted"),
    "message": Limit(30, "calendar", "online message: local default [unverified]"),
    "other": Limit(30, "calendar", "local default"),
}


def due(kind: str, accepted: date, is_workday: Callable[[date], bool]) -> date:
    """Last day of the limit of a record of that kind accepted on that day; the day of acceptance is day 0."""
    limit = LIMITS[kind]
    if limit.unit == "calendar":
        return accepted + timedelta(days=limit.days)
    day, left = accepted, limit.days
    while left:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day
