"""Cuts a client's connections at the deadline: a library bounds each read, not the sum of them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Connections:
    """The open connections of one client, so that they can be cut from outside, in the middle of a read."""

    def __init__(self) -> None:
        self._open: list[socket.socket] = []
        self._shaking: socket.socket | None = None

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """What the client tells of its connections (httpcore's trace extension)."""
        if event == "connection.start_tls.started":
            return
        if event == "connection.connect_tcp.complete":
            self._hold(info)
            # While the two sides shake hands the library holds the connection where we cannot see it: a copy stays.
            self._shaking = self._open[-1].dup() if self._open else None
            return
        if event == "connection.start_tls.complete":
            self._hold(info)
        self._let_go()

    def cut(self) -> None:
        """End every connection now."""
        for found in [*self._open, *([self._shaking] if self._shaking else [])]:
            with suppress(OSError):
                # An SSLSocket's own shutdown would go on reading the cipher as if it were the answer.
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    def close(self) -> None:
        """Keep nothing."""
        self._let_go()
        self._open.clear()

    @contextmanager
    def until(self, end: float) -> Iterator[threading.Event]:
        """Cut at that moment (time.monotonic) unless the block ends before; the event tells whether it came to that."""
        late = threading.Event()

        def act() -> None:
            late.set()
            self.cut()

        alarm = threading.Timer(max(end - time.monotonic(), 0.01), act)
        alarm.daemon = True
        alarm.start()
        try:
            yield late
        finally:
            alarm.cancel()

    def _hold(self, info: dict[str, Any]) -> None:
        found = info["return_value"].get_extra_info("socket")
        self._open = [s for s in self._open if s.fileno() != -1]
        if isinstance(found, socket.socket):
            self._open.append(found)

    def _let_go(self) -> None:
        if self._shaking is not None:
            self._shaking.close()
            self._shaking = None
