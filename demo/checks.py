"""What can keep the demo from starting, found before anything is made: each with a message that says what to do."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
from pathlib import Path
from typing import IO

SPACE_PER_SCALE, SPACE_LEAST = 900_000_000, 150_000_000  # bytes: sources, store, write-ahead log, map files


class CannotStart(Exception):
    """The demo cannot start here; the message says what to do."""


def port_free(port: int) -> None:
    """CannotStart when something listens on that port of this machine already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotStart(f"端口 {port} 需要管理员权限，请换一个：make demo PORT=8051（port {port} needs root; take another)") from None
            raise CannotStart(f"端口 {port} 已被占用，请换一个：make demo PORT={port + 1}（port {port} is in use)") from None


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def folder_usable(folder: Path) -> None:
    """CannotStart unless the folder is there or can be made, and can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_bytes(b"1")
        probe.unlink()
    except OSError as error:
        raise CannotStart(f"文件夹 {folder} 不能写入（{error.strerror}），请用 --data 换一个（the folder cannot be written)") from None


def space_enough(folder: Path, scale: float) -> None:
    """CannotStart when the disk has not the room that a city of that scale takes."""
    wanted = max(SPACE_LEAST, int(SPACE_PER_SCALE * scale))
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise CannotStart(
            f"磁盘空间不足：{folder} 所在磁盘剩 {free / 1e6:,.0f} MB，需要 {wanted / 1e6:,.0f} MB；请腾出空间或用 --data 换一个盘"
            f"（not enough disk space)"
        )


def only_one(folder: Path) -> IO[str]:
    """Hold the folder for this process; CannotStart when another demo holds it. Keep the file open as long as it runs."""
    lock = (folder / ".lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise CannotStart(f"{folder} 正被另一个演示使用（进程 {lock.read().strip() or '?'}），请先结束它（another demo uses this folder)") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
