"""The one place that builds everything. Collaborators are handed in; nobody reaches for a global."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from connectors.base import shanghai_now
from connectors.registry import BUILT_IN, load_feeds
from connectors.spec import FeedSpec
from services.areas import Areas
from services.assessment import Assessment
from services.assessment_marks import Marks
from services.assessment_review import Reviews
from services.assessment_rules import RuleBook
from services.auth import Auth
from services.bulletin import Bulletins
from services.candidates import CandidateFinder
from services.centres import Centres
from services.changed import Changed
from services.displays import Displays
from services.exports import Exports
from services.feeds import Feeds
from services.figures import Figures
from services.file_history import FileHistory
from services.geography import Geography
from services.groups import Groups
from services.ingest import Ingest, is_workday
from services.letters import Letters
from services.link_desk import LinkDesk
from services.link_runner import LinkRunner
from services.linking.scorer import Scorer
from services.listings import Listings
from services.map_classes import MapClasses
from services.map_layers import MapLayers
from services.matters import Matters
from services.meeting_lists import proposals
from services.meeting_signals import signal_table
from services.meetings import Meetings
from services.moments import Moments
from services.outside_indices import Indices
from services.path import Path
from services.photos import Photos
from services.push import Push
from services.push_keys import PushKeys
from services.raw_rows import RawRows
from services.renewal import Renewal
from services.replay import Replay
from services.search_index import SearchIndex
from services.settings import Settings
from services.signals import Signals
from services.steps import Steps
from services.stewardship import Stewardship
from services.store_health import StoreHealth
from services.supervision import Supervision
from services.trades import Trades
from services.two import Sides
from services.unmask import Unmask
from services.views import Views
from services.wall import Wall
from services.wall_alarms import Alarms
from services.webhook import straight
from store import areas as area_store
from store import centres as centre_store
from store import migrate
from store.engine import StoreError, open_engine, reading, writing


class Services:
    """Every use case of one deployment, built once a process; parts are made when first asked for."""

    def __init__(self, settings: Settings, specs: dict[str, FeedSpec] | None = None) -> None:
        self.settings = settings
        self.engine: Engine = open_engine(settings.database_url, pool_size=settings.threads + 2)
        folders = [BUILT_IN, *([settings.feeds_dir] if settings.feeds_dir else [])]
        self.specs = specs if specs is not None else load_feeds(folders)
        self.geography = Geography(settings)

    def wall_clock(self) -> datetime:
        """The true time, for leases."""
        return shanghai_now()

    def now(self) -> datetime:
        """Naive Shanghai time; on the day of settings.today when that is set."""
        now = shanghai_now()
        return datetime.combine(self.settings.today, now.time()) if self.settings.today else now

    @cached_property
    def areas(self) -> Areas:
        """The directory of areas and centres."""
        kept: dict[int, dict[str, dict[str, Any]]] = {}

        def centres() -> dict[str, dict[str, Any]]:
            with reading(self.engine) as connection:
                mark = centre_store.mark(connection)
                found = kept.get(mark)
                if found is None:
                    found = area_store.all_centres(connection)
                    kept.clear()
                    kept[mark] = found
                return found

        return Areas(self.geography, centres)

    @cached_property
    def feeds(self) -> Feeds:
        """How the feeds stand."""
        return Feeds(self.engine, self.specs, self.settings, self.now, self.health)

    @cached_property
    def stewardship(self) -> Stewardship:
        """What a steward of the feeds does."""
        return Stewardship(self.engine, self.specs, self.now, self.raws)

    @cached_property
    def moments(self) -> Moments:
        """Earlier moments, as the store knew them."""
        return Moments(self.engine, self.now)

    @cached_property
    def listings(self) -> Listings:
        """Targeted remediation."""
        return Listings(self.engine, self.settings, self.areas, self.moments, lambda: self.figures.data_version(), self.now)

    @cached_property
    def photos(self) -> Photos:
        """Photos of inspections."""
        return Photos(self.engine, self.settings.photo_dir, self.now)

    @cached_property
    def candidates(self) -> CandidateFinder:
        """Candidates for targeted remediation."""
        return CandidateFinder(self.engine, self.areas, lambda: self.figures.data_version(), self.now)

    @cached_property
    def figures(self) -> Figures:
        """Figures of areas."""
        return Figures(self.engine, self.settings, self.areas, self.feeds, self.listings, self.moments, self.now)

    @cached_property
    def two(self) -> Sides:
        """Two periods side by side."""
        return Sides(self.figures, self.settings)

    @cached_property
    def steps(self) -> Steps:
        """The weeks or months of a time bar."""
        return Steps(self.figures, self.moments)

    @cached_property
    def changed(self) -> Changed:
        """What made a change."""
        return Changed(self.figures, self.moments, self.areas)

    @cached_property
    def map_classes(self) -> MapClasses:
        """Breaks of the maps' classes."""
        return MapClasses(self.figures, self.settings.map_dir, self.areas.city.code)

    @cached_property
    def map_layers(self) -> MapLayers:
        """What a map shows beside the areas."""
        return MapLayers(self.settings, self.figures, self.moments)

    @cached_property
    def centres(self) -> Centres:
        """The directory of centres."""
        return Centres(self.engine, self.settings, lambda: self.areas, is_workday, self.now)

    @cached_property
    def groups(self) -> Groups:
        """Groups of matters about one object."""
        return Groups(self.engine, lambda: self.areas, self.now)

    @cached_property
    def matters(self) -> Matters:
        """Case lists and files."""
        return Matters(self.engine, self.settings, self.areas, self.feeds, self.listings, self.moments, lambda rows: self.ingest.finished(rows),
                       self.now)  # fmt: skip

    @cached_property
    def exports(self) -> Exports:
        """Exports that take a while."""
        return Exports(self.matters, self.settings.max_export_rows, self.auth.audit)

    @cached_property
    def views(self) -> Views:
        """Saved views of the case list."""
        return Views(self.engine, self.now)

    @cached_property
    def search_index(self) -> SearchIndex:
        """The index of titles."""
        return SearchIndex(self.engine)

    @cached_property
    def renewal(self) -> Renewal:
        """Matters derived again after rules or the calendar changed."""
        return Renewal(self.engine, self.now)

    @cached_property
    def letters(self) -> Letters:
        """Warning letters."""
        return Letters(self.engine, self.settings, lambda: self.areas, self.feeds, lambda: self.signals, lambda: self.figures.data_version(), self.now)

    @cached_property
    def auth(self) -> Auth:
        """Logins."""
        return Auth(self.engine, self.settings, self.areas, self.now)

    @cached_property
    def ingest(self) -> Ingest:
        """Bringing feeds in."""
        return Ingest(self.engine, self.geography, self.settings.token_key, self.now, self.raws, self.health)

    @cached_property
    def replay(self) -> Replay:
        """Quarantined rows once more."""
        return Replay(self.engine, self.ingest, self.raws, self.now)

    @cached_property
    def raws(self) -> RawRows:
        """Rows and files as they came."""
        return RawRows(self.settings)

    @cached_property
    def file_history(self) -> FileHistory:
        """What came in about a matter."""
        return FileHistory(self.moments)

    @cached_property
    def unmask(self) -> Unmask:
        """Masked fields of parties, for one look."""
        return Unmask(self.engine, self.specs, self.ingest.mapper, self.raws, self.now)

    @cached_property
    def link_runner(self) -> LinkRunner:
        """Comparing what came in, with the kept weights."""
        seats = {a.code: a.seat for county in self.areas.counties() for a in self.areas.children(county.code) if a.seat}
        return LinkRunner(self.engine, Scorer.load(seats), self.now)

    @cached_property
    def linking(self) -> LinkDesk:
        """Links of doubt, and what stewards decide."""
        return LinkDesk(self.engine, self.areas, lambda: self.link_runner.waiting(), self.now)

    @cached_property
    def path(self) -> Path:
        """Acting on matters, and their clocks."""
        return Path(self.engine, self.settings, self.moments, is_workday, self.now)

    @cached_property
    def supervision(self) -> Supervision:
        """The desk of supervision."""
        return Supervision(self.engine, self.settings, self.areas, lambda: self.figures.data_version(), self.now)

    @cached_property
    def displays(self) -> Displays:
        """Displays of the wall."""
        return Displays(self.engine, lambda: self.areas, self.now)

    @cached_property
    def wall(self) -> Wall:
        """What the wall shows."""
        alarms = Alarms(self.engine, self.settings, lambda: self.areas, lambda scope, since: self.wall.confirmed(scope, since), self.now)
        return Wall(self.engine, self.settings, lambda: self, alarms, self.now)

    @cached_property
    def signals(self) -> Signals:
        """What grows, and what people decide about it."""
        return Signals(self.engine, self.settings, lambda: self.areas, self.feeds, self.now)

    @cached_property
    def trades(self) -> Trades:
        """One category across the townships."""
        return Trades(self.figures, self.signals, self.letters, self.listings)

    @cached_property
    def marks(self) -> Marks:
        """Merits and demerits."""
        return Marks(self.engine, lambda: self.areas, self.feeds, self.now)

    @cached_property
    def indices(self) -> Indices:
        """Index figures from outside."""
        return Indices(self.engine, lambda: self.areas, self.now)

    @cached_property
    def assessment(self) -> Assessment:
        """Scores of counties, townships and departments."""
        book = RuleBook(self.engine, self.settings, self.now)
        return Assessment(lambda: self.areas, self.figures, self.feeds, book, self.marks, self.indices.until, self.now)

    @cached_property
    def reviews(self) -> Reviews:
        """The quarterly review of an area."""
        return Reviews(self.settings, lambda: self.areas, self.assessment, self.figures, self.indices, self.marks, self.auth.audit, self.now)

    @cached_property
    def meetings(self) -> Meetings:
        """Frozen meetings, their agenda and decisions."""
        return Meetings(self.engine, self.settings, self.areas, self.figures, self.matters, self.feeds, self.listings, self.moments,
                        {"signals": signal_table(self.signals, lambda scope, at: self.meetings.last_before(scope, at)),
                         "letters": self.letters.meeting_table,
                         "proposals": lambda scope, at: proposals(self.listings.for_meeting(scope))}, self.now)  # fmt: skip

    @cached_property
    def bulletins(self) -> Bulletins:
        """The papers of a meeting."""
        return Bulletins(self.settings, self.meetings, self.auth.audit)

    @cached_property
    def health(self) -> StoreHealth:
        """What keeps the store from taking data."""
        return StoreHealth(self.engine, self.now, straight(self.settings, self.now))

    @cached_property
    def push_keys(self) -> PushKeys:
        """Keys of the sources that push."""
        return PushKeys(self.engine, self.specs, self.settings.secret_key, self.now)

    @cached_property
    def push(self) -> Push:
        """Rows that sources send; at most half of the threads work on them, the screens keep the rest."""
        return Push(self.engine, self.specs, self.ingest, self.push_keys, self.now, max(1, self.settings.threads // 2))

    def prepare(self) -> None:
        """Bring the store to the newest schema, and make areas, agencies and feeds known to it. Safe to repeat."""
        self._schema()
        migrate.upgrade(self.engine)
        frame = self.geography.city.areas
        frame = frame.assign(county_code=_counties(frame), position=range(len(frame)))
        rows: list[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
        with writing(self.engine) as connection:
            area_store.replace_areas(connection, rows)
        self.ingest.declare(self.specs)
        self.renewal.begin()

    def ready(self) -> list[str]:
        """What keeps this deployment from answering, in words; empty when nothing does."""
        try:
            found = self._schema()
        except StoreError as error:
            return [str(error)]
        return [] if found == migrate.head() else [f"the store is at schema {found}, the program at {migrate.head()}: run yizhan init"]

    def _schema(self) -> str | None:
        """Version of the store's tables, None for an empty one; StoreError when the database does not answer."""
        try:
            with self.engine.connect() as connection:
                return migrate.current(connection)
        except SQLAlchemyError as error:
            raise StoreError(f"the database does not answer: {str(error).splitlines()[0]}") from error

    def close(self) -> None:
        """Give every database connection back."""
        self.engine.dispose()


def _counties(frame: Any) -> list[str]:
    """County code of each area, '' for the city."""
    parents = dict(zip(frame["code"], frame["parent"], strict=True))
    levels = dict(zip(frame["code"], frame["level"], strict=True))

    def county(code: str) -> str:
        while code in levels and levels[code] not in ("county", "city"):
            code = parents[code]
        return code if levels.get(code) == "county" else ""

    return [county(code) for code in frame["code"]]


def build(settings: Settings, specs: dict[str, FeedSpec] | None = None) -> Services:
    """Build the services of a deployment."""
    return Services(settings, specs)


def prepare(settings: Settings) -> None:
    """Bring a deployment's store to the newest schema and make its areas and feeds known (yizhan init)."""
    services = build(settings)
    try:
        services.prepare()
    finally:
        services.close()
