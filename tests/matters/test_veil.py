"""Whose name another agency writes out is found by a mask alone, and ordinary words are left alone."""

from __future__ import annotations

import pytest

from matters.derive import derive
from matters.model import Agency
from matters.veil import veil
from tests.matters.test_clocks import a_record


@pytest.mark.parametrize(("said", "shown"), [
    ("希望测量，与袁光婷协商未果。", "希望测量，与袁 **协商未果。"), ("申请人夏昌，与被申请人袁光婷因墙", "申请人夏 *，与被申请人袁 **因墙"),
    ("袁州区的事，盛夏季节", "袁州区的事，盛夏季节"), ("丰城制药厂欠薪", "丰城制药厂欠薪"),
])  # fmt: skip
def test_a_name_written_out_by_another_agency_is_masked(said: str, shown: str) -> None:
    assert veil(["袁 **", "夏 *", "丰城****", "", "某医院"])(said) == shown


@pytest.mark.parametrize(("mask", "said", "shown"), [
    ("曾 **", "曾小红争墙", "曾 **争墙"), ("曾 **", "反映曾小红占地建房", "反映曾 **占地建房"), ("曾 **", "泗溪村曾小红宅基地纠纷", "泗溪村曾 **宅基地纠纷"),
    ("曾 *", "曾红争墙", "曾 *争墙"), ("欧 ***", "欧阳小红争墙", "欧 ***争墙"), ("曾 **、李 *", "曾小红、李明争墙", "曾 **、李 *争墙"),
    ("曾 **等3人", "曾小红欠薪", "曾 **欠薪"), ("曾 **", "拖欠曾小红工资；被告曾小红", "拖欠曾 **工资；被告曾 **"),
    # The longer name first: the shorter one's mask leaves nothing of it.
    ("曾 *、曾 **", "曾小红打墙，与曾红协商", "曾 **打墙，与曾 *协商"),
])  # fmt: skip
def test_a_name_in_front_of_any_word(mask: str, said: str, shown: str) -> None:
    assert veil([mask])(said) == shown


@pytest.mark.parametrize(("mask", "said"), [
    ("高 **", "高空抛物砸车"), ("高 *", "反映高空抛物"), ("方 **", "对方案不满"), ("林 **", "林地界线不清"), ("田 *", "村民田埂被占"), ("周 **", "与周边居民争执"),
    ("万 **", "万载县康乐街道某厂欠薪"), ("曾 **", "曾多次协调未果"), ("曾 **", "曾某某争墙"), ("曾 **", "曾 **争墙"), ("向 **", "向村委会反映漏水"),
    ("金 **", "金融借款合同纠纷"), ("丰 **", "丰城市某厂欠薪"), ("石 *", "石料场噪声"), ("房 **", "房屋漏水"), ("红 *", "大红灯笼"), ("水 **", "反映水管破裂"),
    ("江 **", "江西某公司欠薪"), ("曾 **", "未曾提起诉讼"), ("阳 *", "夕阳下的事"),
    ("高 **", "与高安嘉某陶瓷有限公司协商"),
])  # fmt: skip
def test_ordinary_words_stay(mask: str, said: str) -> None:
    assert veil([mask])(said) == said


def test_the_title_is_masked_by_the_other_records_and_not_by_its_own() -> None:
    """A feed's mapping knows its own names in clear; a word that only looks like one of them stays as the feed gave it."""
    agencies = {a: Agency(a, a, a, a[0], bit, rank) for bit, (a, rank) in enumerate((("petitions", 1), ("police", 2)))}
    own = a_record(id=1, external_id="1", title="曾小红争墙，夏昌在场", parties=[{"name": "夏 *", "role": "applicant"}])
    police = a_record(id=2, external_id="2", agency="police", feed="police", code="26-Y", title="报警", parties=[{"name": "曾 **"}])
    assert derive([own], agencies).matter.title == own.title
    for records in ([own, police], [police, own]):
        found = derive(records, agencies)
        assert (found.matter.title, found.sources["title"]) == ("曾 **争墙，夏昌在场", 1)
    assert derive([own, police._replace(parties=None)], agencies).matter.title == own.title
