"""A record alone makes the same matter, whichever way it is derived."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from matters.alone import derive_alone
from matters.categories import CATEGORIES
from matters.derive import derive
from matters.model import MATTER_FIELDS, Agency, Record
from matters.vocabulary import CHANNELS, KINDS, OUTCOMES, STAGES

AGENCIES = {"centre": Agency("centre", "中心", "Centre", "中", 0, 10), "courts": Agency("courts", "法院", "Courts", "法", 3, 20)}
DAYS = st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31))


def one_of(words: object) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(sorted(words))  # type: ignore[call-overload]


RECORDS = st.builds(
    Record, id=st.integers(1, 99), feed=st.just("f"), agency=st.sampled_from(sorted(AGENCIES)), external_id=st.just("007"), code=st.just("26-A"),
    kind=st.sampled_from(sorted(KINDS)), number=st.sampled_from([None, "(2026)赣0923诉前调确12号", "(2026)赣0923民初12号"]),
    happened_at=st.none() | st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)), registered_on=DAYS, accepted_on=DAYS, handled_on=DAYS,
    closed_on=DAYS, due_on=DAYS, outcome=one_of(OUTCOMES), stage=one_of(STAGES), channel=one_of(CHANNELS), category=one_of(CATEGORIES),
    subcategory=st.sampled_from([None, "1001"]), title=st.sampled_from([None, "", "墙", "曾小红争墙"]), owner=st.sampled_from([None, "", "局"]),
    parties=st.sampled_from([None, [{"name": "曾 **"}]]),
    people=st.none() | st.integers(0, 50), amount=st.sampled_from([None, 0.0, 3.5]), satisfied=st.sampled_from([None, True, False]),
    escalated=st.booleans(), mediation=st.sampled_from([None, "success", "failure"]), county_code=st.sampled_from(["", "360923"]),
    town_code=st.sampled_from(["", "360923101"]), village_code=st.just(""), locate_level=st.sampled_from(["none", "county", "township"]),
    locate_confidence=st.sampled_from([0.0, 1.0]), lon=st.sampled_from([None, 115.0]), lat=st.sampled_from([None, 28.0]),
)  # fmt: skip


@given(RECORDS)
def test_one_record_makes_the_same_matter_either_way(record: Record) -> None:
    if (record.lon is None) != (record.lat is None):
        record = record._replace(lon=None, lat=None)
    slow = derive([record], AGENCIES)
    fast, filed = derive_alone(record, AGENCIES)
    assert fast == {name: getattr(slow.matter, name) for name in MATTER_FIELDS}
    assert slow.filings == (((record.id, filed),) if filed is not None else ())
