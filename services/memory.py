"""How much memory this program holds: what its processes share is counted once."""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.2  # seconds


@dataclass(slots=True)
class Peak:
    """The most that was seen, in MB (2**20 bytes)."""

    mb: float = 0.0


@contextmanager
def watched() -> Iterator[Peak]:
    """The peak of this process and its descendants together while the block runs.

    On Linux the sum of their proportional set sizes, looked at five times a second, and never less than this process's own
    highest resident size (VmHWM) while it is alone; elsewhere that size alone.
    """
    peak, stop = Peak(), threading.Event()

    def look() -> None:
        while not stop.wait(_EVERY):
            peak.mb = max(peak.mb, _together())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()
        peak.mb = round(max(peak.mb, _together(), 0.0 if _linux() else _highest()), 1)


def _linux() -> bool:
    return Path("/proc/self/smaps_rollup").exists()


def _highest() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def _together() -> float:
    return sum(map(_pss, _family(os.getpid()))) / 1024 if _linux() else _highest()


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += _family(int(child))
    return found


def _pss(pid: int) -> int:
    """Kilobytes."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
