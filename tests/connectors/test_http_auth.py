"""How an HTTP source knows us: every kind of credential as the other side checks it, and no secret in any message."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import httpx
import pytest

from connectors.base import Cursor, Fatal, Retry
from connectors.registry import open_transport
from connectors.spec_http_auth import HmacAuth
from connectors.transports import fetch
from connectors.transports.http_signing import sign
from tests.connectors import http_feed
from tests.connectors.build import feed, rows_of
from tests.connectors.http_feed import failing, reading
from tests.connectors.loopback import Asked, Told, source

OK = {"data": [{"id": "1"}]}
OAUTH = 'auth = {{ kind = "oauth2", token_url = "{url}/token", client_id = "city", client_secret = "s3cret"{more} }}\n'
PAGES = 'paging = { kind = "page", param = "page", size = 1 }\n'


class Service:
    """A source with a token service of its own, as RFC 6749 wants it."""

    def __init__(self, life: int | None = 3600, good: Callable[[int], bool] = lambda n: True) -> None:
        self.issued, self.life, self.good, self.token_told = 0, life, good, None
        self.token_told: Told | None

    def answer(self, asked: Asked) -> Told:
        if asked.path == "/token":
            if self.token_told:
                return self.token_told
            assert asked.method == "POST" and asked.form["grant_type"] == "client_credentials"
            self.issued += 1
            life = {} if self.life is None else {"expires_in": self.life}
            return Told({"access_token": f"t{self.issued}", "token_type": "Bearer", **life})
        if asked.headers.get("authorization") != f"Bearer t{self.issued}" or not self.good(self.issued):
            return Told(b"", 401)
        page = int(asked.query.get("page", 1))
        return Told({"data": [{"id": str(page)}] if page <= 3 else []})


def _oauth(folder: Path, service: Service, more: str = "", other: str = "") -> tuple[list[dict[str, Any]], list[Asked]]:
    with source(service.answer) as running:
        got = rows_of(reading(folder, running.url, OAUTH.format(url=running.url, more=more) + PAGES + other))
    return got, running.asked


def test_a_token_is_fetched_once_and_kept(tmp_path: Path) -> None:
    service = Service()
    with source(service.answer) as running:
        door = open_transport(feed(tmp_path, http_feed.settings(running.url, OAUTH.format(url=running.url, more="") + PAGES)))
        for _ in range(2):
            assert len(rows_of(door.batches(Cursor()))) == 3
    assert service.issued == 1
    assert running.asked[0].headers["authorization"] == "Basic " + base64.b64encode(b"city:s3cret").decode()
    assert running.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(("life", "issued"), [(None, 1), (1, 4), (3600, 1)])
def test_a_token_that_ends_is_fetched_anew(tmp_path: Path, life: int | None, issued: int) -> None:
    service = Service(life)
    assert len(_oauth(tmp_path, service)[0]) == 3 and service.issued == issued


def test_client_in_the_form_scope_and_more(tmp_path: Path) -> None:
    _, asked = _oauth(tmp_path, Service(), ', client_auth = "post", scope = "read cases", token_params = { audience = "gw" }')
    assert "authorization" not in asked[0].headers
    assert asked[0].form == {
        "grant_type": "client_credentials", "scope": "read cases", "audience": "gw", "client_id": "city", "client_secret": "s3cret"
    }  # fmt: skip


def test_a_refused_token_is_renewed_once(tmp_path: Path) -> None:
    service = Service(good=lambda n: n > 1)
    got, asked = _oauth(tmp_path, service)
    assert len(got) == 3 and service.issued == 2
    assert [a.path for a in asked[:4]] == ["/token", "/x", "/token", "/x"]


def test_a_second_refusal_is_for_a_person(tmp_path: Path) -> None:
    service = Service(good=lambda n: False)
    with source(service.answer) as running, pytest.raises(Fatal, match="refuses our credentials") as raised:
        reading(tmp_path, running.url, OAUTH.format(url=running.url, more=""))
    assert service.issued == 2 and len(running.asked) == 4 and "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [
        (Told({"error": "invalid_client"}, 401), Fatal, "/token: refuses our credentials"),
        (Told({"error": "invalid_scope"}, 400), Fatal, "/token: does not accept"),
        (Told(b"", 503), Retry, "/token: the server is busy"),
        (Told(b"", 302, {"Location": "/login"}), Fatal, "sends us elsewhere"),
        (Told(b"<html>"), Retry, "does not answer in JSON"),
        (Told({"access_token": "t", "expires_in": "soon"}), Retry, "odd expires_in"),
        (Told({"token": "t"}), Fatal, "gives no access_token"),
        (Told({"access_token": "a\nb"}), Fatal, "gives no access_token"),
        (Told({"access_token": "t", "token_type": "mac"}), Fatal, "of kind 'mac'"),
        (Told(b"x" * 5000), Fatal, "more than 3,000 bytes"),
        (Told(raw=lambda h: time.sleep(1.5)), Retry, "not finished within 0.5 s"),
    ],
)
def test_a_token_service_that_does_not_serve(tmp_path: Path, told: Told, kind: type[Exception], words: str) -> None:
    service = Service()
    service.token_told = told
    more = OAUTH + "max_bytes = 3000\n" + ("deadline_seconds = 0.5\n" if told.raw else "")
    with source(service.answer) as running, pytest.raises((Fatal, Retry)) as raised:
        reading(tmp_path, running.url, more.format(url=running.url, more=""))
    assert isinstance(raised.value, kind) and words in str(raised.value) and "s3cret" not in str(raised.value)


def test_a_token_service_elsewhere_must_be_allowed(tmp_path: Path) -> None:
    service = Service()
    with source(service.answer) as tokens, source(service.answer) as running:
        auth = OAUTH.format(url=tokens.url, more="")
        with pytest.raises(Fatal, match=r"auth\.token_url leads to"):
            reading(tmp_path, running.url, auth)
        assert tokens.asked == []
        assert rows_of(reading(tmp_path, running.url, auth + f'hosts = ["{running.url}", "{tokens.url}"]')) == OK["data"]
        assert [a.path for a in tokens.asked] == ["/token"]


def test_a_key_in_the_address_goes_along_and_stays_out_of_words(tmp_path: Path) -> None:
    message, kind, running = failing(tmp_path, Told(b"", 403), 'auth = { kind = "query", name = "appkey", token = "s3 cret" }\nparams = { a = "1" }')
    assert running.asked[0].query == {"a": "1", "appkey": "s3 cret"}
    assert kind is Fatal and "cret" not in message


@pytest.mark.parametrize("auth", ['{ kind = "bearer", token = "a\\rb" }', '{ kind = "header", name = "X-K", token = "a\\nb" }'])
def test_credentials_that_no_request_can_carry(tmp_path: Path, auth: str) -> None:
    message, kind, running = failing(tmp_path, Told(OK), f"auth = {auth}")
    assert kind is Fatal and "no request can carry" in message and running.asked == []


SIGNED = r"""
[transport.auth]
kind = "hmac"
key = "key-of-the-city"
key_id = "yichun"
sign = "{method}\n{path}\n{query}\n{timestamp}\n{nonce}\n{body_digest}"
add_headers = { X-Key = "{key_id}", X-Time = "{timestamp}", X-Nonce = "{nonce}", Authorization = "HMAC {signature}" }
"""


def _verified(asked: Asked) -> bool:
    """The check as a gateway makes it, from what arrived alone."""
    path, _, raw = asked.target.partition("?")
    query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(parse_qsl(raw)))
    sent = asked.headers
    text = "\n".join([asked.method, path, query, sent["x-time"], sent["x-nonce"], hashlib.sha256(asked.body).hexdigest()])
    wanted = hmac.new(b"key-of-the-city", text.encode(), "sha256").hexdigest()
    return sent["authorization"] == f"HMAC {wanted}" and sent["x-key"] == "yichun" and abs(time.time() - int(sent["x-time"])) < 30


@pytest.mark.parametrize(
    "more",
    [
        'params = { "状态" = "全部 a+b&c", b = "2", a = "~x/y" }',
        'method = "POST"\nparams_in = "json"\nparams = { "查询.状态" = "全部" }',
        'method = "POST"\nparams_in = "form"\nparams = { a = "1 2" }',
        'method = "POST"\nbody = { a = 1 }\nparams = { z = "9" }',
    ],
)
def test_a_signature_holds_for_each_page_and_each_attempt(tmp_path: Path, more: str) -> None:
    count = iter(range(10))

    def answer(asked: Asked) -> Told:
        if not _verified(asked):
            return Told(b"", 401)
        at = next(count)
        return Told(b"", 503) if at == 1 else Told({"data": [{"id": "1"}] if at < 4 else []})

    with source(answer) as running:
        assert len(rows_of(reading(tmp_path, running.url, more + "\n" + PAGES + SIGNED))) == 3
    nonces = [a.headers["x-nonce"] for a in running.asked]
    assert len(nonces) == 5 and len(set(nonces)) == 5


def test_a_signature_among_the_parameters(tmp_path: Path) -> None:
    auth = """
