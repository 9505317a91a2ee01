"""`services.linking`: the steward's queue, deciding about pairs, splitting and merging matters by hand, taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import Connection, Engine, select

from matters.access import Forbidden, Scope
from matters.identity import cleaned
from services.areas import Areas
from services.link_lines import decision_line, pair_line, pair_of
from services.link_shapes import Conflict, DecisionLine, LinkOf, Pair, Queue, QueueFilter, Refused
from store import feeds as feed_store
from store import linking_decisions as kept
from store import linking_queue as queue_store
from store import lists
from store.clock import tick
from store.engine import reading, writing
from store.listings import note
from store.places import Place
from store.relink import regroup
from store.rollups import turn_day
from store.schema import data_version, record
from store.writer import bump

ACT = "steward_links"
MOST_WHY = 2_000  # characters of a reason
# Verdict of a pair → what it means for its records, and the states in which it can be given.
VERDICTS: dict[str, tuple[str, frozenset[str]]] = {
    "accept": ("join", frozenset({"queued", "skipped", "split", "linked", "joined"})),
    "split": ("apart", frozenset({"queued", "skipped", "linked", "accepted", "joined"})),
    "skip": ("skip", frozenset({"queued"})),
}


class LinkDesk:
    """Reads and acts inside the scope; both records of a pair, and all of a matter that is split, must lie in it."""

    def __init__(self, engine: Engine, areas: Areas, waiting: Callable[[], int], now: Callable[[], datetime]) -> None:
        self._engine, self._areas, self._waiting, self._now = engine, areas, waiting, now

    def queue(self, scope: Scope, asked: QueueFilter = QueueFilter(), offset: int = 0, limit: int = 100) -> Queue:  # noqa: B008  frozen
        """Pairs of a state, surest first. Raises Forbidden without the permission or outside the area, UnknownArea."""
        scope.require(ACT)
        place = self._areas.require(scope, asked.area) if asked.area else Place(scope.county, scope.town)
        said = {"state": asked.state, "agency": asked.agency, "least": asked.least, "most": asked.most}
        with reading(self._engine) as c:
            rows = queue_store.page(c, scope, place, said, offset, max(1, min(limit, 500)))
            masks = queue_store.masks(c, rows)
            counts = queue_store.counts(c, scope, place, said)
            agencies = tuple(queue_store.by_agency(c, scope, place, said).items())
            version = int(c.execute(select(data_version.c.version)).scalar() or 0)
        lines = tuple(pair_line(r, names, self._areas) for r, names in zip(rows, masks, strict=True))
        return Queue(lines, counts.get(asked.state, 0), counts, agencies, version, self._waiting())

    def pair(self, scope: Scope, pair_id: int) -> Pair:
        """One pair with both records; LookupError when the scope has none of that id."""
        scope.require(ACT)
        with reading(self._engine) as c:
            row = queue_store.one(c, scope, pair_id)
            if row is None:
                raise LookupError(f"pair {pair_id}")
            sides = queue_store.sides(c, (row["low"], row["high"]))
            if not all(scope.covers(s["county_code"], s["town_code"]) for s in sides.values()):
                raise LookupError(f"pair {pair_id}")  # one of them has moved since it was scored
            matters = {i: self._matter_by_record(c, i) for i in sides}
            (masks,) = queue_store.masks(c, [row])
            decisions = [decision_line(d, scope) for d in kept.about_pair(c, scope, row["low"], row["high"])]
        return pair_of(row, sides, matters, masks, tuple(decisions), self._areas, scope.may(ACT))

    def _matter_by_record(self, c: Connection, record_id: int) -> tuple[str, int]:
        found = kept.ends(c, [record_id]).get(record_id)
        if not found or found["matter_id"] is None:
            return "", 0
        return str(found["matter"]), len(self._members(c, found["matter_id"]))

    def _members(self, c: Connection, matter_id: int) -> list[int]:
        return list(c.execute(select(record.c.id).where(record.c.matter_id == matter_id).order_by(record.c.id)).scalars())

    def decide(self, scope: Scope, pair_id: int, verdict: str, why: str = "") -> DecisionLine:
        """Accept, split or skip a pair. Conflict: it was decided meanwhile. Refused: a split elsewhere holds the two matters apart.

        LookupError when the scope has none of that id; Forbidden.
        """
        scope.require(ACT)
        if verdict not in VERDICTS:
            raise Refused("verdict", verdict)
        kind, states = VERDICTS[verdict]
        with self._acting() as (c, now):
            row = kept.pair(c, pair_id)
            if row is None:
                raise LookupError(f"pair {pair_id}")
            couple = (row["low"], row["high"])
            self._require(c, scope, couple)
            if row["state"] not in states:
                raise Conflict(f"pair {pair_id} is {row['state']}")
            return self._decided(c, scope, verdict, kind, [couple], why, now)

    def undo(self, scope: Scope, decision: int, why: str = "") -> DecisionLine:
        """Take a decision back: what held before it holds again. Conflict: somebody has done so. LookupError, Forbidden."""
        scope.require(ACT)
        with self._acting() as (c, now):
            if kept.one(c, scope, decision) is None:
                raise LookupError(f"decision {decision}")
            couples = kept.couples_of(c, decision)
            everyone = sorted({i for couple in couples for i in couple})
            self._require(c, scope, everyone)
            if not kept.take_back(c, decision, scope.user, cleaned(why)[:MOST_WHY], now):
                raise Conflict(f"decision {decision} has been undone")
            self._changed(c, scope, "link.undo", everyone, {"decision": decision}, now)
            return self._line(c, scope, decision, couples)

    def merge(self, scope: Scope, code: str, other: str, why: str) -> DecisionLine:
        """Make two matters one, by their codes or former codes. Refused: one_matter, apart (`what` is the split in the way), why."""
        with self._acting() as (c, now):
            mine, yours = self._matter(c, scope, code), self._matter(c, scope, other)
            self._reason(scope, why)
            if mine["id"] == yours["id"]:
                raise Refused("one_matter", str(mine["code"]))
            couple = (self._anchor(c, mine), self._anchor(c, yours))
            return self._decided(c, scope, "merge", "join", [couple], why, now)

    def split(self, scope: Scope, code: str, records: Sequence[int], why: str, seen: Sequence[int] = ()) -> DecisionLine:
        """Take records (ids) out of a matter: none of them shall be one matter with any of the rest. Refused: sides, why.

        `seen`: the records that the steward chose from. Conflict when the matter has others by now: about those nobody has decided.
        """
        with self._acting() as (c, now):
            mine = self._matter(c, scope, code)
            self._reason(scope, why)
            members = self._members(c, mine["id"])
            if seen and set(seen) != set(members):
                raise Conflict(f"matter {code} is made of other records now")
            out = [i for i in members if i in set(records)]
            stay = [i for i in members if i not in set(records)]
            if not out or not stay or len(out) != len(set(records)):
                raise Refused("sides", str(mine["code"]))
            return self._decided(c, scope, "part", "apart", list(product(stay, out)), why, now)

    def links_of(self, scope: Scope, code: str) -> tuple[LinkOf, ...]:
        """What holds a matter together, as far as its records lie in the scope; () for a matter outside it."""
        with reading(self._engine) as c:
            row = lists.find(c, scope, code)
            if row is None:
                return ()
            ends = kept.ends(c, self._members(c, row["id"]))
            seen = [i for i, r in ends.items() if scope.reaches(r["county_code"], r["town_code"])]
            links = kept.links_of(c, seen)
        return tuple(LinkOf(k["record_id"], k["other_id"], k["method"], k["number"], k["score"], k["pair_id"] or 0, k["decision_id"] or 0,
                            k["by"] or "", k["why"] or "", k["linked_at"]) for k in links)  # fmt: skip

    def decisions_of(self, scope: Scope, code: str) -> tuple[DecisionLine, ...]:
        """What was decided about the records of a matter, newest first."""
        with reading(self._engine) as c:
            row = lists.find(c, scope, code)
            found = kept.about(c, scope, self._members(c, row["id"])) if row else []
        return tuple(decision_line(d, scope) for d in found)

    def mine(self, scope: Scope, limit: int = 5) -> tuple[DecisionLine, ...]:
        """What this user decided last."""
        with reading(self._engine) as c:
            return tuple(decision_line(d, scope) for d in kept.latest_of(c, scope, scope.user, limit))

    def former_codes(self, scope: Scope, code: str) -> tuple[tuple[str, datetime], ...]:
        """Codes under which parts of a matter were known, and until when; each still leads to it."""
        with reading(self._engine) as c:
            row = lists.find(c, scope, code)
            return tuple(kept.former_codes(c, row["id"], row["code"])) if row else ()

    def _reason(self, scope: Scope, why: str) -> None:
        scope.require(ACT)
        if not cleaned(why):
            raise Refused("why")

    def _matter(self, c: Connection, scope: Scope, code: str) -> dict[str, Any]:
        """A matter all of whose records the scope covers; LookupError outside it."""
        row = lists.find(c, scope, code)
        if row is None:
            raise LookupError(code)
        self._require(c, scope, self._members(c, row["id"]))
        return dict(row)

    def _anchor(self, c: Connection, row: dict[str, Any]) -> int:
        return int(c.execute(select(record.c.id).where(record.c.code == row["code"])).scalar_one())

    def _require(self, c: Connection, scope: Scope, records: Sequence[int]) -> None:
        for r in kept.ends(c, records).values():
            if not scope.covers(r["county_code"], r["town_code"]):
                raise Forbidden(f"record {r['id']} is outside the scope of {scope.user}")

    def _decided(
        self, c: Connection, scope: Scope, verdict: str, kind: str, couples: list[tuple[int, int]], why: str, now: datetime
    ) -> DecisionLine:
        """Write a decision, group the records again, and see that what was asked for is so."""
        everyone = sorted({i for couple in couples for i in couple})
        ends = kept.ends(c, everyone)
        one, other = ends[couples[0][0]], ends[couples[0][1]]
        county = one["county_code"] if all(r["county_code"] == one["county_code"] for r in ends.values()) else ""
        town = one["town_code"] if county and all(r["town_code"] == one["town_code"] for r in ends.values()) else ""
        if kind == "join" and one["matter_id"] != other["matter_id"]:
            barred = kept.between(c, self._members(c, one["matter_id"]), self._members(c, other["matter_id"]), couples[0])
            if barred:
                raise Refused("apart", str(barred))
        values = {"verdict": verdict, "code": one["matter"], "other_code": other["matter"], "at": now, "by": scope.user, "role": scope.role,
                  "why": cleaned(why)[:MOST_WHY], "county_code": county, "town_code": town}  # fmt: skip
        decision = kept.append(c, values, kind, couples)
        self._changed(c, scope, f"link.{verdict}", everyone, {"decision": decision, "codes": [one["matter"], other["matter"]]}, now)
        if kind == "join":
            after = kept.ends(c, couples[0])
            if len({r["matter_id"] for r in after.values()}) > 1:
                raise Conflict("one of the records has gone")  # the transaction goes back
        return self._line(c, scope, decision, couples)

    def _changed(self, c: Connection, scope: Scope, act: str, records: Sequence[int], detail: dict[str, Any], now: datetime) -> None:
        regroup(c, records, now, feed_store.all_agencies(c))
        bump(c, now)
        note(c, scope.user, act, detail, now)

    def _line(self, c: Connection, scope: Scope, decision: int, couples: Sequence[tuple[int, int]]) -> DecisionLine:
        row = kept.one(c, Scope.system(), decision)
        assert row is not None
        return decision_line({**row, "pairs": len(couples)}, scope)

    @contextmanager
    def _acting(self) -> Iterator[tuple[Connection, datetime]]:
        """A writing transaction that waits for its turn, and the moment at which it happens in the store's time."""
        with writing(self._engine) as c:
            now = self._now()
            turn_day(c, now.date())
            yield c, tick(c, now)
