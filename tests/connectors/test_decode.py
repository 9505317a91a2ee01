"""Short texts under a declared two-byte encoding: UTF-8 is refused wherever the bytes decide it, real GB 18030 never."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Fatal, Retry
from connectors.transports.decode import encoding_of

EVERYDAY = [bytes((a, b)).decode("gb2312") for a in range(0xB0, 0xD8) for b in range(0xA1, 0xFF) if (a, b) <= (0xD7, 0xF9)]
EVERYDAY_TEXT = st.text(st.sampled_from([*EVERYDAY, "，", "。", "（", "）", "、"]), min_size=2, max_size=12)
REAL = ["纠纷", "张三", "李四", "王小二", "邻里纠纷", "劳动争议", "上高县", "泗溪镇", "曾家村", "已办结", "处理中", "民间借贷", "婚姻家庭", "征地拆迁",
        "物业，停车", "交通事故（轻微）", "欠薪", "袁州区", "樟树市", "万载", "宜春", "离婚", "医疗", "丰城"]  # fmt: skip
RARE = ["喆", "张珺", "浠水县", "澧县", "潇湘", "婺源", "浔阳", "赣州", "瑷珲", "閭", "堃", "氹", "澂江", "鄱阳", "淦", "娄底", "妫川"]
AROUND = ('{{"t":"{}"}}', "id,t\r\n1,{}\r\n", "t\n{}", "{}a,b")


def _read(text: str, spoken: str, declared: str) -> str:
    """The text as it would be stored, or '' when it is refused."""
    file = io.BytesIO(text.encode(spoken))
    try:
        return file.getvalue().decode(encoding_of(file, declared, ()).codec)
    except (Fatal, Retry):
        return ""


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("declared", ["gb18030", "gbk", "gb2312"])
def test_real_words_are_read_in_their_own_encoding_and_refused_in_utf8(around: str, declared: str) -> None:
    for word in (*REAL, *RARE):
        assert _read(around.format(word), "gb18030", declared) == around.format(word)
    assert [w for w in REAL if _read(around.format(w), "utf-8", declared)] == []


@given(EVERYDAY_TEXT, st.sampled_from(AROUND))
def test_everyday_chinese(text: str, around: str) -> None:
    whole = around.format(text)
    assert _read(whole, "gb18030", "gb18030") == whole
    stored = _read(whole, "utf-8", "gb18030")
    assert not stored or all(c.isascii() or c in EVERYDAY or c in "，。、；：？！“”‘’（）《》【】—…·　％－／０１２３４５６７８９" for c in stored), stored


def test_it_is_called_utf8_and_not_half_a_file() -> None:
    """张 in UTF-8 has three bytes: at the end of a file it would read as half a character, and be waited for."""
    for text in ("t\n张三丰", '{"t":"邻里纠纷"}'):
        with pytest.raises(Fatal, match=r"is UTF-8, but transport\.encoding says gb18030"):
            encoding_of(io.BytesIO(text.encode()), "gb18030", ())
