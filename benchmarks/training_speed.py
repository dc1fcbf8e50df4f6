"""How fast is a transformer trained, beside sentence-transformers' own trainer? Alternating child processes, medians.

    python benchmarks/training_speed.py TEXT --backbone FOLDER [--train-table] [--batch 64] [--max-tokens 128]
        [--steps 24] [--repetitions 5] [--threads 1] [--clock cpu] [--best SETTING] [--json out.json] [--last old.json]

Both train unsupervised SimCSE on the same text with the same parameters held: ours is the project's loop with its
defaults, the peer is SentenceTransformerTrainer with MultipleNegativesRankingLoss on (s, s) pairs, dropout on, nothing
evaluated, saved or logged. "default" leaves the peer's arguments alone (fused AdamW, sdpa); "best" is the fastest of
PEERS (training_sides.py), found by one run of each where --best does not name it. "sorted" adds a length-grouping batch
sampler to it: the peer has no setting for that (it ignores `train_sampling_strategy`), a user has to write it. Timed
are --steps batches that stand for each side's epoch over the same 50 batches, after one small backward pass. Memory is
the peak of the process (VmHWM) after the last step. Tokens are what goes through the encoder a sentence and view,
padding included. --clock cpu counts the seconds of processors, for a machine with other work on it and one thread; wall
is for an idle one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from machine import machine
from training_sides import PEERS

from simcse_ml.training.precisions import bf16_on_cpu

CLOCKS = {"cpu": "per_cpu_second", "wall": "per_second"}
Row = dict[str, float]


def child(side: str, arguments: argparse.Namespace, more: Sequence[str] = ()) -> Row:
    """`side` in a fresh process: "ours", a name of PEERS, or that and " sorted"."""
    command = [sys.executable, str(Path(__file__).with_name("training_sides.py")), str(arguments.text)]
    for name in ("backbone", "batch", "max_tokens", "steps", "threads"):
        command += [f"--{name.replace('_', '-')}", str(getattr(arguments, name))]
    command += ["--train-table"] * arguments.train_table
    if side != "ours":
        command += ["--setting", side.removesuffix(" sorted")] + ["--sorted"] * side.endswith(" sorted")
    environment = dict(os.environ, OMP_NUM_THREADS=str(arguments.threads), TOKENIZERS_PARALLELISM="false")
    done = subprocess.run([*command, *more], capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"')]
    row: Row = json.loads(lines[-1])
    return row


def fastest(arguments: argparse.Namespace) -> str:
    """The setting of PEERS with the most sentences a second in one run each."""
    speeds: dict[str, float] = {}
    for setting in PEERS:
        if setting == "bf16" and not bf16_on_cpu():
            print("peer bf16: not tried, this processor emulates it")
            continue
        speeds[setting] = child(setting, arguments)[CLOCKS[arguments.clock]]
        print(f"peer {setting}: {speeds[setting]:.2f} sentences/s", flush=True)
    return max(speeds, key=lambda name: speeds[name])


def show(runs: dict[str, list[Row]], key: str) -> None:
    print("side            sentences/s (min, max)  tokens/sentence  peak MiB  ours is times (min, max)")
    mine = [row[key] for row in runs["ours"]]
    for side, rows in runs.items():
        speeds = [row[key] for row in rows]
        ratios = [own / other for own, other in zip(mine, speeds, strict=True)]
        print(
            f"{side:15} {median(speeds):7.2f} ({min(speeds):.2f}, {max(speeds):.2f})"
            f" {median(row['tokens'] for row in rows):14.1f} {median(row['peak_mib'] for row in rows):11.0f}"
            f" {median(ratios):9.2f} ({min(ratios):.2f}, {max(ratios):.2f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("--backbone", type=Path, required=True)
    parser.add_argument("--train-table", action="store_true")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--max-tokens", type=int, default=128)
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--clock", choices=CLOCKS, default="cpu")
    parser.add_argument("--best", choices=PEERS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--last", type=Path)
    arguments = parser.parse_args()
    about = machine()
    print(", ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    best = arguments.best or fastest(arguments)
    runs: dict[str, list[Row]] = {side: [] for side in dict.fromkeys(["ours", "default", best, f"{best} sorted"])}
    for _ in range(arguments.repetitions):
        for side, rows in runs.items():
            rows.append(child(side, arguments))
    about["load_after"] = os.getloadavg()[0]
    key = CLOCKS[arguments.clock]
    print(f"{arguments.backbone.name}, table {'trained' if arguments.train_table else 'held'}, best: {best}")
    show(runs, key)
    if arguments.last:
        before = json.loads(arguments.last.read_text(encoding="utf-8"))["runs"]
        for side in [side for side in runs if side in before]:
            was, now = (median(row[key] for row in rows[side]) for rows in (before, runs))
            print(f"{side}: {now / was:.2f} times the sentences/s of {arguments.last}")
    if arguments.json:
        settings = {name: str(value) for name, value in vars(arguments).items()}
        record = {"machine": about, "settings": settings, "best": best, "runs": runs}
        arguments.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
