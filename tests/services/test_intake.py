"""Whole lists, quarantine, replay and requests: nothing lost, nothing withdrawn by accident, counts that add up."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.registry import load_feed
from matters.access import Forbidden, Scope
from services.settings import load_settings
from services.stewardship import NotNow
from services.wiring import build
from store import rollups
from store.engine import reading
from store.records_at import records_at
from store.schema import audit, data_version, record
from tests.services.intake import STEWARD, TODAY, declared, opened, put, row, run, work


def live(services) -> set[str]:  # type: ignore[no-untyped-def]
    with reading(services.engine) as c:
        assert rollups.compare(c) == []
        return set(c.execute(select(record.c.external_id).where(~record.c.withdrawn)).scalars())


def sound(services) -> None:  # type: ignore[no-untyped-def]
    assert all(r.holds for r in services.feeds.reconciled(STEWARD))


def test_a_list_withdraws_what_it_leaves_out_and_revives_what_returns(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path)
    put(tmp_path, "1.csv", [row(i) for i in range(10)])
    assert run(services).counts.new == 10
    put(tmp_path, "2.csv", [row(i) for i in range(9)])
    counts = run(services).counts
    assert (counts.unchanged, counts.withdrawn, counts.absent) == (9, 1, 1) and counts.adds_up
    assert live(services) == {str(i) for i in range(9)}
    put(tmp_path, "3.csv", [row(i) for i in range(10)][::-1])
    counts = run(services).counts
    assert (counts.unchanged, counts.changed) == (9, 1)
    assert live(services) == {str(i) for i in range(10)}
    put(tmp_path, "4.csv", [row(i, "乙") if i == 3 else row(i) for i in range(10)])
    put(tmp_path, "5.csv", [row(i, "甲") if i != 4 else row(i, day="2026-11-01") for i in range(10)])  # 3 goes back to what it was
    assert run(services).counts.changed == 3
    with reading(services.engine) as c:
        assert c.execute(select(record.c.title).where(record.c.external_id == "3")).scalar_one() == "甲"
    sound(services)
    services.close()


def test_a_record_that_was_away_stands_as_it_stood_then(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path)
    said = [["甲"], ["乙"], ["甲"], [], ["丙"], ["甲"], ["丁"], []]
    moments, shown = [], []
    for number, titles in enumerate(said):
        others = [row(i) for i in range(1, 10)]
        put(tmp_path, f"{number}.csv", [*others[number:], *[row(0, title) for title in titles], *others[:number]])
        assert run(services).error == ""
        with reading(services.engine) as c:
            moments.append(c.execute(select(data_version.c.changed_at)).scalar_one())
            shown.append(tuple(c.execute(select(record.c.title, record.c.withdrawn, record.c.matter_id).where(record.c.external_id == "0")).one()))
    assert [(title, gone) for title, gone, _ in shown] == [(t[0] if t else shown[i - 1][0], not t) for i, t in enumerate(said)]
    with reading(services.engine) as c:
        for at, (title, gone, matter_id) in zip(moments, shown, strict=True):
            if matter_id is not None:
                rows, outside = records_at(c, STEWARD, matter_id, at, services.ingest.finished)
                (found,) = [r for r in rows if r["external_id"] == "0"]
                assert (found["title"], found["withdrawn"], outside) == (title, gone, 0)
    services.close()


@pytest.mark.parametrize("answer", ["accept", "refuse", "whole"])
def test_a_short_list_stops_and_asks(store_url: str, tmp_path: Path, answer: str) -> None:
    services = opened(store_url, tmp_path)
    put(tmp_path, "1.csv", [row(i) for i in range(10)])
    run(services)
    put(tmp_path, "2.csv", [row(i) for i in range(3)])
    assert run(services).counts.withdrawn == 0 and len(live(services)) == 10
    (hold,) = services.feeds.holds(STEWARD)
    assert (hold.known, hold.present, hold.absent) == (10, 3, 7) and services.feeds.card(STEWARD, "lists").hold == hold
    with pytest.raises(Forbidden):
        services.stewardship.accept_hold(Scope.of("x", "city_leader", "city"), hold.id)
    if answer == "accept":
        services.stewardship.accept_hold(STEWARD, hold.id, "dissolved")
        assert work(services) == 1 and live(services) == {"0", "1", "2"}
        with pytest.raises(NotNow):
            services.stewardship.refuse_hold(STEWARD, hold.id)
    elif answer == "refuse":
        services.stewardship.refuse_hold(STEWARD, hold.id, "broken export")
        put(tmp_path, "3.csv", [row(i) for i in range(2, -1, -1)])
        run(services)
        assert len(live(services)) == 10 and services.feeds.holds(STEWARD) == ()
        put(tmp_path, "4.csv", [])
        run(services)
        assert services.feeds.holds(STEWARD)[0].absent == 10 and len(live(services)) == 10
    else:
        put(tmp_path, "3.csv", [row(i) for i in range(9)])
        run(services)
        assert services.feeds.holds(STEWARD) == () and services.feeds.holds(STEWARD, state="")[0].state == "passed"
        assert len(live(services)) == 9
    assert [n.kind for n in services.feeds.notices(STEWARD)].count("held") == (2 if answer == "refuse" else 1)
    sound(services)
    services.close()


def test_a_bad_row_is_in_the_list_all_the_same(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path)
    put(tmp_path, "1.csv", [row(i) for i in range(10)])
    run(services)
    put(tmp_path, "2.csv", [*[row(i) for i in range(9)], row(9, day="昨天")])
    counts = run(services).counts
    assert (counts.unchanged, counts.quarantined, counts.withdrawn) == (9, 1, 0) and len(live(services)) == 10
    services.close()


def test_bad_rows_that_a_later_list_leaves_out_wait_no_longer(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path)

    def waiting() -> list[str]:
        return sorted(r.raw["id"] for r in services.feeds.quarantine_rows(STEWARD, "lists", state="open").rows)

    bad = [row(8, day="昨天"), row(9, day="昨天"), row(10, day="昨天")]
    put(tmp_path, "1.csv", [*[row(i) for i in range(8)], *bad])
    assert run(services).counts.quarantined == 3 and waiting() == ["10", "8", "9"]
    put(tmp_path, "2.csv", [*[row(i) for i in range(8)], row(8), bad[2]])  # 8 is good now, 9 is gone
    assert run(services).counts.new == 1 and waiting() == ["10"]
    services.stewardship.replay(STEWARD, "lists")
    assert work(services) == 1 and live(services) == {str(i) for i in range(9)}
    put(tmp_path, "3.csv", [*[row(i) for i in range(9)], bad[1], bad[2]])
    assert run(services).counts.quarantined == 1 and waiting() == ["10", "9"]
    put(tmp_path, "4.csv", [row(i) for i in range(3)])  # short: nothing is decided before a person has answered
    run(services)
    assert waiting() == ["10", "9"]
    services.stewardship.accept_hold(STEWARD, services.feeds.holds(STEWARD)[0].id, "dissolved")
    assert work(services) == 1 and waiting() == [] and live(services) == {"0", "1", "2"}
    (counts,) = services.feeds.reconciled(STEWARD)
    assert (counts.quarantined, counts.discarded, counts.open) == (4, 4, 0)
    sound(services)
    services.close()


def test_quarantine_is_mended_replayed_and_discarded(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    put(tmp_path, "1.csv", [*[row(i) for i in range(5)], row(5, day="2026/11/05"), row(6, day="昨天"), row(7, day="")])
    assert run(services).counts.quarantined == 3
    page = services.feeds.quarantine_rows(STEWARD, "lists", limit=2)
    assert page.total == 3 and len(page.rows) == 2 and page.next is not None
    for r in page.rows:
        assert r.replayable and r.raw["who"].startswith("张") and "三丰" not in str(r.raw) and "13812345678" not in str(r.raw), r
    # The mapping learns another way to write dates: only the first row is good now.
    toml = tmp_path / "feed.toml"
    toml.write_text(toml.read_text().replace('date = "%Y-%m-%d"', 'date = ["%Y-%m-%d", "%Y/%m/%d"]'))
    services.stewardship.replay(STEWARD, "lists")
    assert work(services) == 1 and len(live(services)) == 6
    asked = services.feeds.requests(STEWARD)[0]
    assert (asked.state, asked.done_rows, asked.total_rows) == ("done", 3, 3)
    left = services.feeds.quarantine_rows(STEWARD, "lists").rows
    services.stewardship.edit(STEWARD, left[0].id, {"day": "2026-11-03"}, "asked by phone")
    assert work(services) == 1 and len(live(services)) == 7
    with pytest.raises(NotNow):
        services.stewardship.discard(STEWARD, "lists", " ")
    assert services.stewardship.discard(STEWARD, "lists", "no such case", ids=[left[1].id]) == 1
    (counts,) = services.feeds.reconciled(STEWARD)
    assert (counts.quarantined, counts.open, counts.replayed, counts.discarded) == (3, 0, 2, 1) and counts.holds
    kinds = [r.kind for r in services.feeds.runs(STEWARD)]
    assert kinds.count("replay") == 2 and all(r.received == r.new + r.quarantined for r in services.feeds.runs(STEWARD))
    with reading(services.engine) as c:
        acts = set(c.execute(select(audit.c.act)).scalars())
        assert {"feed.replay", "feed.edit", "feed.discard"} <= acts
        assert "13812345678" not in str(c.execute(select(audit.c.detail)).all())
    services.close()


def test_each_reason_of_one_row_stays_its_own(store_url: str, tmp_path: Path) -> None:
    toml = declared(tmp_path, "incremental").source
    further = '[[records]]\nwithout = ["accepted_on"]\n[records.fields]\nexternal_id = { template = "{id}-2" }\npeople = { from = "title" }\n'
    toml.write_text(toml.read_text(encoding="utf-8") + further, encoding="utf-8")
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY), {"lists": load_feed(toml)})
    services.prepare()
    put(tmp_path, "1.csv", [row(1, "多人", day="昨天")])
    assert run(services).counts.quarantined == 2

    def reasons() -> list[tuple[str | None, str]]:
        return [(r.column, r.reason) for r in services.feeds.quarantine_rows(STEWARD, "lists").rows]

    before = reasons()
    assert before == [("day", "bad_date"), ("title", "bad_number")]
    services.stewardship.replay(STEWARD, "lists")
    assert work(services) == 1 and reasons() == before
    services.close()


def test_the_same_bad_row_again_is_nothing_new(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    put(tmp_path, "1.csv", [row(1), row(2, day="昨天")])
    run(services)
    put(tmp_path, "2.csv", [row(3), row(2, day="昨天")])
    counts = run(services).counts
    assert (counts.new, counts.unchanged, counts.quarantined) == (1, 1, 0)
    sound(services)
    services.close()


def test_drift_is_told_once_and_noted(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    put(tmp_path, "1.csv", [row(i) for i in range(25)])
    run(services)
    assert services.feeds.drift(STEWARD) == ()
    lines = [f"{row(i)},{i}" for i in range(25)]
    for name in ("2.csv", "3.csv"):
        text = "\n".join(["id,day,title,area,who,phone,extra", *(line + name[0] for line in lines)]) + "\n"
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
        run(services)
    (found,) = services.feeds.drift(STEWARD)
    assert (found.kind, found.column, found.detail) == ("added", "extra", "digits")
    put(tmp_path, "4.csv", [row(i, "丙") for i in range(25)])
    run(services)
    assert {d.kind for d in services.feeds.drift(STEWARD)} == {"added", "missing"}
    assert services.stewardship.note_drift(STEWARD, [d.id for d in services.feeds.drift(STEWARD)]) == 2
    assert services.feeds.drift(STEWARD) == () and services.feeds.card(STEWARD, "lists").drift_open == 0
    services.close()


def test_a_failing_source_is_left_alone_and_recovers(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    (tmp_path / "in").rename(tmp_path / "away")
    for _ in range(5):
        assert run(services).error
    card = services.feeds.card(STEWARD, "lists")
    assert card.circuit == "open" and card.failures == 5 and card.circuit_until is not None
    (tmp_path / "away").rename(tmp_path / "in")
    put(tmp_path, "1.csv", [row(1)])
    services.stewardship.run_now(STEWARD, "lists")
    assert work(services) == 1
    card = services.feeds.card(STEWARD, "lists")
    assert (card.circuit, card.failures, card.error) == ("closed", 0, "")
    assert [n.kind for n in services.feeds.notices(STEWARD)] == ["recovered", "circuit", "failed"]
    assert services.feeds.operation().rows["lists", "new"] == 1
    services.close()


def test_pause_backfill_and_cancel(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    put(tmp_path, "1.csv", [row(1)])
    run(services)
    with pytest.raises(NotNow):
        services.stewardship.pause(STEWARD, "lists", "")
    services.stewardship.pause(STEWARD, "lists", "moving house, ask 13812345678")
    card = services.feeds.card(STEWARD, "lists")
    assert card.paused is not None and card.paused.why == "moving house, ask 138******" and card.next_at is None
    services.stewardship.resume(STEWARD, "lists")
    asked = services.stewardship.backfill(STEWARD, "lists", services.now().date())
    with pytest.raises(NotNow):
        services.stewardship.backfill(STEWARD, "lists", services.now().date())
    services.stewardship.cancel(STEWARD, asked.id)
    assert work(services) == 0
    services.stewardship.backfill(STEWARD, "lists", services.now().date())
    assert work(services) == 1
    assert services.feeds.runs(STEWARD)[0].kind == "backfill" and services.feeds.runs(STEWARD)[0].unchanged == 1
    day = services.feeds.history(STEWARD)[-1]
    assert (day.runs, day.received, day.new, day.unchanged) == (2, 2, 1, 1)
    for act in (lambda s: services.stewardship.run_now(s, "lists"), lambda s: services.feeds.cards(s)):
        with pytest.raises(Forbidden):
            act(Scope.of("c", "analyst", "county", "360923"))
    services.close()
