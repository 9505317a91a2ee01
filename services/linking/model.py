"""The comparisons in Splink's words (DuckDB's SQL). services/linking/levels.py says the same in Python; a test holds them equal."""

from __future__ import annotations

from typing import Any

from splink import SettingsCreator, block_on

from matters.linking import ASIDE, NEAR_KM, SAME_PEOPLE

_SHARED = "greatest(len(list_intersect(ids_l, ids_r)), len(list_intersect(phones_l, phones_r)))"
_NAMED = "len(list_intersect(names_l, names_r))"
_PERSONS = "len(list_intersect(people_l, people_r))"
_COMPARABLE = "((len(ids_l) > 0 and len(ids_r) > 0) or (len(phones_l) > 0 and len(phones_r) > 0))"
# Of the pairs of characters of one title, how many does the other's whole text have; the better of both ways round, in hundredths.
_TEXT = (
    "greatest(100 * len(list_intersect(title_l, text_r)) // len(title_l), 100 * len(list_intersect(title_r, text_l)) // len(title_r))"
)
_GAP = "abs(day_l - day_r)"
_KM = ("111.2 * sqrt(pow(lat_l - lat_r, 2) + pow((lon_l - lon_r) * 0.88, 2))")
_AMOUNT = "abs(amount_l - amount_r) / greatest(amount_l, amount_r)"

# Levels in the order of matters.linking.LEVELS; None is "all else". The null level stands first, as Splink wants it.
_PLAIN: dict[str, dict[str, str | None]] = {
    "party": {
        "null": f"{_COMPARABLE} = false and (len(names_l) = 0 or len(names_r) = 0)",
        "two": f"{_SHARED} >= 2", "one_named": f"{_SHARED} = 1 and {_NAMED} >= 2", "one": f"{_SHARED} = 1",
        "names": f"{_COMPARABLE} = false and {_PERSONS} >= 1 and {_NAMED} >= 2", "name": f"{_COMPARABLE} = false and {_PERSONS} = 1",
        "others_named": f"{_PERSONS} >= 1 and {_NAMED} >= 2", "other_named": f"{_PERSONS} = 1", "firm": f"{_NAMED} >= 1", "differ": None,
    },
    "text": {
        "null": "len(title_l) = 0 or len(title_r) = 0", "same": f"{_TEXT} >= 92", "near": f"{_TEXT} >= 66", "half": f"{_TEXT} >= 42",
        "some": f"{_TEXT} >= 20", "differ": None,
    },
    "place": {
        "null": "county_l = '' or county_r = ''", "village": "village_l != '' and village_l = village_r",
        "town": "town_l != '' and town_l = town_r and (village_l = '' or village_r = '')", "town_other": "town_l != '' and town_l = town_r",
        "near": f"town_l != '' and town_r != '' and {_KM} <= {NEAR_KM}", "county": "county_l = county_r", "far": None,
    },
    "time": {
        "null": "day_l < 0 or day_r < 0", "days3": f"{_GAP} <= 3", "week": f"{_GAP} <= 7", "weeks3": f"{_GAP} <= 21", "months2": f"{_GAP} <= 60",
        "half": f"{_GAP} <= 180", "long": None,
    },
    "category": {"null": "category_l = '' or category_r = ''", "same": "category_l = category_r", "differ": None},
    "amount": {
        "null": "amount_l is null or amount_r is null", "same": f"{_AMOUNT} <= 0.01", "near": f"{_AMOUNT} <= 0.25", "differ": None,
    },
    "source": {"other": "source_l != source_r", "same": None},
}  # fmt: skip


def _by_people(levels: dict[str, str | None]) -> dict[str, str | None]:
    """The levels twice: first for pairs that have people in common, then for the others."""
    shared = {SAME_PEOPLE + level: f"{_SHARED} >= 1" + (f" and ({sql})" if sql else "") for level, sql in levels.items() if level != "null"}
    return {"null": levels["null"], **shared, **levels}


SQL = {name: levels if name in ASIDE else _by_people(levels) for name, levels in _PLAIN.items()}


def _comparison(name: str) -> dict[str, Any]:
    levels = [{"sql_condition": sql or "ELSE", "label_for_charts": level, "is_null_level": level == "null"} for level, sql in SQL[name].items()]
    return {"output_column_name": name, "comparison_description": name, "comparison_levels": levels}


def settings() -> SettingsCreator:
    """Splink's settings before training. Pairs are those with a key in common; the input's column `keys` has lost the crowded ones."""
    return SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="id", comparisons=[_comparison(name) for name in SQL],
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
        retain_matching_columns=True, retain_intermediate_calculation_columns=True,
    )  # fmt: skip
