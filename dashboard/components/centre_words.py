"""Words of the directory of centres: fields, acts, refusals."""

from __future__ import annotations

from dashboard.i18n import N_, t

FIELDS = {
    "name": N_("名称"), "state": N_("状态"), "since": N_("运行日期"), "planned_for": N_("计划日期"), "platforms": N_("平台合并"), "resident": N_("常驻部门"),
    "on_call": N_("随驻部门"), "on_call_promise": N_("随驻承诺"), "third_parties": N_("第三方"), "rooms": N_("调解室"), "rotating": N_("轮驻排班"),
    "days": N_("单日排班"), "why": N_("理由"), "day": N_("日期"), "undo": N_("撤销"),
    **dict.fromkeys((f"d{n}" for n in range(1, 8)), N_("轮驻排班")),
}  # fmt: skip
ACTS = {"edit": N_("修改中心"), "rota": N_("排每周轮驻"), "day": N_("排某一天"), "undo": N_("撤销最近一步"), "import": N_("名录导入")}
HINTS = {"edit": N_("名称、状态、平台、常驻、随驻、第三方、调解室"), "rota": N_("每周哪天谁来；法定节假日不排"), "day": N_("只改这一天，每周的排班不变"),
         "undo": N_("回到上一次修改之前")}  # fmt: skip
STATES = {"running": N_("运行中"), "planned": N_("筹建中")}


def act(key: str) -> str:
    """What is done."""
    return t(ACTS.get(key, key))


def wrong(field: str) -> str:
    """Why a value was not taken."""
    special = {"why": t("请写明理由。"), "since": t("运行中的要有运行日期，筹建中的不能有。"), "undo": t("没有可以撤销的修改。")}
    return special.get(field) or t("“{name}”缺了或不能这样填。", name=t(FIELDS.get(field, field)))
