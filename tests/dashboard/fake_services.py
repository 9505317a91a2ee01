"""Services with invented figures, for tests of layout and frame only. Nothing here is behind a real screen."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from geo.areas import load_city
from geo.boundaries import service_areas, write_static
from matters.access import ROLES, Forbidden, Scope
from matters.categories import CATEGORIES
from matters.filters import Filter
from matters.model import Agency
from matters.periods import Window, compared
from services import shapes as s
from services.auth import LoginFailed
from services.map_classes import MapClasses

NOW = datetime(2026, 10, 8, 8, 40)
AGENCIES = {
    a.code: a
    for a in (
        Agency("court", "法院", "Courts", "法", 1, 1), Agency("police", "公安 110", "Police 110", "警", 2, 2),
        Agency("centre", "矛调中心", "Centres", "调", 4, 3), Agency("petition", "信访", "Petitions", "访", 8, 4),
        Agency("health", "卫健", "Health", "卫", 16, 5), Agency("fire", "消防", "Fire", "消", 32, 6),
    )
}  # fmt: skip


class Place(NamedTuple):
    """County and township of an area."""

    county: str = ""
    town: str = ""


@dataclass
class FakeSettings:
    """What the dashboard reads of the settings."""

    map_dir: Path
    secret_key: str = "test-key"
    session_hours: int = 12
    cookie_secure: bool = False
    trusted_proxies: int = 0
    demo: bool = True
    unaccepted_days: int = 2
    unhandled_days: int = 7
    small_population: int = 5000


@dataclass(frozen=True)
class FakeUser:
    """As services.auth.User."""

    name: str
    display: str
    scope: Scope
    title: str
    lang: str = "zh"
    title_en: str = "City leader"


@dataclass(frozen=True)
class FakeAccount:
    """As services.auth.DemoAccount."""

    user: str
    password: str
    display: str
    role: str
    area: str


def users() -> dict[str, FakeUser]:
    """One user of each kind of scope."""
    made = {
        "leader": Scope.of("leader", "city_leader", "city"),
        "county": Scope.of("county", "county_leader", "county", "360923"),
        "clerk": Scope.of("clerk", "township_clerk", "township", "360923", "360923101"),
    }
    return {n: FakeUser(n, "林 *", sc, ROLES[sc.role][0]) for n, sc in made.items()}


class FakeAuth:
    """Sessions in a dict."""

    def __init__(self) -> None:
        self.users, self.sessions, self.tries = users(), {}, 0

    def login(self, user: str, password: str, remote: str) -> str:
        if user not in self.users or password != "demo":
            raise LoginFailed("wrong")
        token = hashlib.sha256(f"{user}{len(self.sessions)}".encode()).hexdigest()
        self.sessions[token] = self.users[user]
        return token

    def who(self, token: str) -> FakeUser | None:
        return self.sessions.get(token)

    def bearer(self, token: str) -> FakeUser | None:
        return None

    def logout(self, token: str) -> None:
        self.sessions.pop(token, None)

    def demo_accounts(self) -> list[FakeAccount]:
        return [FakeAccount(n, "demo", u.display, ROLES[u.scope.role][0], "宜春市") for n, u in self.users.items()]

    def audit(self, scope: Scope, act: str, detail: dict[str, Any]) -> None: ...


@cache
def built() -> tuple[Any, Any, Path]:
    """The city's areas, its manifest and the folder of its map files, made once a test run."""
    city = load_city()
    folder = Path(tempfile.mkdtemp(prefix="yizhan-map-"))
    return city, write_static(city, service_areas(city), folder), folder


