"""What counts as a finding when an address is only words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from services.geography import Geography
from services.settings import load_settings


@pytest.mark.parametrize(
    ("place", "county", "level"),
    [
        ("A3区潇楚南路洋湖段怎么还没修好", "", "none"),
        ("反映A5区桂花社区乱象", "", "none"),
        ("上高县泗溪镇曾家村3组", "360923", "village"),
        ("上高县泗溪", "360923", "township"),
        ("泗溪镇曾家村", "360923", "village"),
        ("丰城市", "360981", "county"),
    ],
)
def test_weak_words_without_a_county_are_no_finding(tmp_path: Path, place: str, county: str, level: str) -> None:
    geography = Geography(load_settings(data_dir=tmp_path))
    frame = pd.DataFrame({"county": [""], "town": [""], "village": [""], "place": [place], "area_code": [""]})
    found = geography.locate(frame).iloc[0]
    assert (found["county_code"], found["level"]) == (county, level)
