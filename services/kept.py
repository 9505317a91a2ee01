"""Answers kept in memory until the data or the day change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any


class Kept:
    """The latest answers by question, each with the stamp (data version, day, …) that it holds for; safe between threads."""

    def __init__(self, size: int = 256) -> None:
        self._size, self._answers, self._lock = size, OrderedDict[Any, tuple[Any, Any]](), threading.Lock()

    def get(self, key: Any, stamp: Any) -> Any:
        """The answer kept under that stamp, else None."""
        with self._lock:
            kept = self._answers.get(key)
            if kept is None or kept[0] != stamp:
                return None
            self._answers.move_to_end(key)
            return kept[1]

    def put(self, key: Any, stamp: Any, answer: Any) -> Any:
        """Keep an answer, the least used one making room; returns it."""
        with self._lock:
            self._answers[key] = (stamp, answer)
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
        return answer

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._answers.clear()
