"""The small forms of the case list: further conditions, keeping a view, exporting. assets/js/cases.js fills in native fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from dashboard import el
from dashboard.i18n import name, t
from matters.categories import CATEGORIES, SUBCATEGORIES, Category
from matters.filters import Filter, Span
from matters.vocabulary import CHANNELS, LOCATED, OUTCOMES, SCALES, Word
from services.exports import Job


def more(filter: Filter) -> el.Node:
    """Conditions that the rail has no place for: ranges, and what a matter is."""
    spans = [("people", t("人数"), "number"), ("amount", t("金额，元"), "number"), ("days", t("历时，天（在办）"), "number"),
             ("due", t("时限"), "date"), ("closed", t("办结日期"), "date")]  # fmt: skip
    window = filter.window
    days = {"name": "accepted", "label": t("立案") if filter.part == "civil_filings" else t("受理日期"), "type": "date", "names": ["from", "to"],
            "value": [window.start.isoformat(), window.end.isoformat()] if window else ["", ""]}  # fmt: skip
    fields: list[dict[str, Any]] = [days] + [{"name": key, "label": label, "type": kind, "value": _ends(getattr(filter, key))} for key, label, kind in spans]
    kinds = dict(sorted({**CATEGORIES, **SUBCATEGORIES}.items()))
    fields += [_choice("category", t("类别"), kinds, filter.category),
               _choice("scale", t("规模"), SCALES, filter.scale), _choice("outcome", t("结果"), OUTCOMES, filter.outcome),
               _choice("channel", t("渠道"), CHANNELS, filter.channel), _choice("located", t("定位"), LOCATED, filter.located),
               {"name": "linked", "label": t("关联"), "type": "choice", "value": filter.linked, "options": [["yes", t("有关联")], ["no", t("无关联")]]},
               {"name": "satisfied", "label": t("评价"), "type": "choice", "value": filter.satisfied, "options": [["yes", t("满意")], ["no", t("不满意")]]},
               {"name": "owner", "label": t("主责"), "type": "text", "value": filter.owner}]  # fmt: skip
    form = _form("cases-more", fields, t("按这些条件看"), any=t("不限"), to=t("至"))
    return _drop(t("加条件"), form)


def _ends(span: Span | None) -> list[str]:
    return ["", ""] if span is None else ["" if v is None else v.isoformat() if isinstance(v, date) else str(v) for v in span]


def _choice(key: str, label: str, table: Mapping[str, Word | Category], value: str) -> dict[str, Any]:
    return {"name": key, "label": label, "type": "choice", "value": value, "options": [[c, name(w)] for c, w in table.items()]}


def keep_view() -> el.Node:
    """A name for the list as it is: its conditions, order and columns."""
    fields: list[dict[str, Any]] = [{"name": "name", "label": t("视图名"), "type": "text", "value": "", "most": 24},
              {"name": "shared", "label": t("给本区域的人共用"), "type": "check", "value": ""}]  # fmt: skip
    return _drop(t("存为视图"), [_form("cases-keep", fields, t("存下")), el.P(t("存的是条件、排序和列，不是事项本身。"), "s m")])


def exports() -> el.Node:
    """What the list can be exported as; it is made aside, with how far it is, and can be ended."""
    kinds = (("csv", "CSV", t("UTF-8，文本原样")), ("xlsx", "Excel", t("文本不会变成公式")))
    items = [el.Button([kind, el.Small(note)], "mi", data_export=fmt, type="button") for fmt, kind, note in kinds]
    return _drop(t("导出"), [*items, el.Button([t("打印"), el.Small("Ctrl P")], "mi", data_act="print", type="button")])


def progress(job: Job) -> el.Node:
    """How far an export is; cases.js asks again while it runs and fetches the file when it is done."""
    if job.status == "running":
        share = 100 * job.rows / job.total if job.total else 0
        text = t("导出中：{n} / {total} 件", n=f"{job.rows:,}", total=f"{job.total:,}")
        bar = el.Span(el.I(style={"width": f"{share:.0f}%"}), "job-bar", role="progressbar", aria_valuenow=f"{share:.0f}", aria_label=text)
        parts: list[Any] = [el.Span(text), bar, el.Button(t("取消"), "lk", data_cancel=job.id)]
    elif job.status == "done":
        cut = t("；超过一次导出的上限，只含前 {total} 件", total=f"{job.total:,}") if job.cut else ""
        parts = [el.Span(t("已导出 {n} 件", n=f"{job.rows:,}") + cut), _close()]
    else:
        parts = [el.Span(t("已取消，没有留下文件") if job.status == "cancelled" else t("没有导出成，请再试一次")), _close()]
    return el.Div(parts, "job", role="status", data_job=job.id, data_status=job.status)


def busy() -> el.Node:
    """Somebody has an export running already."""
    return el.Div([el.Span(t("您的上一份导出还没有完，或别人正在导出；稍后再试")), _close()], "job", role="status", data_status="busy")


def _close() -> el.Node:
    return el.Button("✕", "plain", data_cancel="-", aria_label=t("收起"))


def _form(act: str, fields: list[dict[str, Any]], submit: str, **words: str) -> el.Node:
    return el.Form(None, "cform", data_act=act, data_fields=orjson.dumps(fields).decode(), data_submit=submit, **{f"data_{k}": v for k, v in words.items()})


def _drop(text: str, children: Any) -> el.Node:
    return el.Details([el.Summary(text, "btn"), el.Div(children)], "drop end")
