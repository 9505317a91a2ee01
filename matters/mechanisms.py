"""The eight mechanisms of the centres (DOMAIN.md §2) and where each lives in the product."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A mechanism's names, what it is, the page that holds it, and the list of the supervision desk it counts ('' = none).

    `page` may have two paths: the first that this deployment has is taken; `#…` is a list of the desk itself.
    """

    key: str
    zh: str
    en: str
    what_zh: str
    what_en: str
    page: tuple[str, ...]
    counts: str = ""


MECHANISMS: tuple[Place, ...] = (
    Place("collect", "收集流转", "Collect and route", "各渠道受理后待分流的事项", "accepted, waiting to be dispatched", ("/matters",),
          "dispatch"),
    Place("assign", "交办督办", "Assign and supervise", "规则提议的催办和黄、红、黑牌", "urgings and cards that rules propose", ("#proposals",), "proposals"),
    Place("follow", "跟踪问效", "Follow up", "在效的牌，是否已回复、已改正", "cards in force, answered or not", ("#cards",), "cards"),
    Place("rate", "评价回访", "Rate and call back", "近 30 天办结、尚未评价的事项", "closed in the last 30 days and not rated", ("#callbacks",), "callbacks"),
    Place("consult", "会商研判", "Joint consultation", "近 90 天的会商记录", "consultations of the last 90 days", ("#consultations",), "consultations"),
    Place("lead", "领导包案", "A leader owns the case", "在包的事项", "matters owned by a leader", ("#leaders",), "leaders"),
    Place("joint", "联动处置", "Joint action", "部门联动的任务和回复", "tasks of departments and their replies", ("#joints",), "joints"),
    Place("assess", "考核奖惩", "Assessment", "县乡考核的指标与名次", "indicators and ranks of counties and townships", ("/assessment", "/")),
)  # fmt: skip
