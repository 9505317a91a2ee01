"""The blocks of an overview, each from one question: rows, cards, trend, shares, lists, the centre."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from matters.access import Scope
from matters.categories import CATEGORIES
from matters.explained import resting
from matters.filters import Clock, Filter
from matters.indicators import per_10k
from matters.model import Agency
from matters.periods import Window
from matters.vocabulary import CHANNELS
from services.areas import Areas
from services.changes import count_change, few, rate_change
from services.festivals import spring
from services.lines import matter_line
from services.settings import Settings
from services.shapes import AreaInfo, AreaRow, CentreCard, FeedState, Figure, MatterLine, MonthPoint, Part, Share
from services.tally import Key, Tally, total
from store import lists
from store.conditions import source_ids
from store.dates import month_number, month_start
from store.places import Place
from store.sums import monthly, sums

TREND_MONTHS = 24
LISTED = 5
TOP_CATEGORIES, TOP_VILLAGES = 10, 6


class Source(NamedTuple):
    """Where matters come from, as far as the panels tell it apart."""

    centre: bool
    first_agency: str
    channel: str


@dataclass(frozen=True, slots=True)
class Question:
    """A filter with everything worked out that the blocks need."""

    scope: Scope
    filter: Filter
    area: AreaInfo
    place: Place
    window: Window
    compared: Window
    clock: Clock
    states: tuple[FeedState, ...]
    settings: Settings
    areas: Areas
    agencies: Mapping[str, Agency]
    gives: Mapping[str, frozenset[str]]
    now: datetime
    listed: Mapping[str, tuple[str, ...]]

    @property
    def child_level(self) -> str:
        """Level of the areas below, '' below a township."""
        return {"city": "county", "county": "township"}.get(self.area.level, "")

    @property
    def before(self) -> Filter:
        """The same filter on the compared window."""
        return self.filter.with_(window=self.compared)

    def stock(self, part: str) -> Filter:
        """Today's stock: no window."""
        return self.filter.with_(window=None, part=part)

    def stale(self, figure: str) -> tuple[str, ...]:
        """Agencies with a late feed that the figure's window rests on (promise 5)."""
        late = [s for s in self.states if s.late and (s.data_at is None or s.data_at.date() < self.window.end)]
        f = self.filter
        wanted = {f.agency} if f.agency else {"centre"} if f.channel else {f.first_agency} if f.first_agency else None
        out = []
        for s in late:
            if s.agency == f.exclude or (wanted is not None and s.agency not in wanted):
                continue
            if resting(figure, [(s.feed, s.agency)], self.gives):
                out.append(s.agency)
        return tuple(dict.fromkeys(out))


def area_rows(q: Question, level: str, found: Mapping[Key, Tally]) -> tuple[tuple[AreaRow, ...], tuple[AreaRow, ...]]:
    """Rows of the areas of a level, and the rows that are no area: known to the county only, unlocated."""
    if not level:
        return (), ()
    parents = [q.area] if level == "county" or q.area.level == "county" else list(q.areas.counties())
    areas = [a for p in parents for a in q.areas.children(p.code) if a.level == level]
    keys = {(a.code, "") if level == "county" else (a.parent, a.code): a for a in areas}
    rows = tuple(area_row(q, area, found.get(key, Tally())) for key, area in keys.items())
    others = []
    for (county, town), tally in sorted(found.items()):
        if (county, town) in keys:
            continue
        others.append(other_row(q, "county" if county else "none", tally))
    return rows, _merged(q, others, found, set(keys))


def _merged(q: Question, others: Sequence[AreaRow], found: Mapping[Key, Tally], keys: set[Key]) -> tuple[AreaRow, ...]:
    """One row for 'county only' and one for 'unlocated', however many areas they come from."""
    if len(others) <= 1:
        return tuple(others)
    out = []
    for kind in ("county", "none"):
        parts = [t for key, t in found.items() if key not in keys and bool(key[0]) == (kind == "county")]
        if parts:
            out.append(other_row(q, kind, total(parts)))
    return tuple(out)


