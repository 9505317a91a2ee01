"""Every kind of paging gives every row once; one that goes in circles or leads away is told of."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Cursor, Fatal, Retry
from connectors.registry import open_transport
from tests.connectors import http_feed
from tests.connectors.build import feed, rows_of
from tests.connectors.http_feed import failing, reading
from tests.connectors.loopback import Asked, Told, source

PAGING = {
    "page": 'kind = "page", param = "page", size_param = "size", size = {size}',
    "pages": 'kind = "page", param = "page", size_param = "size", size = {size}, pages = "pages", first = 1',
    "total": 'kind = "page", param = "page", size_param = "size", size = 100000, total = "total"',
    "offset": 'kind = "offset", param = "offset", size_param = "size", size = {size}',
    "offset total": 'kind = "offset", param = "offset", size_param = "size", size = {size}, total = "total"',
    "offset next": 'kind = "offset", param = "offset", size_param = "size", size = {size}, next = "next"',
    "cursor": 'kind = "cursor", param = "after", size_param = "size", size = {size}, next = "meta.cursor"',
    "cursor more": 'kind = "cursor", param = "after", size_param = "size", size = {size}, next = "meta.always", more = "meta.more"',
    "link header": 'kind = "link", size_param = "size", size = {size}',
    "link body": 'kind = "link", size_param = "size", size = {size}, next = "meta.next"',
}


def _served(count: int, most: int) -> Callable[[Asked], Told]:
    """A source of so many rows that speaks every kind of paging, and gives at most `most` rows a page."""
    rows = [{"id": str(i)} for i in range(count)]

    def answer(asked: Asked) -> Told:
        query = {**asked.query, **(asked.form if asked.method == "POST" else {})}
        size = min(int(query.get("size", 3)), most)
        start = int(query["offset"]) if "offset" in query else (int(query["page"]) - 1) * size if "page" in query else int(query.get("after", "c0")[1:])
        end = start + size
        more = end < count
        link = f"/x?after=c{end}&size={size}"
        meta = {"cursor": f"c{end}" if more else None, "always": f"c{end}", "more": more, "next": link if more else ""}
        body = {"data": rows[start:end], "total": count, "pages": -(-count // size), "next": end if more else None, "meta": meta}
        headers = {"Link": f'</x?before=1>; rel="prev", <{link}>; REL="next last"'} if more else {"Link": f'<{link}>; rel="next"; anchor="/other"'}
        return Told(body, 200, headers)

    return answer


@given(kind=st.sampled_from(sorted(PAGING)), size=st.integers(1, 7), count=st.integers(0, 20), post=st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_paging_any_size_any_count_gives_every_row_once(kind: str, size: int, count: int, post: bool) -> None:
    more = f"paging = {{ {PAGING[kind].format(size=size)} }}\n"
    if post and not kind.startswith("link"):
        more += 'method = "POST"\nparams_in = "form"\n'
    with TemporaryDirectory() as folder, source(_served(count, size)) as running:
        got = rows_of(reading(Path(folder), running.url, more))
    assert [r["id"] for r in got] == [str(i) for i in range(count)]


def test_a_total_that_does_not_come_is_not_taken_for_the_end(tmp_path: Path) -> None:
    answer: Callable[[Asked], Told] = lambda a: Told({"data": [{"id": "1"}] if a.query["page"] == "1" else [], "total": 5})  # noqa: E731
    message, kind, _ = failing(tmp_path, answer, 'paging = { kind = "page", param = "page", total = "total" }')
    assert kind is Retry and "says 5 rows, but only 1 came" in message


@pytest.mark.parametrize("value", [None, "", "absent"])
def test_what_ends_a_cursor(tmp_path: Path, value: str | None) -> None:
    body: dict[str, Any] = {"data": [{"id": "1"}]} | ({} if value == "absent" else {"next": value})
    with source(lambda _: Told(body)) as running:
        assert len(rows_of(reading(tmp_path, running.url, 'paging = { kind = "cursor", param = "c", next = "next" }'))) == 1
        assert len(running.asked) == 1 and "c" not in running.asked[0].query


def test_a_cursor_goes_on_past_an_empty_page_and_may_be_a_long_number(tmp_path: Path) -> None:
    pages = {"": ([], 360900000012345678), "360900000012345678": ([{"id": "1"}], None)}

    def answer(asked: Asked) -> Told:
        rows, after = pages[asked.query.get("c", "")]
        return Told({"data": rows, "next": after})

    with source(answer) as running:
        assert rows_of(reading(tmp_path, running.url, 'paging = { kind = "cursor", param = "c", next = "next" }')) == [{"id": "1"}]


@pytest.mark.parametrize(
    ("paging", "body", "words"),
    [
        ('kind = "cursor", param = "c", next = "next"', {"next": "again"}, "same next page again"),
        ('kind = "cursor", param = "c", next = "next"', {"next": {"a": 1}}, "is no cursor"),
        ('kind = "link", next = "next"', {"next": "/x?again"}, "same next page again"),
        ('kind = "link", next = "next"', {"next": ["/x"]}, "is no address"),
        ('kind = "link", next = "next"', {"next": "http://a:b/x"}, "not an address"),
        ('kind = "link", next = "next"', {"next": "http://u:p@127.0.0.1/x"}, "user name"),
        ('kind = "link", next = "next"', {"next": "http://elsewhere.invalid/x"}, "transport.hosts does not allow"),
        ('kind = "link", next = "next"', {"next": "//elsewhere.invalid/x"}, "transport.hosts does not allow"),
        ('kind = "link", next = "next"', {"next": "http://127.0.0.1:9/x"}, "transport.hosts does not allow"),
        ('kind = "link", next = "next"', {"next": "file:///etc/passwd"}, "not an http(s) address"),
        ('kind = "page", param = "page", pages = "pages"', {"pages": "many"}, "no whole number"),
    ],
)
def test_paging_that_leads_nowhere_or_away(tmp_path: Path, paging: str, body: dict[str, Any], words: str) -> None:
    message, kind, running = failing(tmp_path, Told({"data": [{"id": "1"}], **body}), f"paging = {{ {paging} }}")
    assert kind is Fatal and words in message and len(running.asked) <= 2


@pytest.mark.parametrize("since", ["", 'since = { column = "id", format = "int", param = "since", ordered = true }'])
@pytest.mark.parametrize("kind", ["page", "offset"])
def test_a_source_that_does_not_know_the_parameter_is_no_endless_one(tmp_path: Path, kind: str, since: str) -> None:
    told = Told({"data": [{"id": "1"}, {"id": "2"}]})
    message, raised, running = failing(tmp_path, told, f'paging = {{ kind = "{kind}", param = "p", size = 2 }}\n{since}')
    assert raised is Fatal and "the same rows again" in message and len(running.asked) <= 4


def test_a_link_to_another_scheme_is_another_place(tmp_path: Path) -> None:
    answer: Callable[[Asked], Told] = lambda a: Told({"data": [], "next": f"https://{a.headers['host']}/x"})  # noqa: E731
    message, kind, _ = failing(tmp_path, answer, 'paging = { kind = "link", next = "next" }')
    assert kind is Fatal and "https://127.0.0.1" in message


def test_a_host_that_is_allowed_is_followed_with_our_key(tmp_path: Path) -> None:
    with source(lambda _: Told({"data": [{"id": "2"}]})) as other:
        first = Told({"data": [{"id": "1"}], "next": f"{other.url}/y?p=2"})
        with source(lambda _: first) as running:
            places = [u.removeprefix("http://") for u in (running.url, other.url)]
            more = f'hosts = {json.dumps(places)}\npaging = {{ kind = "link", next = "next" }}\nauth = {{ kind = "query", name = "k", token = "s" }}'
            got = rows_of(reading(tmp_path, running.url, more))
        assert [r["id"] for r in got] == ["1", "2"] and other.asked[0].query == {"p": "2", "k": "s"}


def test_hosts_must_hold_the_address_itself(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"transport\.url leads to"):
        reading(tmp_path, "http://127.0.0.1:9", 'hosts = ["data.example"]')


def test_parameters_inside_a_json_body(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Told:
        body = json.loads(asked.body)
        number, size = body["page"]["pageNo"], body["page"]["pageSize"]
        assert (type(number), type(size)) == (int, int)
        return Told({"data": [{"id": str(i)} for i in range(5)][(number - 1) * size : number * size]})

    more = """method = "POST"
