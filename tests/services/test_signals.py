"""Signals: what was planted is found and nothing else; every count is its rows, for good; deciding, undoing, scope, late feeds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.simulate import panel
from matters.access import Forbidden, Scope
from matters.categories import CATEGORIES
from services.shapes import FeedState
from services.signal_counts import Counts, Delay, counted, delay, last_week
from services.signal_fold import folded
from services.signal_judge import Found, judged
from services.signal_shapes import Refused
from services.signals import Conflict
from store.engine import reading
from store.feeds import all_agencies
from store.signals import Cell
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
COUNTY = Scope.of("county", "county_leader", "county", "360923")
OTHER = Scope.of("other", "county_leader", "county", "360926")
CLERK = Scope.of("clerk", "township_clerk", "township", "360923", "360923101")
WEEK = date(2026, 11, 22)


def _burst(services: Services, last: date, names: range, at: timedelta = timedelta(0)) -> None:
    """Matters of 09 in one township, as the centre reports them."""
    with reading(services.engine) as c:
        agencies = all_agencies(c)
    rows = [{"external_id": f"burst{n}", "kind": "intake", "accepted_on": last - timedelta(days=n % 10), "category": "09", "title": f"采石场扬尘{n}",
             "channel": "visit", "place": ("360923", "360923101")} for n in names]  # fmt: skip
    write(services.engine, "centre", [made(r) for r in rows], agencies, services.now() + at)


def _ours(services: Services, scope: Scope = CITY) -> object:
    return next(x for x in services.signals.desk(scope).lines if (x.town, x.category) == ("360923101", "09"))


def test_a_burst_is_found_decided_on_and_found_again(own_city: Services) -> None:
    """One city, run once, then walked through; and run again after a late report."""
    city = own_city
    _burst(city, WEEK, range(12))
    assert city.signals.due()
    city.signals.run()
    _the_burst_with_its_rows(city)
    _nobody_sees_or_decides_outside_their_area(city)
    _people_decide_undo_and_snooze(city)
    _a_late_report_changes_the_next_run_only(city)


def _the_burst_with_its_rows(city: Services) -> None:
    desk, x = city.signals.desk(CITY), _ours(city)
    assert desk.week == WEEK and not city.signals.due() and desk.open == len(desk.lines) <= desk.cap
    assert x.count >= 12 and x.low <= x.expected <= x.high < x.count and "emerging" in x.kinds and x.provisional and not x.delay_known
    assert f"{x.count} 件" in x.sentence[0] and "苗头性" in x.sentence[0] and str(x.count) in x.sentence[1]
    assert x.points[-1][:2] == (WEEK, x.count if x.evidence["weeks"] == 4 else x.points[-1][1]) and len(x.points) == 26
    for line in desk.lines:
        counts = [(line.rows, line.count)] if line.rows else [(p.rows, p.count) for p in line.parts]
        for wanted, said in [*counts, *((r.rows, r.count) for r in line.related if r.rows), *((f, n) for _, n, f in line.months)]:
            assert city.matters.page(CITY, wanted).sums.total == said, line.sentence
    for w in desk.watch:
        assert city.matters.page(CITY, w.rows).sums.total == w.count


def _a_late_report_changes_the_next_run_only(city: Services) -> None:
    x = city.signals.get(CITY, _id(city)).line
    _burst(city, WEEK, range(20, 21), timedelta(minutes=2))
    assert city.matters.page(CITY, x.rows.with_(as_of=None)).sums.total == x.count + 1
    later = city.now() + timedelta(minutes=3)
    city.moments._now = lambda: later  # the running minute is "now": its rows are those of now
    assert city.matters.page(CITY, x.rows).sums.total == x.count
    found = len(city.signals.desk(CITY).lines)
    city.signals._settings = city.settings.model_copy(update={"signals_a_week": 1})
    city.signals.run()
    again = city.signals.get(CITY, x.id)
    assert again.line.count == x.count + 1 and len(again.seen) == 2 and again.line.state == "open"
    assert len(city.signals.desk(CITY).lines) == found and city.signals.desk(CITY).cap == 1  # those already there stay; the cap is for new ones


def _id(city: Services) -> int:
    desk = city.signals.desk(CITY)
    return next(x.id for x in (*desk.lines, *desk.snoozed) if (x.town, x.category) == ("360923101", "09"))


def _people_decide_undo_and_snooze(city: Services) -> None:
    x = _ours(city)
    with pytest.raises(Refused, match="why"):
        city.signals.act(CITY, x.id, x.version, "meeting", "  ")
    file = city.signals.act(CITY, x.id, x.version, "meeting", "下周例会，带上36092319800101123X的卷")
    assert file.line.state == "meeting" and file.line.decided.by == "city" and file.line.decided.why == "下周例会，带上360******的卷"
    with pytest.raises(Conflict):
        city.signals.act(CITY, x.id, x.version, "dismiss", "重复")
    desk = city.signals.desk(CITY)
    assert (desk.decided, desk.used, desk.useful) == (1, 1, 1.0) and desk.counts["done"] == 1 and desk.open == len(desk.lines) - 1
    file = city.signals.act(CITY, x.id, file.line.version, "dismiss", "同一家的重复登记")
    assert city.signals.desk(CITY).useful == 0.0
    file = city.signals.undo(CITY, x.id, file.line.version, file.line.undoable, "看错了")
    assert file.line.state == "meeting" and [e.step for e in file.events] == ["found", "meeting", "dismiss", "undo"] and file.events[2].undone
    file = city.signals.undo(CITY, x.id, file.line.version, file.line.undoable, "再看看")
    assert file.line.state == "open" and city.signals.desk(CITY).useful is None
    with pytest.raises(Refused, match="until"):
        city.signals.act(CITY, x.id, file.line.version, "snooze", "已在办", until=city.now().date())
    file = city.signals.act(CITY, x.id, file.line.version, "snooze", "已在办", until=city.now().date() + timedelta(days=14))
    desk = city.signals.desk(CITY)
    assert x.id in {s.id for s in desk.snoozed} and x.id not in {s.id for s in desk.lines}


def _nobody_sees_or_decides_outside_their_area(city: Services) -> None:
    x = _ours(city)
    assert _ours(city, COUNTY).id == x.id and _ours(city, CLERK).acts == ()
    assert all(line.county == "360923" for line in city.signals.desk(COUNTY).lines)
    assert all(line.town == "360923101" for line in city.signals.desk(CLERK).lines)
    assert x.id not in {line.id for line in city.signals.desk(OTHER).lines}
    with pytest.raises(LookupError):
        city.signals.get(OTHER, x.id)
    with pytest.raises(LookupError):
        city.signals.act(OTHER, x.id, x.version, "note", "看过")
    with pytest.raises(Forbidden):
        city.signals.act(CLERK, x.id, x.version, "note", "看过")
    with pytest.raises(Forbidden):
        city.signals.desk(OTHER, "360923")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # nothing here depends on the database
def test_a_silent_feed_is_not_calm(own_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    city = own_city
    _burst(city, WEEK, range(12))
    states = city.feeds.states(CITY)
    stopped = [s if s.feed != "centre" else FeedState(s.feed, s.agency, s.zh, s.en, s.mark, city.now() - timedelta(days=12), s.checked_at, True, 12,
                                                      s.cadence_seconds) for s in states]  # fmt: skip
    with monkeypatch.context() as m:
        m.setattr(city.feeds, "states", lambda scope, as_of=None: tuple(stopped))
        city.signals.run()
        desk = city.signals.desk(CITY)
        assert {u.agency for u in desk.unknown} == {"centre"} and all(u.share >= 0.1 for u in desk.unknown)
        assert _ours(city).late == ("centre",) and not city.signals.due()
    assert city.signals.due()  # the feed has caught up
    city.signals.run()
    assert city.signals.desk(CITY).unknown == () and _ours(city).late == ()


def _panel_counts(seed: int, truth: str, weeks: int, judged_week: int) -> tuple[Counts, object]:
    """An invented city as a run would read it, up to one of its weeks."""
    p = panel(seed, weeks=weeks, townships=219, categories=20, judged=26, truth=truth)
    t = judged_week + 1
    town = p.counts[:t]
    towns = tuple(f"t{i:03d}" for i in range(town.shape[1]))
    of = {code: f"c{i % 10}" for i, code in enumerate(towns)}
    counties = tuple(f"c{i}" for i in range(10))
    county = np.stack([town[:, [i for i in range(len(towns)) if i % 10 == c]].sum(axis=1) for c in range(10)], axis=1)
    empty = np.zeros((0, 1, 1))
    return Counts(WEEK, towns, counties, tuple(CATEGORIES), of, town, county, town.sum(axis=1), np.array([], dtype="datetime64[M]"), empty, empty, empty[:, 0],
                  p.festival[:t]), p  # fmt: skip


def run_of_weeks(seed: int, truth: str, weeks: range, groups: bool = True) -> tuple[list[tuple[int, Found]], object]:
    """New cards week by week, the same place and category once in eight weeks."""
    told: dict[tuple[str, str, str], int] = {}
    out = []
    seats = {f"t{i:03d}": (114 + (i % 15) / 10, 27.5 + (i // 15) / 10) for i in range(219 if groups else 0)}
    made_of = None
    for week in weeks:
        counts, made_of = _panel_counts(seed, truth, 260, week)
        found, _ = judged(counts, Delay(None), 2, seats)
        for card in folded(found, {}):
            key = (card.lead.county, card.lead.town, card.lead.category)
            if week - told.get(key, -99) > 8:
                out.append((week, card.lead))
            told[key] = week
    return out, made_of


@pytest.mark.soak
def test_quiet_cities_stay_quiet_and_spikes_are_found() -> None:
    quiet = [len(run_of_weeks(seed, "quiet", range(236, 260, 2))[0]) / 24 for seed in range(1, 5)]
    assert np.mean(quiet) <= 1.0, quiet
    found = right = 0
    for seed in range(1, 3):
        cards, made_of = run_of_weeks(seed, "plain", range(236, 260, 2))
        hit = {(i, j) for _, i, j in made_of.spikes}
        found += len({c.town for _, c in cards})
        right += sum(bool(c.town) and (int(c.town[1:]), list(CATEGORIES).index(c.category)) in hit for _, c in cards)
    assert right >= 0.5 * found > 0


def test_a_quiet_city_and_a_burst_in_one_week() -> None:
    """The short form: two weeks of a quiet city, and one township that has ten cases where it never had any."""
    cards, _ = run_of_weeks(1, "quiet", range(257, 259), groups=False)
    assert len(cards) <= 2
    counts, _ = _panel_counts(1, "quiet", 260, 258)
    counts.town[-3:, 7, 3] += 5
    counts.county[-3:, 7, 3] += 5
    counts.city[-3:, 3] += 5
    found, _ = judged(counts, Delay(None), 2, {})
    assert ("t007", counts.categories[3]) in {(f.town, f.category) for f in found}


def _found(county: str, town: str, count: int, category: str = "12") -> Found:
    return Found("emerging", county, town, (), category, WEEK - timedelta(days=27), WEEK, count, 1.0, 0.0, 4.0, 1e-6, 1e-4, "pooled")


def test_a_wide_signal_is_no_bridge_between_townships_far_apart() -> None:
    near = {"t1": ["t1", "t2"], "t2": ["t2", "t1"], "t9": ["t9"]}
    here, next_door, away = _found("c1", "t1", 25), _found("c1", "t2", 6), _found("c2", "t9", 20)
    county, city, other = _found("c1", "", 40), _found("", "", 90), _found("c1", "t1", 9, "15")
    cards = folded([city, county, away, here, next_door, other], near)
    assert [(c.lead, c.folded) for c in cards] == [(here, (next_door, county, city)), (away, ()), (other, ())]
    spread = folded([city, _found("c1", "t1", 5), _found("c2", "t9", 5)], near)
    assert [c.lead for c in spread] == [city] and len(spread[0].folded) == 2  # it is in many places: no single one can act


def test_weeks_begin_where_the_data_do() -> None:
    week = last_week(date(2026, 11, 24))
    assert week == WEEK and last_week(WEEK) == WEEK - timedelta(days=7) and last_week(WEEK + timedelta(days=1)) == WEEK
    days = [WEEK - timedelta(days=n) for n in range(7 * 70)]
    cells = [Cell(d, "360923", "360923101", "01", 2) for d in days] + [Cell(date(2019, 5, 5), "360923", "360923101", "01", 1), Cell(WEEK, "360923", "", "02", 3),
                                                                     Cell(WEEK, "", "", "02", 4)]  # fmt: skip
    c = counted(cells, WEEK, {"360923101": "360923"}, ["360923"])
    assert 62 <= len(c.city) <= 71 and c.town[-1, 0, 0] == 14
    j = c.categories.index("02")
    assert (c.town[-1, 0, j], c.county[-1, 0, j], c.city[-1, j]) == (0, 3, 7)
    assert str(c.months[-1]) == "2026-10" and c.city_months[-1, 0] == 62 and len(c.months) == len(c.city_months)


def test_how_late_matters_become_known() -> None:
    start = WEEK - timedelta(days=7 * 20)
    cases = []
    for n in range(7 * 20):
        day = start + timedelta(days=n + 1)
        cases += [(day, datetime.combine(day, datetime.min.time()) + timedelta(days=lag)) for lag in (0, 0, 0, 9)]
    d = delay([c for c in cases if c[1].date() <= WEEK], WEEK, start)
    assert d.share is not None and 0.7 <= d.share[0] <= 0.8 and d.share[3] > 0.97
    assert d.known(1, 0) < d.known(4, 0) < 1.0 == Delay(None).known(4, 0) and d.known(4, 7) > d.known(4, 0)
    assert delay(cases, WEEK, WEEK - timedelta(days=30)).share is None
