"""Words of groups: kinds, states, steps, refusals."""

from __future__ import annotations

from dashboard.i18n import N_, t

KINDS = {"employer": N_("用人单位"), "estate": N_("小区楼盘"), "project": N_("工程项目"), "school": N_("学校培训"), "shop": N_("商家店铺"),
         "place": N_("同村同事由")}  # fmt: skip
STATES = {"proposed": N_("机器提议"), "confirmed": N_("已确认"), "dissolved": N_("已解散")}
TABS = {"proposed": N_("待确认"), "confirmed": N_("已确认"), "dissolved": N_("已解散"), "all": N_("全部")}
STEPS = {"found": N_("发现"), "grown": N_("新归入"), "confirm": N_("确认群体"), "rename": N_("改名"), "dissolve": N_("解散"), "take_out": N_("移出一件"),
         "put_back": N_("移回一件"), "reopen": N_("恢复为提议"), "undo": N_("撤销")}  # fmt: skip
HINTS = {"confirm": N_("确认它们是同一件事引起的"), "rename": N_("换一个大家叫得惯的名字"), "dissolve": N_("各是各的事；机器不再提议同一组"),
         "take_out": N_("这一件与此无关"), "put_back": N_("这一件还是有关"), "reopen": N_("回到待确认"), "undo": N_("撤销最近一步")}  # fmt: skip
REFUSED = {"why": N_("请写明理由。"), "name": N_("请写新的名称。"), "state": N_("它的状态已经变了，这一步现在不能做。"),
           "reach": N_("这个群体超出您的查看范围，请由看得到全部的上级来定。"), "member": N_("这一件不在可移动的事项里。"),
           "undo": N_("这一步已不能撤销。")}  # fmt: skip


def kind(key: str) -> str:
    """What kind of thing a group is about."""
    return t(KINDS.get(key, key))


def step(key: str) -> str:
    """What was done."""
    return t(STEPS.get(key, key))
