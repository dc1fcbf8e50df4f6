"""How many sentences a second does builtin:static train, and how far is that from the arithmetic?

    python benchmarks/static_speed.py --lang ja ja.txt [--lang tr tr.txt ...] [--times 3] [--json out.json]

A training of the recipe `static` at --dim 512 and --batch 2048, in a process of its own: whole steps (data, views,
forward, loss, backward, clipping, optimizer), timed by their StepDone events. In turn with it, in another process with
as many threads, the floor: the three matrix products over all similarities of a step as torch does them, and every
number that must be read or written at least once for the rest (grams and pieces gathered, their gradients scattered,
parameters and moments), at the rate of a copy. Both suffer alike from a busy machine; medians are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from machine import machine

SKIPPED = 5
"""steps before the timed ones"""


@dataclass(frozen=True)
class Work:
    """Of a mean step. sentences, dim: n and d.  tokens: of both views.  pieces: distinct.  grams: of the pieces, with
    repeats.  parameters: trained numbers.
    """

    sentences: int
    dim: int
    tokens: float
    pieces: float
    grams: float
    parameters: int

    @property
    def flops(self) -> float:
        """z1 z2', and the products with it for both gradients."""
        return 3 * 2.0 * self.sentences**2 * self.dim

    @property
    def numbers(self) -> float:
        """float32 read or written: gathered, summed up and the same back; the similarities once each way; AdamW."""
        vectors = self.grams + 2 * self.pieces + self.tokens + 2 * self.sentences
        return 2 * vectors * self.dim + 2.0 * self.sentences**2 + 7.0 * self.parameters


def train(asked: argparse.Namespace) -> dict[str, object]:
    """Seconds of each step, and the work of a mean one. In this process."""
    import tempfile

    import numpy as np

    from simcse_ml.events import Event, StepDone
    from simcse_ml.jobs.request import TrainRequest
    from simcse_ml.jobs.train import train as run
    from simcse_ml.models.static import ComposedTable, StaticEncoder
    from simcse_ml.settings.load import load_recipe

    ends: list[float] = []
    counted: list[tuple[int, int, int, int]] = []
    plain = StaticEncoder.embed

    def embed(self, rows, *, in_training=False):  # type: ignore[no-untyped-def]
        # one of a training's forwards
        if in_training and len(ends) <= SKIPPED and isinstance(self.table, ComposedTable):
            used = np.unique(rows.ids)
            grams = len(self.table.grams.of(used.astype(np.int64))[0])
            parameters = sum(one.numel() for one in self.parameters() if one.requires_grad)
            counted.append((len(rows.ids), len(used), grams, parameters))
        return plain(self, rows, in_training=in_training)

    StaticEncoder.embed = embed  # type: ignore[method-assign]

    def sink(event: Event) -> None:
        if isinstance(event, StepDone):
            ends.append(time.perf_counter())

    changes = [f"static.dim={asked.dim}", f"training.batch_size={asked.batch}", f"training.max_steps={asked.steps}"]
    recipe = load_recipe("static", [*changes, "training.evaluations=1", "training.epochs=10000"])
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(os.environ["SIMCSE_ML_CACHE_DIR"])
        run(
            TrainRequest(
                inputs=tuple(asked.text),
                language=asked.lang,
                recipe=recipe,
                recipe_name="static",
                runs_dir=Path(folder),
                cache_dir=cache,
                threads=asked.threads,
            ),
            sink,
        )
    tokens, pieces, grams, parameters = np.mean(counted, axis=0)
    work = Work(asked.batch, asked.dim, float(tokens), float(pieces), float(grams), int(parameters))
    return {"seconds": np.diff(ends)[SKIPPED:].tolist(), "work": asdict(work)}


def rates(asked: argparse.Namespace) -> dict[str, float]:
    """Floating-point operations and float32 numbers a second, in this process: products of that shape, copies."""
    import torch

    torch.set_num_threads(asked.threads)
    n, d = asked.batch, asked.dim
    a, b, p = torch.randn(n, d), torch.randn(n, d), torch.randn(n, n)
    table, copied = torch.randn(1 << 24), torch.empty(1 << 24)

    def products() -> None:
        a @ b.T, p @ b, p.T @ a

    return {
        "flops": 3 * 2 * n * n * d / _median_seconds(products),
        "numbers": 2 * len(table) / _median_seconds(lambda: copied.copy_(table)),
    }


def _median_seconds(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(12):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[2:])


def child(part: str, arguments: Sequence[str]) -> dict[str, object]:
    """What `part` of this file gives in a process of its own."""
    env = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    told = subprocess.run(
        [sys.executable, __file__, "--part", part, *arguments], env=env, capture_output=True, text=True, check=False
    )
    if told.returncode:
        sys.exit(told.stderr)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def compare(asked: argparse.Namespace, lang: str, text: str) -> dict[str, float]:
    """One text: --times trainings and floors in turn; a row of the table."""
    arguments = ["--lang", lang, text]
    for name in ("dim", "batch", "threads", "steps"):
        arguments += [f"--{name}", str(getattr(asked, name))]
    steps, floors, load = [], [], []
    for _ in range(asked.times):
        load.append(os.getloadavg()[0])
        rate = child("rates", arguments)
        trained = child("train", arguments)
        work = Work(**trained["work"])  # type: ignore[arg-type]
        steps.append(statistics.median(trained["seconds"]))  # type: ignore[arg-type]
        floors.append(work.flops / rate["flops"] + work.numbers / rate["numbers"])  # type: ignore[operator]
    step, floor = statistics.median(steps), statistics.median(floors)
    return {
        **asdict(work),
        "sentences_per_second": round(asked.batch / step),
        "best": round(asked.batch / min(steps)),
        "step_ms": round(1000 * step, 1),
        "floor_ms": round(1000 * floor, 1),
        "times_the_floor": round(statistics.median(s / f for s, f in zip(steps, floors, strict=True)), 2),
        "gflops": round(rate["flops"] / 1e9, 1),  # type: ignore[operator]
        "gb_per_second": round(4 * rate["numbers"] / 1e9, 1),  # type: ignore[operator]
        "load": round(max(load), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lang", action="append", required=True, help="one for each text")
    parser.add_argument("text", nargs="+")
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--part", choices=["train", "rates"], help=argparse.SUPPRESS)
    asked = parser.parse_intermixed_args()
    if asked.part:
        asked.lang = asked.lang[0]
        print(json.dumps(train(asked) if asked.part == "train" else rates(asked)))
        return
    about = machine(threads=asked.threads)
    print(about)
    results = {}
    for lang, text in zip(asked.lang, asked.text, strict=True):
        row = results[lang] = compare(asked, lang, text)
        print(
            f"{lang}: {row['sentences_per_second']:,} sentences/s (best {row['best']:,}), step {row['step_ms']} ms, "
            f"floor {row['floor_ms']} ms, {row['times_the_floor']} times the floor; "
            f"{row['gflops']} GFLOP/s, {row['gb_per_second']} GB/s, load {row['load']}"
        )
    if asked.json:
        asked.json.write_text(json.dumps({**about, "results": results}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