params_in = "json"
params = { "query.status" = "全部" }
paging = { kind = "page", param = "page.pageNo", size_param = "page.pageSize", size = 2 }
[transport.body]
head = { app = "yizhan" }
[transport.since]
column = "t"
format = "epoch_ms"
param = "query.from"
start = "1767571200000"
"""
    with source(answer) as running:
        assert len(rows_of(reading(tmp_path, running.url, more))) == 5
    first = running.asked[0]
    assert first.method == "POST" and first.headers["content-type"] == "application/json"
    assert json.loads(first.body) == {
        "head": {"app": "yizhan"}, "query": {"status": "全部", "from": 1767571200000}, "page": {"pageNo": 1, "pageSize": 2}
    }  # fmt: skip


def test_parameters_of_the_address_stay(tmp_path: Path) -> None:
    with source(lambda _: Told({"data": []})) as running:
        reading(tmp_path, running.url, f'url = "{running.url}/x?app=7"\nparams = {{ a = "b" }}')
    assert running.asked[0].query == {"app": "7", "a": "b"}


def test_a_large_page_comes_in_parts_and_the_last_moves_the_watermark(tmp_path: Path) -> None:
    rows = [{"id": str(i), "t": f"2026-01-05 10:00:{i:02d}"} for i in range(7)]
    more = 'batch_rows = 3\nsince = { column = "t", format = "%Y-%m-%d %H:%M:%S", param = "since" }'
    with source(lambda _: Told({"data": rows})) as running:
        batches = reading(tmp_path, running.url, more)
    assert [(len(b.rows), b.watermark) for b in batches] == [(3, None), (3, None), (1, "2026-01-05 10:00:06")]


def test_a_cursor_over_sorted_rows_moves_the_watermark_page_by_page(tmp_path: Path) -> None:
    rows = [{"id": str(i), "t": f"2026-01-05 10:00:{i:02d}"} for i in range(3)]

    def answer(asked: Asked) -> Told:
        at = int(asked.query.get("c", 0))
        return Told({"data": rows[at : at + 1], "next": at + 1 if at < 2 else None}) if at < 2 else Told(b"", 404)

    more = 'paging = { kind = "cursor", param = "c", next = "next" }\nsince = { column = "t", format = "%Y-%m-%d %H:%M:%S", param = "s", ordered = true }'
    with source(answer) as running:
        door, got = open_transport(feed(tmp_path, http_feed.settings(running.url, more))), []
        with pytest.raises(Fatal, match="404"):
            got.extend(b.watermark for b in door.batches(Cursor()))
    assert got == ["2026-01-05 10:00:00", "2026-01-05 10:00:01"]


# What `from` and `to` may mean to a source: is the edge inside?
EDGES = [(a, b) for a in (True, False) for b in (True, False)]
FORMS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y%m%d%H%M", "epoch_ms", "epoch_s", "iso"]
NOW = datetime(2026, 1, 7, 15, 30, 20, 5)


def _read_form(text: str, form: str) -> datetime:
    if form.startswith("epoch"):
        return datetime(1970, 1, 1, 8) + timedelta(seconds=int(text) / (1000 if form == "epoch_ms" else 1))
    return datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)


def _window_feed(folder: Path, url: str, form: str, seconds: int, paging: str) -> str:
    start = {"epoch_ms": "1767571200000", "epoch_s": "1767571200"}.get(form) or datetime(2026, 1, 5, 8).strftime("%Y-%m-%dT%H:%M:%S" if form == "iso" else form)
    return http_feed.settings(
        url,
        f'{paging}\nwindow = {{ from_param = "f", to_param = "t", seconds = {seconds} }}\n'
        f'since = {{ column = "at", format = "{form}", start = "{start}", overlap_seconds = 600 }}\n',
    )


@given(
    edges=st.sampled_from(EDGES), form=st.sampled_from(FORMS), hours=st.sampled_from([5, 24, 100]),
    offsets=st.lists(st.integers(1, 55 * 3600), max_size=12), paging=st.sampled_from(["", *PAGING]),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_spans_leave_no_row_out_and_give_none_twice(edges: tuple[bool, bool], form: str, hours: int, offsets: list[int], paging: str) -> None:
    moments = [datetime(2026, 1, 5, 8) + timedelta(seconds=o) for o in [*offsets, 5 * 3600, 24 * 3600]]
    rows = [{"id": str(i), "at": m.isoformat()} for i, m in enumerate(moments)]

    def answer(asked: Asked) -> Told:
        low, high = _read_form(asked.query["f"], form), _read_form(asked.query["t"], form)
        kept = [
            r for r in rows
            if (low <= (at := datetime.fromisoformat(r["at"])) if edges[0] else low < (at := datetime.fromisoformat(r["at"])))
            and (at <= high if edges[1] else at < high)
        ]  # fmt: skip
        told = _served(len(kept), 4)(asked)
        told.body["data"] = [kept[int(r["id"])] for r in told.body["data"]]
        told.headers = {k: v.replace("/x?", f"/x?f={asked.query['f']}&t={asked.query['t']}&".replace(" ", "%20")) for k, v in told.headers.items()}
        told.body["meta"]["next"] = told.body["meta"]["next"] and (
            told.body["meta"]["next"].replace("/x?", f"/x?f={asked.query['f']}&t={asked.query['t']}&")
        )
        return told

    inside = f"paging = {{ {PAGING[paging].format(size=4)} }}" if paging else 'paging = { kind = "offset", param = "offset", size_param = "size", size = 4 }'
    with TemporaryDirectory() as folder, source(answer) as running:
        spec = feed(Path(folder), _window_feed(Path(folder), running.url, form, hours * 3600, inside))
        batches = list(open_transport(spec, lambda: NOW).batches(Cursor()))
        got = sorted(int(r["id"]) for r in rows_of(batches))
        marks = [b.watermark for b in batches if b.watermark]
        again = list(open_transport(spec, lambda: NOW).batches(Cursor(marks[-1])))
    assert got == list(range(len(rows)))
    assert _read_form(marks[-1], form) <= NOW and marks == sorted(marks, key=lambda m: _read_form(m, form))
    assert all(b.watermark for b in again[-1:])


def test_a_span_that_fails_leaves_the_watermark_at_the_one_before(tmp_path: Path) -> None:
    count = iter(range(10))
    with source(lambda _: Told({"data": []}) if next(count) < 2 else Told(b"", 404)) as running:
        spec = feed(tmp_path, _window_feed(tmp_path, running.url, "%Y-%m-%d %H:%M:%S", 3600, ""))
        got: list[str | None] = []
        with pytest.raises(Fatal):
            got.extend(b.watermark for b in open_transport(spec, lambda: NOW).batches(Cursor()))
    assert got == ["2026-01-05 09:00:00", "2026-01-05 09:59:59"]
    assert running.asked[0].query == {"f": "2026-01-05 08:00:00", "t": "2026-01-05 09:00:00"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('paging = { kind = "cursor", param = "c" }', "needs next"),
        ('paging = { kind = "link", param = "c" }', "link has no param"),
        ('paging = { kind = "page" }', "needs param"),
        ('params_in = "json"', 'belong to method = "POST"'),
        ('method = "POST"\nparams_in = "form"\nbody = { a = 1 }', "body is JSON"),
        ('method = "POST"\nparams_in = "json"\npaging = { kind = "link" }', 'params_in = "query"'),
        ('format = "csv"', "rows only"),
        ('csv = { delimiter = ";" }', "csv belongs to"),
        ('window = { from_param = "f", to_param = "t" }', "window needs since"),
        ('window = { from_param = "f", to_param = "t" }\nsince = { column = "t", format = "iso", start = "2026-01-01", param = "s" }', "no place beside it"),
        ('window = { from_param = "f", to_param = "t" }\nsince = { column = "t", format = "int", start = "1" }', "serial number"),
        ('since = { column = "t", format = "iso" }', "needs param"),
        ('tls = { key = "k.pem" }', "key needs cert"),
        ('auth = { token = "t" }', "transport.auth.kind: is missing; see docs/feeds"),
        ('auth = { kind = "hmac", key = "k", sign = "{method}{nothing}", add_headers = { s = "{signature}" } }', "{nothing} is none of"),
        ('auth = { kind = "hmac", key = "k", sign = "{method.x}", add_headers = { s = "{signature}" } }', "is none of"),
        ('auth = { kind = "hmac", key = "k", sign = "{method}" }', "nothing carries {signature}"),
    ],
)
def test_settings_that_do_not_fit_are_told_of_when_the_file_is_read(tmp_path: Path, more: str, words: str) -> None:
    with pytest.raises(Fatal) as raised:
        feed(tmp_path, http_feed.settings("http://127.0.0.1:9", more))
    assert words in str(raised.value)
