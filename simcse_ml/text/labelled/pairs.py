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
