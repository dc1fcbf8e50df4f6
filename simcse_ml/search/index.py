"""An approximate index beside exact vectors: the first hits at once where an exact search has to read many GB.

Hierarchical navigable small worlds (Malkov and Yashunin 2018, arXiv 1603.09320), by the package usearch.

    index.usearch       unit vectors in float16 and their graph
    index.json          of which vectors, and how many of the true nearest it finds; written last
    index.part.*        the same two while it is being built, so that a kill costs two minutes

It only proposes rows: their cosines are exact, and a search without it stays exact. NumPy and usearch.
"""

from __future__ import annotations

import importlib.util
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.files import PARTIAL, write_error, write_json
from simcse_ml.search.many import nearest_many
from simcse_ml.search.neighbours import Hit
from simcse_ml.search.vectors import VectorStore, blocks_of

STAGE = "index"
FORMAT = 1
CONNECTIONS, WIDTH_ADD, WIDTH_SEARCH = 16, 128, 64
"""HNSW's M, efConstruction and ef"""
ROWS = 4096
SAVE_SECONDS = 120.0
ASKED = 200
"""rows whose true nearest are looked up to measure the index"""
NEAREST = 10
SAME = 1e-5
"""a row this near to the tenth's cosine is as good as the tenth: duplicates are many"""
GRAPH, ABOUT = "index.usearch", "index.json"
PART_GRAPH, PART_ABOUT = "index.part.usearch", "index.part.json"

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ApproximateIndex:
    """store: what it is an index of.  graph: usearch's.  recall: share of the ten nearest that it finds, measured."""

    store: VectorStore
    graph: Any
    recall: float

    def rows(self, query: Floats, k: int) -> Rows:
        """(at most k,) rows that are probably the nearest to `query` (dim,), in no order that counts."""
        if not np.any(query):
            return np.zeros(0, np.int64)
        self.graph.expansion_search = max(WIDTH_SEARCH, 2 * k)
        found = self.graph.search(np.asarray(query, np.float32), min(k, len(self.graph)))
        return np.asarray(found.keys, np.int64)

    def nearest(self, query: Floats, k: int) -> list[Hit]:
        """At most `k` hits with their exact cosines, best first, equal ones by row."""
        rows = self.rows(query, k)
        scores = cosines(self.store, rows, query)
        return [Hit(int(rows[at]), float(scores[at])) for at in np.lexsort((rows, -scores))]


def require_usearch(where: str) -> None:
    """Raises: UserError MACHINE where the package of the extra `large` is missing."""
    if importlib.util.find_spec("usearch") is None:
        raise UserError(
            "usearch is not installed", where=where, mend='pip install "simcse-ml[large]"', exit_code=ExitCode.MACHINE
        )


def open_index(store: VectorStore) -> ApproximateIndex | None:
    """The finished index of exactly these vectors; None where there is none, or usearch is not installed."""
    about = _told(store.folder / ABOUT)
    if not _is_of(about, store) or "recall" not in about or importlib.util.find_spec("usearch") is None:
        return None
    graph = _restored(store.folder / GRAPH, view=True)
    if graph is None or len(graph) != about.get("rows"):
        return None
    return ApproximateIndex(store, graph, float(about["recall"]))


def build_index(store: VectorStore, sink: Sink, *, threads: int = 1, seed: int = 1) -> ApproximateIndex:
    """The index of these vectors: opened, or built from where a killed build stopped, and measured.

    Raises: UserError MACHINE without usearch, or where the disk cannot take it.
    """
    require_usearch("--index")
    done = open_index(store)
    if done is not None:
        return done
    folder = store.folder
    try:
        graph, start = _begun(store)
        sink(StageStarted(STAGE, total=len(store)))
        saved = time.monotonic()
        for part, block in blocks_of(store.vectors, ROWS):
            if part.start < start:
                continue
            there = np.flatnonzero(store.norms[part] > 0)
            units = np.asarray(block[there], np.float32) / store.norms[part][there, None]
            graph.add((there + part.start).astype(np.uint64), units, threads=threads)
            sink(Progress(STAGE, part.stop, len(store)))
            if time.monotonic() - saved > SAVE_SECONDS:
                _save(graph, folder / PART_GRAPH)
                write_json(folder / PART_ABOUT, {**_about(store), "done": part.stop, "rows": len(graph)})
                saved = time.monotonic()
        _save(graph, folder / GRAPH)
        recall = recall_of(ApproximateIndex(store, graph, 0.0), seed=seed)
        write_json(folder / ABOUT, {**_about(store), "rows": len(graph), "recall": recall, "asked": ASKED})
        for name in (PART_ABOUT, PART_GRAPH):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise write_error(error, folder / GRAPH) from error
    return ApproximateIndex(store, graph, recall)


