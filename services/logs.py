"""Log lines: one setting for what is kept, standard error for where they go."""

from __future__ import annotations

import logging
import sys

import structlog


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