[transport.auth]
kind = "hmac"
key = "a2V5"
key_form = "base64"
key_id = "app 1"
sign = "{params}&key"
signature = "hex_upper"
timestamp = "%Y-%m-%d %H:%M:%S"
add_params = { appid = "{key_id}", ts = "{timestamp}", sign = "{signature}" }
"""

    def answer(asked: Asked) -> Told:
        plain = "&".join(f"{k}={v}" for k, v in sorted(asked.query.items()) if k != "sign") + "&key"
        assert re.fullmatch(r"appid=app 1&b=全部&ts=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d&key", plain)
        return Told(OK if asked.query["sign"] == hmac.new(b"key", plain.encode(), "sha256").hexdigest().upper() else b"")

    with source(answer) as running:
        assert rows_of(reading(tmp_path, running.url, 'params = { b = "全部" }' + auth)) == OK["data"]


def test_every_part_of_a_request_can_be_signed() -> None:
    parts = "{method}|{host}|{path}|{query}|{raw_query}|{params}|{body}|{body_digest_base64}|{timestamp}|{key_id}"
    auth = HmacAuth(
        kind="hmac", key="6b6579", key_form="hex", key_id="i", algorithm="sha512", sign=parts, signature="base64", timestamp="epoch_ms",
        add_headers={"s": "{signature}"},
    )  # fmt: skip
    request = httpx.Request("POST", "http://h:1/a%20b?z=1&a=%E7%94%B2", content='{"k":{"n":1},"j":"文"}'.encode(), headers={"content-type": "application/json"})
    sign(auth, request, 1767571200.5)
    digest = base64.b64encode(hashlib.sha512(request.content).digest()).decode()
    text = f'POST|h:1|/a%20b|a=%E7%94%B2&z=1|z=1&a=%E7%94%B2|a=甲&j=文&k={{"n":1}}&z=1|{request.content.decode()}|{digest}|1767571200500|i'
    assert request.headers["s"] == base64.b64encode(hmac.new(b"key", text.encode(), "sha512").digest()).decode()


def test_the_national_hash_by_its_published_example() -> None:
    """GB/T 32905: SM3("abc")."""
    auth = HmacAuth(kind="hmac", key="k", algorithm="sm3", sign="{body_digest}", add_headers={"d": "{body_digest}", "s": "{signature}"})
    request = httpx.Request("POST", "http://h/", content=b"abc")
    sign(auth, request)
    assert request.headers["d"] == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_key_that_is_not_written_as_declared(tmp_path: Path) -> None:
    more = '[transport.auth]\nkind = "hmac"\nkey = "zz-secret"\nkey_form = "hex"\nsign = "{method}"\nadd_headers = { s = "{signature}" }'
    message, kind, _ = failing(tmp_path, Told(OK), more)
    assert kind is Fatal and "key_form" in message and "zz-secret" not in message


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_wait_that_a_source_asks_for_is_kept(tmp_path: Path, form: str) -> None:
    count, told_at = iter(range(9)), []

    def answer(_: Asked) -> Told:
        told_at.append(time.monotonic())
        when = "1" if form == "seconds" else time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 2))
        return Told(OK) if next(count) else Told(b"", 429, {"Retry-After": when})

    with source(answer) as running:
        reading(tmp_path, running.url)
    assert 0.9 < told_at[1] - told_at[0] < 3.5


@pytest.mark.parametrize(("header", "after"), [("600", 600.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("soon", 0), ("-5", 0), ("²", 0)])
def test_a_wait_beyond_the_deadline_is_not_waited_for(tmp_path: Path, header: str, after: float) -> None:
    began = time.monotonic()
    with source(lambda _: Told(b"", 503, {"Retry-After": header.encode().decode("latin-1")})) as running, pytest.raises(fetch.Busy) as raised:
        reading(tmp_path, running.url)
    assert raised.value.after == after and time.monotonic() - began < 3
    assert (len(running.asked) == 1) == (after > 5) and ("asks us to wait 600 s" in str(raised.value)) == (after > 5)


def test_no_setting_shows_a_secret(tmp_path: Path) -> None:
    kinds = {
        "bearer": 'token = "s3cret"', "header": 'name = "n", token = "s3cret"', "query": 'name = "n", token = "s3cret"',
        "basic": 'user = "u", password = "s3cret"', "oauth2": 'token_url = "http://h", client_id = "i", client_secret = "s3cret"',
        "hmac": 'key = "s3cret", sign = "x", add_headers = { s = "{signature}" }',
    }  # fmt: skip
    for kind, rest in kinds.items():
        spec = feed(tmp_path, http_feed.settings("http://h", f'auth = {{ kind = "{kind}", {rest} }}\ntls = {{ cert = "c", key_password = "s3cret" }}'))
        assert "s3cret" not in repr(spec) and "s3cret" in json.dumps(spec.model_dump())
