"""What two records are compared by when neither quotes the other: the signals, their levels, and text without its habits. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from matters.identity import mask_name
from matters.numbers import SHAPES, normal

# Signals of the waterfall with their words, in the order in which they are shown. The prior is where every pair starts.
SIGNALS: dict[str, tuple[str, str]] = {
    "prior": ("起点", "Starting point"), "party": ("当事人", "Parties"), "text": ("事由文字", "Words of the matter"), "place": ("地点", "Place"),
    "time": ("时间", "Time"), "category": ("类别", "Category"), "amount": ("金额", "Amount"), "source": ("来源", "Source"),
}  # fmt: skip
# Levels of each signal, best first: Splink's labels, and what a steward reads. "null": one of the two says nothing.
LEVELS: dict[str, dict[str, tuple[str, str]]] = {
    "prior": {"prior": ("任意两条记录", "any two records")},
    "party": {
        "two": ("两名当事人的证件或电话相同", "two parties share a number"),
        "one_named": ("一名当事人相同，另一名姓名掩码相同", "one party shares a number, the other a masked name"),
        "one": ("一名当事人的证件或电话相同", "one party shares a number"),
        "names": ("无号码可比，两名姓名掩码相同", "no numbers to compare; two masked names agree"),
        "name": ("无号码可比，一名姓名掩码相同", "no numbers to compare; one masked name agrees"),
        "others_named": ("号码不同，两名姓名掩码相同", "numbers differ; two masked names agree"),
        "other_named": ("号码不同，一名姓名掩码相同", "numbers differ; one masked name agrees"),
        "firm": ("当事人不同，涉及同一单位", "parties differ; the same institution is named"),
        "differ": ("当事人不同", "parties differ"),
        "null": ("未记当事人", "no parties told"),
    },
    "text": {
        "same": ("事由文字相同", "the same words"), "near": ("事由文字大部分相同", "mostly the same words"),
        "half": ("事由文字部分相同", "partly the same words"), "some": ("少量相同文字", "few words shared"),
        "differ": ("事由文字不同", "other words"), "null": ("无文字", "no words"),
    },
    "place": {
        "village": ("同村（社区）", "same village"), "town": ("同乡镇，村不明", "same township, village unknown"),
        "town_other": ("同乡镇，村不同", "same township, other village"), "near": ("相邻地点", "nearby"),
        "county": ("同县", "same county"), "far": ("不同县", "other county"), "null": ("地点不明", "place unknown"),
    },
    "time": {
        "days3": ("相隔三日内", "within three days"), "week": ("相隔一周内", "within a week"), "weeks3": ("相隔三周内", "within three weeks"),
        "months2": ("相隔两个月内", "within two months"), "half": ("相隔半年内", "within half a year"), "long": ("相隔半年以上", "more than half a year"),
        "null": ("日期不明", "no date"),
    },
    "category": {"same": ("类别相同", "same category"), "differ": ("类别不同", "other category"), "null": ("类别不明", "category unknown")},
    "amount": {
        "same": ("金额相同", "same amount"), "near": ("金额相近", "similar amount"), "differ": ("金额不同", "other amount"),
        "null": ("未记金额", "no amount told"),
    },
    "source": {"other": ("来自不同部门", "from two agencies"), "same": ("同一来源的两条记录", "two records of one source")},
}  # fmt: skip
# With people in common the other signals weigh otherwise: who quarrels again does so in the same place. Such levels bear this mark.
SAME_PEOPLE = "k_"
ASIDE = ("prior", "party", "source")  # signals that do not depend on it
for _name, _levels in LEVELS.items():
    if _name not in ASIDE:
        _levels |= {SAME_PEOPLE + level: (f"{zh}（当事人有相同者）", f"{en} (people in common)")
                    for level, (zh, en) in list(_levels.items()) if level != "null"}  # fmt: skip

WINDOW_DAYS = 60  # two records further apart than this meet by people's tokens alone
NEAR_KM = 12.0
_NAME = re.compile(r"[\u4e00-\u9fff] ?\*+|[\u4e00-\u9fff]{2}\*{4}")
_NUMBERS = re.compile("|".join(f"(?:{p.pattern})" for p in SHAPES.values()))
# What every clerk writes around the matter itself: it would make all texts alike.
_HABITS = re.compile(
    "来电反映|来访反映|来信反映|反映|产生纠纷|发生纠纷|引发纠纷|已登记|双方愿意调解|请承办单位核实|请予处理|协商未果|申请|投诉|患者|网友|发帖|"
    "已约谈|已现场核查|一案|一事|关于|纠纷|争议|问题|当事人|报警|称|要求|希望"
)
_WORDS = re.compile(r"[^\u4e00-\u9fffA-Z0-9]")


# 范 **反映, and 与方国龙协商未果 where an agency has no field for the other side: a person written out is masked as everywhere.
_SAID = re.compile(r"([\u4e00-\u9fff]) ?(\*{1,3})(?!\*)|与([\u4e00-\u9fff]{2,3}?)(?:协商|因|发生|产生)")


def named_in(text: str) -> list[str]:
    """Masked names of the people that a text tells of, as matters.identity.mask_name leaves them."""
    return [mask_name(whole) if whole else f"{first} {stars}" for first, stars, whole in _SAID.findall(text)] if "*" in text or "与" in text else []


@lru_cache(maxsize=8_192)
def bare(text: str) -> str:
    """A text without masked names, paper numbers, clerks' habits and punctuation."""
    plain = _NUMBERS.sub("", normal(_NAME.sub("", text)))
    return _WORDS.sub("", _HABITS.sub("", plain))


def grams(text: str) -> tuple[str, ...]:
    """The pairs of neighbouring characters of a bare text, sorted, each once; a single character stands for itself."""
    plain = bare(text)
    return tuple(sorted({plain[i : i + 2] for i in range(len(plain) - 1)} or ({plain} if plain else set())))
