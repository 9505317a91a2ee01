"""TLS: theirs is always verified, ours is shown where it is asked for; what is wrong is said in words."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors.base import Fatal, Retry
from tests.connectors.build import rows_of
from tests.connectors.http_feed import reading
from tests.connectors.loopback import Source, Told, source

OK = {"data": [{"id": "1"}]}


@dataclass
class Authority:
    """One that signs certificates, as the source's own office does."""

    name: str

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.cert = self._signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=None))

    def issue(self, folder: Path, name: str, password: str = "", days: int = 1, address: str = "127.0.0.1") -> tuple[str, str]:
        """Files of a certificate and its key, under their names in the folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        cert = self._signed(name, key, x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), days)
        locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        (folder / f"{name}.pem").write_bytes(cert.public_bytes(Encoding.PEM))
        (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
        return f"{name}.pem", f"{name}.key"

    def write(self, folder: Path) -> str:
        """The file of the authority's own certificate."""
        (folder / f"{self.name}.pem").write_bytes(self.cert.public_bytes(Encoding.PEM))
        return f"{self.name}.pem"

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType, days: int = 1) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=3))
        return builder.not_valid_after(now + dt.timedelta(days=days)).add_extension(extension, critical=False).sign(self.key, hashes.SHA256())


@contextmanager
def _guarded(folder: Path, authority: Authority, asks: bool = True, **issue: object) -> Iterator[Source]:
    cert, key = authority.issue(folder, "server", **issue)  # type: ignore[arg-type]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / cert, folder / key)
    if asks:
        context.load_verify_locations(folder / authority.write(folder))
        context.verify_mode = ssl.CERT_REQUIRED
    with source(lambda _: Told(OK), context) as running:
        yield running


@pytest.fixture(scope="module")
def office() -> Authority:
    return Authority("office")


@pytest.mark.parametrize("password", ["", "p4ss"])
def test_a_client_certificate_opens_the_door(tmp_path: Path, office: Authority, password: str) -> None:
    cert, key = office.issue(tmp_path, "city", password)
    with _guarded(tmp_path, office) as running:
        tls = f'tls = {{ cert = "{cert}", key = "{key}", key_password = "{password}", ca = "office.pem" }}'
        assert rows_of(reading(tmp_path, running.url, tls)) == OK["data"]


def test_without_or_with_a_strange_certificate_the_door_stays_shut(tmp_path: Path, office: Authority) -> None:
    cert, key = Authority("stranger").issue(tmp_path, "strange")
    with _guarded(tmp_path, office) as running:
        for ours in ("", f'cert = "{cert}", key = "{key}", '):
            with pytest.raises(Fatal, match="refuses our certificate"):
                reading(tmp_path, running.url, f'tls = {{ {ours}ca = "office.pem" }}')
    assert running.asked == []


def test_their_certificate_is_always_verified(tmp_path: Path, office: Authority) -> None:
    other = Authority("other").write(tmp_path)
    with _guarded(tmp_path, office, asks=False) as running:
        for tls in ("", f'tls = {{ ca = "{other}" }}'):
            with pytest.raises(Fatal, match="its certificate is not trusted"):
                reading(tmp_path, running.url, tls)
        assert running.asked == []
        assert rows_of(reading(tmp_path, running.url, f'tls = {{ ca = "{office.write(tmp_path)}" }}')) == OK["data"]


@pytest.mark.parametrize("wrong", [{"address": "127.0.0.2"}, {"days": -1}], ids=["another name", "run out"])
def test_a_certificate_of_another_name_or_day_is_refused(tmp_path: Path, office: Authority, wrong: dict[str, object]) -> None:
    office.write(tmp_path)
    with _guarded(tmp_path, office, asks=False, **wrong) as running, pytest.raises(Fatal, match="not trusted"):
        reading(tmp_path, running.url, 'tls = { ca = "office.pem" }')


@pytest.mark.parametrize(
    ("tls", "words"),
    [
        ('cert = "none.pem"', "tls.cert: there is no file"),
        ('cert = "city.pem", key = "none.key"', "tls.key: there is no file"),
        ('ca = "none.pem"', "tls.ca: there is no file"),
        ('ca = "city.key"', "tls.ca"),
        ('cert = "city.pem", key = "other.key"', "do not fit together"),
        ('cert = "city.pem"', "do not fit together"),
        ('cert = "locked.pem", key = "locked.key"', "do not fit together"),
        ('cert = "locked.pem", key = "locked.key", key_password = "s3cret"', "do not fit together"),
    ],
)
def test_files_that_do_not_fit_are_named(tmp_path: Path, office: Authority, tls: str, words: str) -> None:
    for name, password in (("city", ""), ("other", ""), ("locked", "right")):
        office.issue(tmp_path, name, password)
    with pytest.raises(Fatal) as raised:
        reading(tmp_path, "https://127.0.0.1:9", f"tls = {{ {tls} }}")
    assert words in str(raised.value) and "s3cret" not in str(raised.value)


def test_a_handshake_that_drips_does_not_pass_the_deadline(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.sendall(b"\x16\x03\x03\x3f\x00")  # the head of a long record
                    for _ in range(200):
                        connection.sendall(b"\x02")
                        time.sleep(0.05)
                except OSError:
                    pass

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Retry, match=r"within 0\.6 s"):
            reading(tmp_path, f"https://127.0.0.1:{listener.getsockname()[1]}", "deadline_seconds = 0.6")
        assert time.monotonic() - began < 3
        thread.join(5)


def test_a_body_over_tls_that_drips_is_cut_too(tmp_path: Path, office: Authority) -> None:
    cert, key = office.issue(tmp_path, "server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / cert, tmp_path / key)

    def raw(handler) -> None:  # type: ignore[no-untyped-def]
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(200):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    began = time.monotonic()
    with source(lambda _: Told(raw=raw), context) as running, pytest.raises(Retry, match=r"within 0\.6 s"):
        reading(tmp_path, running.url, f'deadline_seconds = 0.6\ntls = {{ ca = "{office.write(tmp_path)}" }}')
    assert time.monotonic() - began < 3
