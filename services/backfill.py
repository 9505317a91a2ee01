"""From where a feed is read again: a day as a watermark of the source's own writing."""

from __future__ import annotations

from datetime import date, datetime

from connectors.spec import FeedSpec
from connectors.transports.watermark import Watermark


def mark_of(spec: FeedSpec, since: date) -> str | None:
    """The watermark of a day's beginning; None (from the start) where the source knows no times: files, serial numbers."""
    column = getattr(spec.transport, "since", None)
    if column is None or column.format == "int":
        return None
    moment = datetime.combine(since, datetime.min.time())
    mark = Watermark(column, None, lambda: datetime.max.replace(year=9000))
    if column.format in ("epoch_s", "epoch_ms"):
        return str(mark._epoch(moment))
    return mark.write(moment)
