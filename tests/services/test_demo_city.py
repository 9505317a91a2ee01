"""The demo city through real doors, connectors, database and services, against the generator's own bookkeeping."""

from __future__ import annotations

import json
from datetime import date

import pytest

from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.periods import Window
from services.doctor import examine
from tests.services.conftest import City

CITY = Scope.system()
KEYS = ("accepted", "closed", "resolved", "on_time", "rated", "satisfied", "escalated", "litigated")


def window(city: City) -> Window:
    return Window(*(date.fromisoformat(day) for day in city.truth.expected["window"]))


def test_every_row_is_accounted_for(city: City) -> None:
    for feed, result in city.counts.items():
        wanted, counts = city.truth.expected["feeds"][feed]["expected"], result.counts
        assert result.error == "" and counts.adds_up, feed
        assert counts.received == wanted["received"], feed
        assert counts.quarantined == wanted["quarantined"], feed
        assert counts.withdrawn == wanted["withdrawn"], feed
        assert counts.new == wanted["new"], feed


def test_reading_again_changes_nothing(city: City) -> None:
    version = city.services.figures.data_version()
    for spec in city.services.specs.values():
        counts = city.services.ingest.run(spec).counts
        assert counts.new == counts.changed == counts.withdrawn == 0 and counts.adds_up, spec.feed
    assert city.services.figures.data_version() == version


@pytest.mark.parametrize("agency", ["", "centre"])
def test_figures_equal_the_generators_books(city: City, agency: str) -> None:
    expected = city.truth.expected["figures"]
    f = Filter(window=window(city), agency=agency)
    for label, books in (("now", expected["now"]), ("before", expected["before"])):
        asked = f if label == "now" else f.with_(window=city.services.figures.overview(CITY, f).compared)
        whole = city.services.figures.overview(CITY, asked)
        for row in (*whole.rows, whole.total):
            book = books["centre" if agency else "all"][row.area if row.level == "county" else "city"]
            assert {k: getattr(row, k) for k in KEYS} == {k: book[k] for k in KEYS}, (label, row.name)
            assert row.past_limit == book["past_limit"], (label, row.name)
            if not agency:
                assert row.civil_filings == books["filings"][row.area if row.level == "county" else "city"], (label, row.name)
    assert whole.by_located["township"] + whole.by_located["county"] + whole.by_located["none"] == whole.total.accepted


def test_first_article_figures(city: City) -> None:
    """Satisfaction is exactly 80 % at every scale, and every county resolves at least 96 %."""
    whole = city.services.figures.overview(CITY, Filter(window=window(city)))
    cards = {f.key: f for f in whole.figures}
    assert cards["satisfaction"].value == pytest.approx(0.8, abs=1e-12)
    assert whole.total.satisfied * 5 == whole.total.rated * 4


def test_every_number_of_an_overview_opens_its_rows(city: City) -> None:
    """Promise 1 on all three pages: cards, parts, rows, trend, shares."""
    town = next(r for r in city.services.figures.overview(CITY, Filter(area="360923", window=window(city))).rows if r.accepted)
    for area in ("", "360923", town.area):
        o = city.services.figures.overview(CITY, Filter(area=area, window=window(city)))

        def total(f: Filter) -> int:
            return city.services.matters.page(CITY, f, limit=1).sums.total

        for figure in o.figures:
            if figure.unit != "%":
                assert total(figure.rows) == figure.value, (area, figure.key)
            for part in figure.parts:
                if part.rows is not None:
                    assert total(part.rows) == part.value, (area, figure.key, part.key)
        for row in (*o.rows, *o.others, o.total):
            assert total(row.rows) == row.accepted, (area, row.name)
        for point in o.trend:
            assert total(point.rows) == point.now, (area, point.month)
        for share in (*o.categories, *o.agencies, *o.channels, *o.villages):
            if share.rows is not None:
                assert total(share.rows) == share.value, (area, share.zh)
        assert sum(s.value for s in o.categories) == sum(s.value for s in o.agencies) == o.total.accepted


def test_facets_say_what_would_remain(city: City) -> None:
    f = Filter(area="360923", window=window(city), part="accepted")
    for name, shares in city.services.matters.facets(CITY, f).items():
        for share in shares:
            assert share.rows is not None
            assert city.services.matters.page(CITY, share.rows, limit=1).sums.total == share.value, (name, share.zh)


def test_a_county_leader_stays_in_the_county(city: City) -> None:
    scope = Scope.of("county", "county_leader", "county", "360923")
    own = city.services.figures.overview(scope, Filter(window=window(city)))
    assert own.area.code == "360923" and own.unlocated_city is None
    for area in ("360900", "360981", "360981101"):
        with pytest.raises(Forbidden):
            city.services.figures.overview(scope, Filter(area=area, window=window(city)))
        with pytest.raises(Forbidden):
            city.services.matters.page(scope, Filter(area=area))
    assert {m.county_code for m in city.services.matters.page(scope, Filter(), limit=500).rows} == {"360923"}
    other = city.services.matters.page(CITY, Filter(area="360981"), limit=1).rows[0]
    assert city.services.matters.file(scope, other.code) is None


def test_linked_records_are_one_matter_and_every_code_leads_there(city: City) -> None:
    linked = [m for m in city.services.matters.page(CITY, Filter(), sort="record_count", limit=5).rows if m.record_count > 1]
    assert linked
    for line in linked:
        file = city.services.matters.file(CITY, line.code)
        assert file is not None and len(file.records) == line.record_count and file.links
        assert {s.record.id for s in file.sources} <= {r.id for r in file.records}


def test_exports_hold_the_whole_list(city: City) -> None:
    f = Filter(area="360923", window=window(city), part="accepted")
    total = city.services.matters.page(CITY, f, limit=1).sums.total
    made = city.services.matters.export(CITY, f, "accepted_on", True, [], "csv")
    lines = [x for x in made.path.read_text("utf-8-sig").splitlines() if not x.startswith("数据源延迟")]
    assert len(lines) == total + 1
    assert city.services.matters.export(CITY, f, "accepted_on", True, [], "xlsx").path.stat().st_size > 1_000


def test_rollups_equal_a_rebuild(city: City) -> None:
    assert examine(city.services).healthy


def test_no_number_of_a_person_is_in_the_store(city: City) -> None:
    """Promise 8: no ID or phone number in the clear, in any text of any table."""
    from sqlalchemy import String, Text, cast, select

    from matters.identity import scrub
    from store.schema import metadata

    with city.services.engine.connect() as c:
        for name in ("record", "quarantine", "matter"):
            table = metadata.tables[name]
            columns = [col for col in table.columns if isinstance(col.type, String | Text) and col.name not in
                       ("external_id", "code", "digest", "number")]  # fmt: skip
            for row in c.execute(select(*(cast(col, Text) for col in columns))):
                for text in row:
                    assert text is None or scrub(text) == text, (name, text)
        for (payload,) in c.execute(select(metadata.tables["record_version"].c.payload)):
            said = {k: v for k, v in json.loads(payload).items() if k not in ("external_id", "number", "refs")}
            # Tokens are keyed hashes; hexadecimal digits may happen to look like a telephone number.
            said["parties"] = [(p.get("role"), p.get("name")) for p in said.get("parties") or ()]
            assert scrub(json.dumps(said, ensure_ascii=False)) == json.dumps(said, ensure_ascii=False)
