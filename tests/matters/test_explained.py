"""Every figure explains itself, in both languages, and rests on fields that some feed of ours gives."""

from __future__ import annotations

import re

from connectors.registry import load_feeds
from matters.explained import BASES, EXPLAINED, resting
from matters.indicators import INDICATORS

CHINESE = re.compile("[\u4e00-\u9fff]")
QUOTED = re.compile("诉前调|民初")  # parts of case numbers stay as they are written


def test_every_indicator_and_no_other_is_explained() -> None:
    assert set(EXPLAINED) == set(INDICATORS) | {"open", "overdue"}
    assert all(e.key == key for key, e in EXPLAINED.items())


def test_every_line_is_there_in_both_languages() -> None:
    for e in EXPLAINED.values():
        assert e.basis in BASES and e.caveats
        rate = e.key in INDICATORS and bool(INDICATORS[e.key].bottom)
        assert (e.denominator is not None) == (rate or e.key == "per_10k"), e.key
        assert e.apart == ("rate" if rate else "count" if e.key in INDICATORS else ""), e.key
        assert bool(e.whole[0]) == (e.apart == ""), e.key
        for zh, en in (e.formula, BASES[e.basis], *e.caveats, *([e.denominator] if e.denominator else []), *([e.whole] if not e.apart else [])):
            assert CHINESE.search(zh), (e.key, zh)
            assert len(en) > 5 and not CHINESE.search(QUOTED.sub("", en)), (e.key, en)


def test_every_figure_rests_on_a_feed_of_ours() -> None:
    specs = load_feeds(None, None)
    gives = {code: frozenset(spec.mapping.fields) for code, spec in specs.items()}
    feeds = [(code, spec.agency.code) for code, spec in specs.items()]
    found = {key: resting(key, feeds, gives) for key in EXPLAINED}
    assert all(found.values()), found
    agency = dict(feeds)
    assert {agency[f] for f in found["civil_filings"]} == {"courts"}
    assert set(found["satisfaction"]) < set(found["accepted"])