def other_row(q: Question, kind: str, t: Tally) -> AreaRow:
    """A row that is no area."""
    names = {"county": ("只到县", "County only"), "none": ("未定位", "Unlocated")}
    info = AreaInfo("", *names[kind], "county", "", "", None, q.area.census_year, None, False)
    return _row(q, info, t, q.filter.with_(located=kind), ranked=False, reason="not_an_area", located=kind)


def area_row(q: Question, area: AreaInfo, t: Tally) -> AreaRow:
    """The row of an area."""
    small = area.population is not None and area.population < q.settings.small_population
    return _row(q, area, t, q.filter.with_(area=area.code), ranked=not small, reason="population" if small else "", located="township")


def _row(q: Question, area: AreaInfo, t: Tally, rows: Filter, *, ranked: bool, reason: str, located: str) -> AreaRow:
    n, stale, small = t.now, q.stale("accepted"), q.settings.small
    before = rows.with_(window=q.compared)
    return AreaRow(
        area=area.code, name=area.name, en=area.en, level=area.level, population=area.population, accepted=n["accepted"],
        per_10k=per_10k(n["accepted"], area.population), closed=n["closed"], resolved=n["resolved"], settled=t.settled,
        resolved_rate=t.rate("resolved_rate"), on_time=n["on_time"], on_time_rate=t.rate("on_time_rate"), rated=n["rated"],
        satisfied=n["satisfied"], satisfaction=t.rate("satisfaction"), escalated=n["escalated"], litigated=n["litigated"],
        open=n["open"], past_limit=n["past_limit"], open_now=t.stock.open_now, overdue_now=t.stock.overdue_now,
        civil_filings=n["civil_filings"], accepted_before=t.before["accepted"], civil_filings_before=t.before["civil_filings"],
        accepted_change=count_change(n["accepted"], t.before["accepted"], before, bool(stale), small),
        civil_filings_change=count_change(
            n["civil_filings"], t.before["civil_filings"], before.with_(part="civil_filings"), bool(q.stale("civil_filings")), small
        ),
        rows=rows, ranked=ranked, reason=reason, listed=q.listed.get(area.code, ()), located=located, stale=stale,
    )  # fmt: skip


def ordered(rows: Sequence[AreaRow], indicator: str) -> tuple[AreaRow, ...]:
    """Rows by an indicator, highest first; the ones that are not ranked last."""
    keys = {"accepted_change": lambda r: r.accepted_change.value, "civil_filings_change": lambda r: r.civil_filings_change.value}
    get = keys.get(indicator, lambda r: getattr(r, indicator, None))
    return tuple(sorted(rows, key=lambda r: (not r.ranked, get(r) is None, -(get(r) or 0), r.area)))


def by_source(connection: Connection, q: Question) -> Counter[Source]:
    """Accepted matters of the window by source: whether a centre took part, first agency, channel."""
    centre = set(source_ids(connection, Filter(agency="centre")) or ())
    kinds = {r[0]: Source(r[0] in centre, r[1], r[2]) for r in connection.exec_driver_sql("SELECT id, first_agency, channel FROM source")}
    out = Counter[Source]()
    for s in sums(connection, q.scope, q.filter, q.place, {"now": q.window}, ("source",), _counties(q)):
        out[kinds[s.source]] += s.of("accepted")
    return out


