"""The tables. Dates are Shanghai days, times naive Shanghai times; money is yuan; ids are allocated by store/ids.py.

county_code is part of the key of every table that would be distributed (record, matter, filing, rollup), so that a
PostgreSQL-wire engine that shards by county can carry the schema as it is.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from matters.indicators import MEASURES

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Open matters without acceptance, or without a first act after it.
WAITING = "is_open AND (accepted_on IS NULL OR handled_on IS NULL)"
# Closed matters of the centres that nobody has rated: those to call back.
UNCALLED = "NOT is_open AND satisfied IS NULL AND channel <> ''"

area_code = String(16)
big = BigInteger().with_variant(Integer, "sqlite")


def words(name: str, default: str = "") -> Column:
    return Column(name, String, nullable=False, server_default=default)


counter = Table(
    "counter", metadata,
    Column("name", String(32), primary_key=True),
    Column("value", big, nullable=False),
)  # fmt: skip

data_version = Table(
    "data_version", metadata,
    Column("id", Integer, primary_key=True),
    Column("version", big, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    Column("rolled_on", Date),  # the day for which the rollups' past_limit holds
    Column("clock", DateTime),  # the latest moment that is settled: whatever is learned from now on is learned after it
    Column("history_from", DateTime),  # the first moment that can be asked for
)  # fmt: skip

lease = Table(
    "lease", metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("fence", big, nullable=False),
    Column("expires_at", DateTime, nullable=False),
)  # fmt: skip

area = Table(
    "area", metadata,
    Column("code", area_code, primary_key=True),
    Column("level", String(10), nullable=False, index=True),
    Column("parent", area_code, nullable=False, index=True),
    Column("county_code", area_code, nullable=False, server_default=""),
    Column("position", Integer, nullable=False, server_default="0"),
    words("name"), words("short"), words("aliases"), words("kind"), words("pinyin"), words("name_en"),
    Column("population", Integer), words("population_source"),
    Column("lon", Float), Column("lat", Float), words("seat_source"),
    Column("seat_verified", Boolean, nullable=False, server_default=text("false")),
    Column("geometry", Text),  # GeoJSON geometry, WGS-84, when there is an official outline
)  # fmt: skip

centre = Table(
    "centre", metadata,
    Column("area_code", area_code, ForeignKey("area.code"), primary_key=True),
    words("name"), Column("state", String(10), nullable=False),
    Column("since", Date), Column("planned_for", Date),
    Column("detail", JSON, nullable=False),
)  # fmt: skip

agency = Table(
    "agency", metadata,
    Column("code", String(32), primary_key=True),
    words("zh"), words("en"), Column("mark", String(4), nullable=False),
    Column("bit", SmallInteger, nullable=False, unique=True),
    Column("rank", SmallInteger, nullable=False),
)  # fmt: skip

feed = Table(
    "feed", metadata,
    Column("code", String(32), primary_key=True),
    Column("agency", String(32), ForeignKey("agency.code"), nullable=False),
    words("zh"), words("en"),
    Column("cadence_seconds", Integer, nullable=False), Column("late_after_seconds", Integer, nullable=False),
    Column("watermark", Text), Column("data_at", DateTime), Column("checked_at", DateTime),
    Column("succeeded_at", DateTime), words("error"),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("paused_at", DateTime), words("paused_by"), words("paused_why"),
    Column("failures", Integer, nullable=False, server_default="0"),  # runs that failed in a row
    Column("circuit_until", DateTime),  # no run before that: the source has failed too often
)  # fmt: skip

feed_file = Table(
    "feed_file", metadata,
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("digest", String(64), nullable=False),
    words("name"), Column("read_at", DateTime, nullable=False),
    PrimaryKeyConstraint("feed", "digest"),
)  # fmt: skip

run = Table(
    "run", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("started_at", DateTime, nullable=False), Column("ended_at", DateTime),
    Column("status", String(10), nullable=False),  # running | done | failed
    *(Column(name, Integer, nullable=False, server_default="0")
      for name in ("batches", "received", "new", "changed", "unchanged", "withdrawn", "quarantined", "absent")),
    Column("watermark_before", Text), Column("watermark_after", Text), words("error"),
    Column("kind", String(12), nullable=False, server_default="pull"),  # pull | manual | backfill | replay | push
    words("by"), Column("data_at", DateTime),
    Index(None, "feed", "id"),
)  # fmt: skip

# Records, their versions and matters have no foreign keys: each row of a load would pay for a look into a table of a dozen rows, a fifth of the
# server's time. Their writer knows its feed, agencies, run and sources by heart; `yizhan doctor` looks for strays.
record = Table(
    "record", metadata,
    Column("id", big, nullable=False), Column("county_code", area_code, nullable=False, server_default=""),
    Column("town_code", area_code, nullable=False, server_default=""),
    Column("village_code", area_code, nullable=False, server_default=""),
    Column("feed", String(32), nullable=False),
    Column("agency", String(32), nullable=False),
    Column("external_id", String, nullable=False), Column("code", String(16), nullable=False),
    Column("kind", String(16), nullable=False), Column("number", String),
    Column("revised_at", DateTime), Column("happened_at", DateTime), Column("registered_on", Date),
    Column("accepted_on", Date), Column("handled_on", Date), Column("closed_on", Date), Column("due_on", Date),
    Column("outcome", String(16)), Column("stage", String(16)), Column("channel", String(16)),
    Column("category", String(2)), Column("subcategory", String(4)),
    Column("title", Text), Column("summary", Text), Column("owner", Text),
    Column("people", Integer), Column("amount", Float), Column("satisfied", Boolean),
    Column("escalated", Boolean, nullable=False, server_default=text("false")), Column("mediation", String(8)),
    Column("context", Boolean, nullable=False, server_default=text("false")),
    Column("place", Text), Column("lon", Float), Column("lat", Float), Column("parties", JSON),
    Column("locate_method", String(12), nullable=False), Column("locate_level", String(10), nullable=False),
    Column("locate_confidence", Float, nullable=False),
    Column("digest", String(32), nullable=False),  # of the version in force
    Column("first_learned_at", DateTime, nullable=False), Column("learned_at", DateTime, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=text("false")),
    Column("matter_id", big),
    PrimaryKeyConstraint("id", "county_code"),
    UniqueConstraint("id"),
    UniqueConstraint("feed", "external_id"),
    UniqueConstraint("code"),
    Index(None, "matter_id"),
    Index("ix_record_learned", "learned_at", "id"),  # what linking has not compared yet
    Index("ix_record_number", "number", sqlite_where=text("number IS NOT NULL"), postgresql_where=text("number IS NOT NULL")),
    Index("ix_record_context", "happened_at", sqlite_where=text("context"), postgresql_where=text("context")),
)  # fmt: skip

record_version = Table(
    "record_version", metadata,
    Column("record_id", big, nullable=False), Column("version_no", Integer, nullable=False),
    Column("learned_at", DateTime, nullable=False), Column("run_id", big, nullable=False),
    Column("digest", String(32), nullable=False), Column("payload", Text, nullable=False),
    # Whether it became the record's state when it came; NULL: from before this was kept, when the highest revision held.
    Column("held", Boolean),
    PrimaryKeyConstraint("record_id", "version_no"),
)  # fmt: skip

reference = Table(
    "reference", metadata,
    Column("record_id", big, nullable=False), Column("number", String, nullable=False),
    PrimaryKeyConstraint("record_id", "number"),
    Index(None, "number"),
)  # fmt: skip

link = Table(
    "link", metadata,
    Column("record_id", big, nullable=False), Column("other_id", big, nullable=False),
    # method: reference (then `number` is what was quoted) | scored | steward
    Column("number", String, nullable=False), Column("method", String(16), nullable=False),
    Column("linked_at", DateTime, nullable=False),
    Column("score", Float), Column("pair_id", big), Column("decision_id", big),
    PrimaryKeyConstraint("record_id", "other_id", "number"),
    Index(None, "other_id"),
)  # fmt: skip

quarantine = Table(
    "quarantine", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("run_id", big, ForeignKey("run.id"), nullable=False),
    Column("at", DateTime, nullable=False), words("origin"), Column("row_no", Integer),
    Column("column", String), Column("reason", String(32), nullable=False), Column("message", Text, nullable=False),
    Column("raw", Text, nullable=False),  # masked
    Column("state", String(10), nullable=False, server_default="open"),  # open | replayed | discarded
    Column("raw_id", big), Column("raw_index", Integer),  # the row as it came: batch and place in it, while that is kept
    Column("closed_at", DateTime), words("closed_by"), words("closing"), Column("closed_run", big),
    Column("edited", Boolean, nullable=False, server_default=text("false")),  # a steward has put other values into it
    Column("digest", String(32)),  # keyed, of the row as it came: the same bad row again is nothing new
    Index(None, "feed", "digest"),
    Index(None, "feed", "reason"),
    Index(None, "state", "feed"),
)  # fmt: skip

source = Table(
    "source", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("agencies", Integer, nullable=False), Column("first_agency", String(32), nullable=False),
    Column("channel", String(16), nullable=False, server_default=""),
    UniqueConstraint("agencies", "first_agency", "channel"),
)  # fmt: skip

matter = Table(
    "matter", metadata,
    Column("id", big, nullable=False), Column("county_code", area_code, nullable=False, server_default=""),
    Column("town_code", area_code, nullable=False, server_default=""),
    Column("village_code", area_code, nullable=False, server_default=""),
    Column("code", String(16), nullable=False), Column("located", String(10), nullable=False),
    Column("lon", Float), Column("lat", Float),
    Column("opened_on", Date), Column("accepted_on", Date), Column("handled_on", Date),
    Column("due_on", Date), Column("closed_on", Date), Column("is_open", Boolean, nullable=False),
    Column("outcome", String(16)), Column("stage", String(16), nullable=False),
    Column("category", String(2), nullable=False), Column("subcategory", String(4)),
    Column("channel", String(16), nullable=False, server_default=""),
    Column("first_agency", String(32), nullable=False), Column("agencies", Integer, nullable=False),
    words("title"), words("owner"),
    Column("people", Integer), Column("amount", Float), Column("scale", String(12), nullable=False),
    Column("satisfied", Boolean), Column("escalated", Boolean, nullable=False), Column("litigated", Boolean, nullable=False),
    Column("mediation", String(8)), Column("record_count", Integer, nullable=False),
    Column("source", Integer, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"), Column("changed_at", DateTime, nullable=False),
    PrimaryKeyConstraint("id", "county_code"),
    UniqueConstraint("id"),
    UniqueConstraint("code"),
    Index("ix_matter_accepted", "accepted_on", "code"),
    Index("ix_matter_county", "county_code", "accepted_on", "code"),
    Index("ix_matter_town", "town_code", "accepted_on", "code"),
    Index("ix_matter_category", "category", "accepted_on", "code"),
    Index("ix_matter_source", "source", "accepted_on"),
    Index("ix_matter_owner", "owner", "accepted_on", "code"),
    Index("ix_matter_closed", "closed_on", "code", sqlite_where=text("closed_on IS NOT NULL"), postgresql_where=text("closed_on IS NOT NULL")),
    # The few that ended otherwise, that concern many, that are about much money; of these two a page is ordered in the index.
    Index("ix_matter_outcome", "outcome", "accepted_on", "code", sqlite_where=text("outcome <> 'resolved'"),
          postgresql_where=text("outcome <> 'resolved'")),
    Index("ix_matter_people", "people", "code", "accepted_on", "id", sqlite_where=text("people >= 5"), postgresql_where=text("people >= 5")),
    Index("ix_matter_amount", "amount", "code", "accepted_on", "id", sqlite_where=text("amount >= 100000"), postgresql_where=text("amount >= 100000")),
    Index("ix_matter_open", "county_code", "town_code", "due_on", "accepted_on",
          sqlite_where=text("is_open"), postgresql_where=text("is_open")),
    # Open matters by their limit: the few that pass it when the day turns.
    Index("ix_matter_due", "due_on", sqlite_where=text("is_open"), postgresql_where=text("is_open")),
    Index("ix_matter_uncalled", "closed_on", "code", sqlite_where=text(UNCALLED), postgresql_where=text(UNCALLED)),
    # The few that wait for acceptance or for a first act, which no rollup counts.
    Index("ix_matter_waiting", "county_code", "town_code", "accepted_on", "opened_on", "due_on",
          sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
)  # fmt: skip

filing = Table(
    "filing", metadata,
    Column("record_id", big, nullable=False), Column("county_code", area_code, nullable=False, server_default=""),
    Column("matter_id", big, nullable=False), Column("filed_on", Date, nullable=False),
    Column("since", DateTime, nullable=False, server_default="1990-01-01 00:00:00.000000"),  # the default: before history was kept
    PrimaryKeyConstraint("record_id", "county_code"),
    Index(None, "matter_id"),
    Index(None, "filed_on"),
)  # fmt: skip

rollup = Table(
    "rollup", metadata,
    Column("grain", SmallInteger, nullable=False),
    Column("category", String(2), nullable=False), Column("source", Integer, nullable=False),
    Column("county_code", area_code, nullable=False),
    Column("period", Integer, nullable=False),  # day: date.toordinal(); month: year * 12 + month - 1
    Column("town_code", area_code, nullable=False),
    *(Column(name, Integer, nullable=False, server_default="0" if name in ("open", "past_limit") else None) for name in MEASURES),
    PrimaryKeyConstraint("grain", "category", "source", "county_code", "period", "town_code"),
    sqlite_with_rowid=False,
)  # fmt: skip

listing = Table(
    "listing", metadata,
    Column("id", big, primary_key=True, autoincrement=False), Column("version", Integer, nullable=False),
    Column("subject", String(8), nullable=False), Column("state", String(12), nullable=False),
    words("number"), words("title"), Column("area_code", area_code, ForeignKey("area.code"), nullable=False),
    Column("county_code", area_code, nullable=False, server_default=""),
    Column("town_code", area_code, nullable=False, server_default=""),
    Column("categories", JSON, nullable=False), words("owner"), words("leader"),
    Column("proposed_on", Date, nullable=False), Column("listed_on", Date), Column("deadline", Date), Column("ended_on", Date),
    Column("targets", JSON, nullable=False), Column("extensions", Integer, nullable=False, server_default="0"), words("reason"),
    Index(None, "state"),
)  # fmt: skip

listing_event = Table(
    "listing_event", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("listing_id", big, ForeignKey("listing.id"), nullable=False, index=True),
    Column("step", String(12), nullable=False), Column("at", DateTime, nullable=False),
    words("by"), words("role"), words("note"), Column("data", JSON, nullable=False),
)  # fmt: skip

account = Table(
    "account", metadata,
    Column("name", String(64), primary_key=True), words("display"),
    Column("role", String(16), nullable=False), Column("level", String(10), nullable=False),
    Column("county", area_code, nullable=False, server_default=""), Column("town", area_code, nullable=False, server_default=""),
    Column("password_hash", Text, nullable=False), Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("demo", Boolean, nullable=False, server_default=text("false")), Column("created_at", DateTime, nullable=False),
    Column("owners", JSON, nullable=False, server_default="[]"),  # a department's: the names under which matters are dispatched to it
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False),
    Column("created_at", DateTime, nullable=False), Column("expires_at", DateTime, nullable=False),
    Column("revoked_at", DateTime), words("remote"),
)  # fmt: skip

api_token = Table(
    "api_token", metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("account.name"), nullable=False),
    words("label"), Column("created_at", DateTime, nullable=False), Column("revoked_at", DateTime),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False), Column("account", String(64), nullable=False),
    Column("act", String(32), nullable=False), Column("detail", JSON, nullable=False),
    Index(None, "at"),
)  # fmt: skip
