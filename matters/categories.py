"""The canonical dispute categories. The list is data with dates, since causes of action change (last on 2026-01-01)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Category(NamedTuple):
    """One category; `valid_to` None means in force. Sub-categories have four digits and belong to their first two."""

    code: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None = None


_FROM = date(2000, 1, 1)

CATEGORIES: dict[str, Category] = {
    code: Category(code, zh, en, _FROM)
    for code, zh, en in (
        ("01", "婚姻家庭", "Marriage and family"),
        ("02", "邻里", "Neighbours"),
        ("03", "房产宅基地", "Housing and homestead"),
        ("04", "合同", "Contracts"),
        ("05", "生产经营", "Production and business"),
        ("06", "损害赔偿", "Compensation for damage"),
        ("07", "山林土地", "Forest and land"),
        ("08", "征地拆迁", "Land taking and demolition"),
        ("09", "环境污染", "Pollution"),
        ("10", "劳动争议", "Labour"),
        ("11", "旅游", "Tourism"),
        ("12", "消费", "Consumption"),
        ("13", "医疗", "Medical"),
        ("14", "道路交通", "Road traffic"),
        ("15", "物业", "Property management"),
        ("16", "知识产权", "Intellectual property"),
        ("17", "互联网", "Internet"),
        ("18", "金融借贷", "Loans and finance"),
        ("19", "涉校涉教", "Schools and education"),
        ("99", "其他", "Other"),
    )
}

SUBCATEGORIES: dict[str, Category] = {
    code: Category(code, zh, en, _FROM)
    for code, zh, en in (
        ("1001", "拖欠农民工工资", "Unpaid wages of migrant workers"),
        ("1701", "电子商务", "E-commerce"),
    )
}

OTHER = "99"


def in_force(day: date) -> list[Category]:
    """The categories that may be given to a record of that day."""
    return [c for c in CATEGORIES.values() if c.valid_from <= day and (c.valid_to is None or day <= c.valid_to)]
