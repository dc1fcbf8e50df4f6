"""Many texts at once, as the code points of all of them in one row, which NumPy looks up and counts without a loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NOT_ASKED = 255
_POINTS = 0x110000
_LINE_FEED = 10


@dataclass(frozen=True)
class Points:
    """codes: (n,) code points of all texts, each with a line feed behind it.  starts: (texts,) where each begins."""

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]

    def sums(self, values: NDArray[np.uint8] | NDArray[np.bool_]) -> NDArray[np.int64]:
        """(texts,) the sums of `values` (n,) over each text and its line feed."""
        if not len(self.starts):
            return np.zeros(0, np.int64)
        result: NDArray[np.int64] = np.add.reduceat(values, self.starts, dtype=np.int64)
        return result

    def repeated(self) -> NDArray[np.bool_]:
        """(n,) whether a character of a text is the same as the one before."""
        same = np.append(False, self.codes[1:] == self.codes[:-1])
        result: NDArray[np.bool_] = same[: len(self.codes)] & (self.codes != _LINE_FEED)
        return result


def points_of(texts: Sequence[str]) -> Points:
    """The code points of `texts`, each with a line feed behind it: so none is empty, and none runs into the next."""
    joined = "\n".join([*texts, ""])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    return Points(codes, np.cumsum(lengths) - lengths)


class Table:
    """What `say` says of a code point (0 to 254), as a table of one byte for each, filled as they are met."""

    def __init__(self, say: Callable[[int], int]) -> None:
        self._say = say
        self._known = np.full(_POINTS, _NOT_ASKED, np.uint8)

    def of(self, codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """(n,) what is said of `codes` (n,)."""
        found = self._known[codes]
        missing = found == _NOT_ASKED
        if missing.any():
            for code in np.unique(codes[missing]).tolist():
                self._known[code] = self._say(code)
            found = self._known[codes]
        result: NDArray[np.uint8] = found
        return result
