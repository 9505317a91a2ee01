"""Made-up records as write_batch takes them, and what a store says in a form that does not depend on arrival order."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from matters.model import FIELDS, Agency
from store import feeds as feed_store
from store import ids
from store.engine import writing
from store.schema import filing, link, matter, record, record_version, rollup, source
from store.writer import Counts, write_batch

NOW = datetime(2026, 6, 1, 12)
TOWNS = (("360923", "360923101"), ("360923", "360923102"), ("360981", "360981101"), ("360981", ""), ("", ""))
AGENCIES = (("centre", 10), ("courts", 20), ("police", 50))
KINDS = {"centre": "intake", "courts": "filing", "police": "call"}


def declare(engine: Engine) -> dict[str, Agency]:
    """Three agencies with a feed each; returns the agencies."""
    with writing(engine) as c:
        feed_store.declare(
            c,
            [{"code": a, "zh": a, "en": a, "mark": a[0], "rank": rank} for a, rank in AGENCIES],
            [{"code": a, "agency": a, "zh": a, "en": a, "cadence_seconds": 60, "late_after_seconds": 600} for a, _ in AGENCIES],
        )
        return feed_store.all_agencies(c)


def made(said: dict[str, Any]) -> dict[str, Any]:
    """A located row with digest and payload, from the few fields given."""
    county, town = said.pop("place", ("", ""))
    payload = orjson.dumps(said, option=orjson.OPT_SORT_KEYS, default=str)
    row = {**dict.fromkeys(FIELDS), **said, "county_code": county, "town_code": town, "village_code": ""}
    row.update(locate_method="code" if county else "none", locate_level="township" if town else "county" if county else "none",
               locate_confidence=1.0 if county else 0.0, kind=said.get("kind", "other"))  # fmt: skip
    for name in ("withdrawn", "escalated", "context"):
        row[name] = bool(said.get(name))
    if row["accepted_on"] and not row["due_on"]:
        row["due_on"] = row["accepted_on"] + timedelta(days=30)
    row["digest"], row["payload"] = hashlib.blake2b(payload, digest_size=16).hexdigest(), payload.decode()
    return row


def write(engine: Engine, feed: str, rows: list[dict[str, Any]], agencies: dict[str, Agency], now: datetime = NOW) -> Counts:
    """One batch in a run of its own."""
    with writing(engine) as c:
        run_id = feed_store.start_run(c, feed, now)
        counts = write_batch(c, feed, feed, run_id, [dict(r) for r in rows], now, agencies)
        feed_store.add_batch(c, feed, run_id, counts, None, None, "test", now)
    return counts


_days = st.dates(date(2025, 1, 1), date(2026, 5, 31))


@st.composite
def said(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A feed and one version of one of its records; few keys and numbers, so that versions, links and merges are common."""
    feed = draw(st.sampled_from([a for a, _ in AGENCIES]))
    key = draw(st.integers(0, 7))
    accepted = draw(st.none() | _days)
    closed = draw(st.none() | st.integers(0, 60).map(lambda n: accepted + timedelta(days=n))) if accepted else None
    numbers = {"centre": f"MT-0923-26-{key:06d}", "courts": f"(2026)赣0923民初{key}号", "police": f"JJ20260101{key:06d}"}
    quoted = draw(st.lists(st.tuples(st.sampled_from(sorted(numbers)), st.integers(0, 7)), max_size=2))
    shapes = {"centre": "MT-0923-26-{:06d}", "courts": "(2026)赣0923民初{}号", "police": "JJ20260101{:06d}"}
    row = {
        "external_id": f"k{key}", "kind": KINDS[feed], "number": numbers[feed],
        "refs": [shapes[f].format(k) for f, k in quoted],
        "revised_at": datetime(2026, 1, 1) + timedelta(hours=draw(st.integers(0, 3))),
        "registered_on": date(2025, 1, 1) + timedelta(days=key), "accepted_on": accepted, "closed_on": closed,
        "outcome": draw(st.sampled_from(["resolved", "unresolved"])) if closed else None,
        "category": draw(st.sampled_from(["01", "02", "99"])), "title": draw(st.sampled_from(["甲", "乙", "丙", "曾小红争墙"])), "parties": draw(st.sampled_from([None, [{"name": "曾 **", "role": "applicant"}]])),
        "satisfied": draw(st.sampled_from([None, True, False])), "people": draw(st.sampled_from([None, 2, 7])),
        "channel": draw(st.sampled_from(["visit", "assigned"])) if feed == "centre" else None,
        "withdrawn": draw(st.integers(0, 9)) == 0, "place": draw(st.sampled_from(TOWNS)),
    }  # fmt: skip
    return feed, row


def picture(connection: Connection) -> dict[str, Any]:
    """Everything a store holds, without ids, times and order of arrival."""
    records = {r.id: r for r in connection.execute(select(record))}
    matters = {m.id: m for m in connection.execute(select(matter))}
    sources = {s.id: (s.agencies, s.first_agency, s.channel) for s in connection.execute(select(source))}
    name = {i: (r.feed, r.external_id) for i, r in records.items()}
    skipped = {"id", "matter_id", "first_learned_at", "learned_at"}
    return {
        "records": sorted((name[i], [(k, str(v)) for k, v in r._mapping.items() if k not in skipped]) for i, r in records.items()),
        "belongs": sorted((name[i], matters[r.matter_id].code if r.matter_id else "") for i, r in records.items()),
        "versions": sorted((name[v.record_id], v.digest) for v in connection.execute(select(record_version))),
        "matters": sorted(
            (m.code, sources[m.source], [(k, str(v)) for k, v in m._mapping.items() if k not in {"id", "source", "version", "changed_at"}])
            for m in matters.values()
        ),
        "filings": sorted((name[f.record_id], matters[f.matter_id].code, f.filed_on) for f in connection.execute(select(filing))),
        "links": sorted((name[k.record_id], name[k.other_id], k.number) for k in connection.execute(select(link))),
        "rollups": sorted(
            (r.grain, r.category, sources.get(r.source, ""), r.county_code, r.period, r.town_code, tuple(r)[6:])
            for r in connection.execute(select(rollup)) if any(tuple(r)[6:])
        ),
    }  # fmt: skip


def empty(engine: Engine) -> None:
    """Remove everything but the declarations, so that one store serves many examples."""
    with writing(engine) as c:
        for table in (link, filing, matter, rollup, record_version, record):
            c.execute(table.delete())
        from store.schema import (
            data_version,
            feed_file,
            filing_was,
            matter_was,
            moment,
            quarantine,
            record_was,
            reference,
            rollup_at,
            run,
        )

        for table in (matter_was, filing_was, record_was, moment, rollup_at, reference, quarantine, feed_file, run, data_version):
            c.execute(table.delete())
        ids.take(c, "record")
