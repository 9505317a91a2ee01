"""Photos of inspections: judged by their content, drawn anew, and kept without what a camera writes into them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Engine

from matters.access import Forbidden, Scope
from matters.listing import IN_FORCE
from store import listings as listing_store
from store import photos as kept
from store.engine import reading, writing

MOST_BYTES, MOST_PIXELS, MOST = 10 * 1024 * 1024, 40_000_000, 12  # a file; a picture; an inspection
SIDE, SMALL = 1600, 320
FORMATS = ("JPEG", "PNG", "WEBP")


class BadPhoto(ValueError):
    """The file cannot be kept; the message is one of: bytes, kind, pixels, many."""


class Photo(NamedTuple):
    """A photo as the screens show it."""

    id: int
    event: int
    width: int
    height: int
    at: datetime
    by: str


class Photos:
    """Pictures lie in the data folder by their digest; their lines, and so who may see them, in the store."""

    def __init__(self, engine: Engine, folder: Path, now: Callable[[], datetime]) -> None:
        self._engine, self._folder, self._now = engine, folder, now

    def of(self, scope: Scope, listing_id: int) -> tuple[Photo, ...]:
        """Photos of a listing of the scope, oldest first; LookupError."""
        with reading(self._engine) as connection:
            if listing_store.one(connection, scope, listing_id) is None:
                raise LookupError(f"listing {listing_id}")
            return tuple(Photo(r["id"], r["event_id"], r["width"], r["height"], r["at"], r["by"]) for r in kept.of_listing(connection, listing_id))

    def add(self, scope: Scope, listing_id: int, event_id: int, data: bytes) -> int:
        """Keep a photo with an inspection. Raises Forbidden, LookupError, BadPhoto."""
        scope.require("inspect_listing")
        if len(data) > MOST_BYTES:
            raise BadPhoto("bytes")
        with reading(self._engine) as connection:
            row = listing_store.one(connection, scope, listing_id)
            events = listing_store.events(connection, listing_id) if row else []
        if row is None or not any(e["id"] == event_id and e["step"] == "inspect" for e in events):
            raise LookupError(f"inspection {event_id}")
        if not scope.covers(row["county_code"], row["town_code"]) or row["state"] not in IN_FORCE:
            raise Forbidden(f"photos of listing {listing_id}")
        large, small, size = drawn(data)
        digest = hashlib.sha256(large).hexdigest()
        for name, picture in ((f"{digest}.jpg", large), (f"{digest}.small.jpg", small)):
            self._write(name, picture)
        values = {"listing_id": listing_id, "event_id": event_id, "digest": digest, "width": size[0], "height": size[1], "bytes": len(large),
                  "at": self._now(), "by": scope.user}  # fmt: skip
        with writing(self._engine) as connection:
            if kept.count(connection, event_id) >= MOST:
                raise BadPhoto("many")
            made = kept.add(connection, values)
            listing_store.note(connection, scope.user, "listing.photo", {"listing": listing_id, "photo": made}, self._now())
        return made

    def picture(self, scope: Scope, photo: int, small: bool = False) -> bytes:
        """The picture (JPEG) for a reader whose scope holds its listing; LookupError otherwise, and when its file is gone."""
        with reading(self._engine) as connection:
            line = kept.one(connection, photo)
            if line is None or listing_store.one(connection, scope, line["listing_id"]) is None:
                raise LookupError(f"photo {photo}")
        path = self._folder / f"{line['digest']}{'.small' if small else ''}.jpg"
        if not path.is_file():
            raise LookupError(f"the file of photo {photo} is gone")
        return path.read_bytes()

    def _write(self, name: str, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / name
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}.tmp")
            draft.write_bytes(data)
            draft.replace(path)


def drawn(data: bytes) -> tuple[bytes, bytes, tuple[int, int]]:
    """(picture, small picture, its size): turned upright, cut to a size, written anew as JPEG with nothing but the pixels; BadPhoto."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise BadPhoto("pixels")
            image = ImageOps.exif_transpose(found).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPhoto("kind") from error
    image.thumbnail((SIDE, SIDE))
    little = image.copy()
    little.thumbnail((SMALL, SMALL))
    return _jpeg(image, 82), _jpeg(little, 75), image.size


def _jpeg(image: Image.Image, quality: int) -> bytes:
    bare = Image.frombytes("RGB", image.size, image.tobytes())  # a new picture: nothing of the old one's information comes along
    out = BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
