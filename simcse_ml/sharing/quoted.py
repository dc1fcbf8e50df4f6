"""Which sentences of a corpus stand in some bytes; memory grows by 8 bytes a sentence and not with the bytes.

The first 16 bytes of each sentence are a 64-bit number; the numbers of all places of a file are looked up among them,
and what is left is compared letter by letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcse_ml.sharing.parts import Data

KEY = 16
"""bytes; what is shorter cannot be told from a word"""
LEAST_CHARACTERS = 8
PIECE = 48
"""bytes of the beginning and the end of a long sentence, which count as it does: 16 characters of most scripts"""
BLOCK = 1 << 21
SLOTS_SHIFT = np.uint64(40)
_A, _B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)

Keys = NDArray[np.uint64]
Sentences = Callable[[], Iterable[Sequence[str]]]
"""blocks of sentences; may be called again"""


@dataclass(frozen=True)
class Index:
    """keys: sorted, of all needles.  slots: (2^24,) which leading bits occur."""

    keys: Keys
    slots: NDArray[np.bool_]


def needles(sentence: str) -> tuple[bytes, ...]:
    """The bytes that give it away; none where it is too short."""
    data = sentence.strip().encode("utf-8", "surrogatepass")
    if len(data) < KEY or len(sentence.strip()) < LEAST_CHARACTERS:
        return ()
    return (data,) if len(data) < 2 * PIECE else (data[:PIECE], data[-PIECE:])


def index_of(sentences: Sentences) -> Index:
    """Of every sentence that is long enough."""
    found = [_keys(block) for block in _needle_blocks(sentences)]
    keys = np.unique(np.concatenate(found)) if found else np.zeros(0, np.uint64)
    slots = np.zeros(1 << 24, np.bool_)
    slots[keys >> SLOTS_SHIFT] = True
    return Index(keys, slots)


def places(index: Index, data: Data) -> Iterator[tuple[int, bytes]]:
    """(key, the bytes from there on) wherever in `data` a sentence may begin."""
    size, most = len(data), 2 * PIECE
    for start in range(0, max(size - KEY + 1, 0), BLOCK):
        keys = _all_keys(bytes(data[start : start + BLOCK + KEY - 1]))
        some = np.flatnonzero(index.slots[keys >> SLOTS_SHIFT])
        at = np.searchsorted(index.keys, keys[some])
        some = some[index.keys[np.minimum(at, len(index.keys) - 1)] == keys[some]] if len(index.keys) else some[:0]
        for place in some.tolist():
            yield int(keys[place]), bytes(data[start + place : start + place + most])


def quoted(sentences: Sentences, seen: Mapping[int, set[bytes]]) -> Iterator[str]:
    """The sentences of which a needle stands at one of the places `seen` {key: bytes from there on}."""
    if not seen:
        return
    for block in sentences():
        for sentence in block:
            for needle in needles(sentence):
                key = int(_keys([needle])[0])
                if any(bytes_there.startswith(needle) for bytes_there in seen.get(key, ())):
                    yield sentence.strip()
                    break


def _all_keys(data: bytes) -> Keys:
    """(len - KEY + 1,) the numbers of all places of `data`."""
    words: Keys = np.ndarray((len(data) - 7,), dtype=np.uint64, buffer=data, strides=(1,))
    keys: Keys = words[:-8] * _A + words[8:] * _B
    return keys


def _keys(heads: Sequence[bytes]) -> Keys:
    """(n,) the numbers of n needles."""
    words = np.frombuffer(b"".join(head[:KEY] for head in heads), np.uint64).reshape(-1, 2)
    keys: Keys = words[:, 0] * _A + words[:, 1] * _B
    return keys


def _needle_blocks(sentences: Sentences) -> Iterator[list[bytes]]:
    for block in sentences():
        found = [needle for sentence in block for needle in needles(sentence)]
        if found:
            yield found
