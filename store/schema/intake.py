"""Tables of the way in, beyond feeds and runs: what came as it came, what drifted, what waits for a person, what was asked for."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from store.schema.base import big, metadata, words

# Rows as the source sent them, a batch a row: JSON, compressed, sealed with the deployment's key, kept until expires_on.
raw_batch = Table(
    "raw_batch", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("run_id", big, ForeignKey("run.id"), nullable=False),
    Column("at", DateTime, nullable=False), words("origin"),
    Column("rows", Integer, nullable=False), Column("body", LargeBinary, nullable=False),
    Column("expires_on", Date, nullable=False),
    Index(None, "run_id"), Index(None, "expires_on"),
)  # fmt: skip

# What a steward asked the worker to do: run now, backfill from a day, replay quarantined rows.
feed_request = Table(
    "feed_request", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("kind", String(12), nullable=False),  # run | backfill | replay | withdraw
    Column("asked_at", DateTime, nullable=False), words("asked_by"), words("note"),
    Column("since", Date), Column("data", JSON, nullable=False),
    Column("state", String(10), nullable=False),  # waiting | running | done | failed | cancelled
    Column("started_at", DateTime), Column("ended_at", DateTime),
    Column("run_id", big), Column("done_rows", Integer, nullable=False, server_default="0"), Column("total_rows", Integer), words("error"),
    Index(None, "state", "feed"),
)  # fmt: skip

# A snapshot that is suddenly short: nothing of what it leaves out is withdrawn until a person says so.
snapshot_hold = Table(
    "snapshot_hold", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("run_id", big, ForeignKey("run.id"), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("known", Integer, nullable=False), Column("present", Integer, nullable=False), Column("absent", Integer, nullable=False),
    Column("state", String(10), nullable=False),  # open | accepted | refused | passed (a later snapshot was whole again)
    Column("decided_at", DateTime), words("decided_by"), words("note"),
    Column("keys", LargeBinary, nullable=False),  # of the absent, sealed: what is withdrawn once a person says so
    Index(None, "feed", "state"),
)  # fmt: skip

# The columns a source sends, and what kind of values it puts there.
feed_column = Table(
    "feed_column", metadata,
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("name", String, nullable=False), Column("shape", String(12), nullable=False),  # empty | digits | number | date | text | list | table
    Column("first_seen", DateTime, nullable=False), Column("last_seen", DateTime, nullable=False),
    PrimaryKeyConstraint("feed", "name"),
)  # fmt: skip

# A change in the way a source speaks, until a person has taken note of it.
drift = Table(
    "drift", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("run_id", big, ForeignKey("run.id"), nullable=False),
    Column("at", DateTime, nullable=False), Column("kind", String(12), nullable=False),  # added | missing | retyped | new_value
    Column("column", String, nullable=False), words("detail"), Column("rows", Integer, nullable=False, server_default="0"),
    Column("state", String(10), nullable=False, server_default="open"),  # open | noted
    Column("noted_at", DateTime), words("noted_by"),
    Index(None, "feed", "state"),
)  # fmt: skip

# A pushed batch under the key its sender gave it: the same key again gets the same answer and does nothing.
push_key = Table(
    "push_key", metadata,
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False),
    Column("key", String(128), nullable=False), Column("digest", String(64), nullable=False),
    Column("at", DateTime, nullable=False), Column("answer", Text, nullable=False),
    PrimaryKeyConstraint("feed", "key"), Index(None, "at"),
)  # fmt: skip

# A key that a source signs its pushed batches with. HMAC needs the secret itself: it lies here sealed with the deployment's key.
push_secret = Table(
    "push_secret", metadata,
    Column("key_id", String(32), primary_key=True),
    Column("feed", String(32), ForeignKey("feed.code"), nullable=False), words("label"),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", DateTime, nullable=False), Column("used_at", DateTime), Column("revoked_at", DateTime),
    Index(None, "feed"),
)  # fmt: skip

# Messages for the operator, written with what they tell of and sent by the worker.
notice = Table(
    "notice", metadata,
    Column("id", big, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False), Column("kind", String(24), nullable=False),
    Column("feed", String(32), nullable=False, server_default=""), Column("data", JSON, nullable=False),
    Column("sent_at", DateTime), Column("attempts", Integer, nullable=False, server_default="0"), words("error"),
    Column("given_up", Boolean, nullable=False, server_default=text("false")),
    Index(None, "sent_at"),
)  # fmt: skip

