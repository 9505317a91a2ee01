"""Every clock against days counted by hand on the State Council's calendars, around Spring Festival and National Day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from matters.clocks import CLOCKS, PROCEDURES, Running, between, clocks_of, due, resumed, state
from matters.deadlines import LIMITS
from matters.deadlines import due as due_of_kind
from matters.model import Record
from matters.told import Procedure, Said, Told, fold
from services.festivals import statutory
from services.ingest import is_workday

# 2025: off 1-28…2-4, work on Sundays 1-26 and Saturday 2-8; off 10-1…10-8, work on Sunday 9-28 and Saturday 10-11.
# 2026: off 2-15…2-23, work on Saturdays 2-14 and 2-28; off 10-1…10-7, work on Sunday 9-20 and Saturday 10-10; off 9-25…9-27.
HAND: dict[str, list[tuple[str, str]]] = {
    "intake": [("2025-01-20", "2025-02-19"), ("2026-02-10", "2026-03-12"), ("2025-09-25", "2025-10-25"), ("2026-09-24", "2026-10-24")],
    "pretrial": [("2025-01-27", "2025-02-26"), ("2026-02-14", "2026-03-16"), ("2025-09-30", "2025-10-30"), ("2026-09-30", "2026-10-30")],
    "confirmation": [("2025-01-24", "2025-02-23"), ("2026-02-24", "2026-03-26"), ("2025-10-09", "2025-11-08"), ("2026-10-08", "2026-11-07")],
    "filing": [("2025-01-20", "2025-07-19"), ("2026-02-10", "2026-08-09"), ("2025-09-28", "2026-03-27"), ("2026-09-20", "2027-03-19")],
    "petition": [("2025-01-20", "2025-03-21"), ("2026-02-13", "2026-04-14"), ("2025-09-28", "2025-11-27"), ("2026-09-30", "2026-11-29")],
    "call": [("2025-02-04", "2025-03-06"), ("2026-02-17", "2026-03-19"), ("2025-10-01", "2025-10-31"), ("2026-10-01", "2026-10-31")],
    "hazard": [("2025-01-28", "2025-02-27"), ("2026-01-31", "2026-03-02"), ("2025-10-08", "2025-11-07"), ("2026-10-07", "2026-11-06")],
    "incident": [("2025-01-29", "2025-02-28"), ("2026-02-16", "2026-03-18"), ("2025-10-03", "2025-11-02"), ("2026-10-02", "2026-11-01")],
    # Working days after 2025-01-20: 21–24 (4), 26, 27 (6), 5–8 Feb (10), 10–14 (15), 17–21 (20), 24–28 (25), 3–7 Mar (30).
    # After 2026-02-10: 11–14 (4), 24–28 (9), 2–6 Mar (14), 9–13 (19), 16–20 (24), 23–27 (29), 30 (30).
    # After 2025-09-24: 25, 26 (2), 28–30 (5), 9–11 Oct (8), 13–17 (13), 20–24 (18), 27–31 (23), 3–7 Nov (28), 10, 11 (30).
    # After 2026-09-18: 20–24 (5), 28–30 (8), 8–10 Oct (11), 12–16 (16), 19–23 (21), 26–30 (26), 2–5 Nov (30).
    "medical": [("2025-01-20", "2025-03-07"), ("2026-02-10", "2026-03-30"), ("2025-09-24", "2025-11-11"), ("2026-09-18", "2026-11-05")],
    "mediation": [("2025-01-26", "2025-02-25"), ("2026-02-28", "2026-03-30"), ("2025-09-28", "2025-10-28"), ("2026-09-20", "2026-10-20")],
    "procuratorial": [("2025-01-20", "2025-04-20"), ("2026-02-10", "2026-05-11"), ("2025-09-30", "2025-12-29"), ("2026-09-30", "2026-12-29")],
    "school": [("2025-01-20", "2025-03-21"), ("2026-02-10", "2026-04-11"), ("2025-09-30", "2025-11-29"), ("2026-09-30", "2026-11-29")],
    "accident": [("2025-02-05", "2025-04-06"), ("2026-02-24", "2026-04-25"), ("2025-10-09", "2025-12-08"), ("2026-10-08", "2026-12-07")],
    "complaint": [("2025-01-27", "2025-03-28"), ("2026-02-14", "2026-04-15"), ("2025-09-29", "2025-11-28"), ("2026-09-29", "2026-11-28")],
    # 15 working days: after 2025-01-20 to 02-14; after 2026-02-10: 4 + 5 + 5 (to 3-6), 3-9; after 2025-09-24: 8 by 10-11, then 13–17, 20, 21.
    "hotline": [("2025-01-20", "2025-02-14"), ("2026-02-10", "2026-03-09"), ("2025-09-24", "2025-10-21"), ("2026-09-18", "2026-10-15")],
    "online": [("2025-01-31", "2025-03-02"), ("2026-02-15", "2026-03-17"), ("2025-10-02", "2025-11-01"), ("2026-10-03", "2026-11-02")],
    "session": [("2025-01-31", "2025-03-02"), ("2026-10-03", "2026-11-02")],
    "terminal": [("2025-01-31", "2025-03-02"), ("2026-10-03", "2026-11-02")],
    "message": [("2025-01-30", "2025-03-01"), ("2026-10-05", "2026-11-04")],
    "other": [("2025-01-30", "2025-03-01"), ("2026-10-05", "2026-11-04")],
    "registration": [("2025-01-25", "2025-02-09"), ("2026-02-13", "2026-02-28"), ("2025-09-28", "2025-10-13"), ("2026-09-30", "2026-10-15")],
    # 5 working days: 2025-01-24 → 26, 27, 5, 6, 7 Feb; 2026-02-13 → 14, 24–27; 2025-09-29 → 30, 9–11 Oct, 13; 2026-09-29 → 30, 8–10, 12.
    "objection": [("2025-01-24", "2025-02-07"), ("2026-02-13", "2026-02-27"), ("2025-09-29", "2025-10-13"), ("2026-09-29", "2026-10-12")],
    "review_ask": [("2025-01-20", "2025-02-19"), ("2026-02-10", "2026-03-12"), ("2025-09-25", "2025-10-25"), ("2026-09-24", "2026-10-24")],
    "review": [("2025-02-01", "2025-03-03"), ("2026-02-20", "2026-03-22"), ("2025-10-05", "2025-11-04"), ("2026-10-05", "2026-11-04")],
    # 7 working days: 2025-01-24 → 26, 27, 5–8 Feb, 10; 2026-02-13 → 14, 24–28, 2 Mar; 2025-09-29 → 30, 9–11, 13–15; 2026-09-29 → 30, 8–10, 12–14.
    "complaint_taken": [("2025-01-24", "2025-02-10"), ("2026-02-13", "2026-03-02"), ("2025-09-29", "2025-10-15"), ("2026-09-29", "2026-10-14")],
    "mediate_ordinary": [("2025-01-20", "2025-02-04"), ("2026-02-10", "2026-02-25"), ("2025-09-25", "2025-10-10"), ("2026-09-24", "2026-10-09")],
    "mediate_summary": [("2025-01-26", "2025-02-02"), ("2026-02-14", "2026-02-21"), ("2025-09-28", "2025-10-05"), ("2026-09-30", "2026-10-07")],
    # Rolls: 30 days from 2025-01-02 end on Saturday 2-1, a holiday until 2-4; from 2026-01-20 on 2-19, a holiday until 2-23;
    # from 2025-09-03 on 10-3, until 10-8; from 2026-09-05 on 10-5, until 10-7; from 2026-01-29 on Saturday 2-28, which is worked.
    "confirm_ask": [("2025-01-02", "2025-02-05"), ("2026-01-20", "2026-02-24"), ("2025-09-03", "2025-10-09"), ("2026-09-05", "2026-10-08"),
                    ("2026-01-29", "2026-02-28")],
    "confirm_court": [("2025-01-20", "2025-02-19"), ("2026-02-10", "2026-03-12"), ("2025-09-25", "2025-10-25"), ("2026-09-24", "2026-10-24")],
    "labour_mediation": [("2025-01-20", "2025-02-04"), ("2026-02-10", "2026-02-25"), ("2025-09-25", "2025-10-10"), ("2026-09-24", "2026-10-09")],
    "arbitration": [("2025-01-20", "2025-03-06"), ("2026-02-10", "2026-03-27"), ("2025-09-25", "2025-11-09"), ("2026-09-24", "2026-11-08")],
    "unaccepted": [("2025-01-27", "2025-01-29"), ("2026-02-14", "2026-02-16"), ("2025-09-30", "2025-10-02"), ("2026-09-30", "2026-10-02")],
    "unhandled": [("2025-01-27", "2025-02-03"), ("2026-02-14", "2026-02-21"), ("2025-09-30", "2025-10-07"), ("2026-09-30", "2026-10-07")],
}  # fmt: skip


def d(text: str) -> date:
    return date.fromisoformat(text)


def test_every_clock_has_days_counted_by_hand() -> None:
    assert set(HAND) == set(CLOCKS)


@pytest.mark.parametrize(("key", "start", "last"), [(k, *pair) for k, pairs in HAND.items() for pair in pairs])
def test_a_clock_ends_on_the_day_counted_by_hand(key: str, start: str, last: str) -> None:
    assert due(CLOCKS[key], d(start), is_workday) == d(last)
    if key in LIMITS:
        assert due_of_kind(key, d(start), is_workday) == d(last)


def test_what_an_extension_adds() -> None:
    assert due(CLOCKS["petition"], d("2025-01-20"), is_workday, extended=30) == d("2025-04-20")
    assert due(CLOCKS["arbitration"], d("2026-02-10"), is_workday, extended=15) == d("2026-04-11")
    assert due(CLOCKS["mediate_ordinary"], d("2026-02-10"), is_workday, extended=15) == d("2026-03-12")
    assert due(CLOCKS["mediate_summary"], d("2025-09-28"), is_workday, extended=7) == d("2025-10-12")
    assert {key: CLOCKS[key].extension for key in PROCEDURES} == {"mediate_ordinary": 15, "mediate_summary": 7, "arbitration": 15}
    # 30 more working days after 2025-03-07: 10–14, 17–21, 24–28 (15), 31, 1–3 Apr (19; off 4-4…4-6), 7–11 (24), 14–18 (29), 21 (30).
    assert due(CLOCKS["medical"], d("2025-01-20"), is_workday, extended=30) == d("2025-04-21")
    assert CLOCKS["petition"].extension == 30 and CLOCKS["arbitration"].extension == 15


def test_appraisal_time_does_not_count() -> None:
    # Medical, accepted 2026-02-10, due 03-30. Stopped on 02-13 (3 days used), goes on from 03-16: 27 days are left:
    # 17–20 (4), 23–27 (9), 30–3 Apr (14; off 4-4…4-6), 7–10 (18), 13–17 (23), 20–23 (27).
    assert due(CLOCKS["medical"], d("2026-02-10"), is_workday, stops=[(d("2026-02-13"), d("2026-03-16"))]) == d("2026-04-23")
    # In calendar days a stop over the festival adds exactly its length.
    assert due(CLOCKS["pretrial"], d("2026-02-10"), is_workday, stops=[(d("2026-02-14"), d("2026-02-24"))]) == d("2026-03-22")
    # Two stops; the second one begins in what was left of the first.
    stops = [(d("2025-09-26"), d("2025-10-09")), (d("2025-10-20"), d("2025-10-30"))]
    assert due(CLOCKS["intake"], d("2025-09-20"), is_workday, stops=stops) == d("2025-11-12")
    # A stop after the last day revives nothing.
    assert due(CLOCKS["intake"], d("2025-01-20"), is_workday, stops=[(d("2025-03-01"), d("2025-03-20"))]) == d("2025-02-19")


def test_a_stop_that_ends_at_once_changes_nothing() -> None:
    for unit, last in (("calendar", "2026-03-12"), ("working", "2026-03-30")):
        assert resumed(d(last), d("2026-02-13"), d("2026-02-13"), unit, is_workday) == d(last)  # type: ignore[arg-type]
    assert between(d("2026-02-14"), d("2026-02-24"), "working", is_workday) == 1
    assert between(d("2026-02-24"), d("2026-02-14"), "calendar", is_workday) == 0


def test_a_year_whose_calendar_is_not_out_yet_knows_the_holidays_of_the_law() -> None:
    """Limits of December run into it: New Year, the eve of Spring Festival (2027-02-06) to its third day, Qingming, May, Duanwu, Zhongqiu, October."""
    assert statutory(2027) == {d(f"2027-{x}") for x in ("01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15",
                                                        "10-01", "10-02", "10-03")}  # fmt: skip
    assert not any(is_workday(day) for year in (2025, 2026, 2027, 2060) for day in statutory(year))  # the first two as published
    assert is_workday(d("2060-02-09")) and not is_workday(d("2060-02-07")) and is_workday(d("2150-01-01"))
    # After Monday 2026-12-28, were nothing else set for 2027: 29–31 (3), 4–8 Jan (8), 11–15, 18–22, 25–29 (23), 1–4 Feb (27), 9–11 (30).
    by_law = lambda day: is_workday(day) if day.year < 2027 else day.weekday() < 5 and day not in statutory(2027)  # noqa: E731
    assert due(CLOCKS["medical"], d("2026-12-28"), by_law) == d("2027-02-11")


def a_record(**fields: object) -> Record:
    empty = dict.fromkeys(Record._fields)
    usual = {"id": 7, "feed": "petitions", "agency": "petitions", "external_id": "1", "code": "26-X", "kind": "petition", "escalated": False,
             "county_code": "", "town_code": "", "village_code": "", "locate_level": "none", "locate_confidence": 0.0}  # fmt: skip
    return Record(**{**empty, **usual, **fields})  # type: ignore[arg-type]


def days(**known: date) -> dict[str, date | None]:
    return {**dict.fromkeys(("opened", "accepted", "handled", "closed", "agreed", "confirm", "decided", "review", "reviewed")), **known}


def test_the_clocks_of_a_petition() -> None:
    r = a_record(registered_on=d("2026-02-10"), accepted_on=d("2026-02-13"), due_on=d("2026-04-14"))
    own = days(opened=d("2026-02-10"), accepted=d("2026-02-13"))
    runs = {run.clock.key: run for run in clocks_of([r], Told(), own, "99", {}, is_workday)}
    assert set(runs) == {"petition", "registration", "objection", "unaccepted", "unhandled"}
    today = d("2026-02-28")
    assert {k: state(run, today, 3) for k, run in runs.items()} == {
        "petition": "running", "registration": "kept", "objection": "lapsed", "unaccepted": "broken", "unhandled": "late"}  # fmt: skip
    told = Told(shifts={7: 30})
    assert {r.clock.key: r.due for r in clocks_of([r], told, own, "99", {}, is_workday)}["petition"] == d("2026-05-14")
    (stopped,) = (x for x in clocks_of([r], Told(stopped={7: today}), own, "99", {}, is_workday) if x.clock.key == "petition")
    assert stopped.due is None and state(stopped, today, 3) == "stopped"


def test_a_closed_petition_may_be_reviewed_and_a_wait_can_be_set() -> None:
    r = a_record(registered_on=d("2026-02-10"), accepted_on=d("2026-02-13"), closed_on=d("2026-03-10"), due_on=d("2026-04-14"))
    own = days(opened=d("2026-02-10"), accepted=d("2026-02-13"), handled=d("2026-02-15"), closed=d("2026-03-10"), review=d("2026-03-20"))
    runs = {run.clock.key: run for run in clocks_of([r], Told(), own, "99", {"unaccepted": 5}, is_workday)}
    assert (runs["review_ask"].due, runs["review_ask"].ended) == (d("2026-04-09"), d("2026-03-20"))
    assert runs["review"].due == d("2026-04-19") and runs["unaccepted"].due == d("2026-02-15")
    assert state(runs["review"], d("2026-04-17"), 3) == "soon" and state(runs["petition"], d("2026-06-01"), 3) == "kept"


def test_a_right_that_is_not_used_lapses_and_makes_nobody_late() -> None:
    """Asking for a review and applying for confirmation: one may, and need not."""
    closed = a_record(registered_on=d("2026-02-10"), accepted_on=d("2026-02-13"), closed_on=d("2026-02-14"), due_on=d("2026-04-14"))
    own = days(opened=d("2026-02-10"), accepted=d("2026-02-13"), handled=d("2026-02-13"), closed=d("2026-02-14"))
    review = next(x for x in clocks_of([closed], Told(), own, "99", {}, is_workday) if x.clock.key == "review_ask")
    # 30 days from Saturday 2026-02-14, which is worked: 03-16. On that day the right is still there.
    assert review.due == d("2026-03-16") and [state(review, d(x), 3) for x in ("2026-03-12", "2026-03-16", "2026-03-17")] == ["running", "soon", "lapsed"]
    # 30 days from 2026-01-20 end on 02-19, in the holidays, and so on 02-24.
    for ended, today, wanted in ((None, "2026-02-24", "soon"), (None, "2026-02-25", "lapsed"), ("2026-02-24", "2026-03-30", "kept"), ("2026-03-20", "2026-03-30", "lapsed")):
        own = days(agreed=d("2026-01-20"), **({"closed": d(ended)} if ended else {}))
        ask = next(x for x in clocks_of([], Told(), own, "99", {}, is_workday) if x.clock.key == "confirm_ask")
        assert state(ask, d(today), 3) == wanted, (ended, today)
    assert {k for k, c in CLOCKS.items() if c.right} == {"objection", "review_ask", "confirm_ask"} and all(c.end or c.right for c in CLOCKS.values())


def test_labour_has_its_own_clock_and_the_centre_one_of_its_own_acceptance() -> None:
    r = a_record(kind="intake", registered_on=d("2026-02-10"), due_on=None)
    told = Told(accepted_on=d("2026-02-13"), due_on=d("2026-03-15"))
    runs = clocks_of([r], told, days(opened=d("2026-02-10"), accepted=d("2026-02-13")), "10", {}, is_workday)
    assert [(x.clock.key, x.due) for x in runs if x.record == 0 and x.clock.key == "intake"] == [("intake", d("2026-03-15"))]
    r = a_record(kind="intake", accepted_on=d("2026-02-10"), due_on=d("2026-03-12"))
    for category, expected in (("10", {"intake", "labour_mediation"}), ("02", {"intake"})):
        assert {x.clock.key for x in clocks_of([r], Told(), days(), category, {}, is_workday)} == expected


def test_an_agreement_starts_the_way_to_the_court() -> None:
    own = days(agreed=d("2026-01-20"), confirm=d("2026-02-25"))
    runs = {x.clock.key: x for x in clocks_of([], Told(), own, "99", {}, is_workday)}
    assert state(runs["confirm_ask"], d("2026-03-01"), 3) == "broken"
    assert runs["confirm_court"] == Running(CLOCKS["confirm_court"], d("2026-02-25"), d("2026-03-27"), None, 0)


def an_act(number: int, act: str, on: str, ref: int | None = None, **data: object) -> Said:
    return Said(number, 7, act, d(on), datetime(2026, 1, 1) + timedelta(minutes=number), data, ref)


@pytest.mark.parametrize(("key", "start", "more", "last", "longer"), [
    ("mediate_ordinary", "2026-02-10", 15, "2026-02-25", "2026-03-12"), ("mediate_ordinary", "2025-09-25", 10, "2025-10-10", "2025-10-20"),
    ("mediate_summary", "2026-02-14", 7, "2026-02-21", "2026-02-28"), ("mediate_summary", "2025-09-28", 3, "2025-10-05", "2025-10-08"),
    ("arbitration", "2025-01-20", 15, "2025-03-06", "2025-03-21"), ("arbitration", "2026-09-24", 15, "2026-11-08", "2026-11-23"),
])  # fmt: skip
def test_a_procedure_that_the_centre_entered_runs(key: str, start: str, more: int, last: str, longer: str) -> None:
    """Around Spring Festival and National Day, in calendar days; the extension, and the result in time or not."""
    acts = [an_act(1, "procedure", start, procedure=key), an_act(2, "prolong", start, 1, days=more), an_act(3, "result", longer, 1)]
    running = lambda n, **known: clocks_of([], fold(acts[:n]), days(**known), "99", {}, is_workday)  # noqa: E731
    assert running(0) == []
    (run,) = running(1)
    assert (run.clock.key, run.start, run.due, run.ended, run.added, run.event) == (key, d(start), d(last), None, 0, 1)
    assert [state(run, d(last) + timedelta(days=n), 3) for n in (-4, 0, 1)] == ["running", "soon", "late"]
    (run,) = running(2)
    assert (run.due, run.added, state(run, d(longer), 3)) == (d(longer), more, "soon")
    (run,) = running(3)
    assert (run.ended, state(run, d("2027-01-01"), 3)) == (d(longer), "kept")
    assert state(run._replace(due=d(last)), d("2027-01-01"), 3) == "broken"
    # Closed by an agency: the clock ends with the matter, unless the centre knows the day of the result.
    assert running(1, closed=d(last))[0].ended == d(last) and running(3, closed=d("2027-01-01"))[0].ended == d(longer)


def test_what_ran_when_the_matter_was_closed_does_not_run_on_when_it_is_reopened() -> None:
    begun = an_act(1, "procedure", "2026-02-10", procedure="arbitration")
    closed, again = an_act(2, "close", "2026-03-01", outcome="resolved"), an_act(3, "reopen", "2026-06-01", closed="2026-03-01")
    assert fold([begun]).procedures == {1: Procedure("arbitration", d("2026-02-10"))}
    for acts in ([begun, closed], [begun, closed, again], [begun, again]):  # the last: an agency had closed it
        assert fold(acts).procedures[1].ended == d("2026-03-01")
    assert fold([begun, closed, again, an_act(4, "undo", "2026-06-02", 2), an_act(5, "undo", "2026-06-02", 3)]).procedures[1].ended is None
