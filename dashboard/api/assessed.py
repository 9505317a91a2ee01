"""Scores of the assessment and index figures from outside, in the API."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from dashboard.api import asked, models, params, rows
from dashboard.api.models import Answer, AsOf, Count
from dashboard.api.problems import Problem
from matters.access import Scope
from matters.assessment import RuleError, last_over, part_name, read_period
from services.assessment import Assessment, NotBegun
from services.assessment_shapes import PartLine, UnitLine


class RulesRow(Answer):
    """The version of the rules that the scores are made with."""

    version: int
    digest: str
    since: date
    name: str


class PartRow(Answer):
    """One part of a score: a rate is top ÷ bottom, a change top ÷ bottom − 1; points null when it is not judged."""

    key: str
    zh: str
    en: str
    weight: float = Field(description="of 100")
    points: float | None
    why: str = Field(description="why it is not judged: few, none; else empty")
    value: float | None
    top: Count | None
    bottom: Count | None
    funnel: int = Field(ge=-2, le=2, description="-2 and 2 beyond the 99.8 % limits, -1 and 1 beyond the 95 % limits; above 0 is good")
    source: str | None = Field(description="of an index from outside")


class MarkRow(Answer):
    """A merit or demerit."""

    id: int
    day: date
    points: float
    reason: str
    by: str
    at: AsOf
    withdrawn_at: AsOf | None
    withdrawn_why: str


class ScoreRow(Answer):
    """A unit. Of counties outside yours only total and rank are given: `veiled`."""

    unit: str = Field(description="code of an area or of an agency")
    name: str
    en: str
    veiled: bool
    total: float | None
    base: float | None
    marks: float = Field(description="points of merits and demerits that count")
    rank: int | None
    unranked: str = Field(description="why it has no rank: few, population, incomplete, late; else empty")
    settled: Count | None
    parts: list[PartRow]
    mark_lines: list[MarkRow]


class Scores(Answer):
    """Scores of a level in a period; `late_feeds`: agencies whose late feed they rest on, then nobody is ranked."""

    data_version: int
    as_of: AsOf
    level: Literal["county", "township", "department"]
    period: str
    over: bool
    window: models.Window
    rules: RulesRow
    ranked: Count
    late_feeds: list[str]
    rows: list[ScoreRow]


class IndexRow(Answer):
    """An index figure from outside; the area is empty for the city."""

    name: str
    area: str
    start: date
    end: date
    value: float | None
    rank: int | None
    of: int | None = Field(description="how many were ranked")
    source: str
    at: AsOf


class OutsideIndices(Answer):
    """Index figures of the city and of the counties inside your area, the newest period first."""

    data_version: int
    as_of: AsOf
    rows: list[IndexRow]


def scores(services: Any, scope: Scope, values: dict[str, Any], _path: dict[str, str]) -> models.Answer:
    """Scores of every unit of a level."""
    area = asked.area_of(services, scope, values["area"]).code if "area" in values else ""
    now = asked.moment_of(services, values)
    levels = Assessment.levels(scope)
    level = values.get("level") or (levels[0] if scope.level == "city" else "township")
    try:
        period = read_period(values["period"]) if "period" in values else last_over("quarter", now.date())
        board = services.assessment.board(scope, level, period, area, values.get("exclude", ""), values.get("as_of"))
    except NotBegun:
        raise params.bad_parameter("period", f"{values['period']} has not begun") from None
    except RuleError as error:
        raise Problem(503, f"there are no rules of assessment: {error}") from None
    except ValueError as error:
        raise params.bad_parameter("period", str(error)) from None
    v = board.version
    return Scores(
        data_version=board.data_version, as_of=now.replace(microsecond=0), level=board.level, period=board.period.key, over=board.over,
        window=models.Window(from_=board.window.start, to=board.window.end), ranked=board.ranked, late_feeds=list(board.late),
        rules=RulesRow(version=v.number, digest=v.digest, since=v.since, name=v.rules.name), rows=[_score(u) for u in board.units],
    )  # fmt: skip


def _score(u: UnitLine) -> ScoreRow:
    same = {n: getattr(u, n) for n in ("name", "en", "veiled", "total", "base", "marks", "rank", "unranked")}
    settled = int(u.settled.value or 0) if u.settled is not None else None
    return ScoreRow(unit=u.key, settled=settled, parts=[_part(p) for p in u.parts], mark_lines=rows.plain(u.mark_lines, MarkRow), **same)


def _part(p: PartLine) -> PartRow:
    zh, en = part_name(p.key)
    top, bottom = (None if c is None else int(c.value or 0) for c in (p.top, p.bottom))
    return PartRow(key=p.key, zh=zh, en=en, weight=p.weight, points=p.points, why=p.why, value=p.value, top=top, bottom=bottom, funnel=p.verdict,
                   source=p.outside.source if p.outside else None)  # fmt: skip


def indices(services: Any, scope: Scope, values: dict[str, Any], _path: dict[str, str]) -> models.Answer:
    """Index figures from outside."""
    now = asked.moment_of(services, values)
    found = services.indices.until(scope, now.date(), values.get("as_of"))
    return OutsideIndices(data_version=services.figures.data_version(), as_of=now.replace(microsecond=0), rows=rows.plain(found, IndexRow))


def look(services: Any) -> None:
    """Take changed rules over, which makes a new data version: an answer that somebody has already may rest on older ones."""
    try:
        services.assessment.book.versions()
    except RuleError:
        pass
