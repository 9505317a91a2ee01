"""Invented people and firms. Identity numbers carry an area code that does not exist, phones a block no operator sells.

The numbers still look like numbers, so that everything that must find and hide them has something to find.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟"
    "秦邱侯江尹薛闫雷龙陶黎易辛聂敖晏漆幸巢况"
)
_FIRST = "志文建国明海春秋华军小玉秀桂金晓思子永德兴水根荣福家宗庆云美丽红艳凤兰正光长茂昌仁义贤良俊宇浩嘉雨欣"
_LAST = "强平生华英芳敏杰涛勇辉斌萍霞琴娟林根发明亮军梅莲香珍锋龙飞洋鹏波清元伟超琳婷怡轩涵辰宁安康祥和顺"
_FIRM_NAMES = "瑞恒鑫宏盛泰昌赣锦丰华嘉祥顺达隆兴源广诚"
_FIRM_KINDS = {
    "10": ("劳务有限公司", "建筑工程有限公司", "服饰有限公司", "陶瓷有限公司", "电子有限公司"),
    "15": ("物业服务有限公司", "物业管理有限公司"),
    "12": ("健身服务店", "美容美发店", "商贸有限公司", "家居建材店", "教育咨询有限公司"),
    "05": ("实业有限公司", "花炮制造有限公司", "建材有限公司", "农业开发有限公司"),
    "18": ("农村商业银行", "小额贷款有限公司", "村镇银行"),
    "04": ("商贸有限公司", "建设工程有限公司", "装饰工程有限公司", "机械租赁部"),
    "08": ("置业有限公司", "城市建设投资公司"),
    "03": ("置业有限公司", "房地产开发有限公司"),
    "09": ("养殖专业合作社", "再生资源有限公司", "石材加工厂"),
    "11": ("旅行社", "温泉度假酒店"),
    "16": ("文化传媒有限公司", "酒业有限公司"),
    "17": ("网络科技有限公司", "电子商务有限公司"),
    "19": ("艺术培训学校", "幼儿园", "中学"),
    "13": ("医院", "卫生院"),
    "06": ("建筑工程有限公司", "商贸有限公司"),
}
_FIRM_SHARE = {"10": 85, "15": 95, "12": 85, "05": 80, "18": 45, "04": 55, "08": 70, "03": 45, "09": 80, "11": 95, "16": 90,
               "17": 90, "19": 90, "13": 100, "06": 25}  # fmt: skip
_NO_AREA = "999000"  # no such division
_NO_OPERATOR = "142"  # not sold to anybody


class Person(NamedTuple):
    """A name with its numbers; a firm has neither an identity number nor a phone."""

    name: str
    idno: str
    phone: str


def _mixed(value: int) -> int:
    """Spread a small number over 60 bits, the same way every time."""
    value = (value * 0x9E3779B97F4A7C15 + 0x1B873593) & 0xFFFFFFFFFFFFFFFF
    value ^= value >> 29
    value = (value * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    return value ^ (value >> 32)


def person(number: int) -> Person:
    """The invented person of that number: the same number, the same person."""
    bits = _mixed(number)
    name = _SURNAMES[bits % len(_SURNAMES)] + _FIRST[(bits >> 8) % len(_FIRST)]
    if (bits >> 16) % 10 < 8:
        name += _LAST[(bits >> 20) % len(_LAST)]
    born = f"{1945 + (bits >> 26) % 60}{1 + (bits >> 33) % 12:02d}{1 + (bits >> 38) % 28:02d}"
    body = f"{_NO_AREA}{born}{(bits >> 44) % 1000:03d}"
    return Person(name, body + wrong_check_digit(body), f"{_NO_OPERATOR}{_mixed(bits) % 100_000_000:08d}")


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@cache
def _weighted(digits: str, place: int) -> int:
    """Part of the check sum of a number that some digits from a place on make."""
    return sum(int(d) * w for d, w in zip(digits, _WEIGHTS[place:], strict=False))


def wrong_check_digit(body: str) -> str:
    """A last digit that the first seventeen do not have, so that the number belongs to nobody."""
    right = _CHECKS[(_weighted(body[:6], 0) + _weighted(body[6:10], 6) + _weighted(body[10:14], 10) + _weighted(body[14:], 14)) % 11]
    return "7" if right != "7" else "3"


def has_firm(number: int, category: str) -> bool:
    """Whether the other side of that case is a firm."""
    return _mixed(number) % 100 < _FIRM_SHARE.get(category, 0)


def firm(number: int, category: str, place: str) -> Person:
    """An invented firm of a place: few of each kind there, since firms have many disputes; 某 says that it is invented."""
    bits = _mixed(number % 7 + 11 * sum(map(ord, place)))
    kinds = _FIRM_KINDS.get(category, _FIRM_KINDS["04"])
    kind = kinds[_mixed(number) % len(kinds)]
    return Person(f"{place}{_FIRM_NAMES[bits % len(_FIRM_NAMES)]}某{kind}", "", "")
