"""A matter's way through the agencies: one lane an agency, days as x. Positions only; lanes_svg.py draws them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.shapes import LinkLine, MatterFile, RecordLine

ROW = 48  # px, height of one row of a lane
HEAD = 24  # px, above the first row: the ticks
WIDTH = 880  # px, the narrowest drawing; labels that do not touch here never touch, since only the gaps grow


@dataclass(frozen=True, slots=True)
class Span:
    """One record in its lane: `start` first heard, `taken` accepted, `end` closed or today; `due` its own limit."""

    record: RecordLine
    lane: str
    row: int
    start: date
    taken: date
    end: date
    ended: bool

    @property
    def over(self) -> int:
        """Days past the limit, 0 within it or without one."""
        due = self.record.due_on
        return max(0, (self.end - due).days) if due else 0

    @property
    def y(self) -> int:
        """Centre line of the row in px."""
        return HEAD + self.row * ROW + ROW // 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link drawn from the older record to the newer one, at the newer one's first day."""

    day: date
    from_y: int
    to_y: int
    dashed: bool


@dataclass(frozen=True, slots=True)
class Lanes:
    """The whole drawing: days from `first` to `last`, spans by row, arrows."""

    first: date
    last: date
    today: date
    spans: tuple[Span, ...]
    lanes: tuple[tuple[str, int, int], ...]  # agency, first row, number of rows
    arrows: tuple[Arrow, ...] = field(default=())

    @property
    def rows(self) -> int:
        """Number of rows of all lanes."""
        return sum(count for _, _, count in self.lanes)

    @property
    def height(self) -> int:
        """Height of the drawing in px."""
        return HEAD + self.rows * ROW + 4

    def x(self, day: date) -> float:
        """Place of a day, percent of the width."""
        return round(100 * (day - self.first).days / max(1, (self.last - self.first).days), 2)


def first_day(record: RecordLine) -> date | None:
    """The day the agency first knew of it."""
    if record.happened_at is not None:
        return record.happened_at.date()
    return record.registered_on or record.accepted_on or record.closed_on


def lay_out(file: MatterFile, today: date) -> Lanes | None:
    """Place every dated record; None when no record carries a date."""
    dated = sorted(((day, r) for r in file.records if (day := first_day(r))), key=lambda p: (p[0], p[1].id))
    if not dated:
        return None
    order = list(dict.fromkeys(r.agency for _, r in dated))
    spans: list[Span] = []
    lanes: list[tuple[str, int, int]] = []
    row = 0
    for agency in order:
        count = _pack([r for _, r in dated if r.agency == agency], agency, row, today, spans)
        lanes.append((agency, row, count))
        row += count
    first, last = _extent(spans, today)
    return Lanes(first, last, today, tuple(spans), tuple(lanes), tuple(_arrows(file.links, spans)))


def _pack(records: Sequence[RecordLine], agency: str, base: int, today: date, out: list[Span]) -> int:
    """Put the records of one lane into as few rows as they fit without overlap; gives the number of rows."""
    free: list[date] = []
    for record in records:
        start = first_day(record) or today
        taken = max(start, record.accepted_on or start)
        end = record.closed_on or max(today, start)
        row = next((i for i, until in enumerate(free) if until < start), len(free))
        if row == len(free):
            free.append(end)
        free[row] = max(end, record.due_on or end) + timedelta(days=3)
        out.append(Span(record, agency, base + row, start, taken, max(end, taken), record.closed_on is not None))
    return len(free)


def _extent(spans: Iterable[Span], today: date) -> tuple[date, date]:
    """The days to show, with room for the labels at both ends."""
    listed = list(spans)
    first = min(s.start for s in listed)
    ends = [s.end for s in listed] + [s.record.due_on for s in listed if s.record.due_on and not s.ended]
    last = max(ends)
    if any(not s.ended for s in listed):
        last = max(last, today)
    room = max(3, (last - first).days // 12)
    return first - timedelta(days=max(2, room // 3)), last + timedelta(days=room)


def _arrows(links: Sequence[LinkLine], spans: Sequence[Span]) -> Iterable[Arrow]:
    """Links between records of different rows."""
    by_id = {s.record.id: s for s in spans}
    for link in links:
        pair = [by_id[i] for i in (link.record, link.other) if i in by_id]
        if len(pair) == 2 and pair[0].row != pair[1].row:
            older, newer = sorted(pair, key=lambda s: (s.start, s.record.id))
            yield Arrow(newer.start, older.y, newer.y, link.method != "reference")


def ticks(first: date, last: date) -> list[date]:
    """Days to mark on the axis: Mondays, months, quarters or years, never closer than about 60 px."""
    days = max(1, (last - first).days)
    most = WIDTH // 64
    if days <= most * 7:
        start = first + timedelta(days=(-first.weekday()) % 7)
        return [start + timedelta(days=7 * i) for i in range(days // 7 + 1) if start + timedelta(days=7 * i) <= last]
    step = next(m for m in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if days / (30.4 * m) <= most)
    months = (first.year * 12 + first.month - 1, last.year * 12 + last.month - 1)
    marks = [date(m // 12, m % 12 + 1, 1) for m in range(months[0], months[1] + 1) if m % step == 0]
    return [m for m in marks if first <= m <= last]


def text_width(text: str) -> float:
    """Width of a 12 px label in px, a little too wide rather than too narrow."""
    return sum(12.2 if ord(c) > 0x2E7F else 7.2 for c in text)


@dataclass(slots=True)
class Shelf:
    """Where labels of one drawing already stand, so that a new one takes the first free place."""

    taken: list[tuple[float, float, float]] = field(default_factory=list)  # left, right, baseline

    def block(self, left: float, right: float, baseline: float) -> None:
        """Mark a stretch as in use."""
        self.taken.append((left, right, baseline))

    def place(self, text: str, options: Iterable[tuple[float, float, str]]) -> tuple[float, float, str] | None:
        """First (x px, baseline px, anchor) of the options where the text touches nothing; None if all do."""
        width = text_width(text)
        for x, y, anchor in options:
            left = {"start": x, "end": x - width, "middle": x - width / 2}[anchor]
            if left < 0 or left + width > WIDTH:
                continue
            if all(left + width + 4 < a or left - 4 > b or abs(y - base) >= 14 for a, b, base in self.taken):
                self.block(left, left + width, y)
                return x, y, anchor
        return None
