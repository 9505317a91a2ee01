"""What a feed's row says after its runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select

from store import feeds as feed_store
from store.engine import writing
from store.schema import feed, run
from tests.store.rows import declare

NOW, NEWER, OLDER = datetime(2026, 3, 1, 9), datetime(2026, 2, 11), datetime(2026, 2, 2)


def test_a_file_of_older_days_does_not_make_the_data_older(store: Engine) -> None:
    declare(store)
    with writing(store) as c:
        code = str(c.execute(select(feed.c.code).limit(1)).scalar_one())
        for data_at in (NEWER, OLDER, None):
            feed_store.end_run(c, code, feed_store.start_run(c, code, NOW), NOW, data_at)
        assert c.execute(select(feed.c.data_at).where(feed.c.code == code)).scalar_one() == NEWER
        assert list(c.execute(select(run.c.data_at).where(run.c.feed == code).order_by(run.c.id)).scalars()) == [NEWER, NEWER, None]
