"""The steward's view of the feeds: cards, history, quarantined rows, drift, holds, requests, notices. For the whole city's scope only."""

from __future__ import annotations

from matters.access import Scope
from services.feed_shapes import (
    DayCounts,
    DriftLine,
    FeedCard,
    HealthProblem,
    Hold,
    NoticeLine,
    Operation,
    QuarantinePage,
    QuarantineRow,
    Reconciled,
    Request,
)


class FeedReads:
    """Read methods that services.feeds inherits; each raises Forbidden outside the whole city."""

    def cards(self, scope: Scope) -> tuple[FeedCard, ...]:
        """Every feed with all that a steward watches, in the order of `states`."""
        raise NotImplementedError

    def card(self, scope: Scope, feed: str) -> FeedCard:
        """One feed; LookupError when it is not declared."""
        raise NotImplementedError

    def history(self, scope: Scope, feed: str = "", days: int = 30) -> tuple[DayCounts, ...]:
        """Rows by outcome, a line a feed and day with at least one run, oldest first."""
        raise NotImplementedError

    def quarantine_rows(
        self, scope: Scope, feed: str, reason: str = "", column: str | None = None, state: str = "open", after: int = 0, limit: int = 50
    ) -> QuarantinePage:
        """Rows of a feed's group (no reason: all of the feed; column None: any, '' : none), oldest first, a page at a time."""
        raise NotImplementedError

    def quarantine_row(self, scope: Scope, row_id: int) -> QuarantineRow:
        """One row with the columns that can be corrected; LookupError when there is none."""
        raise NotImplementedError

    def reconciled(self, scope: Scope) -> tuple[Reconciled, ...]:
        """For each feed whether its counts add up."""
        raise NotImplementedError

    def drift(self, scope: Scope, feed: str = "", state: str = "open", limit: int = 200) -> tuple[DriftLine, ...]:
        """Changes in the way sources speak, newest first; state '' gives all."""
        raise NotImplementedError

    def holds(self, scope: Scope, feed: str = "", state: str = "open", limit: int = 50) -> tuple[Hold, ...]:
        """Whole lists that were suddenly short, newest first; state '' gives all."""
        raise NotImplementedError

    def requests(self, scope: Scope, feed: str = "", limit: int = 20) -> tuple[Request, ...]:
        """What was asked of the worker, newest first."""
        raise NotImplementedError

    def request(self, scope: Scope, request_id: int) -> Request:
        """One request; LookupError when there is none."""
        raise NotImplementedError

    def notices(self, scope: Scope, limit: int = 50) -> tuple[NoticeLine, ...]:
        """Messages to the operator, newest first."""
        raise NotImplementedError

    def operation(self) -> Operation:
        """Plain figures for /metrics; no scope: they name no area and no matter."""
        raise NotImplementedError

    def health(self) -> tuple[HealthProblem, ...]:
        """What keeps the store from taking data now; empty when nothing does. Cheap: asked for by every screen's banner."""
        raise NotImplementedError
