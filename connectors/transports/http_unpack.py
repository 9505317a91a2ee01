"""Unpacks a body as it comes in: a small bomb stops at the cap, having taken no more memory than the cap."""

from __future__ import annotations

import zlib

from connectors.base import Fatal, Retry

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _BARE = 31, 15, -15
_WORDS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB, "": None, "identity": None}


class Unpacker:
    """One body: feed it what comes from the wire, ask for the whole at the end."""

    def __init__(self, packing: str, cap: int, origin: str) -> None:
        """`packing` is the Content-Encoding, `cap` the most bytes that the unpacked body may have."""
        word = packing.strip().lower()
        if word not in _WORDS:
            raise Fatal(f"{origin}: packs its answer with {word[:30]!r}, which was not asked for; only gzip and deflate are read")
        self._bits, self._cap, self._origin = _WORDS[word], cap, origin
        self._head = b""
        self._inflater = zlib.decompressobj(self._bits) if self._bits == _GZIP else None
        self._body = bytearray()
        self._fed = False

    def feed(self, chunk: bytes) -> None:
        """Take some bytes; Fatal when the cap is passed, Retry when they cannot be unpacked."""
        self._fed = True
        if self._bits is None:
            self._body += chunk
            return self._within_cap()
        try:
            self._inflate(chunk)
        except zlib.error:
            raise Retry(f"{self._origin}: sent a body that cannot be unpacked") from None

    def whole(self) -> bytes:
        """The body; Retry when the packing ends too soon."""
        if self._head or (self._inflater is not None and self._fed and not self._inflater.eof):
            raise Retry(f"{self._origin}: broke off in the middle of its packed answer")
        return bytes(self._body)

    def _inflate(self, data: bytes) -> None:
        if self._inflater is None:
            data, self._head = self._head + data, b""
            if len(data) < 2:
                self._head = data
                return
            self._inflater = zlib.decompressobj(_ZLIB if _is_zlib(data) else _BARE)
        while data:
            if self._inflater.eof:
                data = data.lstrip(b"\0")  # tape writers and some tools pad with zeros
                if not data:
                    return
                if self._bits != _GZIP:
                    raise zlib.error("bytes after the end")
                self._inflater = zlib.decompressobj(_GZIP)
            self._body += self._inflater.decompress(data, self._cap - len(self._body) + 1)
            self._within_cap()
            data = self._inflater.unconsumed_tail or self._inflater.unused_data

    def _within_cap(self) -> None:
        if len(self._body) > self._cap:
            raise Fatal(f"{self._origin}: more than {self._cap:,} bytes (transport.max_bytes); ask for smaller pages (paging.size)")


def without_gz(body: bytes, cap: int, origin: str) -> bytes:
    """A body that is itself a .gz file, unpacked; once only, since there are files that unpack into themselves."""
    if not body.startswith(_GZIP_MAGIC):
        return body
    unpacker = Unpacker("gzip", cap, origin)
    unpacker.feed(body)
    return unpacker.whole()


def _is_zlib(data: bytes) -> bool:
    """Whether deflate comes in its wrapper, as the standard says, or bare, as some servers send it."""
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
