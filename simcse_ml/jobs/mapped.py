"""`embed --map`: every sentence's place on the map of its text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simcse_ml.events import Sink
from simcse_ml.files import atomic_file
from simcse_ml.jobs.exploring import text_of
from simcse_ml.jobs.search import counted_store, vector_store
from simcse_ml.jobs.using import Use, open_used
from simcse_ml.search.plane import Plane, plane_of
from simcse_ml.search.space import CountedSpace, DenseSpace, Space
from simcse_ml.text.corpus import Corpus


@dataclass(frozen=True)
class MapResult:
    """kept: share of the variance that the two directions hold.  out: the .npy file of (rows, 2), None if none."""

    model: str
    corpus: Corpus
    plane: Plane
    out: Path | None

    @property
    def rows(self) -> int:
        return len(self.corpus)

    @property
    def kept(self) -> float:
        return self.plane.kept

    def points(self) -> Iterator[tuple[str, tuple[float, float]]]:
        """(sentence, (x, y)), in order."""
        texts = (text for block in self.corpus.iterate() for text in block)
        yield from ((text, (x, y)) for text, (x, y) in zip(texts, self.plane.points.tolist(), strict=True))


def map_text(use: Use, text: str, out: Path | None, sink: Sink) -> MapResult:
    """Raises: UserError where text or model cannot be opened, or the file cannot be written."""
    corpus = text_of(use, text, sink)
    if use.is_counting:
        space: Space = CountedSpace(counted_store(corpus, use.cache_dir, sink))
    else:
        space = DenseSpace(vector_store(corpus, open_used(use), use.cache_dir, sink))
    plane = plane_of(space, sink)
    if out is not None:
        buffer = io.BytesIO()
        np.save(buffer, plane.points)
        with atomic_file(out) as file:
            file.write(buffer.getvalue())
    return MapResult(use.model, corpus, plane, out)
