"""Near repeats: sentences whose letters, marks and digits are nearly those of an earlier one (MinHash, rensa).

Blanks, punctuation, case and width do not count; of what is left, 5-character pieces are compared. One changed letter
changes five pieces, so with a similarity of 0.95 a sentence under some forty letters must be the same, and one of two
hundred may differ in a letter: words, numbers and negations keep sentences apart, as they should.
Equal letters are found over the whole text (verdicts.py), the others within windows of WINDOW sentences: memory is that
of one window, whatever the size of the text.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simcse_ml.text.hashing import mixed
from simcse_ml.text.steps.points import Table
from simcse_ml.text.workers import usable_cores

WINDOW = 50_000
"""sentences compared with each other"""
SHINGLE = 5
PERMUTATIONS = 64
BANDS = 16
"""bands of four values: at a similarity of 0.8 a pair is missed with probability 0.0002, at 0.7 with 0.01"""
_SEED = 1
_CHUNK = 4096

Digests = NDArray[np.uint32]
"""(n, PERMUTATIONS) MinHash values of the shingles of each text"""


def digests_of(plain: Sequence[str]) -> Digests:
    """(n, PERMUTATIONS) of texts as plain_texts leaves them."""
    parts = [_digests(plain[start : start + _CHUNK]) for start in range(0, len(plain), _CHUNK)]
    return np.concatenate([np.zeros((0, PERMUTATIONS), np.uint32), *parts])


def near_repeats(digests: Digests, similarity: float) -> NDArray[np.bool_]:
    """(n,) true for sentences that are like an earlier one that is itself kept, by `similarity` or more."""
    dropped = np.zeros(len(digests), np.bool_)
    later, earlier = _candidates(digests)
    like = np.zeros(len(later), np.bool_)
    for start in range(0, len(later), WINDOW):
        part = slice(start, start + WINDOW)
        like[part] = np.mean(digests[later[part]] == digests[earlier[part]], axis=1) >= similarity
    for one, other in zip(later[like].tolist(), earlier[like].tolist(), strict=True):
        dropped[one] |= not dropped[other]
    return dropped


def _digests(plain: Sequence[str]) -> Digests:
    from rensa import RMinHash

    hashes, offsets = _shingle_hashes(plain)
    values = array("I")
    for row in RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, PERMUTATIONS, _SEED).to_rows():
        values.fromlist(row)
    return np.frombuffer(values, np.uintc).reshape(-1, PERMUTATIONS)


def _candidates(digests: Digests) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (later, earlier) that agree in a band, sorted; a group's members are compared with its first only."""
    with ThreadPoolExecutor(usable_cores()) as pool:  # NumPy sorts and multiplies without the interpreter's lock
        pairs = list(pool.map(partial(_pairs, digests), range(BANDS)))
    return np.divmod(np.unique(np.concatenate(pairs)), max(1, len(digests)))


def _pairs(digests: Digests, band: int) -> NDArray[np.int64]:
    """One number for each pair that agrees in `band`: later * len(digests) + earlier."""
    width = PERMUTATIONS // BANDS
    key = np.zeros(len(digests), np.uint64)
    for column in range(band * width, (band + 1) * width):
        key = mixed(key ^ digests[:, column], column)
    order = np.argsort(key)  # a stable sort takes twice as long
    starts = np.append(True, np.diff(key[order]) != 0)[: len(order)]
    first = np.minimum.reduceat(order, np.flatnonzero(starts))[np.cumsum(starts) - 1]
    later = order != first
    result: NDArray[np.int64] = order[later] * len(digests) + first[later]
    return result


def _shingle_hashes(plain: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Hashes of all shingles, text after text, and the offsets (n + 1,). A short text is one shingle, padded."""
    padded = [text.ljust(SHINGLE) for text in plain]
    points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    lengths = np.array([len(text) for text in padded], np.int64)
    with np.errstate(over="ignore"):
        hashes = np.zeros(max(0, len(points) - SHINGLE + 1), np.uint64)
        for at in range(SHINGLE):
            hashes = hashes * np.uint64(0x100000001B3) + points[at : at + len(hashes)]
        hashes = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
    counts = lengths - SHINGLE + 1
    offsets = np.concatenate([[0], np.cumsum(counts)])
    starts = np.cumsum(lengths) - lengths
    flat = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts) + np.repeat(starts, counts)
    return np.ascontiguousarray(hashes[flat]), offsets.astype(np.uint64)


def plain_texts(texts: Sequence[str]) -> list[str]:
    """The letters, marks, digits and pictures of sentences, case and width folded; all of one that has none.

    texts: without line feeds, which are put between them; nothing composes or folds over one.
    """
    if not texts:
        return []
    folded = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), "<u4")
    plain = codes[_KEPT.of(codes) == 1].tobytes().decode("utf-32-le", "surrogatepass").split("\n")
    return [kept or whole for kept, whole in zip(plain, folded.split("\n"), strict=True)]


def _is_kept(point: int) -> int:
    category = unicodedata.category(chr(point))
    return int(category[0] in "LMN" or category == "So" or point == ord("\n"))


_KEPT = Table(_is_kept)
