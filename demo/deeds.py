"""What the city's offices have done with signals and letters: each step through the services, told at the hour it was taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from demo.plants import PLANTS
from demo.truth import Truth
from matters.access import Scope
from services.letters import Letters
from services.signal_shapes import SignalLine
from services.wiring import Services

_LEADER = Scope.of("city", "city_leader", "city")
_ANALYST = Scope.of("analyst", "analyst", "city")
_COUNTY = Scope.of("county", "county_leader", "county", "360923")


_Step = tuple[int, str, str, Mapping[str, Any]]  # days after the draft, who, step, fields


class _Letter(NamedTuple):
    """One letter: the plant it is about, so many days of evidence, and its steps."""

    plant: str
    ago: int  # days before today on which it was drafted
    days: int
    kind: str
    colour: str
    steps: tuple[_Step, ...]
    office: Scope = _ANALYST


_ISSUE: tuple[_Step, ...] = ((0, "office", "submit", {}), (0, "chief", "approve", {"note": "同意。"}), (0, "chief", "issue", {}))
_RECEIPT: _Step = (1, "addressee", "receipt", {})

LETTERS: tuple[_Letter, ...] = (
    _Letter("B5", 112, 28, "department", "yellow", (
        *_ISSUE, _RECEIPT, (2, "addressee", "reply", {"measures": "已约谈办学单位三次，冻结剩余学费账户，逐户登记退费。首批退费已到账，其余签订分期协议。"}),
        (4, "office", "accept", {"note": "措施具体，继续跟踪退费进度。"}), (40, "office", "close", {"note": "此后四周再无新增，办结。"}))),
    _Letter("G4", 98, 56, "department", "yellow", (
        *_ISSUE, _RECEIPT, (2, "addressee", "reply", {"measures": "已要求物业企业自查收费公示。"}),
        (4, "office", "send_back", {"note": "未见逐小区核查结果，请列明小区、问题和整改时限。", "due_on": 9}),
        (8, "addressee", "reply", {"measures": "逐个小区核查收费公示和维修资金，4 个小区限期整改；业主委员会换届 2 个。"}),
        (10, "office", "accept", {"note": "可行。"}), (50, "office", "close", {"note": "措施已落实，件数变化继续比对。"}))),
    _Letter("L2", 60, 28, "department", "blue", (
        *_ISSUE, (20, "office", "replace", {"note": "收件单位变更，改由征收主管部门主责。"}), (21, "addressee", "receipt", {}),
        (23, "addressee", "reply", {"measures": "补偿明细逐户公示，成立专班一户一策，已签订补偿协议 21 户。"}), (25, "office", "accept", {"note": "可行。"}))),
    _Letter("Q2", 9, 35, "department", "yellow", (
        *_ISSUE, _RECEIPT, (2, "addressee", "reply", {"measures": "会同公安核清拖欠 8 名工人工资，厂方承诺月底前付清，已动用保证金先行垫付一半。"}))),
    _Letter("Q5", 16, 28, "department", "yellow", (
        *_ISSUE, _RECEIPT, (2, "addressee", "reply", {"measures": "已责成幼儿园退费。"}),
        (5, "office", "send_back", {"note": "未写明退费家庭数和时限。", "due_on": 14}))),
    _Letter("B4", 6, 21, "department", "yellow", (*_ISSUE, (4, "office", "remind", {"note": "回复期限已过，请抓紧。"}))),
    _Letter("L1", 3, 28, "area", "blue", _ISSUE, _COUNTY),
    _Letter("G2", 1, 28, "department", "yellow", ((0, "office", "submit", {}),)),
    _Letter("B2", 0, 28, "department", "red", ()),
)  # fmt: skip

# What was decided about signals of the week.
DECIDED: tuple[tuple[str, str], ...] = (
    ("meeting", "连续上升，请下次例会研究。"), ("note", "县里已掌握情况，继续观察。"), ("dismiss", "登记集中报来，核对后不是新增纠纷。"),
)  # fmt: skip


def bring(services: Services, folder: Path) -> int:
    """Letters in every state and decisions about signals; returns the number of letters. Nothing when there are letters already."""
    if services.letters.all(_LEADER):
        return 0
    if services.signals.due():
        services.signals.run()
    truth = Truth.load(folder)
    planted = {p["name"]: p for p in truth.expected["planted"]}
    told = [_Told(services, spec, planted[spec.plant]) for spec in LETTERS]
    moves = sorted((move for x in told for move in x.moves()), key=lambda m: (m[0], m[1]))
    for _, _, act in moves:
        act()
    lines = list(services.signals.desk(_LEADER).lines)
    return len(told) + _decide(services, lines)


def meet(services: Services) -> None:
    """The meeting on the last whole week, once: some minutes after the city stands, since a meeting is frozen as known a minute before."""
    if not services.meetings.everything(_LEADER):
        services.meetings.freeze(_LEADER, "week")


class _Told:
    """One letter as it goes through its life; its clock stands at the hour of each step, its evidence is what the store holds now."""

    def __init__(self, services: Services, spec: _Letter, plant: Mapping[str, Any]) -> None:
        self.services, self.spec, self.plant = services, spec, plant
        self.at = services.now()
        self.letters = Letters(services.engine, services.settings, lambda: services.areas, services.feeds, lambda: services.signals,
                               services.figures.data_version, lambda: self.at, services.now)  # fmt: skip
        self.letter = 0

    def moves(self) -> list[tuple[datetime, int, Callable[[], None]]]:
        """(moment, order, what to do) of each step that has been taken by now."""
        now = self.services.now()
        first = now.date() - timedelta(days=self.spec.ago)
        out: list[tuple[datetime, int, Callable[[], None]]] = [(self._hour(first, 0), 0, self._draft)]
        for n, (after, who, step, data) in enumerate(self.spec.steps, start=1):
            out.append((self._hour(first + timedelta(days=after), n), n, partial(self._act, who, step, data)))
        return [(at, n, self._when(at, act)) for at, n, act in out if at <= now]

    def _hour(self, day: date, n: int) -> datetime:
        """Office hours, a step a quarter of an hour; what is told of today was done by now."""
        return min(datetime.combine(day, time(9)) + timedelta(minutes=15 * n), self.services.now() - timedelta(seconds=60 - n))

    def _when(self, at: datetime, act: Callable[[], None]) -> Callable[[], None]:
        def move() -> None:
            self.at = at
            act()

        return move

    def _draft(self) -> None:
        last = self.at.date() - timedelta(days=1)
        place = self.plant["area"]
        asked = {"area": place, "category": self.plant["categories"][0], "first": (last - timedelta(days=self.spec.days - 1)).isoformat(),
                 "last": last.isoformat(), "kind": self.spec.kind, "colour": self.spec.colour}  # fmt: skip
        self.letter = self.letters.new(self.spec.office, asked).line.id

    def _act(self, who: str, step: str, data: Mapping[str, Any]) -> None:
        given = dict(data)
        if "due_on" in given:
            given["due_on"] = (self.at.date() + timedelta(days=given["due_on"])).isoformat()
        line = self.letters.get(_LEADER, self.letter).line
        made = self.letters.act(self._scope(who), self.letter, line.version, step, given)
        if made.line.id != self.letter:  # replaced: the new one is edited, approved and issued at once
            self.letter = made.line.id
            place = self.services.areas.info(self.plant["area"])
            self._act("office", "edit", {"addressee": f"{self.services.areas.info(place.parent).name}住房和城乡建设局"})
            for key in ("submit", "approve", "issue"):
                self._act("office" if key == "submit" else "chief", key, {})

    def _scope(self, who: str) -> Scope:
        """The office's writer and its head; the addressee's own people, or the city's for a department without an account."""
        if who == "addressee":
            place = self.services.areas.place(self.plant["area"])
            return Scope.of(f"head-{place.county}", "county_leader", "county", place.county)
        if self.spec.office is _COUNTY:
            return _COUNTY
        return _ANALYST if who == "office" else _LEADER


def _decide(services: Services, lines: list[SignalLine]) -> int:
    """A letter from the signal of a burst, and some decisions; most stay for whoever tries the demo. Returns the letters written."""
    bursts = {(p.county, p.categories[0]) for p in PLANTS if p.kind == "burst"}
    letters = 0
    first = next((x for x in lines if (x.county, x.category) in bursts and x.state == "open"), None)
    if first is not None:
        services.letters.new(_ANALYST, {"signal": first.id, "kind": "department", "colour": "yellow"})
        letters = 1
    rest = [x for x in lines if first is None or x.id != first.id]
    for (step, why), line in zip(DECIDED, rest[1::2], strict=False):
        services.signals.act(_LEADER, line.id, line.version, step, why)
    return letters
