"""Errors that nobody foresaw: they end what was being done with a plain sentence, and the log has the rest."""

from __future__ import annotations

import traceback

import structlog

from matters.identity import scrub

log = structlog.get_logger(__name__)


class Ended(Exception):
    """A run was ended and closed, with the reason that this says."""

    def __init__(self, reason: str, run_id: int) -> None:
        super().__init__(reason)
        self.run_id = run_id


def unforeseen(what: str, number: int) -> str:
    """Log the error being handled under `what`=`number` (run, request), and give the words for it.

    A program's error often quotes the cell it stumbled over: numbers of persons do not go to the log with it.
    """
    log.error("unforeseen", **{what: number}, trace=scrub(traceback.format_exc()))
    return (f"something unforeseen ended {what} {number}: look for {what}={number} in the log and hand it to whoever maintains the program; "
            "what was stored stays")  # fmt: skip
