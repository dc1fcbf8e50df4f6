"""What the approximate index costs and finds, beside the exact search over the same vectors.

    python benchmarks/index_speed.py VECTORS [--rows N] [--queries 200] [--threads 1] [--json out.json]

VECTORS: a .npy file of (count, dim) float32, such as `embed` writes, or a folder of vectors in the cache. The index is
built anew in a temporary folder from the first N of them. Queries are rows; one query by the index and one by the exact
search take turns. CPU and wall times are medians; recall: share of the true ten nearest.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from machine import machine

from simcse_ml.events import silent
from simcse_ml.search.index import GRAPH, build_index
from simcse_ml.search.neighbours import nearest
from simcse_ml.search.vectors import build_vectors


def timed(call: object) -> tuple[float, float]:
    """CPU and wall milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()  # type: ignore[operator]
    return 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    file = asked.vectors / "vectors.npy" if asked.vectors.is_dir() else asked.vectors
    vectors = np.load(file, mmap_mode="r", allow_pickle=False)[: asked.rows]
    count, dim = vectors.shape
    with tempfile.TemporaryDirectory() as name:
        rows = iter(range(0, count, 4096))
        texts = ([""] * min(4096, count - start) for start in range(0, count, 4096))
        embed = lambda some: vectors[(start := next(rows)) : start + len(some)]  # noqa: E731
        store = build_vectors(Path(name), texts, embed, dim, count, {"model": "", "corpus": ""}, silent)
        cpu, wall = time.process_time(), time.monotonic()
        index = build_index(store, silent, threads=asked.threads)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        size = (Path(name) / GRAPH).stat().st_size
        drawn = np.random.default_rng(2).choice(count, asked.queries, replace=False)
        quick, exact = [], []
        for row in drawn:
            query = np.array(store.vectors[row])
            quick.append(timed(lambda query=query: index.nearest(query, 10)))
            exact.append(timed(lambda query=query: nearest(store, query, 10)))
    found = {
        **machine(rows=count, dim=dim, threads=asked.threads),
        "build_cpu_s": round(cpu, 1),
        "build_wall_s": round(wall, 1),
        "index_mb": round(size / 1e6, 1),
        "vectors_mb": round(count * dim * 4 / 1e6, 1),
        "recall": round(index.recall, 4),
        "index_ms": [round(median(column), 2) for column in zip(*quick, strict=True)],
        "exact_ms": [round(median(column), 2) for column in zip(*exact, strict=True)],
    }
    print(json.dumps(found, indent=1))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
