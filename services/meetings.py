"""The meeting: freezing a window of one area, its agenda, its decisions. What was frozen is never computed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from matters.access import Scope
from matters.identity import cleaned
from matters.meetings import AGENDA, KINDS, NUMERALS, STATES, WrongMeeting, digest, title, window_of
from matters.path import CARDS
from matters.periods import Window
from services.areas import Areas
from services.feeds import Feeds
from services.figures import Figures
from services.listings import Listings
from services.look import one_look
from services.matters import Matters
from services.meeting_body import Sources, frozen_body
from services.meeting_frame import Frame
from services.meeting_lists import standing
from services.meeting_shapes import AgendaItem, DecisionLine, Meeting, MeetingLine
from services.moments import Moments
from services.settings import Settings
from store import bridges
from store import listings as audit
from store import meetings as kept
from store import path as path_store
from store.engine import reading, writing
from store.listings import Conflict
from store.places import Place

__all__ = ["Conflict", "Meetings", "WrongMeeting"]
TABLES = {"counties": ("areas",), "towns": ("towns_most", "towns_high", "towns_low"), "overall": ("overall", "months"), "overdue": ("cards", "longest"),
          "listings": ("listings", "proposals")}  # fmt: skip
BELOW = {"city": "县（市、区）", "county": "乡镇（街道）"}
NOTE, HEAD, WHAT = 2_000, 80, 300  # characters kept


class Meetings:
    """Reads need the scope to cover the meeting's whole area; freezing, arranging and deciding the permission hold_meeting too."""

    def __init__(
        self, engine: Engine, settings: Settings, areas: Areas, figures: Figures, matters: Matters, feeds: Feeds, listings: Listings,
        moments: Moments, extras: Mapping[str, Callable[[Scope, datetime], dict[str, Any] | None]], now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._engine, self._settings, self._areas, self._moments, self._now = engine, settings, areas, moments, now
        self._sources = Sources(figures, matters, feeds, listings, areas, extras)

    def everything(self, scope: Scope) -> tuple[MeetingLine, ...]:
        """The meetings of the scope, newest first."""
        with reading(self._engine) as connection:
            return tuple(self._line(r) for r in kept.everything(connection, scope))

    def freeze(self, scope: Scope, kind: str, window: Window | None = None, area: str = "", title_: str = "") -> Meeting:
        """Freeze the last whole period of a kind (or a window of one's own choice) of an area ('' = the reader's), as known a minute ago.

        Raises WrongMeeting (kind, window), Forbidden, UnknownArea, MomentError (nothing was kept so far back, or the store is busy).
        """
        made = self._freeze(scope, kind, window, area, title_)
        assert made is not None
        return self.get(scope, made)

    def freeze_once(self, scope: Scope, kind: str, window: Window, check: Callable[[Connection], None]) -> Meeting | None:
        """Freeze a period for the clock, unless somebody was faster; `check` runs first in the transaction that keeps it (the worker's fence)."""
        made = self._freeze(scope, kind, window, "", "", check)
        return None if made is None else self.get(scope, made)

    def _freeze(
        self, scope: Scope, kind: str, window: Window | None, area: str, title_: str, check: Callable[[Connection], None] | None = None
    ) -> int | None:
        scope.require("hold_meeting")
        info = self._areas.info(area) if area else self._areas.home(scope)
        place = self._areas.require(scope, info.code)
        now = self._now()
        asked = window or window_of(kind, now.date())
        if kind not in KINDS or asked.end > now.date():
            raise WrongMeeting("kind" if kind not in KINDS else "window")
        at = now.replace(second=0, microsecond=0) - timedelta(minutes=1)  # the last minute that is over: nothing more can come into it
        self._moments.at(at)
        before = self._previous(place, kind)
        frame = Frame(self._sources.figures, self._areas, _of(place), info, kind, asked, at, self._settings.small,
                      self._settings.waits)
        with one_look():  # all is asked as of one past moment: the feeds and listings of then are read once, not for each of a hundred questions
            body = frozen_body(frame, self._sources, self._gathered(frame, place, before), before)
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()
        values = {
            "kind": kind, "title": (title_ or title(kind, asked))[:HEAD], "county_code": place.county, "town_code": place.town,
            "window_start": asked.start, "window_end": asked.end, "as_of": at, "frozen_at": now, "frozen_by": scope.user,
            "previous_id": before["id"] if before else None, "digest": digest(text), "body": text, "agenda": "[]",
        }  # fmt: skip
        with writing(self._engine) as connection:
            if check is not None:
                check(connection)
                if kept.held(connection, (place.county, place.town), kind, (asked.start, asked.end)):
                    return None
            made = kept.add(connection, values)
            audit.note(connection, scope.user, "meeting.freeze", {"meeting": made, "digest": values["digest"]}, now)
        return made

    def _previous(self, place: Place, kind: str) -> dict[str, Any] | None:
        with reading(self._engine) as connection:
            found = kept.last(connection, (place.county, place.town), kind)
            return kept.one(connection, _of(place), found["id"]) if found else None

    def _gathered(self, q: Frame, place: Place, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """What comes straight from the store: cards in force, earlier decisions, and what moved since the meeting before."""
        with reading(self._engine) as connection:
            force = [(e, m) for e, m in path_store.in_force(connection, q.scope, CARDS, limit=5_000) if e["at"] <= q.at]
            decisions = kept.pending(connection, (place.county, place.town), self._now(), before["frozen_at"] if before else None)
            moves: list[bridges.Moved] = []
            if before is not None:
                then = Window(before["window_end"].replace(month=1, day=1), before["window_end"])
                moves = bridges.moved(connection, place, then, before["as_of"], q.at)
        return {"force": force, "decisions": decisions, "moves": moves, "paper": paper_words(self._settings, q.area.name, q.area.level)}

    def last_before(self, scope: Scope, at: datetime) -> datetime | None:
        """When the scope's own area last froze a meeting before a day; those of one day are held together."""
        with reading(self._engine) as connection:
            rows = kept.everything(connection, scope)
        own = (r["frozen_at"] for r in rows if (r["county_code"], r["town_code"]) == (scope.county, scope.town))
        return next((frozen for frozen in own if frozen.date() < at.date()), None)

    def issue(self, line: MeetingLine) -> tuple[int, int]:
        """Which meeting of its kind and place it is, counted by when they were frozen: of its year, and of all."""
        with reading(self._engine) as connection:
            return kept.issue(connection, line.id, line.kind, line.frozen_at)

    def get(self, scope: Scope, meeting_id: int) -> Meeting:
        """One meeting. LookupError when the scope has none of that id."""
        with reading(self._engine) as connection:
            r = kept.one(connection, scope, meeting_id)
            if r is None:
                raise LookupError(f"meeting {meeting_id}")
            earlier = kept.pending(connection, (r["county_code"], r["town_code"]), r["frozen_at"], self._frozen_before(connection, scope, r))
            taken = kept.taken_at(connection, meeting_id)
        body = orjson.loads(r["body"])
        today = self._now().date()
        line = replace(self._line(r), area_name=body["name"])  # as it was called then
        return Meeting(
            line, body, _agenda(body, orjson.loads(r["agenda"])), tuple(_decision(d, today) for d in earlier),
            tuple(_decision(d, today) for d in taken), digest(r["body"]) == r["digest"], scope.may("hold_meeting"), today + timedelta(days=14),
        )  # fmt: skip

    @staticmethod
    def _frozen_before(connection: Any, scope: Scope, r: Mapping[str, Any]) -> datetime | None:
        found = kept.one(connection, scope, r["previous_id"]) if r["previous_id"] else None
        return found["frozen_at"] if found else None

    def arrange(self, scope: Scope, meeting_id: int, version: int, items: list[dict[str, Any]]) -> Meeting:
        """Put the agenda into a new order, hide items, rewrite headlines, note what to say. Conflict when somebody was faster."""
        scope.require("hold_meeting")
        wanted = [_item(x) for x in items]
        if sorted(x["key"] for x in wanted) != sorted(AGENDA):
            raise WrongMeeting("agenda")
        now = self._now()
        with writing(self._engine) as connection:
            self._require(connection, scope, meeting_id)
            kept.arrange(connection, meeting_id, version, orjson.dumps(wanted).decode())
            audit.note(connection, scope.user, "meeting.arrange", {"meeting": meeting_id}, now)
        return self.get(scope, meeting_id)

    @staticmethod
    def _require(connection: Any, scope: Scope, meeting_id: int) -> dict[str, Any]:
        found = kept.one(connection, scope, meeting_id)
        if found is None:
            raise LookupError(f"meeting {meeting_id}")
        return found

    def decide(self, scope: Scope, meeting_id: int, what: str, who: str, due: date) -> DecisionLine:
        """Write down a decision of a meeting. WrongMeeting names a field that is missing or a day that is past."""
        scope.require("hold_meeting")
        now = self._now()
        what, who = cleaned(what)[:WHAT], cleaned(who)[:HEAD]
        for name, value in (("what", what), ("who", who), ("due", due >= now.date())):
            if not value:
                raise WrongMeeting(name)
        with writing(self._engine) as connection:
            meeting = self._require(connection, scope, meeting_id)
            values = {"meeting_id": meeting_id, "county_code": meeting["county_code"], "town_code": meeting["town_code"], "what": what,
                      "who": who, "due": due, "made_at": now, "made_by": scope.user, "state": "open"}  # fmt: skip
            made = kept.decide(connection, values)
            audit.note(connection, scope.user, "meeting.decide", {"meeting": meeting_id, "decision": made}, now)
            found = kept.decision(connection, scope, made)
        assert found is not None
        return _decision(found, now.date())

    def settle(self, scope: Scope, decision_id: int, version: int, state: str, result: str = "") -> DecisionLine:
        """Close a decision (done, dropped) with its result, or open it again; it comes back at every meeting until it is closed."""
        scope.require("hold_meeting")
        result = cleaned(result)[:WHAT]
        if state not in STATES or (state == "dropped" and not result):
            raise WrongMeeting("state" if state not in STATES else "result")
        now = self._now()
        over = state != "open"
        with writing(self._engine) as connection:
            if kept.decision(connection, scope, decision_id) is None:
                raise LookupError(f"decision {decision_id}")
            values = {"state": state, "closed_at": now if over else None, "closed_by": scope.user if over else "", "result": result}
            kept.close(connection, decision_id, version, values)
            audit.note(connection, scope.user, f"meeting.{state}", {"decision": decision_id}, now)
            found = kept.decision(connection, scope, decision_id)
        assert found is not None
        return _decision(found, now.date())

    def _line(self, r: Mapping[str, Any]) -> MeetingLine:
        code = r["town_code"] or r["county_code"] or self._areas.city.code
        return MeetingLine(r["id"], r["kind"], r["title"], code, self._areas.name(code), Window(r["window_start"], r["window_end"]), r["as_of"],
                           r["frozen_at"], r["frozen_by"], r["digest"], r["version"], r["previous_id"] or 0)  # fmt: skip




def _of(place: Place) -> Scope:
    """The scope of the meeting itself: its area, whoever froze it, so that what is frozen does not depend on the reader."""
    level = "township" if place.town else "county" if place.county else "city"
    return Scope("system", "system", level, place.county, place.town, Scope.system().permissions)  # type: ignore[arg-type]


def paper_words(settings: Settings, area: str, level: str) -> dict[str, str]:
    """What an area's papers say of themselves: their name, who writes, to whom, with copies to whom."""
    to = settings.bulletin_to.replace("{below}", BELOW.get(level, "村（社区）")).replace("{kind}", area[-1:])
    return {"name": settings.bulletin_name, "office": settings.letter_office.format(area=area), "to": to, "copies": settings.bulletin_copies}


def _item(x: Mapping[str, Any]) -> dict[str, Any]:
    key = str(x.get("key", ""))
    if key not in AGENDA:
        raise WrongMeeting("agenda")
    return {"key": key, "on": bool(x.get("on", True)), "head": cleaned(str(x.get("head") or ""))[:HEAD],
            "note": cleaned(str(x.get("note") or ""))[:NOTE]}  # fmt: skip


def _agenda(body: Mapping[str, Any], arranged: list[dict[str, Any]]) -> tuple[AgendaItem, ...]:
    """The rule's agenda, as people have arranged it; the shown items are numbered."""
    rule: list[dict[str, Any]] = [{"key": key, "on": key in body["agenda"], "head": "", "note": ""} for key in AGENDA]
    out, number = [], 0
    for x in arranged or rule:
        key, says = x["key"], body["says"][x["key"]]
        number += x["on"]
        zh, en = AGENDA[key] if not (key == "counties" and body["level"] == "county") else AGENDA["towns"]
        tables = tuple(t for t in TABLES.get(key, (key,)) if t in body["tables"])
        out.append(AgendaItem(key, NUMERALS[number - 1] if x["on"] else "", zh, en, x["on"], x["head"] or says["zh"], x["head"] or says["en"],
                              bool(x["head"]), x["note"], tables))  # fmt: skip
    return tuple(out)


def _decision(d: Mapping[str, Any], today: date) -> DecisionLine:
    return DecisionLine(d["id"], d["version"], d["meeting_id"], d["what"], d["who"], d["due"], standing(d, today), d["made_at"], d["made_by"],
                        d["closed_at"], d["closed_by"], d["result"])  # fmt: skip
