"""The shapes of columns: what a source's drift is told by."""

from __future__ import annotations

import time
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.shapes import Shape, fits, joined, shape_of, shapes

SHAPES = get_args(Shape)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(None, "empty"), ("  ", "empty"), ("007", "digits"), (7, "digits"), (-7, "number"), ("-7", "number"), (1.5, "number"), ("1,234.50", "number"),
     (1e30, "number"), ("1,2", "text"), ("2026-01-05", "date"), ("2026/1/5 9:04", "date"), ("2026年1月5日 下午3点", "text"), ("2026年1月5日15时", "date"),
     ("2026-01-05T10:00:00+08:00", "date"), ("20260105", "digits"), ("2026-01-05 又", "text"), ("+", "text"), ("-", "text"), ("３", "text"),
     ("上高县", "text"), (True, "text"), ([], "list"), ({}, "table"), ("1" * 200, "digits")],
)  # fmt: skip
def test_one_cell(value: Any, wanted: str) -> None:
    assert shape_of(value) == wanted


def test_columns_in_order_of_first_sight_and_inside_tables() -> None:
    rows = [{"id": "1", "at": {"x": "2026-01-05", "in": {"y": [1]}}, "n": ""}, {"id": "2", "at": None, "n": "2.5", "new": "字"}]
    found = shapes(rows)
    assert found == {"id": "digits", "at": "table", "at.x": "date", "at.in": "table", "at.in.y": "list", "n": "number", "new": "text"}
    assert next(iter(found)) == "id" and shapes([]) == {}


def test_a_batch_is_looked_at_from_end_to_end_and_quickly() -> None:
    rows: list[dict[str, Any]] = [{f"c{i}": f"{n}" for i in range(30)} for n in range(5_000)]
    for row in rows[-100:]:
        row["late"] = "x"
    began = time.process_time()
    assert shapes(rows)["late"] == "text"
    assert time.process_time() - began < 0.1


@given(st.sampled_from(SHAPES), st.sampled_from(SHAPES), st.sampled_from(SHAPES))
def test_joining_has_no_order(a: Shape, b: Shape, c: Shape) -> None:
    assert joined(a, a) == a and joined(a, b) == joined(b, a) and joined(joined(a, b), c) == joined(a, joined(b, c))


@given(st.sampled_from(SHAPES[:5]), st.sampled_from(SHAPES[1:5]))
def test_what_is_within_the_known_shape_is_no_drift(seen: Shape, known: Shape) -> None:
    assert fits(seen, known) is (joined(seen, known) == known)


def test_what_is_told() -> None:
    assert not fits("text", "digits") and not fits("number", "digits") and not fits("date", "number") and not fits("list", "text")
    assert fits("digits", "number") and fits("empty", "date") and fits("date", "empty") and fits("digits", "text")
