"""Labelled sentence pairs, as every reader gives them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PairSet:
    """left, right: (n,) sentences.  gold: (n,) how alike they are, in any scale; larger is more alike.
    note: what was left out of its file, "" for nothing.
    """

    name: str
    path: Path
    left: tuple[str, ...]
    right: tuple[str, ...]
    gold: NDArray[np.float64]
    note: str = ""

    def __len__(self) -> int:
        return len(self.left)


def set_name(path: Path) -> str:
    """ja-jsts/valid.tsv is called ja-jsts-valid: `valid` alone says nothing."""
    stem = path.name.split(".")[0]
    bare = stem.casefold() in {"train", "dev", "valid", "validation", "test", "sts"}
    return f"{path.resolve().parent.name}-{stem}" if bare else stem
