"""One process at a time on a run: a file with host, pid and the start time of that process.

A pid alone is not enough, because the system gives it away again; with the start time it names one process for ever.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import write_error
from simcse_ml.runs.folder import RunFolder

SAME_START = 2.0
"""seconds by which the start time of one process may differ between two readings"""
YOUNG = 10.0
"""seconds in which a lock without text is one that is just being written"""


@dataclass(frozen=True)
class Holder:
    """Who holds a lock. started: the process's start, seconds since 1970."""

    host: str
    pid: int
    started: float


def holder(folder: RunFolder) -> Holder | None:
    """The process that is at work on this run; None where there is none, or it has died."""
    found = _read(folder.lock)
    return found if found and is_alive(found) else None


def is_alive(found: Holder) -> bool:
    """Whether that process is still there. Of another machine's process nothing is known: it counts as alive."""
    import psutil

    if found.host != platform.node():
        return True
    try:
        process = psutil.Process(found.pid)
        same = abs(process.create_time() - found.started) <= SAME_START
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.AccessDenied:
        return True
    except psutil.NoSuchProcess:
        return False


@contextmanager
def hold(folder: RunFolder) -> Iterator[None]:
    """Hold the run while the block runs; the lock of a dead process is taken over.

    Raises: UserError where another process is at work on it.
    """
    me = _myself()
    _take(folder, me)
    try:
        yield
    finally:
        if _read(folder.lock) == me:
            folder.lock.unlink(missing_ok=True)


def _take(folder: RunFolder, me: Holder) -> None:
    for _ in range(50):
        if _create(folder.lock, json.dumps(asdict(me))):
            return
        other = _read(folder.lock)
        if other and is_alive(other):
            raise _busy(folder, other)
        if other or _age(folder.lock) > YOUNG:
            _remove_stale(folder.lock, other)
        time.sleep(0.02)
    raise _busy(folder, None)


def _remove_stale(lock: Path, stale: Holder | None) -> None:
    """Remove the lock if it is still that of `stale`. Of several that try, one at a time may look and remove."""
    door = lock.with_name("lock.door")
    if not _create(door, ""):
        if _age(door) > YOUNG:
            door.unlink(missing_ok=True)  # whoever stood in it was killed there
        return
    try:
        if _read(lock) == stale:
            lock.unlink(missing_ok=True)
    finally:
        door.unlink(missing_ok=True)


def _create(path: Path, text: str) -> bool:
    """Make a file that was not there; False where it is."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise write_error(error, path) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def _read(lock: Path) -> Holder | None:
    try:
        record = json.loads(lock.read_text(encoding="utf-8"))
        return Holder(str(record["host"]), int(record["pid"]), float(record["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _myself() -> Holder:
    import psutil

    return Holder(platform.node(), os.getpid(), psutil.Process().create_time())


def _busy(folder: RunFolder, other: Holder | None) -> UserError:
    if other is None:
        what, mend = "another process is just taking this run", "try again in a moment"
    elif other.host == platform.node():
        what = f"process {other.pid} is at work on this run"
        mend = (
            f"watch it with `simcse-ml runs watch {folder.path}`, or stop it with `simcse-ml runs stop {folder.path}`"
        )
    else:
        what = f"process {other.pid} on {other.host} is at work on this run"
        mend = f"if that is over, delete {folder.lock}"
    return UserError(what, where=str(folder.path), mend=mend, exit_code=ExitCode.USAGE)