class FakeAreas:
    """Areas from the built-in city."""

    def __init__(self) -> None:
        city, manifest, _ = built()
        frame = city.areas[city.areas["level"] != "village"]
        self.table = {r["code"]: r for r in frame.to_dict("records")}
        villages = city.areas[city.areas["level"] == "village"]
        self.villages = villages.groupby("parent").size().to_dict()
        self.static = {"city": manifest["city"], "townships": manifest["townships"]}
        self.static |= {code: v["file"] for code, v in manifest["counties"].items()}
        self.city = self.info(city.settings.code)
        self.attribution, self.attribution_zh = city.settings.attribution, city.settings.attribution_zh

    def info(self, code: str) -> s.AreaInfo:
        r = self.table[code]
        towns = [c for c, x in self.table.items() if x["level"] == "township" and c.startswith(code)]
        return s.AreaInfo(
            code, r["name"], r["name_en"], r["level"], r["kind"], r["parent"], int(r["population"]), 2020, (r["lon"], r["lat"]),
            bool(r["seat_verified"]), 10 if r["level"] == "city" else 0, 219 if r["level"] == "city" else len(towns),
            int(self.villages.get(code, 0)),
        )  # fmt: skip

    def children(self, code: str) -> tuple[s.AreaInfo, ...]:
        return tuple(self.info(c) for c, x in self.table.items() if x["parent"] == code)

    def path(self, code: str) -> tuple[s.AreaInfo, ...]:
        found: list[s.AreaInfo] = []
        while parent := self.table[code]["parent"]:
            found.insert(0, self.info(parent))
            code = parent
        return tuple(found)

    def place(self, code: str) -> Place:
        r = self.table[code]
        return {"city": Place(), "county": Place(code)}.get(r["level"]) or Place(r["parent"], code)

    def require(self, scope: Scope, code: str) -> Place:
        place = self.place(code)
        scope.require_area(place.county, place.town)
        return place

    def home(self, scope: Scope) -> s.AreaInfo:
        return self.info(scope.town or scope.county or self.city.code)

    def search(self, scope: Scope, q: str, limit: int = 8) -> tuple[s.AreaInfo, ...]:
        return tuple(self.info(c) for c, x in self.table.items() if q in x["name"])[:limit]


def _n(code: str, salt: str, low: int, high: int) -> int:
    """A number that stays the same for a code."""
    return low + int(hashlib.sha256(f"{code}{salt}".encode()).hexdigest()[:8], 16) % (high - low + 1)


