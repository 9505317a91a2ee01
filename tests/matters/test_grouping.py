"""What is one object and what is only a kind of thing; groups do not depend on order, and stay apart in time and place."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from matters.grouping import LEAST, Told, find
from matters.objects import likeness, masked, named, pairs_of, told_of

DAY = date(2026, 3, 2)
WAGES = ("宏某制衣厂拖欠7名工人工资", "宏某制衣厂停工后工资支付纠纷", "宏某制衣厂拖欠计件工资", "宏某制衣厂欠缴社保及工资")


def told(key: int, text: str, days: int = 0, town: str = "360983101", village: str = "", category: str = "10") -> Told:
    return Told(key, (text,), town[:6], town, village, category, DAY + timedelta(days=days))


@pytest.mark.parametrize(("text", "name", "own"), [
    ("鑫某劳务公司拖欠农民工工资", "鑫某劳务公司", False), ("某健身会所年卡余额退还纠纷", "某健身会所", False),
    ("城南某安置房项目选房顺序争议", "城南某安置房项目", True), ("与金鼎建设有限责任公司因工程款产生纠纷", "金鼎建设公司", True),
    ("投诉锦绣家园物业费", "锦绣家园", True),
])  # fmt: skip
def test_a_name_of_its_own_is_an_object(text: str, name: str, own: bool) -> None:
    found = named(text)
    assert found is not None and (found.written, found.own) == (name, own)


@pytest.mark.parametrize("text", ["花炮厂拖欠计件工资", "小区停车费涨价纠纷", "旅行社自费项目争议", "老旧小区加装电梯", "民办学校拖欠工资", "检查项目重复收费", "兄弟析产", ""])
def test_a_kind_of_thing_is_none(text: str) -> None:
    assert named(text) is None


def test_a_group_is_its_object_in_time() -> None:
    rows = [told(i, text, 10 * i) for i, text in enumerate(WAGES)]
    later = [told(20 + i, text, 400 + 10 * i) for i, text in enumerate(WAGES)]
    other = [told(50 + i, f"{kind}厂拖欠计件工资", i) for i, kind in enumerate(("花炮", "陶瓷", "服装", "砖", "石材"))]
    [group] = find(rows + other)
    assert group.kind == "employer" and group.object == "宏某制衣厂" and [m.key for m in group.members] == [0, 1, 2, 3]
    assert all(0 < near <= 1 for near in group.likeness.values())
    assert [g.members[0].key for g in find(rows + later)] == [0, 20]  # two of them: silence lies between
    assert find(rows[: LEAST - 1]) == []


def test_the_order_of_arrival_does_not_matter() -> None:
    rows = [told(i, text, 10 * i) for i, text in enumerate(WAGES * 2)] + [told(30 + i, "井水发黑有异味", i, village="v1", category="09") for i in range(5)]
    wanted = find(rows)
    assert [g.kind for g in wanted] == ["employer", "place"]
    for seed in range(5):
        mixed = rows[:]
        random.Random(seed).shuffle(mixed)
        assert find(mixed) == wanted


def test_a_masked_name_joins_the_one_that_is_written_out_in_its_town_and_no_other() -> None:
    rows = [told(i, text, i) for i, text in enumerate(WAGES[:2])]
    veiled = [told(10 + i, "宏某****拖欠计件工资", i) for i in range(3)]
    far = [told(20 + i, "宏某****拖欠计件工资", i, town="360902101") for i in range(6)]
    assert [m.key for g in find(rows + veiled + far) for m in g.members] == [0, 10, 1, 11, 12]
    assert find(far) == []  # a long name of a person is masked the same way: without the name written out it is nobody's group
    assert masked("宏某****拖欠") == "宏某" and masked("张 *拖欠") == ""


def court(key: int, story: str, town: str = "360983101", category: str = "10") -> Told:
    """What a court tells: a cause of action for a title, and what it is about in the text."""
    about = told_of(story)
    return told(key, "追索劳动报酬纠纷", 2, town, category=category)._replace(asides=(about,) if about else ())


def test_what_a_court_tells_in_its_text_joins_the_object_that_a_title_names() -> None:
    rows = [told(i, text, i) for i, text in enumerate(WAGES)]
    written, veiled = court(10, "原告张 **与被告李 **，宏某制衣厂拖欠计件工资。已进入诉讼。"), court(11, "原告张 **与被告宏某****，宏某****拖欠23名工人工资。")
    kinds, far = court(12, "原告住宏某制衣厂宿舍，屋顶漏水。", category="15"), court(13, "原告张 **，宏某****拖欠工资。", town="360902101")
    party = court(14, "原告张 **与被告宏某****，离职证明。")
    [group] = find([*rows, written, veiled, kinds, far, party])
    assert [m.key for m in group.members] == [0, 1, 2, 10, 11, 3]
    assert find([written, veiled] * 3) == [] and find([*rows[:3], written])[0].members[-1].key in (2, 10)
    wide = [court(20 + i, "宏某****拖欠工资", town=f"36098310{i}") for i in range(1, 6)]  # so many towns: the beginning says where, not who
    assert [m.key for g in find([*rows, *wide]) for m in g.members] == [0, 1, 2, 3]


def test_what_is_always_in_dispute_is_a_group_only_above_its_usual() -> None:
    steady = [told(i, "金鼎建设公司工程款结算", 20 * i, category="04") for i in range(40)]
    assert find(steady) == []
    burst = [told(100 + i, "金鼎建设公司拖欠工资", 900 + i, category="10") for i in range(12)]
    [group] = find(steady + burst)
    assert {m.key for m in group.members} >= set(range(100, 112)) and len(group.members) <= 14


def test_the_same_line_in_one_village_is_a_group_and_a_stock_phrase_is_none() -> None:
    mine = [told(i, f"养猪场排污井水发黑{i}户", 3 * i, village="v1", category="09") for i in range(5)]
    assert [g.kind for g in find(mine)] == ["place"]
    stock = [told(100 + i, "民间借贷纠纷", i, town=f"3609{i % 8:02d}101", village=f"w{i % 8}", category="18") for i in range(80)]
    assert find(stock) == []
    apart = [told(200 + i, "养猪场排污井水发黑", 60 * i, village="v1", category="09") for i in range(5)]
    assert find(apart) == []


def test_likeness_is_of_words_not_of_numbers() -> None:
    assert likeness(pairs_of("拖欠7名工人工资"), pairs_of("拖欠18名工人工资")) == 1.0
    assert likeness(pairs_of("拖欠工人工资"), pairs_of("屋檐滴水越界")) == 0.0
