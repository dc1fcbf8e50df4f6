"""The files below a folder, in a fixed order; links out of it are not followed, hidden files are skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path) -> Iterator[Path]:
    """Every visible regular file, sorted by name, folder by folder."""
    root = folder.resolve()
    yield from _walk(folder, root, frozenset({root}))


def _walk(folder: Path, root: Path, above: frozenset[Path]) -> Iterator[Path]:
    """above: real paths of the folders on the way, so that a link back up is not followed round and round."""
    for name in sorted(os.listdir(folder)):
        path = folder / name
        real = path.resolve()
        if name.startswith(".") or (path.is_symlink() and root not in real.parents):
            continue
        if path.is_dir():
            if real not in above:
                yield from _walk(path, root, above | {real})
        elif path.is_file():
            yield path
