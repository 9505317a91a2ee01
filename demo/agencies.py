"""The six agencies at work: two HTTP services and the growth of all six, in one process."""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import sys
import threading
import time
from datetime import date, datetime, timedelta, timezone
from http.server import ThreadingHTTPServer
from pathlib import Path

from demo.growth import Growth, clock_on
from demo.servers import courts_server, health_server

_SHANGHAI = timezone(timedelta(hours=8))
_LIVELY_SECONDS = 1200  # after that the city breathes more slowly, so that a night does not make a month of it
_SLOW = 4.0


def shanghai_now() -> datetime:
    """The naive local time of Shanghai."""
    return datetime.now(_SHANGHAI).replace(tzinfo=None, microsecond=0)


def serve(folder: Path, courts_port: int, health_port: int) -> list[ThreadingHTTPServer]:
    """Start both HTTP services in threads; give them, so that the caller can shut them down. OSError: a port is taken."""
    servers: list[ThreadingHTTPServer] = []
    try:
        servers.append(courts_server(folder, courts_port))
        servers.append(health_server(folder, health_port))
    except OSError:
        for server in servers:
            server.server_close()
        raise
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    return servers


def grow(folder: Path, seconds: float, stop: threading.Event, today: date | None = None) -> None:
    """Let the city grow until `stop`; a failed breath is said and tried again."""
    growth, begun = Growth(folder), time.monotonic()
    while True:
        pace = seconds if time.monotonic() - begun < _LIVELY_SECONDS else seconds * _SLOW
        if stop.wait(pace):
            return
        try:
            growth.step(clock_on(today, shanghai_now()))
        except (OSError, sqlite3.OperationalError) as error:  # a full disk or a file held open elsewhere may pass
            print(f"growth: {error}", file=sys.stderr, flush=True)  # noqa: T201 - this process's log


def run_agencies(
    folder: Path, courts_port: int, health_port: int, grow_seconds: float = 5.0, today: date | None = None
) -> None:
    """Serve and grow until SIGTERM or SIGINT.

    First everything since the city was last told is caught up. grow_seconds: pause between two breaths, 0 for a city that
    stands still. today: a fixed day of the demo (its time of day runs); None is the calendar's. Prints one line when ready.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Growth(folder).catch_up(clock_on(today, shanghai_now()))
    servers = serve(folder, courts_port, health_port)
    print(f"agencies ready: courts {servers[0].server_port}, health {servers[1].server_port}", flush=True)  # noqa: T201
    try:
        if grow_seconds > 0:
            grow(folder, grow_seconds, stop, today)
        else:
            stop.wait()
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def main() -> None:
    """`python -m demo.agencies FOLDER COURTS_PORT HEALTH_PORT`."""
    parser = argparse.ArgumentParser(description="The six simulated agencies of the demo city.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("courts_port", type=int)
    parser.add_argument("health_port", type=int)
    parser.add_argument("--grow-seconds", type=float, default=5.0)
    parser.add_argument("--today", type=date.fromisoformat, default=None)
    given = parser.parse_args()
    os.umask(0o077)
    run_agencies(given.folder, given.courts_port, given.health_port, given.grow_seconds, given.today)


if __name__ == "__main__":
    main()
