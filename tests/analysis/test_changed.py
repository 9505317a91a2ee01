"""A change taken apart adds up, whatever the rows; late reports are counted by how late they come."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.changed import bridge, changed, rates
from analysis.delay import completeness, triangle

BY = ("township", "category")
ROWS = st.dictionaries(st.integers(0, 30), st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y"])), max_size=20)


def frame(rows: dict[int, tuple[str | None, str]]) -> pd.DataFrame:
    return pd.DataFrame([(k, *v) for k, v in rows.items()], columns=["code", *BY])


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS, ROWS)
def test_parts_add_up(then: dict, now: dict, after: dict) -> None:  # type: ignore[type-arg]
    told, known, later = frame(then), frame(now), frame(after)
    found = changed(known, later, BY)
    for part in found.parts.values():
        assert (part["before"].sum(), part["after"].sum()) == (found.before, found.after) == (len(known), len(later))
        assert part["change"].abs().is_monotonic_decreasing
    steps = bridge(told, known, later, BY)
    assert steps.shown == steps.real + steps.late + steps.withdrawn + steps.reclassified == found.after - found.before
    for name, part in steps.parts.items():
        assert (part["shown"] == part[["real", "late", "withdrawn", "reclassified"]].sum(axis=1)).all(), name
        for step in ("shown", "real", "late", "withdrawn", "reclassified"):
            assert part[step].sum() == getattr(steps, step)


def test_each_reason_is_told_apart() -> None:
    told = frame({1: ("a", "x"), 2: ("a", "x"), 3: ("b", "x")})
    known = frame({1: ("a", "x"), 2: ("b", "x"), 4: ("a", "y")})  # 2 moved, 3 withdrawn, 4 late
    after = frame({9: ("a", "x")})
    rows = bridge(told, known, after, BY).parts["township"].set_index("value")
    assert rows.loc["a"].tolist() == [-1, -1, -1, 0, 1]
    assert rows.loc["b"].tolist() == [-1, -1, 0, 1, -1]
    with pytest.raises(ValueError, match="twice"):
        bridge(pd.concat([told, told]), known, after, BY)
    with pytest.raises(ValueError, match="no column"):
        changed(told, known, ["agency"])


def test_cells_count_as_often_as_they_say() -> None:
    cells = pd.DataFrame({"township": ["a", "b"], "count": [7, 2]})
    found = changed(cells, cells.assign(count=[3, 3]), ["township"])
    assert (found.before, found.after) == (9, 6) and found.parts["township"]["change"].tolist() == [-4, 1]


def test_completeness_is_learned_from_the_triangle() -> None:
    """Half of the cases are known at once, 30 % a week later, the rest after two; the last weeks are filled up to what was true."""
    rng = np.random.default_rng(3)
    end = pd.Timestamp("2026-06-28 23:59")
    happened = end - pd.to_timedelta(rng.uniform(0, 40 * 7, 20_000), unit="D")
    delay = rng.choice([0, 1, 2], 20_000, p=[0.5, 0.3, 0.2])
    table = triangle(pd.DataFrame({"happened": happened, "learned": happened + pd.to_timedelta(delay * 7, unit="D")}), 40, 4, end)
    found = completeness(table)
    np.testing.assert_allclose(found.share, [0.5, 0.8, 1, 1, 1], atol=0.02)
    assert found.provisional.tolist() == [True, True, False, False, False]
    known = np.nansum(table, axis=1)
    assert known[-1] / found.share[0] == pytest.approx(500, rel=0.15) and np.isnan(table[-1, 1:]).all()


def test_delays_run_from_week_to_week() -> None:
    """A case of Sunday learned on Monday is a week late; one learned before it happened is not early; the future is not known."""
    until = pd.Timestamp("2026-06-28")
    rows = [("2026-06-14 10:00", "2026-06-15 00:00"), ("2026-06-20", "2026-06-01"), ("2026-06-28 23:00", "2026-06-29"), ("2026-06-02", "2026-06-27")]
    cases = pd.DataFrame(rows, columns=["happened", "learned"]).apply(pd.to_datetime, format="mixed")
    table = triangle(cases, 4, 2, until)
    assert np.nan_to_num(table).tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_a_rate_is_taken_apart_into_own_and_mix() -> None:
    """By hand: A 8/10 → 9/10 and B 2/10 → 6/30. Of all 10/20 = 0.5 → 15/40 = 0.375.

    Shares 0.5, 0.5 → 0.25, 0.75; mean rate of all 0.4375. A: own 0.375 · 0.1 = 0.0375, mix −0.25 · (0.85 − 0.4375) = −0.103125.
    B: own 0, mix 0.25 · (0.2 − 0.4375) = −0.059375. Together −0.125.
    """
    before = pd.DataFrame({"where": ["A", "B"], "top": [8, 2], "bottom": [10, 10]})
    after = pd.DataFrame({"where": ["A", "B"], "top": [9, 6], "bottom": [10, 30]})
    found = rates(before, after, ("where",))
    assert (found.before, found.after) == (0.5, 0.375)
    table = found.parts["where"].set_index("value")
    assert table.loc["A", ["own", "mix"]].tolist() == pytest.approx([0.0375, -0.103125])
    assert table.loc["B", ["own", "mix"]].tolist() == pytest.approx([0.0, -0.059375])
    assert table["change"].sum() == pytest.approx(-0.125)


def test_a_part_of_one_window_only_has_no_change_of_its_own() -> None:
    before = pd.DataFrame({"where": ["A"], "top": [5], "bottom": [10]})
    after = pd.DataFrame({"where": ["A", "B"], "top": [5, 9], "bottom": [10, 10]})
    table = rates(before, after, ("where",)).parts["where"].set_index("value")
    assert table["own"].tolist() == [0.0, 0.0]
    assert table["change"].sum() == pytest.approx(14 / 20 - 0.5)
    empty = rates(before.head(0), after, ("where",))
    assert empty.before is None and empty.parts["where"]["change"].tolist() == [0.0, 0.0]
