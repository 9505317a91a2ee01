"""Windows aligned by Spring Festival, worked out by hand from the printed calendars of these years."""

from __future__ import annotations

from datetime import date

import pytest

from matters.periods import Window, around_festival, compared, festival_near, lunar_before, year_before
from services.festivals import spring

TODAY = date(2026, 11, 29)
PRINTED = {2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6)}


def w(a: str, b: str) -> Window:
    return Window(date.fromisoformat(a), date.fromisoformat(b))


def test_the_days_of_the_festival_are_those_printed() -> None:
    assert {y: (spring(y).month, spring(y).day) for y in PRINTED} == PRINTED


@pytest.mark.parametrize(
    ("window", "before"),
    [
        # 2026: 17 February, 2025: 29 January. Seven days before to seven after it.
        (w("2026-02-10", "2026-02-24"), w("2025-01-22", "2025-02-05")),
        # The year of 2025 held a leap month: 384 days apart; the year before, 2024-02-10 to 2025-01-29, 354.
        (w("2025-01-22", "2025-02-05"), w("2024-02-03", "2024-02-17")),
        # The running year on 10 February 2026: 47 days to 7 days before the festival, the first of them in 2024.
        (w("2026-01-01", "2026-02-10"), w("2024-12-13", "2025-01-22")),
        # Over the leap day: 2024's festival on 10 February, the window ends on 29 February, 19 days after it; 2023: 22 January.
        (w("2024-02-10", "2024-02-29"), w("2023-01-22", "2023-02-10")),
        # It starts in December of the year before its festival.
        (w("2024-12-30", "2025-01-05"), w("2024-01-11", "2024-01-17")),
    ],
)
def test_the_same_days_from_the_festival(window: Window, before: Window) -> None:
    assert lunar_before(window, spring) == before
    assert compared(window, "lunar", TODAY, spring) == before
    assert before.days == window.days and before != year_before(window)


@pytest.mark.parametrize("window", [w("2026-06-01", "2026-06-30"), w("2026-01-01", "2026-11-29"), w("2026-03-20", "2026-03-31"), w("1850-01-01", "1850-01-31")])
def test_a_window_around_no_festival_is_compared_by_the_calendar(window: Window) -> None:
    assert festival_near(window, spring) is None
    assert compared(window, "lunar", TODAY, spring) == year_before(window)


def test_the_thirtieth_day_still_counts() -> None:
    assert festival_near(w("2026-03-19", "2026-03-19"), spring) == date(2026, 2, 17)
    assert festival_near(w("2026-03-20", "2026-03-20"), spring) is None


def test_the_last_festival_that_is_past() -> None:
    assert around_festival(TODAY, spring) == w("2026-02-02", "2026-03-04")
    assert around_festival(date(2026, 3, 3), spring) == w("2025-01-14", "2025-02-13")
