"""The statistics of linking: the kept weights, the same in SQL and in Python, and what they make of hard cases."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from demo import twins
from matters.linking import ASIDE, LEVELS, SAME_PEOPLE, SIGNALS, bare, grams, named_in
from services.link_shapes import Scored
from services.linking import batch, judge
from services.linking.bench import known_of, linking, material, rows_of, seats_of
from services.linking.features import CAP, features, keys_of
from services.linking.frame import by_id, candidates, table
from services.linking.model import SQL
from services.linking.scorer import WEIGHTS, Scorer
from services.linking.training import train
from tests.services.conftest import City

KEPT = orjson.loads(WEIGHTS.read_bytes())
SCORER = Scorer(KEPT, {})
DAY = date(2026, 5, 4)


def row(number: int, feed: str = "centre", **cells: Any) -> dict[str, Any]:
    """A record of a quarrel over a wall in one village, unless told otherwise."""
    return {"id": number, "feed": feed, "parties": people("a", "b"), "county_code": "360902", "town_code": "360902101", "village_code": "360902101201",
            "registered_on": DAY, "category": "02", "title": "前后两户院墙倒塌修复", "summary": "", **cells}  # fmt: skip


def people(*who: str, names: tuple[str, ...] = ("张 **", "李 *")) -> list[dict[str, str]]:
    return [{"role": "applicant", "name": n, "id_token": w and f"{w}id" * 8, "phone_token": w and f"{w}ph" * 8} for w, n in zip(who, names, strict=True)]


def score(one: dict[str, Any], other: dict[str, Any]) -> float:
    return SCORER.pair(features(one, {}), features(other, {})).score


@pytest.fixture(scope="module")
def everything(city: City) -> tuple[Any, Any, list[tuple[int, int]]]:
    """The small city's records as a table, as features, and the pairs to compare."""
    rows, _ = rows_of(city.services.engine)
    records = table(rows, seats_of(city.services.geography.city.areas))
    return records, by_id(records), candidates(records)


def test_splink_and_python_say_the_same(everything: tuple[Any, Any, list[tuple[int, int]]]) -> None:
    records, found, pairs = everything
    by_splink = {(s.low, s.high): s for s in batch.scored(records, KEPT, SCORER, least=-1000.0)}
    assert by_splink.keys() == set(pairs) and len(pairs) > 500
    for low, high in pairs:
        mine, theirs = SCORER.pair(found[low], found[high]), by_splink[low, high]
        assert {w.signal: w for w in mine.waterfall} == {w.signal: w for w in theirs.waterfall}
        assert mine.weight == pytest.approx(theirs.weight, abs=1e-9)
        assert mine.score == pytest.approx(theirs.score, abs=1e-9)


def test_the_bars_add_up_and_order_does_not_matter(everything: tuple[Any, Any, list[tuple[int, int]]]) -> None:
    _, found, pairs = everything
    for low, high in pairs[:500]:
        scored = SCORER.pair(found[low], found[high])
        assert [w.signal for w in scored.waterfall] == list(SIGNALS)
        assert math.fsum(w.weight for w in scored.waterfall) == scored.weight
        assert scored == SCORER.pair(found[high], found[low])


def test_what_is_left_unread_would_not_have_been_enough(city: City, everything: tuple[Any, Any, list[tuple[int, int]]]) -> None:
    """A batch reads the words of few pairs; it finds the same ones as if it read them all."""
    _, found, pairs = everything
    scorer = Scorer.load(seats_of(city.services.geography.city.areas))
    wanted = [s for low, high in pairs if (s := scorer.pair(found[low], found[high])).score >= scorer.doubt]
    assert scorer.score({row["id"]: row for row in rows_of(city.services.engine)[0]}, pairs) == wanted and len(wanted) > 100


