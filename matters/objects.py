"""The thing that a text names: an employer, an estate, a project. A kind of thing (花炮厂) is not a name."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal, NamedTuple

Kind = Literal["employer", "estate", "project", "school", "shop", "place"]

# What a name ends with, and what kind of thing it is then; the longest ending holds. Hospitals are not here: they have a
# steady load of disputes, each about one patient.
_ENDINGS: dict[str, Kind] = {
    **dict.fromkeys(("有限责任公司", "股份有限公司", "有限公司", "劳务公司", "公司", "集团", "工厂", "厂", "合作社", "养殖场", "煤矿", "石场"), "employer"),
    **dict.fromkeys(("小区", "花园", "家园", "公寓", "新城", "楼盘", "名邸", "华府", "名苑", "安置房"), "estate"),
    **dict.fromkeys(("工程项目", "建设项目", "安置房项目", "项目部", "项目", "工地", "标段", "产业园", "高速公路"), "project"),
    **dict.fromkeys(("艺术培训学校", "培训学校", "培训机构", "培训中心", "幼儿园", "学校", "中学", "小学", "学院", "驾校"), "school"),
    **dict.fromkeys(("健身会所", "会所", "健身房", "俱乐部", "美容院", "商场", "超市", "门店", "酒店", "宾馆", "专卖店"), "shop"),
}  # fmt: skip
# Words of trade and place that name no one: a name made only of these and an ending is a kind of thing.
_TRADES = (
    "花炮", "陶瓷", "石材", "竹木", "加工", "粮油", "养殖", "砖", "服装", "制衣", "物流", "家政", "工业园", "外包", "劳务", "健身", "美容", "理发", "艺术",
    "培训", "民办", "公办", "私立", "村办", "建材", "婚纱", "母婴", "家电", "温泉", "度假", "农家", "民宿", "老旧", "安置", "商品房", "回迁", "保障房",
    "住宅", "封闭", "开放", "本", "该", "某", "一家", "附近", "所在", "多个", "各", "新建", "在建", "已建", "装修", "建房", "修路", "绿化", "水电", "外墙",
    "厂房", "仓库", "校舍", "管网", "道路", "桥梁", "房建", "市政", "工程", "塑料", "颗粒", "屠宰", "矿", "农业", "林业", "种植", "合同", "汽车", "机械",
    "食品", "药", "化工", "电子", "纺织", "鞋", "家具", "水泥", "物业", "开发", "建筑", "保安", "旅游", "房地产", "置业", "实业", "贸易", "商贸", "科技", "小",
    "大", "中", "县", "市", "镇", "乡", "村", "国有", "集体", "企业", "个体", "私营", "公立", "县级", "中心", "集镇", "城区", "农村", "乡镇", "二手", "业主",
    "检查", "自费", "旅行社", "村民小组", "小组", "两", "收费", "治疗", "增项", "净水器",
)  # fmt: skip
_ENDING = "|".join(sorted(_ENDINGS, key=len, reverse=True))
_ANY = re.compile(_ENDING)  # without one nothing is named: most texts need not be cut up
_OBJECT = re.compile(rf"([\u4e00-\u9fffA-Za-z0-9·]{{1,12}}?)({_ENDING})")
_CUT = re.compile(r"[，。；、：（）()“”\"《》\s]|因|与|和|对|向|被|在|由|关于|投诉|反映|拖欠|克扣")
_TRADE = re.compile("|".join(sorted(_TRADES, key=len, reverse=True)))
# How matters.identity.mask_name leaves a name of more than four characters: a company, or a person with a long name.
_MASKED = re.compile(r"([\u4e00-\u9fffA-Za-z0-9·]{2})\*{4}")
_MASKED_STORY = re.compile(r"(?:^|[，。；：、\s])([\u4e00-\u9fffA-Za-z0-9·]{2}\*{4})(?=[\u4e00-\u9fff]{2})")
_NUMBERS = re.compile(r"[0-9]+|[一二三四五六七八九十百两几]+(?=[户名人号栋幢期届年月日元次])")


class Named(NamedTuple):
    """A thing named in a text: as it was written, what is left of the name without trade and ending, its kind."""

    written: str
    core: str
    kind: Kind

    @property
    def own(self) -> bool:
        """Whether the name would be known anywhere; 某健身会所 is known in its town only."""
        return len(self.core) >= 2


def named(text: str) -> Named | None:
    """The first thing in a text that bears a name of its own; None when there is only a kind of thing, or nothing."""
    for piece in _CUT.split(text) if _ANY.search(text) else ():
        match = _OBJECT.search(piece)
        if match is None:
            continue
        stem, ending = match.groups()
        core = _TRADE.sub("", stem)
        if len(core) >= 2 or "某" in stem:  # 某 stands for a part of a name that the agency has left out
            return Named(_plain(stem + ending), core, _ENDINGS[ending])
    return None


def masked(text: str) -> str:
    """The two characters that a masked long name keeps; '' where there is none."""
    found = _MASKED.search(text)
    return found.group(1) if found else ""


def told_of(text: str) -> str:
    """What a long text is about: the thing it names, or one whose masked name begins a sentence (宏某****拖欠工资); '' where there is neither."""
    name = named(text)
    found = None if name is not None else _MASKED_STORY.search(text)
    return name.written if name is not None else found.group(1) if found else ""


def _plain(name: str) -> str:
    """One way of writing a name: 有限责任公司, 有限公司 and 公司 are the same."""
    return re.sub(r"(有限责任|股份有限|有限)公司$", "公司", name)


def shape(text: str) -> str:
    """A line without its numbers, so that 拖欠7名 and 拖欠18名 say the same."""
    return _NUMBERS.sub("#", re.sub(r"\s+", "", text))


def pairs_of(text: str) -> frozenset[str]:
    """The letter pairs of a line: what it shares with a line that says nearly the same."""
    line = shape(text)
    return frozenset(a + b for a, b in pairwise(line)) or frozenset({line})


def likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """Share of common pairs, 0 to 1 (Jaccard)."""
    return len(a & b) / len(a | b) if a or b else 0.0
