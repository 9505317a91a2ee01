"""The agencies at work: the HTTP services and the growth of all, in one process."""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from http.server import ThreadingHTTPServer
from pathlib import Path

from demo.env import HTTP
from demo.growth import Growth, clock_on
from demo.servers import server_of

_SHANGHAI = timezone(timedelta(hours=8))
_LIVELY_SECONDS = 1200  # after that the city breathes more slowly, so that a night does not make a month of it
_SLOW = 4.0


def shanghai_now() -> datetime:
    """The naive local time of Shanghai."""
    return datetime.now(_SHANGHAI).replace(tzinfo=None, microsecond=0)


def serve(folder: Path, ports: Mapping[str, int] | None = None) -> dict[str, ThreadingHTTPServer]:
    """Start every HTTP service in a thread, on its port of `ports` or any free one; OSError: a port is taken.

    Gives the servers by feed, so that the caller can shut them down.
    """
    servers: dict[str, ThreadingHTTPServer] = {}
    try:
        for feed in HTTP:
            servers[feed] = server_of(feed, folder, (ports or {}).get(feed, 0))
    except OSError:
        for server in servers.values():
            server.server_close()
        raise
    for server in servers.values():
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    return servers


def ports_of(servers: Mapping[str, ThreadingHTTPServer]) -> dict[str, int]:
    """The ports on which they listen."""
    return {feed: int(server.server_port) for feed, server in servers.items()}


def end(servers: Mapping[str, ThreadingHTTPServer]) -> None:
    """Shut them down."""
    for server in servers.values():
        server.shutdown()
        server.server_close()


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


def run_agencies(folder: Path, ports: Mapping[str, int], grow_seconds: float = 5.0, today: date | None = None) -> None:
    """Serve and grow until SIGTERM or SIGINT.

    First everything since the city was last told is caught up. grow_seconds: pause between two breaths, 0 for a city that
    stands still. today: a fixed day of the demo (its time of day runs); None is the calendar's. Prints one line when ready.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Growth(folder).catch_up(clock_on(today, shanghai_now()))
    servers = serve(folder, ports)
    print("agencies ready: " + ", ".join(f"{f} {p}" for f, p in ports_of(servers).items()), flush=True)  # noqa: T201
    try:
        if grow_seconds > 0:
            grow(folder, grow_seconds, stop, today)
        else:
            stop.wait()
    finally:
        end(servers)


def _port(text: str) -> tuple[str, int]:
    feed, _, port = text.partition("=")
    if feed not in HTTP or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text}: one of {', '.join(HTTP)}, = and a port")
    return feed, int(port)


def main() -> None:
    """`python -m demo.agencies FOLDER [courts=PORT health=PORT …]`; an agency without a port takes a free one."""
    parser = argparse.ArgumentParser(description="The simulated agencies of the demo city.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("ports", type=_port, nargs="*")
    parser.add_argument("--grow-seconds", type=float, default=5.0)
    parser.add_argument("--today", type=date.fromisoformat, default=None)
    given = parser.parse_args()
    os.umask(0o077)
    run_agencies(given.folder, dict(given.ports), given.grow_seconds, given.today)


if __name__ == "__main__":
    main()