def figures(q: Question, t: Tally, sources: Counter[Source]) -> tuple[Figure, ...]:
    """The five cards."""
    f, n = q.filter, t.now
    centre = sum(n for source, n in sources.items() if source.centre)
    stale = {k: q.stale(k) for k in ("accepted", "resolved_rate", "satisfaction", "civil_filings")}

    def rows(part: str) -> Filter:
        return f.with_(part=part)

    rates = {
        key: rate_change(t.rate(key), t.rate_before(key), q.before.with_(part=part), bool(stale[key]), few(key, q.settings.small, t.now, t.before))
        for key, part in (("resolved_rate", "resolved"), ("satisfaction", "satisfied"))
    }
    small = q.settings.small
    return (
        Figure("accepted", "件", n["accepted"], rows("accepted"),
               count_change(n["accepted"], t.before["accepted"], q.before, bool(stale["accepted"]), small), stale["accepted"],
               (Part("centre", centre, f.with_(agency="centre") if not f.agency else None),
                Part("records", n["records"], rows("records")))),
        Figure("resolved_rate", "%", t.rate("resolved_rate"), rows("resolved"), rates["resolved_rate"], stale["resolved_rate"],
               (Part("resolved", n["resolved"], rows("resolved")), Part("settled", t.settled, rows("settled")),
                Part("within", n["open"] - n["past_limit"], rows("within")))),
        Figure("satisfaction", "%", t.rate("satisfaction"), rows("satisfied"), rates["satisfaction"], stale["satisfaction"],
               (Part("satisfied", n["satisfied"], rows("satisfied")), Part("rated", n["rated"], rows("rated")),
                Part("response_rate", t.rate("response_rate")))),
        Figure("overdue", "件", t.stock.overdue_now, q.stock("overdue"), count_change(0, 0, None, False, small), (),
               (Part("open", t.stock.open_now, q.stock("open")), Part("past_limit", t.stock.past_now, q.stock("past_limit")),
                Part("unaccepted", t.stock.unaccepted, q.stock("unaccepted")),
                Part("unhandled", t.stock.unhandled, q.stock("unhandled")))),
        Figure("civil_filings", "件", n["civil_filings"], rows("civil_filings"),
               count_change(n["civil_filings"], t.before["civil_filings"], q.before.with_(part="civil_filings"),
                            bool(stale["civil_filings"]), small), stale["civil_filings"],
               (Part("before", t.before["civil_filings"], q.before.with_(part="civil_filings")),)),
    )  # fmt: skip


def _counties(q: Question) -> list[str]:
    return [c.code for c in q.areas.counties()]


def trend(connection: Connection, q: Question) -> tuple[MonthPoint, ...]:
    """The last months up to the window's, each with the same month a year before."""
    last = month_number(q.window.end)
    first = last - TREND_MONTHS + 1
    counts = monthly(connection, q.scope, q.filter, q.place, first - 12, last, _counties(q))
    known = [m for m in counts if counts[m]]
    late = [s.data_at.date() for s in q.states if s.data_at and s.agency in q.stale("accepted")]
    whole_until = min([q.now.date(), *late])
    points = []
    for number in range(first, last + 1):
        start, end = month_start(number), month_start(number + 1) - timedelta(days=1)
        before = counts.get(number - 12, 0) if known and number - 12 >= min(known) else None
        rows = q.filter.with_(window=Window(start, end))
        points.append(MonthPoint(start, counts.get(number, 0), before, end < whole_until, rows, _festival_in(start)))
    return tuple(points)


def _festival_in(month: date) -> date | None:
    festival = spring(month.year)
    return festival if (festival.year, festival.month) == (month.year, month.month) else None


def shares(connection: Connection, q: Question, sources: Counter[Source]) -> tuple[tuple[Share, ...], tuple[Share, ...], tuple[Share, ...]]:
    """Categories (the top ones and the rest), first agencies, and channels of what the centres accepted."""
    categories, firsts, channels = Counter[str](), Counter[str](), Counter[str]()
    for s in sums(connection, q.scope, q.filter, q.place, {"now": q.window}, ("category",), _counties(q)):
        categories[s.category] += s.of("accepted")
    for source, n in sources.items():
        firsts[source.first_agency] += n
        if source.channel and source.centre:
            channels[source.channel] += n
    late = set(q.stale("accepted"))
    agencies = {a.code: (a.zh, a.en) for a in q.agencies.values()}
    return (
        _bars(categories, {c.code: (c.zh, c.en) for c in CATEGORIES.values()}, q.filter, "category", TOP_CATEGORIES),
        _bars(firsts, agencies, q.filter, "first_agency", late=late),
        _bars(channels, {w.code: (w.zh, w.en) for w in CHANNELS.values()}, q.filter.with_(agency="centre"), "channel")
        if q.filter.agency in ("", "centre") else (),
    )  # fmt: skip


