"""How large each file was when it was fingerprinted: no more is read, so that text and fingerprint belong together."""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)  # one is like no other, so that what it is part of can be remembered
class Sizes:
    """Sixteen bytes a file, whatever its name. keys: (n,) hashes of paths, rising.  sizes: (n,) bytes."""

    keys: NDArray[np.uint64]
    sizes: NDArray[np.int64]

    def of(self, path: Path | str) -> int | None:
        """The size of the file at `path`, None if it was not there."""
        key = _key(path)
        at = int(np.searchsorted(self.keys, np.uint64(key)))
        return int(self.sizes[at]) if at < len(self.keys) and int(self.keys[at]) == key else None


class SizesBuilder:
    """Collects sizes one at a time."""

    def __init__(self) -> None:
        self._keys = array("Q")
        self._sizes = array("q")

    def add(self, path: Path | str, size: int) -> None:
        """Note that the file at `path` has `size` bytes."""
        self._keys.append(_key(path))
        self._sizes.append(size)

    def build(self) -> Sizes:
        """All that was noted."""
        keys, sizes = np.array(self._keys, np.uint64), np.array(self._sizes, np.int64)
        order = np.argsort(keys, kind="stable")
        return Sizes(keys[order], sizes[order])


def _key(path: Path | str) -> int:
    return int.from_bytes(hashlib.blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")
