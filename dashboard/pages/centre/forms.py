"""The forms of one centre: the directory, the week, one day, undoing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dash import html

from dashboard.components import act_form, centre_words
from dashboard.components.fmt import WEEKDAYS
from dashboard.guard import Here
from dashboard.i18n import t
from dashboard.pages.centre.figures import back
from matters.centres import PLATFORMS
from services.centres import CentreFile


def form(act: str, file: CentreFile, given: Mapping[str, Any], at: Here, today: date) -> html.Div:
    """The form of one act; a plain word when there is none such."""
    makers = {"edit": _edit, "rota": _rota, "day": _one_day}
    if act not in (*makers, "undo") or not file.may_edit or (act == "undo" and not file.events):
        text = t("没有可以撤销的修改。") if act == "undo" else t("您没有这一步的权限，或它不在您的查看范围内。")
        return act_form.refused(t("这一步现在不能做"), text, back(at))
    fields = [*(makers[act](given, today) if act in makers else ()),
              act_form.labelled(t("理由"), act_form.line("centre", "why", "", t("不写当事人姓名和号码"), 200, focus=act == "undo"), wide=True)]  # fmt: skip
    return act_form.form("centre", centre_words.act(act), t(centre_words.HINTS[act]), fields, back(at), file.version)


def _list(given: Mapping[str, Any], key: str) -> Any:
    control = act_form.lines("centre", key, "、".join(given[key]), "", 1_000)  # i18n: data
    return act_form.labelled(t(centre_words.FIELDS[key]), control, t("用顿号隔开"))


def _edit(given: Mapping[str, Any], today: date) -> list[Any]:
    states = [(key, t(name)) for key, name in centre_words.STATES.items()]
    return [
        act_form.labelled(t("名称"), act_form.line("centre", "name", given["name"], focus=True)),
        act_form.labelled(t("状态"), act_form.choice("centre", "state", states, given["state"])),
        act_form.labelled(t("运行日期"), act_form.day("centre", "since", given["since"])),
        act_form.labelled(t("计划日期"), act_form.day("centre", "planned_for", given["planned_for"]), t("筹建中的填")),
        act_form.labelled(t("平台合并"), act_form.choice("centre", "platforms", [(p, p) for p in PLATFORMS], given["platforms"], many=True)),
        act_form.labelled(t("随驻承诺"), act_form.line("centre", "on_call_promise", given["on_call_promise"])),
        *(_list(given, key) for key in ("resident", "on_call", "third_parties", "rooms")),
    ]  # fmt: skip


def _rota(given: Mapping[str, Any], today: date) -> list[Any]:
    return [act_form.labelled(t(name), act_form.line("centre", f"d{n}", "、".join(given[f"d{n}"]), t("用顿号隔开"), 300, focus=n == 1))  # i18n: data
            for n, name in enumerate(WEEKDAYS, 1)]  # fmt: skip


def _one_day(given: Mapping[str, Any], today: date) -> list[Any]:
    return [act_form.labelled(t("日期"), act_form.day("centre", "day", today)),
            act_form.labelled(t("当天轮驻"), act_form.line("centre", "who", "", t("用顿号隔开；空着就是无人"), 300, focus=True))]  # fmt: skip
