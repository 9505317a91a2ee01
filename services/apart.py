"""A generator that runs in a process of its own: mapping and storing a long load keep two cores busy instead of one."""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import struct
import traceback
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn, TypeVar

import structlog

from connectors.base import Retry

T = TypeVar("T")
log = structlog.get_logger(__name__)
_SIZE = struct.Struct("!BQ")
_ITEM, _ERROR, _END = range(3)


_ENDED = "the process that reads and maps ended early, stopped by the system perhaps for want of memory; the next run reads on from the last batch"


class ApartDied(Retry):
    """The other process ended without a word, killed perhaps; what was yielded before holds."""


def can_be_apart() -> bool:
    """Whether this system can fork."""
    return hasattr(os, "fork")


def apart(items: Generator[T, None, None]) -> Iterator[T]:
    """The items in order, made in a forked process that works at most one item ahead; what is raised there is raised here.

    Items must be picklable. The generator must not have begun, and must hold nothing that a fork spoils: connections and files
    are to be opened after its first step. When this process dies, the other one fails at its next write and ends too.
    """
    read, write = os.pipe()
    # What lives now stays shared between the two for as long as neither writes to it, or looks for garbage in it, which this one
    # may again when the other has ended; what is free would be filled anew by one of them, and then weigh on both.
    _give_back()
    gc.freeze()
    child = os.fork()
    if not child:
        os.close(read)
        _work(items, write)
    os.close(write)
    try:
        with os.fdopen(read, "rb", buffering=1 << 20) as source:
            while (said := _received(source)) is not None:
                yield said
                del said  # the next one is taken in before this name is given anew
    finally:
        _ended(child)
        gc.unfreeze()


def _give_back() -> None:
    """Return to the system what was freed, where its C library can (glibc)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _work(items: Generator[Any, None, None], write: int) -> NoReturn:
    """Be the other process: nothing of the parent's is closed or flushed, so it leaves by _exit."""
    code = 1
    try:
        with os.fdopen(write, "wb", buffering=0) as out:
            try:
                for item in items:
                    body = pickle.dumps(item, pickle.HIGHEST_PROTOCOL)
                    del item  # while this is waited for and the next one is made
                    _send(out, _ITEM, body)
                    del body
                _send(out, _END, pickle.dumps(None))
            except BrokenPipeError:
                items.close()
            except Exception as error:
                _send(out, _ERROR, pickle.dumps(_portable(error)))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _portable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)))
    error.add_note("".join(traceback.format_exception(error)))
    return error


def _send(out: Any, kind: int, body: bytes) -> None:
    for part in (_SIZE.pack(kind, len(body)), body):
        view = memoryview(part)
        while view:
            view = view[out.write(view) :]


def _received(source: BinaryIO) -> Any:
    """The next item; None at the end."""
    head = source.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise ApartDied(_ENDED)
    kind, size = _SIZE.unpack(head)
    body = source.read(size)
    if len(body) < size:
        raise ApartDied(_ENDED)
    # From our own child through our own pipe.
    said = pickle.loads(body)  # noqa: S301
    if kind == _ERROR:
        raise said
    return None if kind == _END else said


def _ended(child: int) -> None:
    """Take the other process's end; one that still works on what nobody wants is ended."""
    with suppress(ChildProcessError):
        done, status = os.waitpid(child, os.WNOHANG)
        if not done:
            with suppress(ProcessLookupError):
                os.kill(child, 9)
            os.waitpid(child, 0)
        elif status:
            log.warning("ingest.apart", status=os.waitstatus_to_exitcode(status))
