"""How long the explorer takes: opening a million rows, a query over a million x 256, first hits and whole.

    python benchmarks/explore_speed.py --rows 1000000 --dim 256 > explore.json

Vectors and sentences are random, written once into a temporary folder; the numbers are wall seconds of one process.
Budgets (docs/exploring.md): open 2 s; first hits 0.1 s, whole 1 s warm.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from simcse_ml.events import silent
from simcse_ml.search.calibration import calibrate
from simcse_ml.search.explorer import Explorer
from simcse_ml.search.grammar import parse_query
from simcse_ml.search.hubs import hubs_of
from simcse_ml.search.space import DenseSpace
from simcse_ml.search.vectors import build_vectors, open_vectors

QUERIES = 9


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--dim", type=int, default=256)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        json.dump(measured(Path(folder), asked.rows, asked.dim), sys.stdout, indent=2)
    sys.stdout.write("\n")


def measured(folder: Path, rows: int, dim: int) -> dict[str, object]:
    draw = np.random.default_rng(0)
    blocks = ([f"sentence {row}" for row in range(at, min(at + 4096, rows))] for at in range(0, rows, 4096))
    embed = lambda texts: draw.normal(size=(len(texts), dim)).astype(np.float32)  # noqa: E731
    build_vectors(folder, blocks, embed, dim, rows, {"model": "m", "corpus": "c"}, silent)
    texts = lambda wanted: [f"sentence {row}" for row in np.asarray(wanted).tolist()]  # noqa: E731
    opened, space = timed(lambda: DenseSpace(open_vectors(folder)))
    yardstick, calibration = timed(lambda: calibrate(space, texts, silent))
    hub_seconds, hubs = timed(lambda: hubs_of(space, silent))
    again, _ = timed(lambda: (calibrate(space, texts, silent), hubs_of(space, silent)))
    explorer = Explorer(space, texts, np.zeros(rows, np.int64), calibration, hubs, lambda _: "")
    seconds = {
        name: [asked(explorer, line, dim, draw) for _ in range(QUERIES)]
        for name, line in (("plain", "x k:50"), ("other words", "x k:50 lex:<.2"))
    }
    return {
        "machine": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "rows": rows,
        "dim": dim,
        "open": opened,
        "yardstick the first time": yardstick,
        "hubs the first time": hub_seconds,
        "yardstick and hubs opened": again,
        **{
            name: {part: statistics.median(one[part] for one in runs) for part in ("first", "hits", "marks")}
            for name, runs in seconds.items()
        },
    }


def asked(explorer: Explorer, line: str, dim: int, draw: np.random.Generator) -> dict[str, float]:
    """Seconds to the first hits, to all hits, and to their marks."""
    began = time.perf_counter()
    told = []
    for part in explorer.search(parse_query(line), draw.normal(size=dim).astype(np.float32)):
        told.append((part.scanned, time.perf_counter() - began))
    whole = [seconds for scanned, seconds in told if scanned == 1.0]
    return {"first": told[0][1], "hits": whole[0], "marks": whole[-1]}


def timed(do):
    began = time.perf_counter()
    made = do()
    return time.perf_counter() - began, made


if __name__ == "__main__":
    main()
