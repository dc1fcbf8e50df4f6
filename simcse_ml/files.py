"""Writing so that a kill at any moment leaves either the old or the new file, never half of one."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from simcse_ml.errors import ExitCode, UserError

PARTIAL = ".partial-"
"""Prefix of names that are being written; readers never open them, sweepers may delete them."""

_MACHINE_ERRORS = {
    errno.ENOSPC: ("no space left on the disk", "free some space and try again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and try again"),
    errno.EACCES: ("no permission to write", "choose another folder with --out, or change its permissions"),
    errno.EPERM: ("no permission to write", "choose another folder with --out, or change its permissions"),
    errno.EROFS: ("the file system is read-only", "choose another folder with --out"),
}


def write_error(error: OSError, path: Path) -> UserError:
    """The one-line form of an OSError met while writing `path`."""
    what, mend = _MACHINE_ERRORS.get(
        error.errno or 0, (error.strerror or str(error), "look at that path, then run the same command again")
    )
    return UserError(what, where=str(path), mend=mend, exit_code=ExitCode.MACHINE)


@contextmanager
def atomic_file(path: Path, mode: str = "wb") -> Iterator[IO[bytes]]:
    """A binary file that appears under `path` whole when the block ends, and not at all if it raises."""
    handle, name = -1, ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PARTIAL, dir=path.parent)
        with os.fdopen(handle, mode) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
        _sync_folder(path.parent)
    except OSError as error:
        _remove_quietly(Path(name))
        raise write_error(error, path) from error
    except BaseException:
        _remove_quietly(Path(name))
        raise


def require_new(folder: Path, flag: str) -> None:
    """Raises: UserError USAGE where something is there already, other than an empty folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            "there is something already",
            where=str(folder),
            mend=f"name a new folder with {flag}",
            exit_code=ExitCode.USAGE,
        )


def write_text(path: Path, text: str) -> None:
    """UTF-8, whole or not at all."""
    with atomic_file(path) as file:
        file.write(text.encode("utf-8"))


def write_json(path: Path, value: object) -> None:
    """Indented JSON with a final newline, whole or not at all."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """A folder that is filled under another name and renamed to `path` when the block ends.

    An existing `path` is moved aside first and deleted afterwards, so a reader sees the old or the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=path.parent))
    try:
        yield building
        for file in building.rglob("*"):
            if file.is_file():
                with file.open("rb") as opened:
                    os.fsync(opened.fileno())
        if path.exists():
            old = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=path.parent))
            os.rename(path, old / "old")
            os.rename(building, path)
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.rename(building, path)
        _sync_folder(path.parent)
    except OSError as error:
        shutil.rmtree(building, ignore_errors=True)
        raise write_error(error, path) from error
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def sweep_partial(folder: Path) -> None:
    """Delete what an earlier, killed process left half-written in `folder` (call it only while holding its lock)."""
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name.startswith(PARTIAL):
            shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink(missing_ok=True)


def _remove_quietly(path: Path) -> None:
    if path.name.startswith(PARTIAL):
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows cannot open a folder for fsync
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