def test_every_level_has_words_and_a_weight() -> None:
    assert {name: set(levels) for name, levels in LEVELS.items() if name != "prior"} == {name: set(levels) for name, levels in SQL.items()}
    for comparison in KEPT["splink"]["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        assert {level["label_for_charts"] for level in levels} | {"null"} >= set(LEVELS[comparison["output_column_name"]])
        for known in (True, False) if comparison["output_column_name"] not in ASIDE else (False,):
            mine = [level for level in levels if level["label_for_charts"].startswith(SAME_PEOPLE) == known]
            for field in ("m_probability", "u_probability"):
                assert all(0 < level[field] < 1 for level in mine)
                assert sum(level[field] for level in mine) == pytest.approx(1.0)
    assert 0 < KEPT["doubt"] <= KEPT["sure"] < 1


def test_a_second_telling_is_linked_and_a_second_dispute_is_not() -> None:
    first = row(1)
    again = row(2, "petitions", title="院墙倒塌一事，请求处理", registered_on=DAY + timedelta(days=9))
    assert score(first, again) >= SCORER.sure
    another = row(3, "petitions", title="债务人躲债下落不明", category="18", registered_on=DAY + timedelta(days=40))
    assert score(first, another) < SCORER.sure
    neighbours = row(4, "petitions", parties=people("c", "d", names=("王 **", "赵 *")), registered_on=DAY + timedelta(days=1))
    assert score(first, neighbours) < SCORER.doubt
    strangers = row(5, "police", parties=[], village_code="", town_code="360981100", county_code="360981", title="空调外机扰邻")
    assert score(first, strangers) < SCORER.doubt


def test_workers_of_one_employer_stay_apart() -> None:
    wage = {"category": "10", "title": "鑫某劳务公司拖欠农民工工资"}
    one = row(1, parties=[*people("a", names=("张 **",)), {"role": "respondent", "name": "鑫某****", "id_token": "", "phone_token": ""}], **wage)
    other = row(2, "petitions", parties=[*people("b", names=("王 **",)), {"role": "respondent", "name": "鑫某****", "id_token": "", "phone_token": ""}], **wage)
    assert score(one, other) < SCORER.doubt, "the same employer is no reason to ask"


def test_a_name_that_only_the_text_tells_counts_as_one_of_a_field() -> None:
    assert named_in("范 **反映：要求退还押金，与方国龙协商未果。") == ["范 **", "方 **"] and named_in("与方国 **") == ["国 **"]
    assert named_in("鑫某****拖欠工资") == [] and named_in("关于漏水") == []
    told = row(1, parties=people("", "", names=("范 **", "方 **")))
    only = row(2, "petitions", parties=people("", names=("范 **",)), summary="范 **反映，与方国龙协商未果。")
    assert set(features(only, {}).people) == {"范 **", "方 **"} == set(features(told, {}).people)
    assert score(told, only) > score(told, {**only, "summary": "范 **反映，协商未果。"})
    assert set(keys_of(features(told, {}))) & set(keys_of(features({**only, "town_code": "360902999", "village_code": ""}, {})))


def test_keys_are_short_and_meet_within_their_window() -> None:
    assert SCORER.keys_of({**row(1), "withdrawn": True}) == [] and SCORER.keys_of({**row(1), "context": True}) == []
    assert SCORER.keys_of({"id": 1, "feed": "x"}) == []
    first = set(SCORER.keys_of(row(1)))
    assert all(len(key) <= 24 for key in first) and len(first) <= 16
    no_numbers = people("", "")
    for days in range(60):
        later = row(2, "police", parties=no_numbers, village_code="", category="03", registered_on=DAY + timedelta(days=days))
        assert first & set(SCORER.keys_of(later)), days
    far = row(3, "police", parties=no_numbers, registered_on=DAY + timedelta(days=200))
    assert not first & set(SCORER.keys_of(far))


def test_a_crowded_key_is_no_reason_to_compare() -> None:
    same = [row(i, parties=people(f"p{i}", f"q{i}", names=(f"{chr(0x4E00 + i)} *", f"{chr(0x5E00 + i)} *"))) for i in range(CAP + 1)]
    assert candidates(table(same, {})) == []
    assert len(candidates(table(same[:-1], {}))) == CAP * (CAP - 1) // 2
    assert keys_of(features(same[0], {}))


def test_texts_lose_names_numbers_and_habits() -> None:
    assert bare("郭 **反映，与姜 **因好意同乘受伤产生纠纷。此前有110警情JJ20260101000001，已登记。") == bare("与因好意同乘受伤，此前有110警情")
    assert grams("") == () and grams("水") == ("水",)


def test_figures_of_a_hand_worked_case() -> None:
    known = judge.Known({i: ("f", str(i)) for i in range(1, 7)}, {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3}, [(1, 2)])
    links = [Scored(2, 3, 20.0, 0.999, ()), Scored(4, 6, 20.0, 0.999, ()), Scored(4, 5, 2.0, 0.6, ())]
    found = judge.judge(known, links, 0.99, 9)
    assert (found["precision"], found["recall"]) == (0.75, 0.75)  # pairs made 12 13 23 46, true 12 13 23 45
    assert found["bcubed_precision"] == round((3 * 1 + 2 * 0.5 + 1) / 6, 5)
    assert found["bcubed_recall"] == round((3 * 1 + 2 * 0.5 + 1) / 6, 5)
    assert found["scored"] | {"pairs": 3, "linked": 3, "in_doubt": 1, "in_doubt_right": 1} == found["scored"]  # 13 23 46; of 13 23 45
    assert judge.unquoted(known) == {(1, 3), (2, 3), (4, 5)}


def test_the_kept_weights_link_a_city_that_they_have_not_seen(city: City, sources: tuple[Path, Any, Any]) -> None:
    assert 3 not in KEPT["seeds"]
    seats = seats_of(city.services.geography.city.areas)
    found = linking(city.services.engine, twins.load(sources[0] / twins.FILE), Scorer.load(seats), seats)
    assert found["precision"] >= 0.995 and found["recall"] >= 0.92
    assert found["bcubed_precision"] >= 0.995 and found["bcubed_recall"] >= 0.98
    assert found["scored"]["pairs"] >= 10 and found["scored"]["recall_with_queue"] >= 0.8
    assert found["scored"]["in_doubt"] <= found["scored"]["pairs"], "a queue worth a steward's time"


def test_training_learns_from_a_truth(city: City, sources: tuple[Path, Any, Any]) -> None:
    seats = seats_of(city.services.geography.city.areas)
    rows, quotes = rows_of(city.services.engine)
    disputes = twins.load(sources[0] / twins.FILE)
    records, same, known = material([(city.services.engine, disputes)], seats)
    assert same == judge.unquoted(known_of(rows, quotes, disputes))
    made = Scorer(train(records, same, known, 50_000), seats)
    assert made.version != SCORER.version and made.bar("party", "two").weight > 5 > made.bar("place", "far").weight
    with pytest.raises(ValueError, match="nothing to learn"):
        train(records, ())
