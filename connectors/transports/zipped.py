"""Zip files in a drop folder: members are unpacked into unnamed files, within limits; their names never reach the file system."""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from typing import BinaryIO

from connectors.base import Fatal, Retry
from connectors.spec_files import FileSettings

Own = Callable[[BinaryIO], BinaryIO]
_CHUNK = 1 << 20
_IN_MEMORY = 4_000_000
_NO_RATIO_BELOW = 10_000_000  # a small table of one repeated word is no bomb
_END = b"PK\x05\x06"
_BYTES_A_MEMBER = 1_000  # of the directory: 46, the name, and what packers add
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_LEFT_OUT = ("__MACOSX", ".", "~$")


def is_zip(file: BinaryIO) -> bool:
    """Whether the file begins like a zip file with something in it, or an empty one."""
    file.seek(0)
    return file.read(4) in (b"PK\x03\x04", _END)


def members(
    file: BinaryIO, origin: str, settings: FileSettings, is_document: Callable[[BinaryIO], bool], own: Own, depth: int = 0
) -> Iterator[tuple[BinaryIO, str]]:
    """Each member that `members` matches, unpacked whole, with its origin; those of a zip in the zip too, but no deeper.

    `own` closes the unnamed files when their time has come. Fatal for what must not be unpacked (encrypted, too many, too
    large, packed too tightly), Retry for half a zip.
    """
    room = settings.max_unpacked_bytes
    found = 0
    with opened(file, settings.max_members) as archive:
        for entry in archive.infolist():
            name = _base_name(entry)
            nested = name.lower().endswith(".zip")
            if entry.is_dir() or not name or _is_by_product(entry) or not (nested or fnmatch(name, settings.members)):
                continue
            found += 1
            shown = f"{origin}/{_shown(name)}"
            member = _unpacked(archive, entry, room, settings, own)
            room -= entry.file_size
            if nested and is_zip(member) and not is_document(member):
                if depth:
                    raise Fatal(f"{_shown(name)}: a zip in a zip in a zip is not opened; pack the files once")
                inner = settings.model_copy(update={"max_unpacked_bytes": room})
                yield from members(member, shown, inner, is_document, own, depth + 1)
            else:
                yield member, shown
    if not found:
        raise Fatal(f"has no member named like transport.members = {settings.members!r}")


def opened(file: BinaryIO, most: int) -> zipfile.ZipFile:
    """The zip file, once its directory is known to be of bearable size."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise Retry("is not a whole zip file: half a file")
    count, directory = struct.unpack_from("<HI", tail, at + 10)
    if tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        raise Fatal("is a zip file of the kind for more than 4 GB; pack it in smaller ones")
    if count > most or directory > most * _BYTES_A_MEMBER:
        raise Fatal(f"is a zip file with {count:,} members, more than transport.max_members = {most:,}")
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Retry("is not a whole zip file: half a file") from None
    except NotImplementedError as error:
        raise Fatal(f"is a zip file of a kind that cannot be read ({error})") from None


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, settings: FileSettings, own: Own) -> BinaryIO:
    shown = _shown(_base_name(entry))
    if entry.flag_bits & _ENCRYPTED:
        raise Fatal(f"{shown}: is encrypted; ask the sender for a file without a password")
    if entry.file_size > room:
        raise Fatal(f"{shown}: unpacks into {entry.file_size:,} bytes, more than transport.max_unpacked_bytes allows: refused")
    if entry.file_size > max(_NO_RATIO_BELOW, entry.compress_size * settings.max_ratio):
        raise Fatal(f"{shown}: unpacks into {entry.file_size:,} bytes from {entry.compress_size:,}: refused")
    if not entry.file_size:
        raise Fatal(f"{shown}: is empty")
    out = own(tempfile.SpooledTemporaryFile(_IN_MEMORY))  # type: ignore[arg-type]  # noqa: SIM115  closed by own
    try:
        with archive.open(entry) as packed:
            # The size in the directory may lie; the zip library stops there, and then its check sum is wrong.
            while chunk := packed.read(_CHUNK):
                out.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise Retry(f"{shown}: is not whole: half a file") from None
    except (NotImplementedError, RuntimeError) as error:
        raise Fatal(f"{shown}: is packed in a way that cannot be read ({error}); use plain zip") from None
    if out.tell() != entry.file_size:
        raise Retry(f"{shown}: is not whole: half a file")
    out.seek(0)
    return out


def name_of(entry: zipfile.ZipInfo) -> str:
    """The member's name: UTF-8 if it says so or is so, else GB18030, as Chinese Windows writes it."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.orig_filename
    written = entry.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.orig_filename


def _base_name(entry: zipfile.ZipInfo) -> str:
    return name_of(entry).replace("\\", "/").rpartition("/")[2]


def _is_by_product(entry: zipfile.ZipInfo) -> bool:
    """What packers and office programs leave behind."""
    return any(part.startswith(_LEFT_OUT) and part not in (".", "..") for part in name_of(entry).replace("\\", "/").split("/"))


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name.encode(errors="replace").decode())[:200]
