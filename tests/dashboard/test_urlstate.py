"""The address and the filters are two writings of one thing, and no address breaks a page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import urlstate
from matters.categories import CATEGORIES, SUBCATEGORIES
from matters.filters import PARTS, Filter, Span
from matters.indicators import INDICATORS
from matters.periods import Window, preset
from matters.vocabulary import CHANNELS, LOCATED, OUTCOMES, SCALES, STAGES

TODAY = date(2026, 10, 8)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
windows = st.none() | st.tuples(days, days).map(lambda d: Window(min(d), max(d)))
words = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True)
codes = st.from_regex(r"[0-9A-Za-z]{1,15}", fullmatch=True)
text = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40).map(str.strip).filter(bool)


def optional(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | strategy


def spans(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Span | None]:
    both = st.tuples(strategy, strategy).map(lambda s: Span(min(s), max(s)))
    return st.none() | both | strategy.map(lambda v: Span(v, None)) | strategy.map(lambda v: Span(None, v))


cells = st.builds("{}.{}.{}".format, st.integers(0, 8), st.integers(0, 99_999), st.integers(-99_999, 99_999))
filters = st.builds(
    Filter, area=optional(codes), window=windows, category=optional(st.sampled_from([*CATEGORIES, *SUBCATEGORIES])),
    agency=optional(words), channel=optional(st.sampled_from(list(CHANNELS))), stage=optional(st.sampled_from(list(STAGES))),
    part=st.sampled_from(PARTS), compare=st.sampled_from(["yoy", "pop"]), exclude=optional(words),
    as_of=st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    located=optional(st.sampled_from(list(LOCATED))), village=st.just("-") | optional(codes), first_agency=optional(words),
    scale=optional(st.sampled_from(list(SCALES))), q=optional(text), due_within=st.none() | st.integers(0, 3650),
    owner=optional(text), outcome=optional(st.sampled_from(list(OUTCOMES))), linked=st.sampled_from(["", "yes", "no"]),
    satisfied=st.sampled_from(["", "yes", "no"]),
    people=spans(st.integers(0, 10**9 - 1)), amount=spans(st.integers(0, 10**9 - 1)), days=spans(st.integers(0, 3650)), due=spans(days), closed=spans(days),
    codes=st.lists(st.from_regex(r"[0-9]{2}-[0-9A-Z]{5,9}", fullmatch=True), max_size=4, unique=True).map(tuple),
    waits=st.just(()) | st.tuples(st.integers(0, 365), st.integers(0, 365)),
    cell=st.sampled_from(["", "any", "none"]) | st.lists(cells, min_size=1, max_size=4).map(",".join),
)  # fmt: skip
states = st.builds(
    urlstate.State, filter=filters, indicator=st.sampled_from(list(INDICATORS)), lang=st.sampled_from(["", "zh", "en"]), dated=st.just(True),
    extra=st.dictionaries(words.filter(lambda k: k not in urlstate.OWN), st.from_regex(r"[\w\-.,:*]{1,30}", fullmatch=True), max_size=3),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(states)
def test_an_address_gives_its_state_back(state: urlstate.State) -> None:
    assert urlstate.read(urlstate.write(state), TODAY) == state


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(filters)
def test_the_address_of_a_list_keeps_every_condition(f: Filter) -> None:
    """What a number rests on is what its list is asked for."""
    path, _, query = urlstate.rows(f).partition("?")
    assert path == "/matters"
    assert urlstate.read(query, TODAY).filter == f


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=300) | st.dictionaries(st.sampled_from([*urlstate.READERS, "from", "to", "lang", "indicator", "window"]), st.text(max_size=50)).map(lambda d: "&".join(f"{k}={v}" for k, v in d.items())))  # fmt: skip
def test_no_address_raises(search: str) -> None:
    state = urlstate.read(search, TODAY)
    assert state.filter.window is None or state.filter.window.start <= state.filter.window.end
    assert urlstate.read(urlstate.write(state), TODAY).bad == ()


def test_bad_values_are_named_and_left_out() -> None:
    state = urlstate.read("?category=zz&from=2026-13-01&compare=mom&indicator=x&lang=fr&due_within=-1", TODAY)
    assert {b.key for b in state.bad} == {"category", "from", "compare", "indicator", "lang", "due_within"}
    assert state.filter == Filter(window=preset("year", TODAY))
    for day in ("0001-01-01", "1989-12-31", "2201-01-01", "9999-12-31"):  # no year before it, or none that a calendar knows
        for key in ("from", "to"):
            assert [b.key for b in urlstate.read(f"?{key}={day}", TODAY).bad] == [key]
    assert [b.key for b in urlstate.read("?waits=2&due=..9999-12-31", TODAY).bad] == ["due", "waits"]


def test_without_a_window_the_running_year_stands_in_and_is_not_written() -> None:
    state = urlstate.read("?category=02", TODAY)
    assert (state.filter.window, state.dated) == (preset("year", TODAY), False)
    assert urlstate.write(state) == "?category=02"


def test_half_a_window_is_completed() -> None:
    assert urlstate.read("?from=2026-03-01", TODAY).filter.window == Window(date(2026, 3, 1), TODAY)
    assert urlstate.read("?to=2026-03-05", TODAY).filter.window == Window(date(2026, 1, 1), date(2026, 3, 5))
    assert urlstate.read("?from=2026-03-05&to=2026-03-01", TODAY).bad[0].key == "to"


def test_going_down_keeps_period_and_facets_and_drops_what_belongs_to_one_area() -> None:
    state = urlstate.read("?from=2026-01-01&to=2026-01-31&category=02&village=360923101001&sort=overdue_now&lang=en", TODAY, "360923")
    assert urlstate.down("360923101", "township", state) == "/township/360923101?from=2026-01-01&to=2026-01-31&category=02&lang=en"
