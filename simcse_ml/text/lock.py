"""One process at a time prepares the same text; another one waits and then finds it done."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

WAIT_SECONDS = 0.2


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file `path` during the block; wait while a living process holds it, take it from a dead one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while not _taken(path):
        holder = _holder(path)
        if holder is not None and not psutil.pid_exists(holder):
            path.unlink(missing_ok=True)
        else:
            time.sleep(WAIT_SECONDS)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _taken(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(str(os.getpid()))
    return True


def _holder(path: Path) -> int | None:
    """Its process, or None if it is gone or has not written its number yet (then it is asked again)."""
    try:
        text = path.read_text()
        if not text and time.time() - path.stat().st_mtime > 10.0:  # killed between making and writing it
            return 2**22 + 1
        return int(text) if text else None
    except (FileNotFoundError, ValueError):
        return None
