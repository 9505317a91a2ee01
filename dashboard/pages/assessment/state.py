"""What the address of the assessment asks for: which view, level, period and unit, which act is under way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from dashboard import urlstate
from dashboard.guard import BadInput, Here
from dashboard.i18n import t
from matters.access import Scope
from matters.assessment import LEVELS, Period, last_over, read_period
from services.assessment import Assessment

SHOWN = ("scores", "funnel", "marks", "indices", "review", "rules")
ACTS = ("mark", "withdraw")
UNIT = re.compile(r"[0-9A-Za-z_]{1,32}")


@dataclass(frozen=True, slots=True)
class AssessState:
    """The address of /assessment, read."""

    path: str
    url: urlstate.State
    show: str
    level: str
    period: Period
    area: str
    unit: str
    by: str
    act: str
    mark: int
    exclude: str

    def href(self, **extra: str) -> str:
        """The same page with some parameters changed; an act under way is left unless it is named."""
        return self.path + urlstate.write(self.url.plus(**{"act": "", "mark": "", **extra}))

    def at(self, **extra: str) -> str:
        """The same, for another set of units: the one that was open is left."""
        return self.href(**{"unit": "", **extra})

    def in_area(self, code: str) -> str:
        """The same page for another area."""
        return self.path + urlstate.write(self.url.with_(area=code).plus(act="", mark="", unit=""))

    def without(self, agency: str) -> str:
        """The same page without the matters of an agency ('' = with all)."""
        return self.path + urlstate.write(self.url.with_(exclude=agency).plus(act="", mark=""))


def read(at: Here, scope: Scope, today: date) -> AssessState:
    """Read the address; what is missing is the usual: the last quarter that is over, the highest level that the reader sees.

    BadInput for a period that cannot be read.
    """
    extra, levels = at.state.extra, Assessment.levels(scope)
    level, show = extra.get("level", ""), extra.get("show", "")
    if level not in LEVELS:
        level = "township" if scope.level != "city" else levels[0]
    given = extra.get("period", "")
    try:
        period = read_period(given) if given else last_over("quarter", today)
    except ValueError:
        raise BadInput(t("时段“{key}”看不懂：要像 2026-09、2026-Q3 或 2026。", key=given[:20])) from None
    unit, mark, act = extra.get("unit", ""), extra.get("mark", ""), extra.get("act", "")
    return AssessState(at.path, at.state, show if show in SHOWN else "scores", level, period, at.state.filter.area,
                       unit if UNIT.fullmatch(unit) else "", extra.get("by", ""), act if act in ACTS else "",
                       int(mark) if mark.isdigit() and len(mark) < 10 else 0, at.state.filter.exclude)  # fmt: skip
