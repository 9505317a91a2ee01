"""The desk of supervision: what rules propose, what is in force, who must answer, whom to call back. Issuing is an act of services.path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from matters.access import Scope
from matters.mechanisms import MECHANISMS
from matters.path import ACTS, CARDS
from matters.supervision import Standing, Thresholds, propose
from services.areas import Areas
from services.kept import Kept
from services.path import line_of
from services.path_shapes import CardLine, Desk, JointLine, MatterHead, Mechanism, ProposalLine
from services.settings import Settings
from store import path as kept
from store import supervision as late
from store.engine import reading
from store.places import of_matters

SHOWN = 40  # lines of a list, of the proposals for each step; its total is said beside it. Two hundred a list took a browser half a minute
FORCE = 5_000  # events of a kind in force that are looked at, for proposals and totals
CALLBACK_DAYS, CONSULT_DAYS = 30, 90


class Supervision:
    """Everything is read inside the scope, and inside an area when one is named."""

    def __init__(
        self, engine: Engine, settings: Settings, areas: Areas, version: Callable[[], int], now: Callable[[], datetime]
    ) -> None:
        self._engine, self._settings, self._areas, self._version, self._now = engine, settings, areas, version, now
        self._kept = Kept(64)

    @property
    def thresholds(self) -> Thresholds:
        """The rules' days, as set."""
        settings = self._settings
        return Thresholds(settings.unaccepted_days, settings.unhandled_days, settings.yellow_days, settings.red_days, settings.black_days,
                          settings.step_days)  # fmt: skip

    def desk(self, scope: Scope, area: str = "") -> Desk:
        """The whole desk of an area ('' = the reader's own). Raises Forbidden outside the scope, UnknownArea."""
        place = of_matters(scope, self._areas.place(area))
        key, stamp = (scope.role, scope.level, place), (self._version(), self._now().date())
        return self._kept.get(key, stamp) or self._kept.put(key, stamp, self._desk(scope, _cut(scope, place.county, place.town)))

    def _desk(self, scope: Scope, mine: Scope) -> Desk:
        today = self._now().date()
        with reading(self._engine) as c:
            cards = kept.in_force(c, mine, CARDS, limit=FORCE)
            leaders = kept.in_force(c, mine, ("lead",), limit=FORCE)
            talks = kept.in_force(c, mine, ("consult",), today - timedelta(days=CONSULT_DAYS), limit=FORCE)
            joints = kept.in_force(c, mine, ("joint",), limit=FORCE)
            answers = kept.answers_to(c, [e["id"] for found in (cards, leaders, joints) for e, _ in found[:SHOWN]])
            calls, calls_total = late.to_call_back(c, mine, today - timedelta(days=CALLBACK_DAYS), SHOWN)
            waiting = late.to_dispatch(c, mine)
            proposals = self._proposals(c, mine, cards, today)
            version = self._version()
        totals = {"proposals": len(proposals), "cards": len(cards), "leaders": len(leaders), "consultations": len(talks), "joints": len(joints),
                  "callbacks": calls_total, "dispatch": waiting}  # fmt: skip
        steps = {step: [p for p in proposals if p[1] == step] for step in CARDS}
        totals |= {f"step-{step}": len(found) for step, found in steps.items()}
        shown = [p for step in reversed(CARDS) for p in steps[step][:SHOWN]]
        return Desk(
            proposals=tuple(self._proposal(scope, *p) for p in shown), cards=self._lines(cards[:SHOWN], answers),
            leaders=self._lines(leaders[:SHOWN], answers), consultations=self._lines(talks[:SHOWN], {}),
            joints=tuple(self._joint(e, m, answers) for e, m in joints[:SHOWN]),
            callbacks=tuple(self._head(m) for m in calls),
            mechanisms=tuple(Mechanism(m, totals.get(m.counts)) for m in MECHANISMS), totals=totals, data_version=version,
        )  # fmt: skip

    def _proposals(
        self, connection: Connection, scope: Scope, cards: Iterable[tuple[dict[str, Any], dict[str, Any]]], today: date
    ) -> list[tuple[dict[str, Any], str, str, int]]:
        """(matter, step, rule, days), the gravest first."""
        force: dict[int, dict[str, date]] = defaultdict(dict)
        for event, matter in cards:
            force[matter["id"]].setdefault(event["act"], event["on"])
        t = self.thresholds
        found = []
        for m in late.delayed(connection, scope, today, t):
            one = propose(Standing(*(m[n] for n in Standing._fields)), force.get(m["id"], {}), today, t)
            if one is not None:
                found.append((m, one.step, one.rule, one.days))
        return sorted(found, key=lambda p: (-CARDS.index(p[1]), -p[3], p[0]["code"]))

    def _proposal(self, scope: Scope, matter: Mapping[str, Any], step: str, rule: str, days: int) -> ProposalLine:
        act = ACTS[step]
        return ProposalLine(self._head(matter), step, rule, days, scope.may(act.permission) and scope.level in act.levels)

    def _lines(self, found: Iterable[tuple[dict[str, Any], dict[str, Any]]], answers: Mapping[int, list[dict[str, Any]]]) -> tuple[CardLine, ...]:
        return tuple(CardLine(self._head(m), line_of(e), tuple(line_of(a) for a in answers.get(e["id"], ()))) for e, m in found)

    def _joint(self, event: dict[str, Any], matter: dict[str, Any], answers: Mapping[int, list[dict[str, Any]]]) -> JointLine:
        """Each task with its latest reply."""
        replies = {int(a["data"]["task"]): a for a in answers.get(event["id"], ())}
        tasks = tuple(
            {**task, "done": n in replies, "reply": replies[n]["why"] if n in replies else ""}
            for n, task in enumerate(event["data"].get("tasks", ()), start=1)
        )  # fmt: skip
        return JointLine(self._head(matter), line_of(event), tasks)

    def _head(self, m: Mapping[str, Any]) -> MatterHead:
        name = self._areas.name
        return MatterHead(m["code"], m["version"], m["title"], m["category"], name(m["county_code"]), name(m["town_code"]),
                          m["town_code"] or m["county_code"], m["owner"], m["stage"], m["accepted_on"], m["due_on"], m["closed_on"])  # fmt: skip


def _cut(scope: Scope, county: str, town: str) -> Scope:
    """The scope cut to an area inside it."""
    level = "township" if town else "county" if county else "city"
    return Scope(scope.user, scope.role, level, county, town, scope.permissions, scope.owners)  # type: ignore[arg-type]
