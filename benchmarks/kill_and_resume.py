"""Kill a training in each of its phases, resume it each time, compare the result with an uninterrupted run bit for bit.

    python benchmarks/kill_and_resume.py --rounds 2 -- --lang ja examples/ja --backbone builtin:static
    python benchmarks/kill_and_resume.py --recipes diffcse-warm --phases "step language-head,step diffcse" -- TEXT

What stands after `--` is given to `simcse-ml train`; the script adds --out and its own cache folders. Name --precision
where the processor computes in bf16: auto times both, in each run anew, and two runs may choose otherwise. A
checkpoint is written after every step (training.checkpoint_seconds=0), so that kills fall into the writing of one as
well. Phases are those that events name, `training` and `checkpoint` once three steps are done, `step NAME` for those of
one stage alone. Compared are every tensor of the models, the tokenizer, and every loss that the killed run has written
(a kill takes the last line along), where a queue or a head that came back otherwise shows first.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

COMMAND = [sys.executable, "-m", "simcse_ml.cli.main", "train"]
STEPS = 3
"""that a process has done before it is killed, so that something comes back"""


def start(arguments: list[str], cache: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache)}
    return subprocess.Popen(
        [*COMMAND, *arguments], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


def finish(arguments: list[str], cache: Path) -> float:
    """Run to the end; seconds."""
    began = time.monotonic()
    process = start(arguments, cache)
    _, errors = process.communicate()
    if process.returncode != 0:
        sys.exit(errors.decode(errors="replace"))
    return time.monotonic() - began


def kill_in(phase: str, arguments: list[str], out: Path, cache: Path, delay: float) -> str:
    """Start, wait until `phase` is seen, wait `delay` seconds more, kill -9; returns where that was."""
    already = len(lines_of(out / "events.jsonl"))
    process = start(arguments, cache)
    while process.poll() is None and not seen(phase, out, already):
        time.sleep(0.002)
    time.sleep(delay)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return moment(out, cache)


def seen(phase: str, out: Path, already: int) -> bool:
    """Whether the process is in `phase`, by its events and by what it has half-written."""
    lines = lines_of(out / "events.jsonl")[already:]
    done = [str(line.get("stage")) for line in lines if line.get("kind") == "StepDone"]
    if phase.startswith("step "):
        return done.count(phase.removeprefix("step ")) >= STEPS
    if phase == "training":
        return len(done) >= STEPS
    if phase == "checkpoint":
        return len(done) >= STEPS and any((out / "checkpoints").glob(".partial-*"))
    return any(phase == line.get("stage") for line in lines)


def lines_of(path: Path) -> list[dict[str, object]]:
    """Events that can be read."""
    lines = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue
    return lines


def moment(out: Path, cache: Path) -> str:
    """Where the killed process was, from what it left."""
    if not (out / "run.json").exists():
        return "before run.json"
    half = {path.parent.name for folder in (out, cache) for path in folder.rglob(".partial-*")}
    state = json.loads((out / "run.json").read_text())["state"]
    last = (lines_of(out / "events.jsonl") or [{}])[-1]
    where = " ".join(str(last.get(key, "")) for key in ("kind", "stage", "step", "done")).strip()
    return f"{state}, last event {where}" + (f"; half-written in {', '.join(sorted(half))}" if half else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, help="runs that are killed once in each phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--phases", default="text,tokenizer,training,checkpoint,evaluation")
    parser.add_argument("--recipes", nargs="+", default=[], help="each in turn, beside the arguments of train")
    parser.add_argument("train", nargs="+")
    asked = parser.parse_args()
    for recipe in asked.recipes or [""]:
        print(recipe or "as asked", flush=True)
        rounds([*asked.train, *(["--recipe", recipe] if recipe else [])], asked)


def rounds(train: list[str], asked: argparse.Namespace) -> None:
    """One training uninterrupted, then as often as asked with a kill in each phase; leaves with 1 where they differ."""
    draw = random.Random(asked.seed)
    base = [*train, "--threads", "1", "--set", "training.checkpoint_seconds=0", "--quiet"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"  uninterrupted: {finish([*base, '--out', str(folder / 'whole')], folder / 'cache'):.1f} s", flush=True)
        for number in range(asked.rounds):
            out, cache = folder / f"killed-{number}", folder / f"cache-{number}"
            for phase in asked.phases.split(","):
                begun = (out / "run.json").exists()
                arguments = ["--resume", str(out), "--quiet"] if begun else [*base, "--out", str(out)]
                where = kill_in(
                    phase, arguments, out, cache, delay=draw.uniform(0, 0.02 if phase == "checkpoint" else 1)
                )
                print(f"  kill in {phase}: {where}", flush=True)
            if json.loads((out / "run.json").read_text())["state"] == "done":
                print("  it had ended before the last kill")
            else:
                print(f"  last resume: {finish(['--resume', str(out), '--quiet'], cache):.1f} s")
            compare(folder / "whole", out)


def compare(whole: Path, killed: Path) -> None:
    """Every tensor and the tokenizer of both models, every loss that both tell; leaves with 1 where one bit differs."""
    ours, theirs = tensors(whole / "model"), tensors(killed / "model")
    steps, resumed = losses(whole), losses(killed)
    unlike = [key for key in ours.keys() | theirs.keys() if not np.array_equal(ours.get(key), theirs.get(key))]
    unlike += [
        name
        for name in ("tokenizer.json", "modules.json")
        if (whole / "model" / name).read_bytes() != (killed / "model" / name).read_bytes()
    ]
    unlike += [f"loss of {key}: {steps.get(key)}, {value}" for key, value in resumed.items() if steps.get(key) != value]
    left = [path for path in killed.rglob(".partial-*")]
    told = f"DIFFERENT: {'; '.join(unlike[:5])}" if unlike else "equal bit for bit"
    count = sum(value.size for value in ours.values())
    print(f"  {count:,} parameters, {len(resumed)} losses: {told}; half-written files: {len(left)}", flush=True)
    if unlike or left:
        sys.exit(1)


def tensors(model: Path) -> dict[str, np.ndarray]:
    """All numbers of a model, by file and name."""
    found = sorted(model.rglob("*.safetensors"))
    return {f"{path.relative_to(model)} {key}": value for path in found for key, value in load_file(path).items()}


def losses(run: Path) -> dict[tuple[str, int], float]:
    """(stage, step) -> loss, of a step that ran twice the later one."""
    done = [line for line in lines_of(run / "events.jsonl") if line.get("kind") == "StepDone"]
    return {(str(line["stage"]), int(str(line["step"]))): float(str(line["loss"])) for line in done}


if __name__ == "__main__":
    main()
