"""The signals of the week as a table and sentences of a meeting. They keep no history of their own: what stands here is what stood then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from matters.access import Scope
from services.frozen import count, row, table, words
from services.meeting_says import said
from services.signal_shapes import SignalLine
from services.signals import Signals

MOST = 20


def signal_table(signals: Signals) -> Callable[[Scope, datetime], dict[str, Any] | None]:
    """What services.meeting_body asks for its table of signals; None while none has been found."""

    def make(scope: Scope, _at: datetime) -> dict[str, Any] | None:
        lines = [x for x in signals.desk(scope).lines if x.state != "dismissed"][:MOST]
        if not lines:
            return None
        columns = (("name", "信号", "Signal", "text"), ("count", "件", "Count", "count"), ("expected", "常年", "Expected", "measure"),
                   ("band", "区间", "Interval", "text"), ("says", "说明", "In words", "text"))  # fmt: skip
        made = table(("预警信号", "Signals"), columns, [_row(x) for x in lines])
        return {**made, "says": said(f"预警信号{len(lines)}条", f"{len(lines)} signals", "".join(_closed(x.sentence[0]) for x in lines))}

    return make


def _row(x: SignalLine) -> dict[str, Any]:
    band = f"{x.low:.0f}–{x.high:.0f}"
    late = "（所据数据源延迟，只会更多）" if x.late else ""
    return row(words(*x.title, href=f"/signals?id={x.id}"), count(x.count, x.rows), count(round(x.expected, 1)), words(band),
               words(x.sentence[0] + late, x.sentence[1]))  # fmt: skip


def _closed(text: str) -> str:
    return text if text.endswith("。") else f"{text}。"
