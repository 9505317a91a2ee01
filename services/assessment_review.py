"""The review (点评) of a period as an official paper: what was scored, who is good at what, what cost the points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matters.access import Forbidden, Scope
from matters.assessment import Period, part_name, period_name, unit_name
from matters.filters import Filter
from matters.indicators import change, is_small
from reports.pages import NoFont, pdf
from reports.paper import Block, Gap, Grid, Heading, Note, Paper, Para, cn_count, cn_day
from services.areas import Areas
from services.assessment import Assessment
from services.assessment_marks import Marks
from services.assessment_shapes import Board, MarkLine, OutsideLine, PartLine, UnitLine
from services.figures import Figures
from services.outside_indices import Indices
from services.settings import Settings
from services.shapes import AreaRow

__all__ = ["File", "NoFont", "Reviews"]
MIMES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}
SPOKEN = 30  # units with a paragraph of their own
BEYOND = 12  # units beyond a limit that are named
_SHORT = {"resolved_rate": "化解", "on_time_rate": "按期", "satisfaction": "满意", "response_rate": "评价", "escalation_rate": "提级",
          "litigation_rate": "转诉", "civil_filings_change": "立案", "accepted_change": "受理"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A finished paper."""

    name: str
    mime: str
    content: bytes


class Reviews:
    """Reviews of a city's counties and of a county's townships; making a file is an export."""

    def __init__(
        self, settings: Settings, areas: Callable[[], Areas], assessment: Assessment, figures: Figures, indices: Indices, marks: Marks,
        audit: Callable[[Scope, str, dict[str, Any]], None], now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._settings, self._areas, self._assessment, self._figures, self._indices = settings, areas, assessment, figures, indices
        self._marks, self._audit, self._now = marks, audit, now

    def make(self, scope: Scope, period: Period, kind: str, area: str = "") -> File:
        """docx or pdf. Raises LookupError (kind), Forbidden, NotBegun, NoFont."""
        scope.require("export")
        if kind not in MIMES:
            raise LookupError(kind)
        paper, fonts = self.paper(scope, period, area), str(self._settings.fonts_dir or "")
        from reports.words import docx  # late: it takes memory that what only brings rows in has no use for

        content = pdf(paper, fonts) if kind == "pdf" else docx(paper, fonts)
        self._audit(scope, "assessment.review", {"period": period.key, "area": area or self._areas().home(scope).code, "format": kind})
        return File(f"{self._where(scope, area)}{paper.title.replace(chr(10), '')}.{kind}", MIMES[kind], content)

    def _where(self, scope: Scope, area: str) -> str:
        return self._areas().info(area).name if area else self._areas().home(scope).name

    def paper(self, scope: Scope, period: Period, area: str = "", as_of: datetime | None = None) -> Paper:
        """The paper of a city or a county. Forbidden for a township: it has nobody to review."""
        home = self._areas().info(area) if area else self._areas().home(scope)
        self._areas().require(scope, home.code)
        if home.level == "township":
            raise Forbidden("a township has no units to review")
        level = "county" if home.level == "city" else "township"
        board = self._assessment.board(scope, level, period, home.code, as_of=as_of)
        whole = self._figures.rows(scope, Filter(area=home.code, window=board.window, as_of=as_of), home.level)[0]
        towns = self._assessment.board(scope, "township", period, home.code, as_of=as_of)
        name, now = period_name(period)[0], as_of or self._now()
        office = self._settings.letter_office.format(area=home.name)
        parts: list[tuple[str, list[Block]]] = [
            ("总体情况", self._overall(scope, home.level, board, whole, as_of)), ("得分和位次", _scores(board)), ("逐项点评", _remarks(board)),
            ("件数少的单位", _funnel(towns)), ("加分和扣分", _marks(self._marks.of(scope, period, as_of))), ("点评意见", [Gap(5)]),
        ]  # fmt: skip
        body: list[Block] = [Para(f"现将{home.name}{name}矛盾纠纷化解工作点评如下。")]
        for n, (title, blocks) in enumerate(parts, 1):
            body += [Heading(f"{cn_count(n)}、{title}"), *blocks]
        title = f"{name}矛盾纠纷化解\n工作点评"
        return Paper("bulletin", "矛盾纠纷化解工作点评", name if board.over else f"{name}（截至{cn_day(board.window.end)}）", title,
                     (*body, Note(_small_print(board, now))), signed=office, day=now.date(), mark="" if board.over else "期中")  # fmt: skip

    def _overall(self, scope: Scope, level: str, board: Board, row: AreaRow, as_of: datetime | None) -> list[Block]:
        small, w = self._settings.small, board.window
        said = (f"{w.start.month}月{w.start.day}日至{w.end.month}月{w.end.day}日，受理矛盾纠纷{row.accepted}件"
                f"{_than(row.accepted, row.accepted_before, small)}；"
                f"化解率{_pct(row.resolved_rate)}，按期办结率{_pct(row.on_time_rate)}，满意率{_pct(row.satisfaction)}（已评价{row.rated}件）；"
                f"民商事一审立案{row.civil_filings}件{_than(row.civil_filings, row.civil_filings_before, small)}。")  # fmt: skip
        out: list[Block] = [Para(said)]
        own = "" if level == "city" else row.area
        told: dict[str, OutsideLine] = {}
        for x in self._indices.until(scope, w.end, as_of):
            if x.area == own and x.end >= w.start:
                told.setdefault(x.name, x)
        return [*out, Para(_outside(list(told.values())))] if told else out


def _outside(found: Sequence[OutsideLine]) -> str:
    """Indices with their place in the province; the source once when it is one and the same."""
    one = {x.source for x in found} if len(found) > 1 else set()
    said = []
    for x in found:
        place, source = f"，全省第{x.rank}位" if x.rank else "", "" if len(one) == 1 else f"（{x.source}）"
        said.append(f"{x.name}{'' if x.value is None else f'{x.value:g}'}{place}{source}")
    return f"外部评价：{'；'.join(said)}{f'（来源：{one.pop()}）' if len(one) == 1 else ''}。"


def _pct(value: float | None) -> str:
    return "无数据" if value is None else f"{value * 100:.1f}%"


def _than(now: int, before: int, small: int) -> str:
    """How a count stands to the year before."""
    moved = change(now, before)
    if moved is None or is_small(now, before, small):
        return f"（上年同期{before}件）"
    return f"，同比{'上升' if moved > 0 else '下降'}{abs(moved) * 100:.1f}%" if round(moved, 3) else "，与上年同期持平"


def said(part: PartLine) -> str:
    """The value of a part as papers write it, with the counts it is made of."""
    if part.value is None:
        return "无数据"
    kind = unit_name(part.key)
    if kind == "index":
        return f"{part.value:g}"
    if part.top is None or part.bottom is None:
        return "无数据"
    if kind == "change":
        return f"{'上升' if part.value > 0 else '下降'}{abs(part.value) * 100:.1f}%，由{part.bottom.value}件到{part.top.value}件"
    return f"{part.value * 100:.1f}%，{part.bottom.value}件中{part.top.value}件"


def _scores(board: Board) -> list[Block]:
    if board.late:
        return [Para("有数据源迟到，分数为暂定，本期暂不排位次。")]
    keys = [p.key for p in board.version.rules.of(board.level)]
    shown = [u for u in board.units if u.rank is not None and not u.veiled]
    if not shown:
        return [Para("本期各单位件数都少于排名下限，不排位次，见“件数少的单位”。")]
    head = ("位次", "单位", "总分", "上期", *(_SHORT.get(k, part_name(k)[0][:4]) for k in keys), "加减")
    rows = [(str(u.rank), u.name, _two(u.total), _ordinal(u.rank_before), *(_points(u, k) for k in keys), _signed(u.marks)) for u in shown]
    rest = board.all_units - board.ranked
    note = [Para(f"另有{rest}个单位件数少或数据不全，不排位次。")] if rest and board.level == "county" else []
    return [Grid(head, tuple(rows), f"{period_name(board.period)[0]}得分（各项为百分制得分）", texts=2), *note]


def _signed(points: float) -> str:
    """+2, −1.5, 0."""
    return f"{points:+g}".replace("-", "−") if points else "0"


def _two(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _ordinal(rank: int | None) -> str:
    return "—" if rank is None else str(rank)


def _points(unit: UnitLine, key: str) -> str:
    found = next((p for p in unit.parts if p.key == key), None)
    return "—" if found is None or found.points is None else f"{found.points:.1f}"


def _remarks(board: Board) -> list[Block]:
    """A paragraph a unit: place, how it moved, what is best, what cost most."""
    shown = [u for u in board.units if u.rank is not None and not u.veiled][:SPOKEN]
    if not shown or board.late:
        return [Para("本期没有排位次的单位。")]
    return [Para(f"（{cn_count(n)}）{_remark(u)}") for n, u in enumerate(shown, 1)]


def _remark(u: UnitLine) -> str:
    moved = "" if u.rank is None or u.rank_before is None else _moved(u.rank_before - u.rank)
    judged = [p for p in u.parts if p.points is not None]
    full = [part_name(p.key)[0] for p in judged if p.weight - (p.points or 0) < 0.005]
    lost = sorted((p for p in judged if p.weight - (p.points or 0) >= 0.5), key=lambda p: (p.points or 0) - p.weight)[:2]
    good = f"{'、'.join(full)}得满分；" if full else ""
    costs = [f"{part_name(p.key)[0]}（{said(p)}，失{p.weight - (p.points or 0):.1f}分）" for p in lost]
    bad = f"失分最多的是{'，其次是'.join(costs)}" if costs else "各项失分都不到0.5分"
    mark = f"；加减分{_signed(u.marks)}分" if u.marks else ""
    return f"{u.name}得{_two(u.total)}分，居第{u.rank}位{moved}。{good}{bad}{mark}。"


def _moved(steps: int) -> str:
    return "，与上期持平" if not steps else f"，较上期{'上升' if steps > 0 else '下降'}{abs(steps)}位"


def _funnel(board: Board) -> list[Block]:
    """Townships beyond the outer limits, the bad ones first; how many have no rank."""
    few = sum(u.rank is None for u in board.units)
    out: list[Block] = [Para(f"乡镇（街道）{len(board.units)}个，其中{few}个件数少或数据不全，不排位次，按漏斗图看是否超出偶然波动（99.8%控制限）。")]
    for sign, word in ((-2, "明显差于全市水平"), (2, "明显好于全市水平")):
        found = [(u, p) for u in board.units for p in u.parts if p.verdict == sign]
        if found:
            names = "；".join(f"{u.parent}{u.name}{part_name(p.key)[0]}{said(p)}" for u, p in found[:BEYOND])
            out.append(Para(f"{word}的{len(found)}项：{names}{'等' if len(found) > BEYOND else ''}。"))
    return out if len(out) > 1 else [*out, Para("没有乡镇超出控制限。")]


def _marks(every: Sequence[MarkLine]) -> list[Block]:
    """Those that stand, by day: of departments, counties and townships as far as the reader sees them."""
    found = [m for m in every if m.withdrawn_at is None]
    if not found:
        return [Para("本期没有加分、扣分。")]
    rows = tuple((f"{m.day:%m-%d}", m.unit_name, _signed(m.points), m.reason) for m in sorted(found, key=lambda m: m.day))
    return [Grid(("日期", "单位", "分值", "事由"), rows, texts=4)]


def _small_print(board: Board, now: datetime) -> str:
    r, v = board.version.rules, board.version
    since = f"{cn_day(v.since)}起，" if v.number > 1 else ""
    return (f"按《{r.name}》第{v.number}版（{since}摘要{v.digest[:8]}）计分：各项按未达线至满分线之间折算，未评的项不计、其权重由其余各项分担；"
            f"办结或超期不足{r.rank_least}件的不排位次；"
            f"加分最多{r.merit_most:g}分，扣分最多{r.demerit_most:g}分。数据取自{cn_day(now.date())}{now:%H:%M}。")  # fmt: skip
