"""Processes that the demo starts, each with a log, and ended with it: by their own group, never by name."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

GRACE_SECONDS = 8.0
_PR_SET_PDEATHSIG = 1


class Child:
    """One started process with everything it starts itself (its process group)."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                list(command), env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=_end_with_parent,
            )  # fmt: skip

    @property
    def ended(self) -> int | None:
        """Exit code, or None while it runs."""
        return self.process.poll()

    def tail(self, lines: int = 12) -> str:
        """The last lines of its log."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass


def _end_with_parent() -> None:
    """Ask the kernel to end this process when the supervisor is killed without a chance to do it (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(children: Sequence[Child], grace: float = GRACE_SECONDS) -> None:
    """End all of them, the last started first: SIGTERM, then SIGKILL for what is left of a group after the grace."""
    for child in reversed(children):
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + grace
    for child in reversed(children):
        try:
            child.process.wait(max(0.05, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        # Also after a clean end: a grandchild may have outlived its parent.
        child.signal(signal.SIGKILL)
        child.process.wait()