def recall_of(index: ApproximateIndex, *, asked: int = ASKED, seed: int = 1) -> float:
    """Share of the true ten nearest that the index gives, over rows drawn from the corpus; a row is not its own."""
    store = index.store
    rows = np.flatnonzero(store.norms > 0)
    if len(rows) < 2:
        return 1.0
    drawn = np.sort(np.random.default_rng(seed).choice(rows, min(asked, len(rows)), replace=False))
    queries = np.asarray(store.vectors[drawn], np.float32)
    found = wanted = 0
    for part in nearest_many(store, queries, NEAREST + 1):
        asked_rows, asked_vectors = drawn[part.queries], queries[part.queries]
        for row, query, true, scores in zip(asked_rows, asked_vectors, part.rows, part.scores, strict=True):
            others = scores[(true != row) & (scores > 0)][:NEAREST]
            if len(others):
                near = [hit for hit in index.nearest(query, NEAREST + 1) if hit.row != row]
                found += min(sum(hit.score >= others[-1] - SAME for hit in near), len(others))
                wanted += len(others)
    return found / wanted if wanted else 1.0


def cosines(store: VectorStore, rows: Rows, query: Floats) -> Floats:
    """(n,) exact cosines of some rows with `query` (dim,); 0 where a vector is zero."""
    lengths = store.norms[rows] * np.float32(np.linalg.norm(query))
    products = np.vecdot(np.asarray(store.vectors[rows], np.float32), np.asarray(query, np.float32))
    found: Floats = np.divide(products, lengths, out=np.zeros(len(rows), np.float32), where=lengths > 0)
    return found


def _begun(store: VectorStore) -> tuple[Any, int]:
    """A graph to add to, and the row to go on with."""
    from usearch.index import Index

    about = _told(store.folder / PART_ABOUT)
    if _is_of(about, store):
        graph = _restored(store.folder / PART_GRAPH, view=False)
        if graph is not None and len(graph) == about.get("rows"):
            return graph, int(about["done"])
    return Index(
        ndim=store.manifest.dim,
        metric="cos",
        dtype="f16",
        connectivity=CONNECTIONS,
        expansion_add=WIDTH_ADD,
        expansion_search=WIDTH_SEARCH,
    ), 0


def _restored(path: Path, *, view: bool) -> Any:  # noqa: ANN401
    from usearch.index import Index

    try:
        return Index.restore(path, view=view) if path.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None  # cut off or of another version: built again


def _save(graph: Any, path: Path) -> None:  # noqa: ANN401
    """In one piece: a reader sees the old file or the new one."""
    beside = path.with_name(f"{PARTIAL}{path.name}.{os.getpid()}")
    try:
        graph.save(beside)
        beside.replace(path)
    except RuntimeError as error:  # of usearch, which has no other kind
        raise UserError(
            f"the index cannot be written: {error}",
            where=str(path),
            mend="make room on that disk, then run the same command again: it goes on",
            exit_code=ExitCode.MACHINE,
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def _about(store: VectorStore) -> dict[str, object]:
    return {**asdict(store.manifest), "format": FORMAT, "connections": CONNECTIONS, "width": WIDTH_ADD}


def _is_of(about: Mapping[str, Any], store: VectorStore) -> bool:
    return bool(about) and all(about.get(key) == value for key, value in _about(store).items())


def _told(path: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
