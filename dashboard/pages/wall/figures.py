"""The parts of the operator's page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import dcc

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import N_, pick, t
from dashboard.pages.wall import lists, words
from matters.access import Scope
from services.displays import TEXT_LENGTH, Display
from services.wall_alarms import Alarm

SILENT = timedelta(minutes=3)
SETUP = (("wall", N_("屏宽 毫米")), ("eye", N_("最远视距 毫米")), ("cols", N_("横向块数")), ("rows", N_("纵向块数")))


def alarms(services: Any, found: Sequence[Alarm], now: datetime) -> el.Node:
    """Every alarm with its button; those somebody has taken note of below."""
    if not found:
        return el.Section([el.H2(t("告警")), el.P(t("现在没有告警。"), "empty")], "p")
    return el.Section([el.H2(t("告警")), el.Ul([_alarm(services, a, now) for a in found], "wd-alarms")], "p")


def _alarm(services: Any, a: Alarm, now: datetime) -> el.Node:
    told = lists.alarm(services, a)
    minutes = max(0, int((now - a.raised).total_seconds() // 60))
    place = " ".join(told["place"])
    facts = el.Dl([x for when, what in told["facts"] for x in (el.Dt(when), el.Dd(what))])
    if a.acked_at:
        done = el.P(t("{who} 于 {at} 确认", who=a.acked_by, at=fmt.moment(a.acked_at)), "s")
    else:
        done = el.Button(t("确认"), "btn pri", id={"wall": "ack", "key": a.key}, n_clicks=0)
    what = el.P(" ".join(x for x in (told["what"], told["sub"]) if x))
    to = {"large": f"/matter/{a.object}", "feed": "/feeds", "signal": "/signals"}.get(a.kind, "")
    head = el.H3([el.I(className="tri", aria_hidden="true"), told["head"], " ", el.A(place, href=to) if to else el.Span(place)])
    state = el.P(t("已 {n} 分钟未确认", n=minutes), "act") if not a.acked_at else None
    return el.Li([el.Div([head, what, facts, *([state] if state else [])]), done], "acked" if a.acked_at else "live")


def displays(services: Any, scope: Scope, found: Sequence[Display], now: datetime) -> el.Node:
    """Every wall of the reader's area with what it can be told."""
    if not found:
        how = el.P([t("还没有大屏。在服务器上运行"), " ", el.Code("yizhan display add"), t("，再在大屏上打开"), " ", el.Code("/wall"),
                    t("，填入配对码。")], "empty")  # fmt: skip
        return el.Section([el.H2(t("大屏")), how], "p")
    return el.Div([_display(services, d, now) for d in found])


def scenes(services: Any, d: Display) -> list[tuple[str, str]]:
    """(key, name) of the scenes a display can be sent to."""
    own = services.areas.info(d.area)
    counties = services.areas.counties() if own.level == "city" else ()
    areas = [(a.code, pick(a.name, a.en)) for a in (own, *counties)]
    return [*areas, *((k, t(words.SCENES[k])) for k in ("signals", "listings", "acts", "feeds", "check"))]


def _display(services: Any, d: Display, now: datetime) -> el.Node:
    orders, waits = d.orders, d.paired_at is None
    seen = d.seen_at is not None and now - d.seen_at < SILENT
    state = t("等待配对") if waits else t("在线") if seen else t("自 {at} 没有应答", at=fmt.moment(d.seen_at))
    area = services.areas.info(d.area)
    head = el.Div([el.H2(d.name), el.Span(pick(area.name, area.en)), el.Span(state, "done" if seen else "wait")], "wd-head")

    def button(do: str, label: str, pressed: bool = False, kind: str = "btn") -> el.Node:
        return el.Button(label, kind, id={"wall": "do", "id": d.id, "do": do}, n_clicks=0, aria_pressed="true" if pressed else "false")

    at = orders.get("pin") or orders.get("scene", "")
    chips = [button(f"scene={key}", name, key == at, "chip") for key, name in scenes(services, d)]
    pinned, paused = bool(orders.get("pin")), bool(orders.get("paused"))
    row = [button("pin", t("取消固定") if pinned else t("固定当前画面"), pinned), button("pause", t("继续轮播") if paused else t("暂停轮播"), paused)]
    text = dcc.Input(id={"wall": "text", "id": d.id}, value=orders.get("text", ""), maxLength=TEXT_LENGTH, placeholder=t("一行文字，{n} 字以内", n=TEXT_LENGTH),
                     className="wd-line", type="text")  # fmt: skip
    line = el.Div([text, button("text", t("发送"), kind="btn pri"), button("clear", t("撤下"))], "wd-row")
    fields = [el.el("Label", [t(label), dcc.Input(id={"wall": "set", "id": d.id, "field": key}, type="number", value=d.setup[key], min=0, step=1)])
              for key, label in SETUP]  # fmt: skip
    sound = button("sound", t("告警有声") if d.setup["sound"] else t("告警无声"), bool(d.setup["sound"]))
    more = el.Details([el.Summary(t("尺寸、拼缝与声音")), el.P(t("屏宽和视距为 0 时按画面比例取常用值；字号由它们得出。"), "s"), el.Div(fields, "wd-set"),
                       el.Div([button("setup", t("保存")), sound, button("revoke", t("停用这块大屏"), kind="btn danger")], "wd-row")])  # fmt: skip
    who = t("{who} 于 {at} 下达", who=orders["by"], at=str(orders["at"])[5:16].replace("T", " ")) if orders.get("by") else ""
    return el.Section([head, el.Div(chips, "wd-chips"), el.Div(row, "wd-row"), line, el.P(who, "s"), more], "p wd-display")
