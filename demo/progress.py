"""What the terminal shows while the demo is being made: what is happening, how far, how long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

PLAIN_EVERY = 5.0  # seconds between plain lines of one step


class Step:
    """One step under way; call it with how far it is."""

    def __init__(self, show: Show, label: str) -> None:
        self._show, self._label, self._said, self._started = show, label, time.monotonic(), time.monotonic()
        self._bar: TaskID | None = show.bars.add_task(label, total=None) if show.bars else None
        self.note = ""
        if not show.bars:
            show.line(f"{label} …")

    def __call__(self, label: str, done: int, total: int) -> None:
        """Report `done` of `total` (0: unknown); the label says what exactly."""
        text = f"{self._label}{'：' + label if label else ''}"
        if self._show.bars and self._bar is not None:
            self._show.bars.update(self._bar, description=text, completed=done, total=total or None)
        elif time.monotonic() - self._said >= PLAIN_EVERY:
            self._said = time.monotonic()
            self._show.line(f"{text} {done:,}" + (f" / {total:,}" if total else ""))

    def finished(self) -> None:
        """Replace the bar by a line with the time it took."""
        if self._show.bars and self._bar is not None:
            self._show.bars.remove_task(self._bar)
        self._show.line(f"✓ {self._label}{'：' + self.note if self.note else ''}（{time.monotonic() - self._started:.1f} s）")


class Show:
    """Progress bars on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        columns = (TextColumn("  {task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=self.console, transient=True) if self.console.is_terminal else None

    def line(self, text: str) -> None:
        """A line of its own."""
        self.console.print(text, markup=False)

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """A step; its line with the time it took is left standing."""
        if self.bars:
            self.bars.start()
        step = Step(self, label)
        try:
            yield step
            step.finished()
        finally:
            if self.bars:
                self.bars.stop()
