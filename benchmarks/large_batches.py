"""Peak memory and time of training steps by batch size: memory must not grow with the batch.

    python benchmarks/large_batches.py --backbone FOLDER --lang en corpus.txt
    python benchmarks/large_batches.py --backbone FOLDER --lang en corpus.txt --batches 256 --chunks 16 64 all

Each row is a run of `simcse-ml train` in a child process of its own (--steps steps, one thread, seed 42). Peak is that
of the resident memory of the child, text and plan included; seconds are those of the processor, because others work on
the machine too. whole: batches of so many padded tokens go through at once, larger ones in chunks of `part` tokens.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import torch

COMMAND = [sys.executable, "-m", "simcse_ml.cli.main", "train"]


def trained(
    arguments: list[str], out: Path, cache: Path, limit: float | None
) -> tuple[float, float, dict[str, object]]:
    """Peak MiB of one run, processor seconds of its steps, and what run.json says of its machine."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_AS, (int(limit * 2**30),) * 2)

    env = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache), "OMP_NUM_THREADS": "1"}
    command = [*COMMAND, *arguments, "--out", str(out)]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, env=env, preexec_fn=limited, **pipes)
    child, peak, marks, events = psutil.Process(process.pid), 0, [], Events(out / "events.jsonl")
    while process.poll() is None:
        try:
            peak = max(peak, child.memory_info().rss)
            marks += [child.cpu_times().user + child.cpu_times().system] * events.new_marks()
        except psutil.NoSuchProcess:
            break
        time.sleep(0.01)
    _, told = process.communicate()
    if process.returncode != 0:
        sys.exit(told.decode(errors="replace"))
    return peak / 2**20, marks[-1] - marks[0], json.loads((out / "run.json").read_text(encoding="utf-8"))["machine"]


class Events:
    """Counts the start of the training and the steps in events.jsonl as they are written."""

    def __init__(self, path: Path) -> None:
        self.path, self.offset = path, 0

    def new_marks(self) -> int:
        if not self.path.exists() or self.path.stat().st_size == self.offset:
            return 0
        with self.path.open("rb") as file:
            file.seek(self.offset)
            text = file.read().decode(errors="replace")
            self.offset = file.tell()
        return text.count('"StepDone"') + text.count('"StageStarted", "stage": "unsup"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--lang", required=True)
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--batches", type=int, nargs="+", default=[256, 1024, 4096])
    parser.add_argument("--chunks", nargs="+", default=["auto"])
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--limit", type=float, help="GiB of address space that a child may take")
    asked = parser.parse_args()
    base = [asked.corpus, "--lang", asked.lang, "--backbone", asked.backbone, "--threads", "1", "--quiet"]
    base += ["--set", f"training.max_steps={asked.steps}", "--set", "training.epochs=99", "--offline"]
    base += ["--set", "training.evaluations=1"]
    print(f"{platform.machine()}, torch {torch.__version__}, one thread, limit {asked.limit or 'no'} GiB")
    print(f"{'batch':>6} {'asked':>6} {'whole':>7} {'part':>6} {'peak MiB':>9} {'CPU s/step':>10}", flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for batch in asked.batches:
            for chunk in asked.chunks:
                settings = ["--batch", str(batch), "--set", f"training.chunk_rows={chunk}"]
                out = Path(name) / f"{batch}-{chunk}"
                peak, seconds, machine = trained([*base, *settings], out, Path(name) / "cache", asked.limit)
                schedule = machine["schedules"][0]
                tokens = schedule["chunk_tokens"] or {"whole": "-", "part": "-"}
                row = {
                    "batch": batch,
                    "asked": chunk,
                    **tokens,
                    "peak_mib": round(peak),
                    "cpu_seconds": round(seconds / asked.steps, 1),
                }
                rows.append(row)
                print("{:6d} {:>6} {:>7} {:>6} {:9d} {:10.1f}".format(*row.values()), flush=True)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
