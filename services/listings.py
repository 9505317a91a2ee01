"""Areas and trades under targeted remediation (挂牌整治): the list, each one's life, and what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from matters.access import Forbidden, Scope
from matters.categories import CATEGORIES
from matters.filters import Clock, Filter
from matters.identity import cleaned
from matters.listing import IN_FORCE, STEPS, WrongStep, next_state, steps_from
from matters.moments import NotYetKnown
from matters.periods import Window
from services.areas import Areas, UnknownArea
from services.candidate_shapes import Candidate
from services.listing_effect import Effects
from services.listings_at import as_it_stood
from services.look import once
from services.moments import Moments
from services.settings import Settings
from services.shapes import AreaInfo, Effect, ListingEvent, ListingFile, ListingLine, TargetState
from services.tally import Tally, tallies, total
from store import listings as kept
from store.engine import reading, writing
from store.listings import Conflict
from store.places import Place
from store.sums import EVER, sums, waiting

__all__ = ["Conflict", "Listings"]
_TARGETS = ("accepted", "resolved_rate", "satisfaction", "overdue")


class Listings:
    """Reads need the scope to cover the listing's area; steps need the role's permission too."""

    def __init__(
        self, engine: Engine, settings: Settings, areas: Areas, moments: Moments, version: Callable[[], int], now: Callable[[], datetime]
    ) -> None:
        self._engine, self._settings, self._areas, self._moments, self._version, self._now = engine, settings, areas, moments, version, now
        self._effects: dict[tuple[Any, ...], Effect | None] = {}
        self._measuring: tuple[tuple[Any, ...], Effects] = ((), Effects(areas, now().date(), None))

    def all(
        self, scope: Scope, states: tuple[str, ...] | list[str] = (), area: str = "", subject: str = "", as_of: datetime | None = None
    ) -> tuple[ListingLine, ...]:
        """Listings of the scope, now or as they stood, in order of their numbers, those without one last."""
        as_of = self._moments.at(as_of)
        with self._moments.reading(as_of) as connection:
            rows = self._rows(connection, scope, as_of)
            lines = [self._line(connection, scope, r, as_of) for r in rows if not states or r["state"] in states]
        place = self._areas.place(area)
        lines = [x for x in lines if (not subject or x.subject == subject) and (not area or self._within(x, place))]
        return tuple(sorted(lines, key=lambda x: (x.listed_on is None, x.listed_on or x.proposed_on, x.id)))

    def _within(self, line: ListingLine, place: Place) -> bool:
        mine = self._areas.place(line.area)
        return (not place.county or mine.county == place.county) and (not place.town or mine.town == place.town)

    def _rows(self, connection: Connection, scope: Scope, as_of: datetime | None) -> list[dict[str, Any]]:
        rows = kept.all_listings(connection, scope)
        if as_of is None:
            return rows
        history = kept.events_of(connection, [r["id"] for r in rows])
        stood = [as_it_stood(r, history[r["id"]], as_of) for r in rows]
        return [r for r in stood if r is not None]

    def for_meeting(self, scope: Scope) -> tuple[ListingLine, ...]:
        """Proposals that somebody has sent to the next meeting, and that no meeting has considered yet."""
        lines = self.all(scope, ("proposed",))
        with reading(self._engine) as connection:
            history = kept.events_of(connection, [x.id for x in lines])
        return tuple(x for x in lines if any(e["step"] == "table" for e in history[x.id]))

    def of_area(self, scope: Scope, area: AreaInfo, as_of: datetime | None = None) -> tuple[ListingLine, ...]:
        """Listings in force of an area and of the areas in it."""
        return self.all(scope, IN_FORCE, area.code, as_of=as_of)

    def in_force(self, scope: Scope, as_of: datetime | None = None) -> dict[str, tuple[str, ...]]:
        """Numbers of the listings of areas that are in force, by the area's code; trades are not on the map."""
        return once(("in force", scope.key, as_of), lambda: self._in_force(scope, as_of))

    def _in_force(self, scope: Scope, as_of: datetime | None) -> dict[str, tuple[str, ...]]:
        out: dict[str, tuple[str, ...]] = {}
        with reading(self._engine) as connection:
            for row in self._rows(connection, scope, as_of):
                if row["state"] in IN_FORCE and row["subject"] == "area":
                    out[row["area_code"]] = (*out.get(row["area_code"], ()), row["number"])
        return out

    def get(self, scope: Scope, listing_id: int, as_of: datetime | None = None) -> ListingFile:
        """One listing, now or as it stood, with its history and the steps this reader may take (none in the past).

        LookupError when the scope has none of that id; NotYetKnown when it had not been proposed at that moment.
        """
        as_of = self._moments.at(as_of)
        with self._moments.reading(as_of) as connection:
            row = kept.one(connection, scope, listing_id)
            if row is None:
                raise LookupError(f"listing {listing_id}")
            history = kept.events(connection, listing_id)
            if as_of is not None:
                stood = as_it_stood(row, history, as_of)
                if stood is None:
                    raise NotYetKnown(row["title"] or str(listing_id), history[0]["at"] if history else self._now())
                row, history = stood, [e for e in history if e["at"] <= as_of]
            line = self._line(connection, scope, row, as_of)
            targets = self._targets(connection, scope, row, as_of)
        acts = tuple(s.key for s in steps_from(row["state"]) if scope.may(s.act)) if as_of is None else ()
        events = tuple(ListingEvent(e["id"], e["step"], e["at"], e["by"], e["role"], e["note"], e["data"]) for e in history)
        return ListingFile(line, events, targets, acts, self._version())

    def propose(self, scope: Scope, data: dict[str, Any]) -> ListingFile:
        """Propose a listing of an area or a trade. WrongStep names a missing or impossible field."""
        scope.require("propose_listing")
        data = _cleaned(data)
        subject, area = data.get("subject", "area"), str(data.get("area") or "")
        if subject not in ("area", "trade"):
            raise WrongStep("subject must be area or trade")
        categories = [c for c in data.get("categories") or () if c in CATEGORIES]
        reason = str(data.get("reason") or "")
        if not reason or not categories:
            raise WrongStep("reason" if not reason else "categories")
        try:
            place = self._areas.require(scope, area or self._areas.city.code)
        except UnknownArea as error:
            raise WrongStep("area") from error
        now = self._now()
        values = {
            "subject": subject, "state": "proposed", "title": str(data.get("title") or "")[:100],
            "area_code": area or self._areas.city.code, "county_code": place.county, "town_code": place.town,
            "categories": categories, "owner": str(data.get("owner") or "")[:100], "proposed_on": now.date(), "targets": [],
            "reason": reason[:2_000],
        }  # fmt: skip
        with writing(self._engine) as connection:
            made = kept.add(connection, values, self._event(scope, "propose", reason, {"owner": values["owner"], **_evidence(data)}, now))
            kept.note(connection, scope.user, "listing.propose", {"listing": made}, now)
        return self.get(scope, made)

    def act(self, scope: Scope, listing_id: int, version: int, step: str, data: dict[str, Any]) -> ListingFile:
        """Take a step. Raises Forbidden, WrongStep (state or missing field), store.listings.Conflict (somebody was faster)."""
        found = STEPS.get(step)
        if found is None or step == "propose":
            raise WrongStep(f"unknown step {step!r}")
        scope.require(found.act)
        now, data = self._now(), _cleaned(data)
        with writing(self._engine) as connection:
            row = kept.one(connection, scope, listing_id)
            if row is None:
                raise LookupError(f"listing {listing_id}")
            if not scope.covers(row["county_code"], row["town_code"]):
                raise Forbidden(f"listing {listing_id} is outside the scope of {scope.user}")
            state = next_state(row["state"], step)
            if step == "escalate":
                self._climb(connection, listing_id, str(data.get("measure") or ""))
            tested = self._tested(connection, row, step, data)
            values = {"state": state, **self._values(connection, row, step, data, now)}
            note = str(data.get("note") or "")[:2_000]
            extra = {**{k: v for k, v in data.items() if k in ("owner", "leader", "deadline", "targets", "measure", "despite")}, **tested}
            kept.change(connection, listing_id, version, values, self._event(scope, step, note, extra, now))
            kept.note(connection, scope.user, f"listing.{step}", {"listing": listing_id}, now)
        return self.get(scope, listing_id)

    def rungs(self, file: ListingFile) -> tuple[str, ...]:
        """The measures that are left to take, mildest first: the ladder (settings) above the last one taken."""
        return self._rungs([(e.step, e.data) for e in file.events])

    def _rungs(self, events: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[str, ...]:
        ladder: list[str] = list(self._settings.escalations)
        taken = [ladder.index(d["measure"]) for step, d in events if step == "escalate" and d.get("measure") in ladder]
        return tuple(ladder[max(taken, default=-1) + 1 :])

    def _climb(self, connection: Connection, listing_id: int, measure: str) -> None:
        """WrongStep unless the measure is above the last one taken."""
        if measure and measure not in self._rungs((e["step"], e["data"]) for e in kept.events(connection, listing_id)):
            raise WrongStep("measure")

    def _tested(self, connection: Connection, row: dict[str, Any], step: str, data: dict[str, Any]) -> dict[str, Any]:
        """The acceptance test: each target against the last whole month, kept with the step. A missed one is lifted only with a reason."""
        if step not in ("test", "delist"):
            return {}
        found = self._targets(connection, Scope.system(), row, None)
        if step == "delist" and any(x.met is False for x in found) and not str(data.get("despite") or "").strip():
            raise WrongStep("despite")
        measured = [{"indicator": x.indicator, "op": x.op, "wanted": x.wanted, "actual": x.actual, "met": x.met} for x in found]
        return {"measured": measured, "month": self._now().date().replace(day=1).isoformat()}

    def _event(self, scope: Scope, step: str, note: str, data: dict[str, Any], now: datetime) -> dict[str, Any]:
        return {"step": step, "at": now, "by": scope.user, "role": scope.role, "note": note, "data": data}

    def _values(self, connection: Connection, row: dict[str, Any], step: str, data: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The columns that a step sets; WrongStep for a field that it needs and lacks."""
        for name in STEPS[step].needs:
            if not data.get(name):
                raise WrongStep(name)
        if step == "list":
            number = f"{self._areas.document_prefix}挂〔{now.year}〕{kept.numbers_of_year(connection, now.year) + 1} 号"
            return {"number": number, "listed_on": now.date(), "owner": str(data["owner"])[:100], "leader": str(data["leader"])[:50],
                    "deadline": _day(data["deadline"], now.date()), "targets": _checked_targets(data["targets"])}  # fmt: skip
        if step == "extend":
            return {"deadline": _day(data["deadline"], row["deadline"] or now.date()), "extensions": row["extensions"] + 1}
        if step in ("delist", "reject"):
            return {"ended_on": now.date()}
        return {}

    def _line(self, connection: Connection, scope: Scope, r: dict[str, Any], as_of: datetime | None) -> ListingLine:
        place = Place(r["county_code"], r["town_code"])
        today = self._moments.today(as_of)
        progress = None
        if r["listed_on"] and r["deadline"]:
            progress = min(1.0, max(0.0, (today - r["listed_on"]).days / max(1, (r["deadline"] - r["listed_on"]).days)))
        return ListingLine(
            id=r["id"], version=r["version"], subject=r["subject"], state=r["state"], number=r["number"], title=r["title"],
            area=r["area_code"], area_name=self._areas.name(r["area_code"]), county_name=self._areas.name(place.county),
            categories=tuple(r["categories"]), owner=r["owner"], leader=r["leader"], proposed_on=r["proposed_on"],
            listed_on=r["listed_on"], deadline=r["deadline"], ended_on=r["ended_on"], targets=tuple(r["targets"]),
            extensions=r["extensions"], reason=r["reason"], effect=self._effect(connection, scope, r, place, as_of), progress=progress,
            area_en=self._areas.info(r["area_code"]).en, county_en=self._areas.info(place.county).en if place.county else "",
        )  # fmt: skip

    def _effect(self, connection: Connection, scope: Scope, r: dict[str, Any], place: Place, as_of: datetime | None) -> Effect | None:
        """Kept by data version, since every page with a listing asks for it."""
        if r["listed_on"] is None or not scope.covers(place.county, place.town):
            return None
        mark = (as_of,) if as_of is not None else (self._version(), self._now().date())
        key = (r["id"], r["version"], *mark)
        if key not in self._effects:
            if len(self._effects) > 500:
                self._effects.clear()
            if self._measuring[0] != mark:
                self._measuring = (mark, Effects(self._areas, self._moments.today(as_of), as_of))
            others = [x for x in kept.all_listings(connection, Scope.system()) if x["listed_on"] is not None and x["ended_on"] is None]
            self._effects[key] = self._measuring[1].of(connection, r, place, others)
        return self._effects[key]

    def _targets(self, connection: Connection, scope: Scope, r: dict[str, Any], as_of: datetime | None) -> tuple[TargetState, ...]:
        """Targets against the last whole month."""
        today = self._moments.today(as_of)
        end = today.replace(day=1) - timedelta(days=1)
        window, place = Window(end.replace(day=1), end), Place(r["county_code"], r["town_code"])
        if not r["targets"] or not scope.covers(place.county, place.town):
            return ()
        clock = Clock(today, *self._settings.waits)
        counties = [c.code for c in self._areas.counties()]
        parts: list[Tally] = []
        for category in r["categories"] or [""]:
            f = Filter(category=category, as_of=as_of)
            found = sums(connection, scope, f, place, {"now": window, "stock": EVER}, (), counties)
            parts += tallies(found, waiting(connection, scope, f, place, clock)).values()
        whole = total(parts)
        out = []
        for target in r["targets"]:
            key, op, wanted = target["indicator"], target["op"], float(target["value"])
            actual = {"accepted": whole.now["accepted"], "overdue": whole.stock.overdue_now}.get(key)
            value = float(actual) if actual is not None else whole.rate(key)
            met = None if value is None else (value <= wanted if op == "<=" else value >= wanted)
            single = r["categories"][0] if len(r["categories"]) == 1 else ""
            rows = Filter(area=r["area_code"], window=window, category=single, part="accepted", as_of=as_of) if single and key == "accepted" else None
            out.append(TargetState(key, op, wanted, value, met, None if value is None else value - wanted, rows))
        return tuple(out)


def _evidence(data: dict[str, Any]) -> dict[str, Any]:
    """The figures of the candidate that a proposal started from, as they were then: they stand still whatever comes in later."""
    found = data.get("evidence")
    if not isinstance(found, Candidate):
        return {}
    keep = ("key", "counts", "expected", "growing", "growth", "frequent", "rate", "limit", "windows_above", "badly", "overdue", "open",
            "unresolved", "decided", "unmoved", "unmoved_by", "met")  # fmt: skip
    months = [[m.isoformat(), n] for m, n in found.months]
    return {"evidence": {**{k: list(v) if isinstance(v := getattr(found, k), tuple) else v for k in keep}, "months": months}}


def _day(value: Any, after: date) -> date:
    """A deadline later than another day; WrongStep otherwise."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise WrongStep("deadline") from error
    if day <= after:
        raise WrongStep("deadline")
    return day


def _cleaned(data: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody wrote into the fields of a form, none of which keeps anybody's number."""
    return {name: cleaned(value) if isinstance(value, str) else value for name, value in data.items()}


def _checked_targets(value: Any) -> list[dict[str, Any]]:
    out = []
    for target in value or ():
        if target.get("indicator") not in _TARGETS or target.get("op") not in ("<=", ">="):
            raise WrongStep("targets")
        out.append({"indicator": target["indicator"], "op": target["op"], "value": float(target["value"])})
    return out
