"""The signals of the week as a table and sentences of a meeting. They keep no history of their own: what stands here is what stood then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from matters.access import Scope
from matters.signals import STATES
from services.frozen import count, row, table, words
from services.meeting_says import said
from services.signal_shapes import SignalLine
from services.signals import Signals

MOST = 20


def signal_table(signals: Signals, last: Callable[[Scope, datetime], datetime | None]) -> Callable[[Scope, datetime], dict[str, Any] | None]:
    """What services.meeting_body asks for its table of signals; None while none has been found.

    Those that somebody sent to the meeting come first, also when no run has found them again; `last` tells since when: the meeting before.
    """

    def make(scope: Scope, at: datetime) -> dict[str, Any] | None:
        desk, since = signals.desk(scope), last(scope, at)
        sent = [x for x in signals.sent(scope) if x.decided is not None and (since is None or x.decided.at > since)]
        known = {x.id for x in sent}
        lines = [*sent, *(x for x in desk.lines if x.state != "dismissed" and x.id not in known)][:MOST]
        if not lines:
            return None
        columns = (("state", "处置", "Decided", "text"),
                   ("name", "信号", "Signal", "text"), ("count", "件", "Count", "count"), ("expected", "常年", "Expected", "measure"),
                   ("band", "区间", "Interval", "text"), ("says", "说明", "In words", "text"))  # fmt: skip
        made = table(("预警信号", "Signals"), columns, [_row(x) for x in lines])
        head = f"预警信号{len(lines)}条" + (f"，其中送会{len(sent)}条" if sent else "")
        english = f"{len(lines)} signals" + (f", {len(sent)} of them sent here" if sent else "")
        return {**made, "says": said(head, english, "".join(_closed(x.sentence[0]) for x in lines))}

    return make


def _row(x: SignalLine) -> dict[str, Any]:
    band = f"{x.low:.0f}–{x.high:.0f}"
    late = "（所据数据源延迟，只会更多）" if x.late else ""
    made = row(words(*STATES[x.state]), words(*x.title, href=f"/signals?id={x.id}"), count(x.count, x.rows), count(round(x.expected, 1)), words(band),
               words(x.sentence[0] + late, x.sentence[1]), key=x.state, more=_more(x))  # fmt: skip
    return {**made, "drawn": {"kinds": list(x.kinds), "unit": list(x.unit), "points": [[p[0].isoformat(), *p[1:]] for p in x.points]}}


def _more(x: SignalLine) -> list[tuple[str, str, str]]:
    """What the signal's card said."""
    why = x.decided.why if x.decided else ""
    return [("时段", "Days", f"{x.first} 至 {x.last}"), ("依据", "Grounds", x.body[0]), ("处置理由", "Why decided so", why),
            ("同类信号", "Folded in", "；".join(f"{r.title[0]} {r.count} 件" for r in x.related))]  # fmt: skip


def _closed(text: str) -> str:
    return text if text.endswith("。") else f"{text}。"
