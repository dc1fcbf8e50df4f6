"""Peak memory and time of training steps by batch size: memory must not grow with the batch.

    python benchmarks/large_batches.py --backbone FOLDER --lang en corpus.txt
    python benchmarks/large_batches.py --backbone FOLDER --lang en corpus.txt --batches 256 --chunks 16 64 all

Each row is a run of `simcse-ml train` in a child process of its own (--steps steps, one thread, seed 42). Peak is that
of the resident memory of the child, text and plan included; seconds a step are those after the first, from the events
of the run. whole: batches of so many padded tokens go through at once, larger ones in chunks of `part` tokens.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import torch

COMMAND = [sys.executable, "-m", "simcse_ml.cli.main", "train"]


def trained(arguments: list[str], out: Path, cache: Path) -> tuple[float, dict[str, object], list[float]]:
    """Peak MiB of one run, what run.json says of its machine, and the times at which steps ended."""
    env = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--out", str(out)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    child, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            peak = max(peak, child.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.01)
    _, told = process.communicate()
    if process.returncode != 0:
        sys.exit(told.decode(errors="replace"))
    lines = [json.loads(line) for line in (out / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    ends = [float(line["time"]) for line in lines if line["kind"] == "StepDone"]
    return peak / 2**20, json.loads((out / "run.json").read_text(encoding="utf-8"))["machine"], ends


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--lang", required=True)
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--batches", type=int, nargs="+", default=[256, 1024, 4096])
    parser.add_argument("--chunks", nargs="+", default=["auto"])
    parser.add_argument("--steps", type=int, default=2)
    asked = parser.parse_args()
    base = [asked.corpus, "--lang", asked.lang, "--backbone", asked.backbone, "--threads", "1", "--quiet"]
    base += ["--set", f"training.max_steps={asked.steps}", "--set", "training.evaluations=1", "--offline"]
    print(f"{platform.processor() or platform.machine()}, torch {torch.__version__}, one thread, {asked.steps} steps")
    print(f"{'batch':>6} {'asked':>6} {'whole':>7} {'part':>6} {'peak MiB':>9} {'s/step':>7}", flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for batch in asked.batches:
            for chunk in asked.chunks:
                settings = ["--batch", str(batch), "--set", f"training.chunk_rows={chunk}"]
                out = Path(name) / f"{batch}-{chunk}"
                peak, machine, ends = trained([*base, *settings], out, Path(name) / "cache")
                schedule = machine["schedules"][0]
                took = (ends[-1] - ends[0]) / (len(ends) - 1) if len(ends) > 1 else float("nan")
                tokens = schedule["chunk_tokens"] or {"whole": "-", "part": "-"}
                row = {
                    "batch": batch,
                    "asked": chunk,
                    **tokens,
                    "peak_mib": round(peak),
                    "step_seconds": round(took, 2),
                }
                rows.append(row)
                print("{:6d} {:>6} {:>7} {:>6} {:9d} {:7.2f}".format(*row.values()), flush=True)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
