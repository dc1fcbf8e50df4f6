"""The counting vectors of a corpus on disk: three raw arrays of a sparse matrix, memory-mapped.

Built in seconds from the text, in blocks, whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from simcse_ml.errors import UserError
from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.files import atomic_folder, write_json
from simcse_ml.models.counting import Counting, CountingKind, fit_counting, load_counting
from simcse_ml.models.ngrams import COLUMNS

FORMAT = 1
STAGE = "counting"
BLOCK = 32_768
Scores = NDArray[np.float32]
Number = TypeVar("Number", np.float32, np.int32)
Blocks = Callable[[], Iterable[list[str]]]
"""gives the corpus in blocks of sentences, from the start, each time it is called"""


@dataclass(frozen=True)
class CountedStore:
    """values (entries,), columns (entries,), starts (count + 1,): rows of length 1, as in a CSR matrix."""

    folder: Path
    model: Counting
    values: Scores
    columns: NDArray[np.int32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def scores(self, query: str, *, block: int = BLOCK) -> Iterator[tuple[slice, Scores]]:
        """(rows, (rows,) cosine with `query`) of one block after another."""
        return self.scores_of(self.model.vectors([query]).toarray()[0], block=block)

    def scores_of(self, weights: Scores, *, block: int = BLOCK) -> Iterator[tuple[slice, Scores]]:
        """The same for weights (columns,) of length 1."""
        for first in range(0, len(self), block):
            last = min(first + block, len(self))
            starts = self.starts[first : last + 1]
            part = slice(int(starts[0]), int(starts[-1]))
            sums = np.zeros(part.stop - part.start + 1, np.float64)
            np.cumsum(self.values[part] * weights[self.columns[part]], out=sums[1:])
            inside = starts - starts[0]
            yield slice(first, last), (sums[inside[1:]] - sums[inside[:-1]]).astype(np.float32)

    def matrix(self, rows: slice) -> sparse.csr_matrix:
        """(rows, columns) of a run of sentences."""
        starts = self.starts[rows.start : rows.stop + 1]
        part = slice(int(starts[0]), int(starts[-1]))
        shape = (len(starts) - 1, COLUMNS)
        return sparse.csr_matrix((self.values[part], self.columns[part], starts - starts[0]), shape)


def open_counted(folder: Path, corpus: str, kind: CountingKind) -> CountedStore | None:
    """The finished store in `folder`, None where there is none of this corpus and kind."""
    try:
        said = json.loads((folder / "manifest.json").read_text("utf-8"))
        if said != _manifest(corpus, kind, said["count"], said["entries"]):
            return None
        entries, count = int(said["entries"]), int(said["count"])
        values = _mapped(folder / "values.bin", np.float32, entries)
        columns = _mapped(folder / "columns.bin", np.int32, entries)
        starts = np.fromfile(folder / "starts.bin", np.int64)
        model = load_counting(folder / "model")
    except (OSError, ValueError, KeyError, TypeError, UserError):
        return None  # half deleted or damaged: built again
    return CountedStore(folder, model, values, columns, starts) if len(starts) == count + 1 else None


def build_counted(
    folder: Path, texts: Blocks, corpus: str, kind: CountingKind, *, count: int, sink: Sink
) -> CountedStore:
    """The store of a corpus: opened if it is there, else built in two passes over the text (idf, vectors).

    corpus: its fingerprint.  count: sentences in all, for the progress.
    """
    found = open_counted(folder, corpus, kind)
    if found is not None:
        return found
    sink(StageStarted(STAGE, total=count))
    model = fit_counting((text for block in texts() for text in block), kind)
    with atomic_folder(folder) as building:
        starts = [np.zeros(1, np.int64)]
        rows, entries = 0, 0
        with (building / "values.bin").open("wb") as values, (building / "columns.bin").open("wb") as columns:
            for block in texts():
                matrix = model.vectors(block)
                values.write(matrix.data.astype(np.float32).tobytes())
                columns.write(matrix.indices.astype(np.int32).tobytes())
                starts.append(matrix.indptr[1:].astype(np.int64) + entries)
                rows, entries = rows + len(block), entries + int(matrix.nnz)
                sink(Progress(STAGE, rows, count))
        (building / "starts.bin").write_bytes(np.concatenate(starts).tobytes())
        model.save(building / "model")
        write_json(building / "manifest.json", _manifest(corpus, kind, rows, entries))
    built = open_counted(folder, corpus, kind)
    if built is None:
        raise OSError(f"{folder} was written and cannot be read back")
    return built


def _manifest(corpus: str, kind: CountingKind, count: int, entries: int) -> dict[str, object]:
    return {"format": FORMAT, "corpus": corpus, "kind": kind, "count": count, "entries": entries}


def _mapped(path: Path, kind: type[Number], entries: int) -> NDArray[Number]:
    if not entries:
        return np.zeros(0, kind)  # an empty file cannot be mapped
    return np.memmap(path, kind, "r", shape=(entries,))
