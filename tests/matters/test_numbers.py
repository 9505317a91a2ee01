"""Numbers of papers in text: every agency's, however brackets, figures and spaces are typed."""

from __future__ import annotations

import pytest

from matters.numbers import counts_as_civil_filing, find, normal

CASE, PETITION, POLICE, CENTRE = "(2026)赣0923民初5号", "XF360923-20260104001", "JJ20260105000123", "MT-0923-26-000123"


@pytest.mark.parametrize("text", [
    "案号（２０２６）赣０９２３民初５号已立案", "案号〔2026〕赣0923民初5号", "案号[2026]赣0923民初5号", "案号【2026】赣0923民初5号", "案号﹝2026﹞赣0923民初5号",
    "案号 ( 2026 ) 赣 0923 民初 5 号", "案号（2026）赣0923\n民初5号", "案号［2026］赣0923民初　5号",
])  # fmt: skip
def test_a_case_number_is_found_in_every_spelling(text: str) -> None:
    assert find(text) == [CASE]


@pytest.mark.parametrize(("number", "texts"), [
    (PETITION, ["信访件xf360923-20260104001", "信访件ＸＦ３６０９２３－２０２６０１０４００１号", "信访件 XF 360923 - 20260104001", "信访件XF360923—20260104001"]),
    (POLICE, ["警情编号JJ20260105000123", "警情ｊｊ２０２６０１０５０００１２３，", "警情JJ 20260105 000123", "（JJ20260105000123）"]),
    (CENTRE, ["矛调编号MT-0923-26-000123", "矛调MT－０９２３－２６－０００１２３号", "矛调 MT - 0923 - 26 - 000123"]),
])  # fmt: skip
def test_the_other_agencies_numbers_too(number: str, texts: list[str]) -> None:
    assert [find(text) for text in texts] == [[number]] * len(texts)


def test_a_figure_after_a_space_is_no_part_of_the_number() -> None:
    assert find("警情JJ20260105000123 2026年1月6日转来") == [POLICE]
    assert find("警情JJ20260105000 12人到场") == ["JJ20260105000"]
    assert find(f"见{CASE}、{POLICE} 和 {PETITION}，又{POLICE}") == [CASE, POLICE, PETITION]


@pytest.mark.parametrize("text", ["", "建设路123号3栋", "电话 142 0000 0000", "(2026)第5号文", "欠款20260105元", "PJJ20260105000123", "JJ20260105"])
def test_what_is_no_number_is_not_found(text: str) -> None:
    assert find(text) == []


def test_pre_litigation_is_no_civil_filing() -> None:
    assert counts_as_civil_filing("〔2026〕赣0923民初5号") and not counts_as_civil_filing("(2024)赣0923诉前调确12号")
    assert normal(" （２０２６）赣0923民初 5 号 ") == CASE
