"""How fast is exact search: one query, 100,000 in blocks, and does it grow in proportion?

    python benchmarks/search_speed.py [--rows 1000000] [--dim 256] [--queries 100000] [--json out.json]

One query goes over a store on disk, memory-mapped and warm; faiss's flat index over the same vectors takes turns if
faiss is installed. The queries in blocks go over --block-rows of the rows; after each block a matrix product is timed,
so the share of the machine's rate is of the same minute. Both are checked against a sort of all cosines. The vectors
are random around 1,000 centres under a fixed seed: the time of exact search does not depend on them. CPU time stands
beside wall time, for a machine that others use too.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from machine import machine

from simcse_ml.events import silent
from simcse_ml.search.many import QUERIES, nearest_many
from simcse_ml.search.neighbours import nearest
from simcse_ml.search.vectors import VectorStore, build_vectors, open_vectors

FACTORS = (1, 4, 16)
K = 10
SQUARE = 2048


def random_vectors(rng: np.random.Generator, centres: np.ndarray, count: int) -> np.ndarray:
    chosen = centres[rng.integers(0, len(centres), count)]
    return chosen + rng.standard_normal(chosen.shape, np.float32)


def made_store(folder: Path, rows: int, dim: int) -> VectorStore:
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((1000, dim), np.float32)
    blocks = ([""] * min(100_000, rows - start) for start in range(0, rows, 100_000))
    embed = lambda texts: random_vectors(rng, centres, len(texts))  # noqa: E731
    return build_vectors(folder, blocks, embed, dim, rows, {"model": "random", "corpus": str(rows)}, silent)


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """(seconds, CPU seconds)"""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def flat_index(store: VectorStore) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None:
    """Faiss's exact index over unit vectors, None where it is not installed."""
    try:
        import faiss
    except ImportError:
        return None
    faiss.omp_set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)))
    index = faiss.IndexFlatIP(store.manifest.dim)
    for start in range(0, len(store), 100_000):
        part = slice(start, start + 100_000)
        index.add(store.vectors[part] / store.norms[part, None])

    def ask(queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scores, rows = index.search(queries / np.linalg.norm(queries, axis=1, keepdims=True), K)
        return rows, scores

    return ask


def best_by_sorting(store: VectorStore, query: np.ndarray) -> np.ndarray:
    """(K,) the highest cosines in float64."""
    cosines = np.empty(len(store))
    for start in range(0, len(store), 100_000):
        part = slice(start, start + 100_000)
        cosines[part] = store.vectors[part].astype(np.float64) @ query / store.norms[part]
    return np.sort(cosines / np.linalg.norm(query))[::-1][:K]


def one_query(store: VectorStore, queries: np.ndarray, rounds: int) -> dict:
    faiss = flat_index(store)
    ways: dict[str, Callable[[np.ndarray], object]] = {"ours": lambda query: nearest(store, query, K)}
    ways["ours, 2 threads"] = lambda query: nearest(store, query, K, threads=2)
    if faiss is not None:
        ways["faiss flat"] = lambda query: faiss(query[None])
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, ask in ways.items():
            taken = timed(lambda ask=ask, number=number: ask(queries[number]))
            if number:  # the first maps the pages
                times[name].append(taken)
    off = max(
        float(np.abs([hit.score for hit in nearest(store, query, K)] - best_by_sorting(store, query)).max())
        for query in queries[:5]
    )
    found: dict = {"furthest_from_the_sort": off}
    for name, taken in times.items():
        wall, cpu = ([each[at] * 1000 for each in taken] for at in (0, 1))
        found[name] = {"ms": median(wall), "least_ms": min(wall), "cpu_ms": median(cpu), "least_cpu_ms": min(cpu)}
        print(
            f"one query over {len(store):,} x {store.manifest.dim}, {name}: median {median(wall):.0f} ms, least"
            f" {min(wall):.0f}; CPU median {median(cpu):.0f} ms, least {min(cpu):.0f}"
        )
    if faiss is not None:
        pairs = [theirs[1] / mine[1] for mine, theirs in zip(times["ours"], times["faiss flat"], strict=True)]
        found["faiss_over_ours"] = median(pairs)
        print(f"faiss takes {median(pairs):.2f} times our CPU time ({min(pairs):.2f} to {max(pairs):.2f})")
    print(f"scores of the best {K}: at most {off:.1e} from the sort in float64", flush=True)
    return found


def many_queries(store: VectorStore, queries: np.ndarray, most_rows: int) -> dict:
    part = slice(0, most_rows)
    small = VectorStore(
        store.folder, store.manifest, store.vectors[part], store.norms[part], store.towards[part], store.mean
    )
    small = VectorStore(**{**small.__dict__, "manifest": type(store.manifest)("m", "c", store.manifest.dim, most_rows)})
    a = np.random.default_rng(1).standard_normal((SQUARE, SQUARE), np.float32)
    room = np.empty_like(a)
    np.matmul(a, a, out=room)
    shares, rates, ours, off = [], [], [], 0.0
    stream = nearest_many(small, queries, K)
    for start in range(0, len(queries), QUERIES):
        cpu = time.process_time()
        found = next(stream)
        count = found.queries.stop - found.queries.start
        mine = 2 * count * most_rows * store.manifest.dim / (time.process_time() - cpu)
        machine = 2 * SQUARE**3 / timed(lambda: np.matmul(a, a, out=room))[1]
        if count == QUERIES:
            shares.append(mine / machine)
            rates.append(machine / 1e9)
            ours.append(mine / 1e9)
        if start % (QUERIES * 20) == 0:
            off = max(off, float(np.abs(found.scores[0] - best_by_sorting(small, queries[start])).max()))
    print(
        f"{len(queries):,} queries over {most_rows:,} rows: {median(ours):.1f} GFLOP a CPU second,"
        f" {median(rates):.1f} in a matrix product: {median(shares):.0%} ({min(shares):.0%} to {max(shares):.0%});"
        f" at most {off:.1e} off",
        flush=True,
    )
    return {"gflops": median(ours), "machine_gflops": median(rates), "share": median(shares), "off": off}


def growth(folder: Path, rows: int, dim: int, queries: np.ndarray, rounds: int) -> list[dict]:
    found: list[dict] = []
    print("size        rows   CPU ms a query   CPU ms a query of 2,048   allocated MiB   time, one   time, many")
    sizes = [rows * factor // FACTORS[-1] for factor in FACTORS]
    stores = [made_store(folder / str(size), size, dim) for size in sizes[:-1]] + [open_vectors(folder / "store")]
    times: list[tuple[list[float], list[float]]] = [([], []) for _ in sizes]
    for number in range(rounds + 1):
        for store, (one, many) in zip(stores, times, strict=True):
            assert store is not None
            taken = timed(lambda store=store, number=number: nearest(store, queries[number], K))[1]
            block = (
                timed(lambda store=store: next(nearest_many(store, queries[:QUERIES], K)))[1] if number < 3 else None
            )
            if number:
                one.append(taken)
                many += [block] if block is not None else []
    for factor, size, store, (one, many) in zip(FACTORS, sizes, stores, times, strict=True):
        assert store is not None
        tracemalloc.start()
        nearest(store, queries[0], K)
        next(nearest_many(store, queries[:QUERIES], K))
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        row = {"factor": factor, "rows": size, "cpu_ms": median(one) * 1000, "peak_mib": peak}
        row["cpu_ms_many"] = median(many) * 1000 / QUERIES
        found.append(row)
        over = [row[key] / found[0][key] / (size / sizes[0]) - 1 for key in ("cpu_ms", "cpu_ms_many")]
        print(
            f"{factor:3d}x {size:11,} {row['cpu_ms']:16.1f} {row['cpu_ms_many']:25.2f} {peak:15.0f}"
            f" {over[0]:+11.0%} {over[1]:+12.0%}",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=256)
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--block-rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    about = machine(blas=blas, threads=os.environ.get("OMP_NUM_THREADS", "all"))
    print(json.dumps(about))
    centres = np.random.default_rng(0).standard_normal((1000, arguments.dim), np.float32)
    queries = random_vectors(np.random.default_rng(2), centres, arguments.queries)
    with tempfile.TemporaryDirectory() as scratch:
        store = made_store(Path(scratch) / "store", arguments.rows, arguments.dim)
        found = {
            "one": one_query(store, queries, arguments.rounds),
            "many": many_queries(store, queries, min(arguments.block_rows, arguments.rows)),
            "growth": growth(Path(scratch), arguments.rows, arguments.dim, queries, arguments.rounds),
        }
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": about, **found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
