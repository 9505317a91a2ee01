"""What maps show beside the areas: every sum equals the figure and its list, nothing outside the scope, nothing that could point to somebody."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.map_classes import natural, rounded
from analysis.smooth import bands, levels, surface
from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.periods import Window
from matters.squares import SENSITIVE_FINEST, squares_of
from services import find
from services.find import spell
from services.map_classes import GROWING, LENGTHS, MapClasses, equal_steps, finest_step, length_of, times
from services.map_squares import Tree
from store.places_drawn import Count

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
COUNTY = Scope.of("test", "county_leader", "county", "360902")
YEARS = Window(date(2024, 1, 1), date(2026, 11, 24))
ASKED = [Filter(window=YEARS), Filter(area="360902", window=YEARS), Filter(area="360902100", window=YEARS), Filter(window=YEARS, agency="police"),
         Filter(area="360981", window=YEARS, category="02"), Filter(window=YEARS, exclude="police"), Filter()]  # fmt: skip


def listed(services: Services, f: Filter, scope: Scope = CITY) -> int:
    return int(services.matters.page(scope, f, limit=1).sums.total)


def accepted(services: Services, f: Filter) -> int:
    level = services.areas.info(f.area).level if f.area else "city"
    return int(services.figures.rows(CITY, f, level)[0].accepted)


@pytest.mark.parametrize("f", ASKED)
def test_placed_and_without_add_up_to_the_figure_and_open_their_rows(small_city: Services, f: Filter) -> None:
    s = small_city.map_layers.squares(CITY, f)
    assert s.of.accepted == accepted(small_city, f) == s.of.placed + s.of.without
    assert listed(small_city, s.of.rows) == s.of.placed and listed(small_city, s.of.rows_without) == s.of.without
    assert sum(n for _, n, _ in s.agencies) == s.of.placed
    assert all(listed(small_city, rows) == n for _, n, rows in s.agencies[:2])
    assert sum(s.nodes[i].matters for i in s.roots) + s.few == s.of.placed
    assert small_city.map_layers.heat(CITY, f).of == s.of


@pytest.mark.parametrize("f", ASKED[:2])
def test_every_square_opens_exactly_its_rows(small_city: Services, f: Filter) -> None:
    s = small_city.map_layers.squares(CITY, f)
    assert any("," in n.cell for n in s.nodes) and len(s.nodes) > 5
    wrong = [(n.cell, n.matters, got) for n in s.nodes if (got := listed(small_city, s.of.rows.with_(cell=n.cell))) != n.matters]
    assert wrong == []


def test_a_reader_gets_their_own_area_and_no_other(small_city: Services) -> None:
    f = Filter(window=YEARS)
    own, same = small_city.map_layers.squares(COUNTY, f), small_city.map_layers.squares(CITY, f.with_(area="360902"))
    assert own.of.placed == same.of.placed and [n.cell for n in own.nodes] == [n.cell for n in same.nodes]
    for ask in (small_city.map_layers.squares, small_city.map_layers.heat):
        with pytest.raises(Forbidden):
            ask(COUNTY, f.with_(area="360981"))
    assert listed(small_city, Filter(window=YEARS, cell="any"), COUNTY) == own.of.placed


def test_an_answer_is_kept_while_the_data_stand(small_city: Services) -> None:
    f = Filter(window=YEARS, category="10")
    assert small_city.map_layers.squares(CITY, f) is small_city.map_layers.squares(CITY, f)
    assert small_city.map_layers.squares(CITY, f) is not small_city.map_layers.squares(COUNTY, f)


@pytest.mark.parametrize("category", ["13", "19"])
def test_patients_and_pupils_are_told_coarsely(small_city: Services, category: str) -> None:
    s = small_city.map_layers.squares(CITY, Filter(area="360902", window=YEARS, category=category))
    assert all(q.level <= SENSITIVE_FINEST for n in s.nodes for q in squares_of(n.cell))
    assert small_city.map_layers.heat(CITY, Filter(area="360902", window=YEARS, category=category)).bandwidth == 4.0


counts = st.lists(st.builds(Count, st.integers(29_000, 29_040), st.integers(7_100, 7_140), st.sampled_from("abc"), st.integers(1, 9)), max_size=60)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(counts, st.integers(2, 8))
def test_no_square_and_no_difference_of_squares_is_fewer_than_told(found: list[Count], least: int) -> None:
    tree = Tree(found, 8, least)
    whole = sum(c.matters for c in found)
    assert all(n.matters >= least for n in tree.nodes)
    for n in tree.nodes:
        parts = [tree.nodes[i] for i in n.parts]
        assert not parts or sum(p.matters for p in parts) == n.matters  # so nothing is left to be subtracted
        assert all(count >= least for agency, count in n.agencies if agency) and sum(c for _, c in n.agencies) == n.matters
        square = squares_of(n.cell)[0]
        west, south, east, north = square.edges
        assert west < n.at[0] < east and south < n.at[1] < north
    told = sum(tree.nodes[i].matters for i in tree.roots)
    assert whole - told == sum(n for n in _roots(found).values() if n < least)


def _roots(found: list[Count]) -> dict[tuple[int, int], int]:
    out: dict[tuple[int, int], int] = {}
    for c in found:
        key = (c.x >> 8, c.y >> 8)
        out[key] = out.get(key, 0) + c.matters
    return out


def test_a_surface_holds_all_its_matters_and_tells_nothing_of_a_few() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.integers(29_000, 29_060, 200).astype(float), rng.integers(7_100, 7_160, 200).astype(float)
    found = surface(x, y, np.ones(200), 1 / 256, 2.0)
    middle = (float(y.mean()) + 0.5) / 256
    cell = (111.32 / 256) ** 2 * np.cos(np.radians(middle))
    assert found.density.sum() * cell == pytest.approx(200, rel=0.01)
    steps = levels(5 / (4 * np.pi * 4), float(found.density.max()))
    assert steps == tuple(sorted(steps)) and steps[0] >= 5 / (4 * np.pi * 4)
    rings = bands(found, steps)
    assert rings[0] and all(ring[0] == ring[-1] for band in rings for ring in band)
    alone = surface(np.array([29_000.0]), np.array([7_100.0]), np.array([2.0]), 1 / 256, 2.0)
    assert bands(alone, steps) == [[] for _ in steps]  # two matters in one place: no outline


def test_changes_are_those_of_the_lists_and_small_ones_are_withheld(small_city: Services) -> None:
    f = Filter(window=Window(date(2026, 1, 1), date(2026, 10, 31)))
    for indicator in ("accepted", "civil_filings", "resolved_rate", "satisfaction"):
        o = small_city.figures.overview(CITY, f, indicator)
        changes = small_city.map_layers.changes(CITY, o)
        assert set(changes) == {r.area for r in o.rows}
        kinds = {c.kind for c in changes.values()}
        assert kinds & ({"percent"} if indicator in GROWING else {"points"}), (indicator, kinds)
        for r in o.rows:
            c = changes[r.area]
            if c.kind == "points":
                settled, resolved = (listed(small_city, f.with_(area=r.area, window=o.compared, part=p)) for p in
                                     (("settled", "resolved") if indicator == "resolved_rate" else ("rated", "satisfied")))  # fmt: skip
                assert settled >= small_city.settings.small and c.before == pytest.approx(resolved / settled)
                assert c.value == pytest.approx((c.now or 0) - (c.before or 0))


def test_breaks_are_found_once_a_season_round_and_the_same_for_all_windows_of_a_length(small_city: Services, tmp_path: Path) -> None:
    kept, today = MapClasses(small_city.figures, tmp_path, "360900"), date(2026, 11, 24)
    before = kept.of("per_10k", "township", 300, today)
    assert before == tuple(sorted(before))  # equal steps, until the worker has been there
    assert kept.pin(today) and not kept.pin(today) and not MapClasses(small_city.figures, tmp_path, "360900").pin(date(2026, 12, 31))
    for level in ("county", "township"):
        for indicator in ("accepted", "per_10k", "civil_filings", "resolved_rate", "satisfaction"):
            for days in LENGTHS:
                breaks = kept.of(indicator, level, days, today)
                assert len(set(breaks)) == 4 and list(breaks) == sorted(breaks) and breaks[0] > 0, (indicator, level, days)
                assert "rate" not in indicator or breaks[-1] <= 1.0
    assert kept.of("per_10k", "county", 88, today) == kept.of("per_10k", "county", 92, today)
    other = MapClasses(small_city.figures, tmp_path, "360900")  # another process reads what the worker wrote
    assert other.of("accepted", "county", 330, today) == kept.of("accepted", "county", 330, today)
    assert kept.pin(date(2027, 1, 4))  # the year after has a base of its own
    assert length_of("resolved_rate", 7) == 0 and equal_steps([1, 2], 1) is None


def test_breaks_under_a_category_are_its_share_of_the_year_and_tell_the_counties_apart(small_city: Services, tmp_path: Path) -> None:
    kept, today = MapClasses(small_city.figures, tmp_path, "360900"), date(2026, 11, 24)
    kept.pin(today)
    window = Window(date(2025, 1, 1), date(2025, 12, 31))
    whole = small_city.figures.rows(Scope.system(), Filter(window=window), "city")[0].accepted
    for facets in ({"category": "02"}, {"agency": "courts"}, {"category": "03", "agency": "centre"}, {"channel": "visit"}):
        wanted = Filter(**facets)
        share = small_city.figures.rows(Scope.system(), Filter(window=window).with_(**facets), "city")[0].accepted / whole
        for indicator in ("accepted", "per_10k"):
            usual, breaks = kept.of(indicator, "county", 330, today), kept.narrowed(indicator, "county", 330, today, wanted)
            assert len(set(breaks)) == 4 and list(breaks) == sorted(breaks)
            least = finest_step(indicator)  # of few matters no break is finer: then they are this step apart
            assert all(b == pytest.approx(max(u * share, least), rel=0.06, abs=3 * least) for b, u in zip(breaks, usual, strict=True)), (facets, indicator)
        assert kept.narrowed("satisfaction", "county", 330, today, wanted) == kept.of("satisfaction", "county", 330, today)
    rows = small_city.figures.rows(Scope.system(), Filter(window=window, agency="courts"), "county")
    narrowed = kept.narrowed("accepted", "county", 365, today, Filter(agency="courts"))
    assert len({sum(r.accepted >= b for b in narrowed) for r in rows if r.area}) >= 3
    assert times((80.0, 90.0, 100.0, 110.0), 0.077, 0.1) == (6.2, 6.9, 7.7, 8.5) and times((1.0, 2.0, 3.0, 4.0), 0.01, 1.0) == (1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize(("q", "code", "is_centre"), [
    ("fc", "360981", False), ("fengcheng", "360981", False), ("丰城", "360981", False), ("360981", "360981", False), ("jgjd", "360981002", False),
    ("上高中心", "360923", True), ("sgmt", "360923", True), ("shanggaozhong", "360923", True), ("sixizhen", "360923103", False),
])  # fmt: skip
def test_areas_and_centres_are_found_as_one_types(small_city: Services, q: str, code: str, is_centre: bool) -> None:
    best = small_city.areas.finder.find(CITY, q)[0]
    assert (best.code, best.is_centre) == (code, is_centre)
    town = Scope.of("t", "township_clerk", "township", "360923", "360923103")
    assert all(small_city.areas.place(f.code).town == "360923103" for f in small_city.areas.finder.find(town, q))


def test_the_first_letters_of_many_readers_are_all_answered(small_city: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several processes and their threads work the names out and keep them, all at the same moment."""
    spelt = list[int]()

    def slowly(names: Any) -> dict[str, list[str]]:
        spelt.append(1)
        time.sleep(0.05)
        return spell(names)

    monkeypatch.setattr(find, "spell", slowly)
    processes = [find.Finder(small_city.areas, tmp_path / "maps", "x") for _ in range(3)]
    monkeypatch.setattr(find.os, "getpid", threading.get_ident)  # each a process of its own
    with ThreadPoolExecutor(12) as readers:
        found = [f.result() for f in [readers.submit(processes[i % 3].find, CITY, "fengcheng") for i in range(12)]]
    assert {f[0].code for f in found} == {"360981"} and len(spelt) <= 3
    assert [p.name for p in (tmp_path / "maps").iterdir()] == ["names-x.json"]
    (tmp_path / "a file").touch()
    assert find.Finder(small_city.areas, tmp_path / "a file" / "maps", "x").find(CITY, "fengcheng")[0].code == "360981", "no place to keep them"


def test_breaks_where_every_third_area_has_the_greatest_value() -> None:
    """A rate of 100 % in many townships: the highest class of the quantiles then has nothing above it."""
    values = [0.900 + n / 500 for n in range(15)] + [1.0] * 10
    found = natural(values)
    assert found is not None and "fisher_jenks" in found.found and "quantiles" not in found.found
    breaks, method = rounded(found, 1.0, 0.001) or ((), "")
    assert method == "fisher_jenks" and len(breaks) == 4 and max(breaks) < 1.0
