"""No Chinese reaches an English screen: every text is marked, every marked text has its English."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from dashboard import i18n
from tests.dashboard.texts import CHINESE, SOURCES, marked, unmarked

# The name a language gives itself is the same on every screen.
EXCEPTIONS = {i18n.OWN_NAMES["zh"]}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_chinese_text_is_marked(path: Path) -> None:
    assert [found for found in unmarked(path) if found[1] not in EXCEPTIONS] == []


def test_every_text_has_its_english() -> None:
    english = i18n.catalogue("en")
    missing = sorted({f"{path.name}:{line} {text}" for path in SOURCES for line, text in marked(path) if text not in english and CHINESE.search(text)})
    assert missing == []


def test_english_texts_take_the_same_values_and_hold_no_chinese() -> None:
    for zh, en in i18n.catalogue("en").items():
        fields = [{f for _, f, _, _ in string.Formatter().parse(text) if f} for text in (zh, en)]
        assert fields[1] <= fields[0], f"{en!r} wants what {zh!r} does not give"
        assert not re.search("[\u4e00-\u9fff]", en), en


def test_the_catalogue_holds_nothing_that_is_not_used() -> None:
    used = {text for path in SOURCES for _, text in marked(path)}
    assert sorted(set(i18n.catalogue("en")) - used) == []


def test_the_language_is_the_requests_own() -> None:
    with i18n.speaking("en"):
        assert i18n.t("剩 {n} 天", n=3) == "3 days left"
    assert i18n.t("剩 {n} 天", n=3) == "剩 3 天"
