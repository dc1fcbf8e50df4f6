"""What a piece of builtin:static is made of: characters, pairs of them, and the piece as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simcse_ml.languages.scripts import script_of

SYLLABLES_AND_WORDS = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo", "Yiii", "Nshu", "Tang", "Kits"})
"""Scripts whose one character says as much as several letters do: pairs of them, and whole pieces, are too rare to
compare sentences by (dev sets, one seed: 2 points worse with them for Japanese and Korean, 0.5 for Chinese)."""

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Grams:
    """Which grams each piece has.

    flat, offsets: piece i has the grams flat[offsets[i]:offsets[i+1]], repeated where they occur twice.
    frequency: (grams,) occurrences of each gram for one piece of text, estimated by the tokenizer's own model.
    """

    flat: Indices
    offsets: Indices
    frequency: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frequency)

    def of(self, pieces: Indices) -> tuple[Indices, Indices]:
        """(grams, offsets) of the pieces with the ids `pieces` (n,), one piece after another."""
        starts = self.offsets[pieces]
        lengths = self.offsets[pieces + 1] - starts
        offsets = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - starts, lengths)
        return self.flat[inside], offsets


def grams_of(piece: str) -> list[tuple[str, str]]:
    """(kind, text) of every gram of one piece; which kinds is decided by the script of its characters.

    >>> grams_of("東京")
    [('part', '東'), ('part', '京')]
    >>> grams_of("ev")
    [('part', 'e'), ('part', 'v'), ('part', 'ev'), ('whole', 'ev')]
    """
    heavy = [script_of(char) in SYLLABLES_AND_WORDS for char in piece]
    grams = [("part", char) for char in piece]
    grams += [
        ("part", "".join(two)) for two, which in zip(pairwise(piece), pairwise(heavy), strict=True) if not any(which)
    ]
    if not any(heavy):
        grams.append(("whole", piece))
    return grams


def make_grams(pieces: Sequence[str | None], probabilities: Mapping[str, float]) -> Grams:
    """pieces: by id.  probabilities: of the pieces that stand for text; the others, such as unknown, have no gram."""
    index: dict[tuple[str, str], int] = {}
    flat: list[int] = []
    offsets = [0]
    weights: list[float] = []
    for piece in pieces:
        if piece is not None and piece in probabilities:
            found = [index.setdefault(gram, len(index)) for gram in grams_of(piece)]
            flat += found
            weights += [probabilities[piece]] * len(found)
        offsets.append(len(flat))
    ids = np.array(flat, np.int64)
    frequency = np.bincount(ids, weights=np.array(weights, np.float64), minlength=len(index)).astype(np.float64)
    return Grams(ids, np.array(offsets, np.int64), frequency)
