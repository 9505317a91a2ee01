"""The words of a wall in the language of the request: what its script says by itself, and what stands beside figures."""

from __future__ import annotations

from datetime import date

from dashboard.i18n import N_, t
from services.wall_alarms import Alarm

SCENES = {"city": N_("全域"), "counties": N_("各县（市、区）"), "signals": N_("预警信号"), "listings": N_("挂牌整治"), "acts": N_("需要办理"),
          "feeds": N_("数据源"), "check": N_("可读性检查")}  # fmt: skip
ALARMS = {"large": N_("重大群体纠纷"), "fire": N_("火灾"), "signal": N_("已核实的预警信号"), "feed": N_("数据源中断")}
GRADES = {"minor": N_("一般火灾"), "larger": N_("较大火灾"), "major": N_("重大火灾"), "grave": N_("特别重大火灾")}
WEEKDAYS = (N_("星期日"), N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"))


def of_script() -> dict[str, object]:
    """Everything assets/alone/wall-*.js says; {x} is filled in there."""
    return {
        "minutes": t("{n} 分钟"), "hours": t("{n} 小时"), "days": t("{n} 天"), "now": t("刚刚"), "ago": t("{x}前"),
        "late": t("延迟"), "never": t("未收到"), "scene": t("画面 {a}/{b}"), "paused": t("已暂停"), "pinned": t("已固定"),
        "as_of": t("数据截至 {x}"), "stopped": t("数据停在 {x}"), "since": t("已 {x}"),
        "lost": t("连接自 {x} 中断"), "held": t("画面保持 {x} 的数值，正在自动重连"),
        "nothing": t("尚无数据，正在自动重连"), "feeds": t("数据源"), "feeds_note": t("数据距今"),
        "more_feeds": t("另 {n} 个正常"), "more_late": t("另 {n} 个，{m} 个延迟"),
        "unacked": t("未确认 · 已 {x}"), "unacked_now": t("未确认 · 刚刚"),
        "ack_where": t("值班员请在操作台或值班手机上确认"), "acked": t("{x} 已确认"), "alarm_n": t("告警 {a}/{b}"),
        "date": t("{y}年{m}月{d}日"), "day": t("{m}月{d}日"), "weekdays": [t(w) for w in WEEKDAYS], "owner": t("主责"),
        "pair_head": t("配对这块大屏"), "pair_text": t("在服务器上运行 yizhan display add，把得到的八位配对码填在这里。只需一次。"), "pair_code": t("配对码"),
        "pair_go": t("配对"), "pair_wrong": t("配对码不对，或已过期。"), "pair_wait": t("错误次数太多，请过十分钟再试。"),
        "pair_down": t("服务器没有应答，请稍后再试。"), "refused": t("大屏为市、县两级而设，您的账号看不到。"),
        "check": t("可读性检查"), "check_note": t("站在最远的座位，每一行都应读得出；红线是拼缝，字不应压在上面"),
        "check_small": t("屏太小或视距太远：更大的字排不下，最小的字只到 {m} 米可读"),
        "check_wall": t("屏宽 {w} 毫米，最远 {e} 毫米，{c} × {r} 块"),
        "check_mm": t("{n} 毫米高，{m} 米内可读"), "check_text": t("矛盾纠纷多元化解 0123456789"),
        "check_colours": t("红须办理 · 黄为延迟 · 绿为正常 · 蓝为数量"),
        "legend_listed": t("挂牌整治"), "legend_signal": t("预警信号"),
    }  # fmt: skip


def day(d: date) -> str:
    """9月30日."""
    return t("{m}月{d}日", m=d.month, d=d.day)


def alarm(a: Alarm) -> str:
    """What kind of alarm it is."""
    return t(GRADES[a.grade]) if a.kind == "fire" else t(ALARMS[a.kind])
