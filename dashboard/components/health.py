"""What keeps the store from taking data, in plain words on every page; assets/js/health.js asks, and clears it by itself."""

from __future__ import annotations

from typing import Any

from dash import html
from flask import jsonify

from dashboard import guard
from dashboard.components import fmt
from dashboard.i18n import N_, t
from matters.access import Scope

# code → what is the matter, what it means for the reader; and whether nothing new can come in at all
WORDS = {
    "disk_full": (N_("磁盘满了，暂时只能看"), N_("已有的数据完整，新数据进不来；腾出空间后自动继续。请告诉管理员。"), "stop"),
    "read_only": (N_("数据库写不进去，暂时只能看"), N_("已有的数据完整，新数据进不来；恢复后自动继续。请告诉管理员。"), "stop"),
    "database_down": (N_("数据库没有应答"), N_("屏幕上是断开前的数字；恢复后自动继续。请告诉管理员。"), "stop"),
    "no_worker": (N_("采集进程停了"), N_("新数据暂时不进来，已有的数字不受影响。请管理员启动 yizhan worker。"), "warn"),
    "webhook": (N_("给管理员的通知发不出去"), N_("数据照常进来；请核对 webhook_url。"), "warn"),
}  # fmt: skip


def words() -> html.Span:
    """What the browser says by itself when nobody answers it, in the reader's language."""
    title, text, _ = WORDS["database_down"]
    offline = t("连不上服务器：屏幕上是断开前的数字，连上后自动更新。")
    return html.Span(id="health-words", hidden=True, **{"data-down": f"{t(title)}　{t(text)}", "data-offline": offline, "data-see": t("看数据源")})


def register(app: guard.GuardedApp, services: Any) -> None:
    """The small answer that every page asks for now and then."""
    app.route("/health-banner", lambda scope: jsonify(problems(services, scope)), "health-banner")


def problems(services: Any, scope: Scope) -> list[dict[str, str]]:
    """Each problem as the banner says it; [] while all is well."""
    out = []
    for p in services.feeds.health():
        title, text, kind = WORDS.get(p.code, (p.code, p.message, "warn"))
        since = t("自 {at} 起", at=fmt.moment(p.since)) if p.since else ""
        out.append({"code": p.code, "kind": kind, "title": t(title), "text": t(text), "since": since})
    return out
