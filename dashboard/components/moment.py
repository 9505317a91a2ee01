"""Looking back: the control that chooses a moment, and the banner that every page wears while one is chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from dashboard import el, panels, urlstate
from dashboard.guard import Here
from dashboard.i18n import t
from matters.moments import MomentError, NotYetKnown, minute_after


def said(at: datetime) -> str:
    """2026-11-20 18:00; a day as a whole is said as one."""
    day = at.date().isoformat()
    return t("{day} 全天", day=day) if at.time() == time.max else f"{day} {at:%H:%M}"


def control(at: datetime | None, now: datetime, first: datetime | None) -> el.Node:
    """A drop-down with a day and, if wished, a time; assets/js/bar.js fills in native fields."""
    words = {"data_day_word": t("日期"), "data_time_word": t("时刻（可不填）"), "data_apply": t("看当时"), "data_now_word": t("回到现在")}
    shown = at or now
    form = el.Form(
        None, "dates moment", data_act="as-of", data_day=shown.date().isoformat(),
        data_time="" if at is None or at.time() == time.max else f"{at:%H:%M}", data_first=first.date().isoformat() if first else "",
        data_last=now.date().isoformat(), data_on="1" if at else "", **words,
    )  # fmt: skip
    note = el.P(t("最早可看到 {at}", at=said(minute_after(first))) if first else t("还没有留下任何数据。"), "s m")
    head = el.Summary([el.Small(t("时点")), el.Span(said(at) if at else t("现在")), el.icon("down", 12)], "sel", aria_label=t("选一个时点"))
    return el.Details([head, el.Div([form, note])], "drop end as-of" + (" on" if at else ""))


def banner(at: datetime, here: Here) -> list[Any]:
    """What every page says while it looks back."""
    back = here.path + urlstate.write(replace(here.state, filter=here.state.filter.with_(as_of=None)), area=not here.params.get("code"))
    return [el.Span([el.icon("clock", 16), el.B(t("截至 {at} 的所知", at=said(at))), el.Span(t("此后到来的数据不在这一页上"), "m wide"),
                     el.A(t("回到现在"), href=back, className="n")], "as-of-line", role="status")]  # fmt: skip


def refused(error: MomentError) -> el.Node:
    """A moment that cannot be shown, and the nearest way out."""
    if error.reason == "future":
        return panels.panel("bad", t("这个时点还没有到"), t("{at} 还没有到；可以看过去的某一刻，或现在。", at=said(error.at)), way_out=_now())
    if error.reason == "early":
        kept = t("最早可以看到 {at}。", at=said(minute_after(error.first))) if error.first else t("还没有留下任何数据。")
        return panels.panel("bad", t("这个时点没有留存"), t("{at} 时的所知没有留下来。", at=said(error.at)) + kept, way_out=_now())
    return panels.panel("failed", t("这个时点的数字暂时拼不出来"), t("数据库这会儿写不进去，现在的数字不受影响。请稍后重试，或告诉管理员。"),
                        way_out=panels.retry())  # fmt: skip


def not_yet(error: NotYetKnown) -> el.Node:
    """A matter or listing that nobody had told of yet."""
    text = t("{code} 在这个时点还没有报来；{at} 起可以看到。", code=error.code, at=said(minute_after(error.since)))
    return panels.panel("empty", t("当时还不知道"), text, way_out=_now())


def _now() -> el.Node:
    return el.A(t("看现在"), "btn", href="?", data_act="now")  # assets/js/bar.js takes the moment out of the address
