"""Log lines: one setting for what is kept, standard error for where they go."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

import structlog


class _Lines:
    """Writes to the standard error of the moment; a log that cannot be written (closed, disk full) must not end what it tells of."""

    def __init__(self, *_: object) -> None:
        pass

    def msg(self, message: str) -> None:
        """One line."""
        with suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the log

    log = debug = info = warning = warn = error = critical = fatal = exception = failure = msg


def configure(level: str) -> None:
    """Keep lines of that level (DEBUG … ERROR) and graver, of this program and of the libraries."""
    number = logging.getLevelNamesMapping()[level]
    logging.basicConfig(force=True, level=number, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # These tell of every request and every job at INFO.
    for name in ("httpx", "httpcore", "apscheduler"):
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_Lines,
    )
