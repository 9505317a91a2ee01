"""Commands that act on a feed: what is asked for, what is refused, and who the audit says it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

import cli
from store.engine import reading
from store.schema import audit, feed_request
from tests.services.intake import STEWARD, opened, put, row, work


def test_feeds_are_run_paused_resumed_and_backfilled(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    monkeypatch.setattr(cli, "_open", lambda: services)  # one store for all commands: opening it is tried in test_cli

    def said(*arguments: str) -> str:
        done = CliRunner().invoke(cli.app, ["feeds", *arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    put(tmp_path, "1.csv", [row(1), row(2)])
    assert "request 1" in said("run", "lists")
    said("pause", "lists", "--why", "their server moves")
    card = services.feeds.card(STEWARD, "lists")
    assert card.paused and "paused" in said("list")
    said("backfill", "lists", "--since", "2026-01-05", "--note", "late files")
    assert work(services) == 2
    assert {(r.kind, r.by, r.new, r.unchanged) for r in services.feeds.runs(STEWARD)} == {("manual", "cli", 2, 0), ("backfill", "cli", 0, 2)}
    said("resume", "lists")
    assert not services.feeds.card(STEWARD, "lists").paused
    for wrong, words in ((("run", "nothing"), "no feed"), (("pause", "lists", "--why", " "), "why"), (("backfill", "lists", "--since", "2999-01-01"), "future")):
        with pytest.raises(cli.Stop, match=words):
            CliRunner().invoke(cli.app, ["feeds", *wrong], catch_exceptions=False)
    with reading(services.engine) as connection:
        acts = connection.execute(select(audit.c.account, audit.c.act).where(audit.c.act.like("feed.%")).order_by(audit.c.id)).all()
        states = set(connection.execute(select(feed_request.c.state)).scalars())
    assert [tuple(a) for a in acts] == [("cli", f"feed.{act}") for act in ("run", "pause", "backfill", "resume")] and states == {"done"}
    services.close()