def _bars(
    counts: Counter[str], names: Mapping[str, tuple[str, str]], f: Filter, facet: str, top: int = 0, late: set[str] | None = None
) -> tuple[Share, ...]:
    """Bars, longest first; beyond `top` they are folded into one."""
    whole = sum(counts.values())
    order = sorted((key for key in counts if counts[key]), key=lambda key: (-counts[key], key))
    shown = order[:top] if top and len(order) > top + 1 else order
    bars = [
        Share(key, *names.get(key, (key, key)), counts[key], counts[key] / whole, f.with_(**{facet: key}), 0, key in (late or ()))
        for key in shown
    ]
    rest = order[len(shown) :]
    if rest:
        value = sum(counts[key] for key in rest)
        bars.append(Share("", f"其余 {len(rest)} 类", f"{len(rest)} more", value, value / whole, None, len(rest)))
    return tuple(bars)


def villages(connection: Connection, q: Question) -> tuple[Share, ...]:
    """Villages of a township by matters accepted in the window; those known to the township only come last."""
    found = dict(lists.facet(connection, q.scope, q.filter, q.place, q.clock, "village_code"))
    only = found.pop("", 0)
    names = {code: (q.areas.name(code), q.areas.info(code).en) for code in found}
    whole = sum(found.values()) + only
    bars = list(_bars(Counter(found), names, q.filter, "village", TOP_VILLAGES))
    bars = [Share(b.key, b.zh.replace("类", "村"), b.en, b.value, b.value / whole, b.rows, b.rest) for b in bars]
    if only:
        bars.append(Share("-", "只到镇", "Township only", only, only / whole, q.filter.with_(village="-")))
    return tuple(bars)


def _lines(connection: Connection, q: Question, sort: str, descending: bool) -> tuple[MatterLine, ...]:
    page = lists.page(connection, q.scope, q.stock("open"), q.place, q.clock, sort=sort, descending=descending, limit=LISTED)
    return tuple(matter_line(row, q.areas, q.agencies, q.clock.today) for row in page.rows)


def newest(connection: Connection, q: Question) -> tuple[MatterLine, ...]:
    """Open matters accepted last."""
    return _lines(connection, q, "accepted_on", True)


def oldest(connection: Connection, q: Question) -> tuple[MatterLine, ...]:
    """Open matters that wait longest (city), or whose limit is or was nearest (county, township)."""
    return _lines(connection, q, "accepted_on" if q.area.level == "city" else "due_on", False)


def located(connection: Connection, q: Question, whole: Tally) -> dict[str, int]:
    """Accepted matters known to a township, to the county only, and not at all; they add up to the whole."""
    if q.area.level == "township":
        return {"township": whole.now["accepted"], "county": 0, "none": 0}
    out = {}
    for kind in ("county", "none"):
        found = sums(connection, q.scope, q.filter.with_(located=kind), q.place, {"now": q.window}, (), _counties(q))
        out[kind] = sum(s.of("accepted") for s in found)
    return {"township": whole.now["accepted"] - sum(out.values()), **out}


def unlocated(connection: Connection, q: Question) -> int | None:
    """Unlocated matters of the whole city, for a reader who may see them."""
    if not q.scope.covers(""):
        return None
    found = sums(connection, q.scope, q.filter.with_(located="none"), Place(), {"now": q.window}, (), _counties(q))
    return sum(s.of("accepted") for s in found)


def centre(connection: Connection, q: Question) -> CentreCard | None:
    """The centre of the area, with the matters that came to it by visit in the window."""
    kept: dict[str, Any] | None = q.areas.centres.get(q.area.code)
    if kept is None:
        return None
    visits = sums(connection, q.scope, q.filter.with_(channel="visit"), q.place, {"now": q.window}, (), _counties(q))
    detail = kept["detail"]
    return CentreCard(
        area=q.area.code, name=kept["name"], state=kept["state"], since=kept["since"], planned_for=kept["planned_for"],
        platforms=tuple(detail.get("platforms", ())), visits=sum(s.of("accepted") for s in visits),
        resident=tuple(detail.get("resident", ())),
        rotating={int(day): tuple(names) for day, names in detail.get("rotating", {}).items()},
        on_call=tuple(detail.get("on_call", ())), on_call_promise=detail.get("on_call_promise", ""),
        third_parties=tuple(detail.get("third_parties", ())),
    )  # fmt: skip
