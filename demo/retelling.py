"""How a second clerk writes down what a first one did: other words, fewer words, numbers that are missing or wrong."""

from __future__ import annotations

import re

from demo.people import Person
from demo.titles import Titles

# Bits of a case's `twist`: one of the words, and one of the numbers.
RETOLD, SHORT, OTHER_WORDS, NO_NUMBERS, WRONG_NUMBER = 1, 2, 3, 4, 8
# Words another office uses for the same thing, and characters that are often typed for each other.
_OTHERS = (
    ("拖欠", "未付"), ("赔偿", "索赔"), ("退费", "退款"), ("退还", "返还"), ("争议", "争执"), ("纠纷", "矛盾"), ("损坏", "损毁"),
    ("受伤", "致伤"), ("欠缴", "少缴"), ("工资", "薪资"), ("农民工", "务工人员"), ("邻里", "邻居"), ("界址", "地界"), ("边界", "界线"),
    ("堵塞", "堵住"), ("渗水", "漏水"), ("拆迁", "征迁"), ("违约金", "违约费"), ("房屋", "住房"), ("车辆", "车子"), ("医药费", "医疗费"),
    ("押金", "保证金"), ("货款", "材料款"), ("质量", "品质"), ("逾期", "延期"), ("分割", "分配"), ("借款", "借钱"), ("贷款", "借贷"),
    ("商铺", "店面"), ("停车", "泊车"), ("物业费", "管理费"), ("噪声", "噪音"), ("赡养", "养老"), ("抚养", "抚育"), ("离婚", "婚姻破裂"),
    ("归属", "权属"),
)  # fmt: skip
_TYPED = str.maketrans("账渠沿蹋须象份坟拦挡帐", "帐沟延踏需像分墓栏档账")
_ENDS = ("一事", "的问题", "，请求处理", "事宜")


def retell(titles: Titles, category: str, seed: int, twist: int, told: tuple[str, str, Person, Person]) -> tuple[str, str, Person, Person]:
    """Title, request and both parties as another clerk has them; the same case, the same words."""
    title, ask, first, other = told
    words = twist & 3
    if words == RETOLD:
        title = reworded(title, seed)
    elif words == SHORT:
        title, ask = shortened(title, seed), titles.ask(category, seed // 3 + 11)
    elif words == OTHER_WORDS:
        title, ask = titles.title(category, seed // 3 + 17), titles.ask(category, seed // 3 + 11)
    if twist & NO_NUMBERS:
        first, other = first._replace(idno="", phone=""), other._replace(idno="", phone="")
    elif twist & WRONG_NUMBER:
        first, other = _mistyped(first), other._replace(idno="", phone="")
    return title, ask, first, other


def reworded(title: str, seed: int) -> str:
    """Up to two words exchanged, some characters mistyped, and another end."""
    changed = 0
    for own, another in _OTHERS[seed % len(_OTHERS) :] + _OTHERS[: seed % len(_OTHERS)]:
        if own in title and changed < 2:
            title, changed = title.replace(own, another), changed + 1
    if seed // 5 % 3 == 0:
        title = title.translate(_TYPED)
    return title + _ENDS[seed // 11 % len(_ENDS)] if seed // 3 % 2 else title


def shortened(title: str, seed: int) -> str:
    """Part of the words only, as when somebody notes it down during a call."""
    plain = re.sub("[，、]", "", title)
    most = max(4, len(plain) * 3 // 5)
    return plain[:most] if seed % 2 else plain[-most:]


def _mistyped(person: Person) -> Person:
    """Two digits exchanged in each number, as they are when it is read out loud."""
    return person._replace(idno=_swapped(person.idno), phone=_swapped(person.phone))


def _swapped(number: str) -> str:
    at = next((i for i in range(len(number) - 2, 5, -1) if number[i] != number[i - 1]), 0)
    return number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :] if at else number
