"""The files below a folder, in a fixed order; links out of it are not followed, hidden files are not read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

OF_DATASETS = frozenset({"dataset_info.json", "state.json", "dataset_dict.json"})
"""what the library `datasets` writes about a set, beside its rows"""
_ROWS = ".arrow"


class Found(NamedTuple):
    """path: as the file system has it.  problem: why it is not read, or "".  size: bytes, 0 for what is not read."""

    path: str
    problem: str = ""
    size: int = 0


def files_below(folder: Path) -> Iterator[Found]:
    """Every visible file, sorted by name, folder by folder; one folder's names are in memory at a time.

    Links out of the folder, links that end nowhere, devices and pipes come with their problem, and are not opened.
    """
    root = os.path.realpath(folder)
    yield from _walk(str(folder), root, frozenset({root}))


def shown(path: str) -> str:
    """A path that can be printed and written as UTF-8: bytes of a name that are no UTF-8 become U+FFFD."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _walk(folder: str, root: str, above: frozenset[str]) -> Iterator[Found]:
    """above: real paths of the folders on the way, so that a link back up is not followed round and round."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield Found(folder, f"this folder cannot be read ({error.strerror})")
        return
    for name in names:
        if name.startswith("."):
            continue
        path = os.path.join(folder, name)
        try:
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                real = os.path.realpath(path)
                if real != root and not real.startswith(os.path.join(root, "")):
                    yield Found(path, "a link out of the folder is not followed")
                    continue
            state = os.stat(path)
        except OSError as error:
            yield Found(path, f"it cannot be read ({error.strerror})")
            continue
        if stat.S_ISDIR(state.st_mode):
            real = os.path.realpath(path)
            if real in above:
                yield Found(path, "a link back to a folder above is not followed")
            else:
                yield from _walk(path, root, above | {real})
        elif name in OF_DATASETS and _tells_of_rows(name, names):
            yield Found(path, "it tells of a data set, and holds no text of it")
        elif stat.S_ISREG(state.st_mode):
            refused = "" if os.access(path, os.R_OK) else "it may not be read; check its permissions"
            yield Found(path, refused, 0 if refused else state.st_size)
        else:
            yield Found(path, "this is a pipe, a socket or a device, no file")


def _tells_of_rows(name: str, names: list[str]) -> bool:
    """names: of all that lies in the folder."""
    return name == "dataset_dict.json" or any(other.endswith(_ROWS) for other in names)
