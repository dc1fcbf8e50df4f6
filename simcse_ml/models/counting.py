"""builtin:counting: TF-IDF over hashed n-grams, the baseline that costs nothing, as a model.

It needs one pass over raw text for the idf and no training; measured, it beats an untouched multilingual backbone on a
third of the languages tried. The idf comes from the training corpus, never from the sentences under test.
No torch.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import atomic_folder, write_json
from simcse_ml.models.ngrams import COLUMNS, Rows, character_ngrams, ngrams_in_words, words

FORMAT = 1
NAME = "builtin:counting"
BLOCK = 2048
"""texts that are counted at once"""

CountingKind = Literal["chars_1", "chars_1_2", "chars_1_3", "chars_2_4_in_words", "words"]
Occurrences = tuple[Rows, Rows]


@dataclass(frozen=True)
class Features:
    """What is counted: a name for people and the function that finds it: texts -> (rows, columns)."""

    title: str
    find: Callable[[Sequence[str]], Occurrences]


KINDS: Mapping[CountingKind, Features] = {
    "chars_1": Features("characters 1", lambda texts: character_ngrams(texts, (1,))),
    "chars_1_2": Features("characters 1-2", lambda texts: character_ngrams(texts, (1, 2))),
    "chars_1_3": Features("characters 1-3", lambda texts: character_ngrams(texts, (1, 2, 3))),
    "chars_2_4_in_words": Features("characters 2-4 in words", lambda texts: ngrams_in_words(texts, (2, 3, 4))),
    "words": Features("words", words),
}


@dataclass(frozen=True)
class Counting:
    """idf: (2**18,) float32 weight of each column.  documents: sentences the idf was counted on (0: all weights 1)."""

    kind: CountingKind
    idf: NDArray[np.float32]
    documents: int

    @property
    def title(self) -> str:
        """The kind as people read it."""
        return KINDS[self.kind].title

    @property
    def fingerprint(self) -> str:
        """Changes when any vector would."""
        digest = hashlib.sha256(f"counting {FORMAT} {self.kind} ".encode())
        digest.update(np.ascontiguousarray(self.idf).tobytes())
        return digest.hexdigest()[:32]

    def vectors(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """(n, 2**18) float32, rows of length 1, or of zeros where a text has no feature.

        Weight of a feature: (1 + ln count) * idf; the logarithm was measured to be the better choice for the kind that
        is best in each language (see benchmarks).
        """
        blocks = [_block_vectors(self, block) for block in _blocks(texts)]
        return sparse.vstack(blocks, format="csr") if blocks else sparse.csr_matrix((0, COLUMNS), dtype=np.float32)

    def cosines(self, left: Sequence[str], right: Sequence[str]) -> NDArray[np.float64]:
        """(n,) cosine of left[i] with right[i]."""
        products = self.vectors(left).multiply(self.vectors(right)).sum(axis=1)
        return np.asarray(products, np.float64).ravel()

    def save(self, folder: Path) -> None:
        """idf.npy and counting.json, whole or not at all."""
        with atomic_folder(folder) as building:
            buffer = io.BytesIO()
            np.save(buffer, self.idf)
            (building / "idf.npy").write_bytes(buffer.getvalue())
            write_json(building / "counting.json", {"format": FORMAT, "kind": self.kind, "documents": self.documents})


def load_counting(folder: Path) -> Counting:
    """The model saved in `folder`.

    Raises: UserError INPUT where that is none, or one of another format.
    """
    try:
        said = json.loads((folder / "counting.json").read_text("utf-8"))
        if said["format"] != FORMAT or said["kind"] not in KINDS:
            raise KeyError("format")
        return Counting(said["kind"], np.load(folder / "idf.npy", allow_pickle=False), int(said["documents"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            "not a counting model of this version",
            where=str(folder),
            mend="delete the folder; it is built again from the corpus",
            exit_code=ExitCode.INPUT,
        ) from error


def fit_counting(texts: Iterable[str], kind: CountingKind) -> Counting:
    """One pass over `texts` for the idf: ln((1 + n) / (1 + df)) + 1."""
    return fit_all(texts, (kind,))[kind]


def fit_all(texts: Iterable[str], kinds: Sequence[CountingKind] = tuple(KINDS)) -> dict[CountingKind, Counting]:
    """Several kinds in the same one pass."""
    frequencies = {kind: np.zeros(COLUMNS, np.int64) for kind in kinds}
    documents = 0
    for block in _blocks(texts):
        documents += len(block)
        for kind in kinds:
            keys, _ = _counted(*KINDS[kind].find(block))
            frequencies[kind] += np.bincount(keys % COLUMNS, minlength=COLUMNS)
    return {kind: Counting(kind, _idf(frequencies[kind], documents), documents) for kind in kinds}


def _idf(frequency: NDArray[np.int64], documents: int) -> NDArray[np.float32]:
    return (np.log((1 + documents) / (1 + frequency)) + 1.0).astype(np.float32)


def _counted(rows: Rows, columns: Rows) -> tuple[Rows, Rows]:
    """(keys, counts) of the distinct row * COLUMNS + column."""
    keys, counts = np.unique(rows * COLUMNS + columns, return_counts=True)
    return keys, counts


def occurrences(texts: Sequence[str], kind: CountingKind) -> sparse.csr_matrix:
    """(n, 2**18) float64: how often each feature is in each text."""
    blocks = [_occurrences(block, kind) for block in _blocks(texts)]
    return sparse.vstack(blocks, format="csr") if blocks else sparse.csr_matrix((0, COLUMNS))


def _occurrences(texts: Sequence[str], kind: CountingKind) -> sparse.csr_matrix:
    keys, counts = _counted(*KINDS[kind].find(texts))
    rows, columns = np.divmod(keys, COLUMNS)
    starts = np.searchsorted(rows, np.arange(len(texts) + 1))
    parts = (counts.astype(np.float64), columns.astype(np.int32), starts.astype(np.int64))
    return sparse.csr_matrix(parts, (len(texts), COLUMNS))


def _block_vectors(model: Counting, texts: Sequence[str]) -> sparse.csr_matrix:
    counts = _occurrences(texts, model.kind)
    rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    weights = (1.0 + np.log(counts.data)) * model.idf[counts.indices]
    lengths = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(texts)))
    counts.data = (weights / lengths[rows]).astype(np.float32)
    return counts


def _blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while block := list(islice(remaining, BLOCK)):
        yield block
