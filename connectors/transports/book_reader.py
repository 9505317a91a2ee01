"""Keeps one small process that forks for each workbook: isolation of a process each, without its start-up each time."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from connectors.transports import book


class BookReader:
    """Reads workbooks one after the other with the same options (those of book.py, as JSON)."""

    def __init__(self, options: str, seconds: float) -> None:
        """`seconds` is the most a workbook may take by the clock."""
        own, theirs = socket.socketpair()
        own.settimeout(seconds)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(Path(book.__file__)), options],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self._socket = own

    def read(self, file: BinaryIO, out: BinaryIO) -> int:
        """Write the rows of a workbook to `out`; 0 if its reader ended by itself; TimeoutError after the seconds given."""
        try:
            socket.send_fds(self._socket, [b"1"], [file.fileno(), out.fileno()])
            said = self._socket.recv(100)
        except (BrokenPipeError, ConnectionResetError):
            said = b""
        return int(said or b"-1")

    def close(self) -> None:
        """End the process and what it may have running."""
        self._socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