def _row(area: s.AreaInfo, f: Filter, stale: tuple[str, ...]) -> s.AreaRow:
    people = area.population or 0
    n = max(1, people * _n(area.code, "k", 55, 110) // 10_000)
    small = people < 5000
    settled, rated = n * 97 // 100, n // 2
    before = max(1, n * _n(area.code, "b", 85, 118) // 100)
    filed, filed_before = n // 3, n * _n(area.code, "f", 30, 40) // 100
    held = s.Change("withheld") if stale else s.Change("percent", n / before - 1, n, before, f)
    change = s.Change("percent", filed / max(1, filed_before) - 1, filed, filed_before, f)
    small_change = s.Change("counts", None, filed, filed_before, f) if filed < 20 else change
    return s.AreaRow(
        area.code, area.name, area.en, area.level, people, n, n / people * 10_000, settled, settled * 96 // 100, settled,
        settled * 96 / 100 / max(1, settled), settled, 1.0, rated, rated * 8 // 10, 0.78 + _n(area.code, "s", 0, 80) / 1000,
        5, 9, n - settled, n // 90, n // 40, _n(area.code, "o", 0, max(1, n // 100)), filed, before, filed_before,
        held, small_change, f.with_(area=area.code), not small, "population" if small else "",
        ("宜挂〔2026〕1 号",) if area.code in ("360923101", "360902108", "360983105") else (), "township", stale,
    )  # fmt: skip


def _total(area: s.AreaInfo, rows: list[s.AreaRow], f: Filter) -> s.AreaRow:
    def add(key: str) -> int:
        return sum(getattr(r, key) for r in rows)

    n, people = add("accepted"), area.population or 1
    return replace(
        _row(area, f, ()), accepted=n, per_10k=n / people * 10_000, resolved=add("resolved"), settled=add("settled"),
        rated=add("rated"), satisfied=add("satisfied"), satisfaction=add("satisfied") / max(1, add("rated")),
        resolved_rate=add("resolved") / max(1, add("settled")), overdue_now=add("overdue_now"), open_now=add("open_now"),
        civil_filings=add("civil_filings"), civil_filings_before=add("civil_filings_before"), rows=f.with_(area=area.code),
        civil_filings_change=s.Change("percent", add("civil_filings") / max(1, add("civil_filings_before")) - 1, 1, 1, f),
    )  # fmt: skip


def _matter(i: int, area: s.AreaInfo, days_left: int | None, age: int) -> s.MatterLine:
    titles = ("厂区排水与补偿纠纷", "安置房交付延期群体诉求", "陶瓷厂停产后工资支付纠纷", "圩堤加固占用承包地补偿", "花炮厂联营账目与分红争议", "商铺租金押金退还争议")
    return s.MatterLine(
        f"26-3HD8{i}", titles[i % 6], "02", "360923", "360923101", "", "上高县", "泗溪镇", "", ("mediating", "accepted", "pending")[i % 3],
        "县工信局", date(2026, 3, 8), NOW.date() - timedelta(age), date(2026, 5, 7), None, days_left, age, True, ("court", "police"),
        "police", "visit", 3, 4, None, "individual", None, None,
    )  # fmt: skip


class FakeFigures:
    """An overview of any area with invented numbers that add up."""

    def __init__(self, areas: FakeAreas) -> None:
        self.areas, self.version, self.late = areas, 184_207, True

    def data_version(self) -> int:
        return self.version

    def rows(self, scope: Scope, f: Filter, level: str) -> tuple[s.AreaRow, ...]:
        return tuple(_row(self.areas.info(c), f, ()) for c, x in self.areas.table.items() if x["level"] == level)

    def overview(self, scope: Scope, f: Filter, indicator: str = "per_10k") -> s.Overview:
        area = self.areas.info(f.area or self.areas.home(scope).code)
        county = area.code[:6] if area.level != "city" else ""
        if not scope.covers(county, area.code if area.level == "township" else ""):
            raise Forbidden(f"{area.code} is outside")
        f = f.with_(area=area.code)
        stale = ("health",) if self.late and f.exclude != "health" else ()
        window = f.window or Window(date(2026, 1, 1), NOW.date())
        rows = [_row(a, f, stale) for a in self.areas.children(area.code)] if area.level != "township" else []
        key = {"accepted": "accepted", "satisfaction": "satisfaction"}.get(indicator, "per_10k")
        rows.sort(key=lambda r: (not r.ranked, -(getattr(r, key) or 0)))
        lost = replace(_row(area, f.with_(located="county"), ()), area="", name="", accepted=94, per_10k=None, located="county",
                       ranked=False, reason="not_an_area", civil_filings=0, overdue_now=1, listed=())  # fmt: skip
        others = [lost] if area.level == "county" else [replace(lost, located="none", accepted=118)] if area.level == "city" else []
        total = _total(area, [*rows, *others] or [_row(area, f, ())], f)
        return _overview(self, area, f, indicator, window, rows, others, total, stale, scope)


def _feeds(late: bool) -> tuple[s.FeedState, ...]:
    def one(code: str, at: datetime, is_late: bool = False) -> s.FeedState:
        a = AGENCIES[code]
        return s.FeedState(code, code, a.zh, a.en, a.mark, at, NOW, is_late, (NOW - at).days if is_late else 0, 3600)

    return (
        one("health", datetime(2026, 9, 26) if late else NOW, late), one("court", NOW.replace(minute=31)),
        one("petition", datetime(2026, 10, 5)), one("police", NOW.replace(minute=39)), one("fire", NOW.replace(minute=35)), one("centre", NOW),
    )  # fmt: skip


def _figures(t: s.AreaRow, f: Filter, stale: tuple[str, ...]) -> tuple[s.Figure, ...]:
    def part(key: str, value: float, rows: Filter | None = None) -> s.Part:
        return s.Part(key, value, rows or f.with_(part=key if key in ("settled", "resolved") else "accepted"))

    held = s.Change("withheld") if stale else s.Change("percent", 0.0312, 1, 1, f)
    stock = f.with_(window=None, part="overdue")
    return (
        s.Figure("accepted", "件", t.accepted, t.rows, held, stale, (part("centre", t.accepted * 23 // 100), part("records", t.accepted * 7 // 5))),
        s.Figure("resolved_rate", "%", t.resolved_rate, f.with_(part="resolved"), held if stale else s.Change("points", 0.004), stale,
                 (part("resolved", t.resolved), part("settled", t.settled), part("within", t.open))),
        s.Figure("satisfaction", "%", t.satisfaction, f.with_(part="satisfied"), s.Change("points", 0.017, t.satisfaction, 0.783, f), (),
                 (part("satisfied", t.satisfied), part("rated", t.rated), s.Part("response_rate", 0.529))),
        s.Figure("overdue", "件", t.overdue_now, stock, s.Change("none"), (),
                 (part("open", t.open_now), part("past_limit", t.overdue_now // 2), part("unaccepted", 1), part("unhandled", 2))),
        s.Figure("civil_filings", "件", t.civil_filings, f.with_(part="civil_filings"), t.civil_filings_change, (),
                 (part("before", t.civil_filings_before),)),
    )  # fmt: skip


def _trend(total: int, f: Filter, stale: bool) -> tuple[s.MonthPoint, ...]:
    points = []
    for i in range(24):
        y, m = divmod(2024 * 12 + 9 + i, 12)
        month, base = date(y, m + 1, 1), max(3, total // 9)
        feast = {(2025, 1): date(2025, 1, 29), (2026, 2): date(2026, 2, 17)}.get((y, m + 1))
        now = base * (70 if feast else 100 + i % 4) // 100
        points.append(s.MonthPoint(month, now, base * 98 // 100 + i % 3, not (stale and i == 23), f, feast))
    return tuple(points)


def _shares(total: int, kinds: list[tuple[str, str, str]], f: Filter, most: int = 10) -> tuple[s.Share, ...]:
    weights = [max(1, 30 - 3 * i) for i in range(len(kinds))]
    values = [total * w // sum(weights) for w in weights]
    shown = [s.Share(k, zh, en, v, v / max(1, total), f) for (k, zh, en), v in list(zip(kinds, values, strict=True))[:most]]
    left = total - sum(x.value for x in shown)
    if len(kinds) > most:
        return (*shown, s.Share("rest", "", "", left, left / max(1, total), None, rest=len(kinds) - most))
    first = replace(shown[0], value=shown[0].value + left)
    return (first, *shown[1:])


def _centre(area: s.AreaInfo) -> s.CentreCard | None:
    if area.level == "city":
        return None
    rota = {1: ("教体局",), 2: ("卫健委",), 3: ("人社局",), 4: ("住建局", "交警"), 5: ("环境局",)}
    return s.CentreCard(area.code, f"{area.name}矛调中心", "running", date(2025, 6, 18), None, tuple("1234567"), 5106,
                        ("法院", "检察院", "公安局", "司法局", "信访局"), rota,
                        tuple("自然资源 农业农村 市监 应急 民政 水利 林业 交通 文广旅 医保 税务 妇联 工会 残联".split()), "接到分流后 2 个工作日内到场",
                        ("商会调委会", "老杨调解室", "心理服务站", "劳动仲裁", "律师值班", "义务调解协会"))  # fmt: skip


def _listing() -> s.ListingLine:
    months = tuple((date(2026, m, 1), 38 - (m - 7) * 5 if m > 7 else 40 + m % 3) for m in range(1, 10))
    effect = s.Effect(41, 28, 287, 56, 0.68, -0.49, -0.09, "fell", months)
    return s.ListingLine(1, 3, "area", "listed", "宜挂〔2026〕1 号", "泗溪镇邻里、宅基地纠纷", "360923101", "泗溪镇", "上高县", ("02", "03"), "泗溪镇政府",
                         "李 *", date(2026, 7, 20), date(2026, 8, 1), date(2026, 10, 31), None, ({"indicator": "resolved_rate", "op": ">=", "value": 0.96},),
                         0, "逐月增长", effect, 0.75)  # fmt: skip


def _overview(fig: FakeFigures, area: s.AreaInfo, f: Filter, indicator: str, window: Window, rows: list[s.AreaRow], others: list[s.AreaRow],
              total: s.AreaRow, stale: tuple[str, ...], scope: Scope) -> s.Overview:  # fmt: skip
    n = total.accepted
    agencies = [(a.code, a.zh, a.en) for a in AGENCIES.values()]
    cats = [(c.code, c.zh, c.en) for c in CATEGORIES.values()]
    channels = [("visit", "群众来访", "Visit"), ("reported", "乡镇部门报送", "Reported"), ("entrusted", "法院委托", "Entrusted"), ("assigned", "领导交办", "Assigned")]
    centre_n = n * 23 // 100
    lost = sum(o.accepted for o in others if o.located == "none")
    county = sum(o.accepted for o in others if o.located == "county")
    inside = {"360902", "360923", "360924", "360981", "360983", "360921", "360922"}
    return s.Overview(
        area, fig.areas.path(area.code) if scope.level == "city" else (), f.with_(window=window), window, compared(window, f.compare, NOW.date()), f.compare,
        fig.version, NOW, NOW, _figures(total, f, stale), indicator, tuple(rows), tuple(others), total,
        {"township": n - lost - county, "county": county, "none": lost}, 118 if area.level == "county" else None, _trend(n, f, bool(stale)),
        _shares(n, cats, f), _shares(n, agencies, f), _shares(centre_n, channels, f),
        _shares(n, [(str(i), f"村 {i}", f"Village {i}") for i in range(9)], f, 6) if area.level == "township" else (),
        tuple(_matter(i, area, None, 0) for i in range(4)), tuple(_matter(i, area, -154 + i * 30, 214 - i * 20) for i in range(5)),
        _feeds(fig.late), stale, (_listing(),), _centre(area),
        {c: "running" if c in inside else "planned" for c in fig.areas.table if len(c) == 6} if area.level == "city" else {},
    )  # fmt: skip


class FakeFeeds:
    """The agencies' names."""

    gives: dict[str, frozenset[str]] = {code: frozenset({"accepted_on", "number", "satisfied"}) for code in AGENCIES}  # noqa: RUF012

    def agencies(self) -> dict[str, Agency]:
        return AGENCIES

    def states(self, scope: Scope) -> tuple[s.FeedState, ...]:
        return _feeds(True)

    def health(self) -> tuple[Any, ...]:
        return ()


class FakeMoments:
    """A store that remembers nothing yet."""

    def at(self, at: datetime | None) -> datetime | None:
        return None

    def first(self) -> datetime | None:
        return None


@dataclass
class FakeServices:
    """As services.wiring.Services, as far as the frame and the overview pages use it."""

    settings: FakeSettings = field(default_factory=lambda: FakeSettings(built()[2]))
    auth: FakeAuth = field(default_factory=FakeAuth)
    areas: FakeAreas = field(default_factory=FakeAreas)
    feeds: FakeFeeds = field(default_factory=FakeFeeds)
    moments: FakeMoments = field(default_factory=FakeMoments)

    def __post_init__(self) -> None:
        self.figures = FakeFigures(self.areas)
        self.map_classes = MapClasses(self.figures, self.settings.map_dir, self.areas.city.code)

    def now(self) -> datetime:
        return NOW
