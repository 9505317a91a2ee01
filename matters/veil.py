"""Names in free text that another agency's record gives in a column: found by their masks, since nobody keeps them in clear."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

_MASKED = re.compile(r"([\u4e00-\u9fff]) (\*{1,3})(?!\*)")  # what matters.identity.mask_name makes of a person
_PLACE = tuple("区县市镇乡村街路")  # 袁州区 is no person
_START = "(?<![\u4e00-\u9fff])"
_AFTER = re.compile("(?![\u4e00-\u9fff])|(?=[与和跟同协反因就等未的在称要说未因系提拒不是])")
_BEFORE = f"{_START}|(?<=[与和跟同向对由被将称是为及找据让人方])"
# In front of a name, while hardly ever in front of another word that begins with a surname: who it is, what was done to them, where they live.
_CUES = (
    "反映", "投诉", "举报", "控告", "状告", "起诉", "诉", "告", "要求", "请求", "拖欠", "殴打", "村民", "居民", "业主", "患者", "死者", "伤者",
    "民工", "职工", "员工", "学生", "女子", "男子", "老人", "妻子", "丈夫", "邻居", "房东", "房主", "户主", "店主", "车主", "司机", "老板", "工头",
    "家属", "儿子", "女儿", "父亲", "母亲", "村", "组", "屯", "户",
)  # fmt: skip
_LOOSE = "|".join([_BEFORE, *(f"(?<={cue})" for cue in _CUES)])
# Characters that given names do not have.
_NEVER = frozenset(
    "多次被因于在的了不未无与地区县市乡街案款费税租钱欠债赔偿诉讼访警院局厂店们你我他她它这那此某"
    "各每些么吗呢吧啊谁何个件条角纠纷占拆坟墙屋厕猪狗鸡鸭砍挖砌堵挡骂打伤死殴吵闹噪漏渗污拖偷骗盗"
)
# Second characters of ordinary words whose first one is a surname too: 高空, 方案, 林地. In such a place only what follows decides.
_WORDS: Mapping[str, str] = {
    "高": "空速铁温压利中考校层楼额价处度低龄", "方": "案便向面法式", "夏": "季天收粮", "金": "融额属店", "石": "料头场材块灰", "白": "天酒条",
    "马": "路上", "黄": "土沙豆", "江": "边西堤", "林": "地木权场业带", "田": "地埂间里土坎", "水": "费管电塘沟田库渠井利质池",
    "房": "屋产东租款价顶子主", "车": "辆位库祸主费间", "曾": "经有向与受", "成": "立交功为都员年本", "关": "于系停闭押", "常": "年住见务",
    "安": "全置装排保", "路": "面灯边口基", "连": "续接夜", "全": "部家村体县", "周": "边围末期转", "温": "泉度室", "牛": "肉奶", "毛": "坯竹",
    "包": "工装括庄裹", "项": "目", "单": "位元方价", "解": "除决约", "查": "封询处", "古": "树井墓", "池": "塘", "管": "道理线网辖", "毕": "业",
    "万": "元", "程": "序度", "应": "当付该急", "平": "台时整", "明": "确显知", "时": "间常", "宗": "族祠教", "农": "田民户药", "党": "员",
    "强": "制行", "武": "力", "文": "件化", "章": "程", "于": "今上本去前昨当同次", "向": "法政上其对村镇乡县", "和": "解谐好", "花": "园木卉生",
    "谷": "物", "卫": "生", "支": "付持", "沙": "石场土", "冷": "库冻", "雷": "击雨", "阳": "台光", "干": "部活", "东": "西北边侧面", "南": "北边侧",
    "西": "侧边面", "严": "重禁格", "元": "旦", "余": "款额", "景": "区观", "游": "客乐泳", "商": "铺户场品标业", "计": "算划", "从": "事未",
    "后": "来续", "易": "地", "简": "易单", "扶": "贫", "施": "工", "柴": "油火", "海": "鲜", "种": "植子", "甘": "蔗", "权": "属益利",
    "国": "道有土家", "楼": "上下顶道梯", "公": "司路共厕安", "邻": "里居", "电": "梯动线", "土": "地方", "左": "右侧边",
    "苗": "木", "桂": "花", "年": "初底前后", "司": "机法", "相": "邻关互",
}  # fmt: skip


@lru_cache(4096)
def _patterns(surname: str, rest: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    name = f"{surname}[\u4e00-\u9fff]{{{rest}}}"
    return re.compile(f"(?:{_BEFORE}){name}(?:{_AFTER.pattern})"), re.compile(f"(?:{_LOOSE}){name}(?!某)")


def veil(masks: Iterable[str]) -> Callable[[str], str]:
    """Masks in a text what reads like one of these masked persons.

    One agency writes out in free text whom another names in a column: no mapping can know it, but the matter that both belong to
    does. A word that only looks like the name is masked too; that is the cheaper mistake. First what stands between two signs of a
    name, then what stands behind one and is no ordinary word.
    """
    found = sorted({m.groups() for mask in masks for m in _MASKED.finditer(mask)}, key=lambda f: (-len(f[1]), f))

    def veiled(text: str) -> str:
        mine = [(surname, stars) for surname, stars in found if surname in text]
        for way in (0, 1):
            for surname, stars in mine:
                masked, word = f"{surname} {stars}", _ordinary if way else _no_name
                text = _patterns(surname, len(stars))[way].sub(lambda m, masked=masked, word=word: m.group() if word(m.group()) else masked, text)  # type: ignore[misc]
        return text

    return veiled


def _no_name(text: str) -> bool:
    return text.endswith(_PLACE) or not _NEVER.isdisjoint(text[1:])


def _ordinary(text: str) -> bool:
    return _no_name(text) or text[1] in _WORDS.get(text[0], "")


def masks_in(parties: Iterable[Sequence[Mapping[str, Any]] | None]) -> list[str]:
    """The masked names in lists of parties."""
    return [str(p["name"]) for mine in parties for p in mine or () if p.get("name")]
