"""Answers remembered by text: the same with and without memory, and no memory for what never comes again."""

from __future__ import annotations

from connectors import columns
from connectors.columns import Memo


def test_a_column_that_repeats_itself_is_asked_once_a_text() -> None:
    asked: list[str] = []
    memo = Memo(lambda text: asked.append(text) or text.upper())
    for _ in range(50):
        assert memo.each(["a", "b"] * 500) == ["A", "B"] * 500
    assert sorted(asked) == ["a", "b"]


def test_a_column_of_ids_is_not_remembered_but_looked_at_anew_when_it_changes() -> None:
    memo = Memo(str.upper)
    for batch in range(10):
        texts = [f"id{batch}-{i}" for i in range(2_500)]
        assert memo.each(texts) == [t.upper() for t in texts]
    assert len(memo) == 0
    for _ in range(columns._AGAIN):
        assert memo.each(["x"] * columns._JUDGED) == ["X"] * columns._JUDGED
    assert list(memo) == ["x"]


def test_a_memory_is_bounded() -> None:
    memo = Memo(str.upper)
    for text in map(str, range(columns._REMEMBER * 2 + 5)):
        assert memo[text] == text
    assert len(memo) <= columns._REMEMBER
