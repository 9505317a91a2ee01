"""What every built-in feed must pass: each row one fate, only canonical fields, nobody's name, and reading on from where it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Cursor, Fatal, RawBatch
from connectors.mapping import Mapper, Problem
from connectors.reasons import REASONS
from connectors.registry import BUILT_IN, load_feed, load_feeds, open_transport
from connectors.rulespec import ROLES, VOCABULARY
from connectors.spec import FeedSpec
from geo.datum import to_wgs84
from matters.model import FIELDS
from tests.connectors.samples import CLEAR, SAMPLES, WANG_ID, Sample

KEY = b"k" * 32
FEEDS = sorted(load_feeds(env={}))


def _now() -> datetime:
    return datetime(2026, 2, 1, 12)


@contextmanager
def _opened(feed: str, tmp_path: Path) -> Iterator[tuple[Sample, FeedSpec]]:
    with SAMPLES[feed](tmp_path / feed if load_feed(BUILT_IN / feed, {}).transport.kind in ("csv", "excel") else tmp_path) as sample:
        yield sample, load_feed(BUILT_IN / feed, sample.env)


def _read(spec: FeedSpec, cursor: Cursor | None = None) -> list[RawBatch]:
    return list(open_transport(spec, _now).batches(cursor or Cursor()))


def _after(batches: list[RawBatch], cursor: Cursor | None = None) -> Cursor:
    """The cursor as the store would keep it."""
    mark, seen = (cursor.watermark, set(cursor.seen)) if cursor else (None, set())
    for batch in batches:
        mark = batch.watermark or mark
        seen |= {batch.completes} if batch.completes else set()
    return Cursor(mark, frozenset(seen))


def _mapped(spec: FeedSpec, batches: list[RawBatch]) -> tuple[list[dict[str, Any]], list[Problem]]:
    mapper = Mapper(spec, KEY, None, to_wgs84, _now)
    outs = [mapper.map(batch.rows) for batch in batches]
    return [r for o in outs for r in o.records], [p for o in outs for p in o.problems]


def test_every_built_in_feed_has_a_sample() -> None:
    assert sorted(SAMPLES) == FEEDS


@pytest.mark.parametrize("feed", FEEDS)
class TestFeed:
    def test_every_row_has_one_fate(self, feed: str, tmp_path: Path) -> None:
        with _opened(feed, tmp_path) as (sample, spec):
            batches = _read(spec)
        records, problems = _mapped(spec, batches)
        broken = [b for batch in batches for b in batch.broken]
        assert sum(b.received for b in batches) == sample.received == len(records) + len(problems) + len(broken)
        assert Counter([p.reason_code for p in problems] + [b.reason for b in broken]) == sample.reasons
        assert set(sample.reasons) <= set(REASONS)

    def test_rows_become_what_they_say(self, feed: str, tmp_path: Path) -> None:
        with _opened(feed, tmp_path) as (sample, spec):
            records, _ = _mapped(spec, _read(spec))
        found = {r["external_id"]: r for r in records}
        assert set(found) == set(sample.records)
        for key, wanted in sample.records.items():
            assert {name: found[key].get(name) for name in wanted} == wanted, key
        assert {k for k, r in found.items() if r["withdrawn"]} == sample.withdrawn
        for key, (lon, lat) in sample.near.items():
            assert found[key]["lon"] == pytest.approx(lon, abs=2e-6) and found[key]["lat"] == pytest.approx(lat, abs=2e-6)

    def test_only_canonical_fields_of_their_types(self, feed: str, tmp_path: Path) -> None:
        with _opened(feed, tmp_path) as (_, spec):
            records, _ = _mapped(spec, _read(spec))
        for record in records:
            assert set(record) <= set(FIELDS) | {"withdrawn"}
            for name, value in record.items():
                assert type(value) is FIELDS.get(name, bool), (name, value)
                assert name not in VOCABULARY or value in VOCABULARY[name]
            assert record["external_id"].strip()

    def test_no_person_leaves_the_door(self, feed: str, tmp_path: Path) -> None:
        with _opened(feed, tmp_path) as (_, spec):
            batches = _read(spec)
        records, problems = _mapped(spec, batches)
        told = repr((records, problems, [batch.broken for batch in batches]))
        assert [c for c in CLEAR if c in told] == []
        assert any(c in repr([batch.rows for batch in batches]) for c in CLEAR)  # they did come in

    def test_parties_are_masked_and_tokenised(self, feed: str, tmp_path: Path) -> None:
        with _opened(feed, tmp_path) as (_, spec):
            records, _ = _mapped(spec, _read(spec))
        parties = [p for r in records for p in r.get("parties", [])]
        assert parties
        for party in parties:
            assert set(party) == {"role", "name", "id_token", "phone_token"} and party["role"] in ROLES
            assert "*" in party["name"] or (feed == "health" and party["name"] == "上高县人民医院")
            for kind in ("id_token", "phone_token"):
                assert party[kind] == "" or re.fullmatch("[0-9a-f]{32}", party[kind])
        assert any(p["phone_token"] for p in parties)

    def test_the_second_reading_gives_nothing_that_is_not_the_overlap(self, feed: str, tmp_path: Path) -> None:
        with _opened(feed, tmp_path) as (_, spec):
            first = _read(spec)
            cursor = _after(first)
            second = _read(spec, cursor)
            assert _after(second, cursor) == cursor
        known = [repr(row) for batch in first for row in batch.rows]
        assert all(repr(row) in known for batch in second for row in batch.rows)
        if spec.transport.kind in ("csv", "excel"):
            assert second == []

    def test_every_batch_says_where_it_is_from_and_marks_rise(self, feed: str, tmp_path: Path) -> None:
        with _opened(feed, tmp_path) as (_, spec):
            batches = _read(spec)
        marks = [b.watermark for b in batches if b.watermark]
        assert marks == sorted(marks) and all(b.origin for b in batches)
        assert bool(marks) != any(b.completes for b in batches)

    def test_cutting_into_batches_changes_nothing(self, feed: str, tmp_path: Path) -> None:
        with _opened(feed, tmp_path) as (_, spec):
            batches = _read(spec)
        rows = [row for batch in batches for row in batch.rows]
        mapper = Mapper(spec, KEY, None, to_wgs84, _now)
        singly = [r for row in rows for r in mapper.map([row]).records]
        assert sorted(map(repr, singly)) == sorted(map(repr, _mapped(spec, batches)[0]))

    def test_an_empty_call_is_no_error(self, feed: str, tmp_path: Path) -> None:
        spec = load_feed(BUILT_IN / feed, {})
        assert Mapper(spec, KEY).map([]).records == []

    def test_without_its_settings_a_person_is_told_which(self, feed: str, tmp_path: Path) -> None:
        spec = load_feed(BUILT_IN / feed, {})
        with pytest.raises(Fatal, match=spec.missing[0]):
            open_transport(spec)

    def test_has_a_page_that_names_its_settings(self, feed: str, tmp_path: Path) -> None:
        spec = load_feed(BUILT_IN / feed, {})
        page = (BUILT_IN / feed / "README.md").read_text(encoding="utf-8")
        assert [name for name in spec.missing if name not in page] == []
        for word in ("Whose system", "Clock", "Datum"):
            assert word in page


def test_a_company_keeps_no_clear_number_in_a_token() -> None:
    assert WANG_ID not in repr(Mapper(load_feed(BUILT_IN / "centre", {}), KEY).map([{"SLBH": "MT-1", "SQRSFZ": WANG_ID}]))


def test_days_are_days_not_moments() -> None:
    spec = load_feed(BUILT_IN / "police", {})
    row = dict.fromkeys(spec.mapping.columns(), "") | {"JJBH": "J1", "JJSJ": "20260105235959", "BJLB": "30"}
    record = Mapper(spec, KEY, now=_now).map([row]).records[0]
    assert record["accepted_on"] == date(2026, 1, 5) and type(record["accepted_on"]) is date
