"""Does a long training stay as it began? Memory, file handles and step time of a run that is watched meanwhile.

    python benchmarks/soak.py TEXT --lang en --backbone FOLDER [--sts pairs.tsv] [--minutes 30] [--json out.json]

Trains with an evaluation about every half minute and a checkpoint about every minute, while `runs watch --json` follows
it in a process of its own. Every five seconds both are looked at: resident memory without mapped files, open files,
threads; of the training also processor seconds a step. What is printed is the median of the first third after the first
tenth (loading, first steps) and of the last third, and the change. Then `runs watch` must have told every step event.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil
from machine import machine

EVERY = 5.0
PROGRAM = [sys.executable, "-m", "simcse_ml.cli.main"]


def look(process: psutil.Process, steps: int) -> dict[str, float] | None:
    """One sample of a process, None where it has just ended.  steps: done so far."""
    with process.oneshot():
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines if ":" in line)
        if "RssAnon" not in status:
            return None
        times = process.cpu_times()
        return {
            "MiB": int(status["RssAnon"].split()[0]) / 1024,
            "files": process.num_fds(),
            "threads": process.num_threads(),
            "cpu": times.user + times.system,
            "steps": steps,
        }


def steps_done(run: Path, offset: int, steps: int) -> tuple[int, int]:
    """The last step in events.jsonl behind byte `offset`, else `steps`; and the offset to go on from."""
    try:
        with (run / "events.jsonl").open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return steps, offset
    whole = data[: data.rfind(b"\n") + 1]
    for line in whole.splitlines():
        record = json.loads(line)
        if record["kind"] == "StepDone":
            steps = record["step"]
    return steps, offset + len(whole)


def watched(command: list[str], run: Path, told: Path, minutes: float) -> dict[str, list[dict[str, float]]]:
    """Samples of the training and of the one that watches it, until the training ends."""
    samples: dict[str, list[dict[str, float]]] = {"training": [], "runs watch": []}
    training = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while not (run / "events.jsonl").exists() and training.poll() is None:
        time.sleep(0.1)
    with told.open("wb") as out:
        watching = subprocess.Popen([*PROGRAM, "runs", "watch", str(run), "--json"], stdout=out)
        processes = {"training": psutil.Process(training.pid), "runs watch": psutil.Process(watching.pid)}
        steps = offset = 0
        asked = False
        while training.poll() is None:
            steps, offset = steps_done(run, offset, steps)
            if steps:
                for name, process in processes.items():
                    sample = look(process, steps)
                    samples[name] += [sample] if sample is not None else []
            asked = asked or (bool(samples["training"]) and len(samples["training"]) * EVERY >= 60 * minutes)
            if asked:
                subprocess.run([*PROGRAM, "runs", "stop", str(run)], check=False, capture_output=True)
            time.sleep(EVERY)
        watching.wait(60)
    _, complaint = training.communicate()
    if training.returncode not in {0, 130}:
        sys.exit(complaint.decode(errors="replace"))
    return samples


def thirds(samples: list[dict[str, float]]) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """The first third behind the first tenth, and the last third."""
    kept = samples[len(samples) // 10 :]
    size = max(1, len(kept) // 3)
    return kept[:size], kept[-size:]


def cpu_a_step(samples: list[dict[str, float]]) -> float:
    """Processor seconds a step over these samples, evaluations and checkpoints included."""
    first, last = samples[0], samples[-1]
    return (last["cpu"] - first["cpu"]) / max(1.0, last["steps"] - first["steps"])


def rows_of(samples: dict[str, list[dict[str, float]]]) -> list[dict[str, object]]:
    """What is printed: a row for each process and number."""
    rows = []
    for name, of_process in samples.items():
        first, last = thirds(of_process)
        for number in ("MiB", "files", "threads"):
            rows.append((name, number, median(s[number] for s in first), median(s[number] for s in last)))
        if name == "training":
            rows.append((name, "CPU s a step", cpu_a_step(first), cpu_a_step(last)))
    keys = ("process", "number", "first", "last")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--lang", required=True)
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--sts")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--threads", default="1")
    parser.add_argument("--json")
    asked = parser.parse_args()
    about = machine(minutes=asked.minutes, threads=asked.threads)
    print(json.dumps(about))
    with tempfile.TemporaryDirectory() as name:
        run, told = Path(name) / "run", Path(name) / "told.jsonl"
        os.environ["SIMCSE_ML_CACHE_DIR"] = str(Path(name) / "cache")
        command = [*PROGRAM, "train", asked.text, "--lang", asked.lang, "--backbone", asked.backbone, "--quiet"]
        command += ["--offline", "--no-nli", "--threads", asked.threads, "--out", str(run), "--epochs", "99"]
        command += ["--time", f"{int(asked.minutes * 120)}s", "--set", "training.checkpoint_seconds=60"]
        command += ["--set", f"training.evaluations={int(asked.minutes * 4)}"]
        command += ["--dev", asked.sts] if asked.sts else []
        samples = watched(command, run, told, asked.minutes)
        written = [line for line in (run / "events.jsonl").read_bytes().splitlines() if b"StepDone" in line]
        seen = [line for line in told.read_bytes().splitlines() if b"StepDone" in line]
        looks = (run / "events.jsonl").read_bytes().count(b'"Evaluated"')
        checkpoints = (run / "events.jsonl").read_bytes().count(b'"checkpoint"')
    rows = rows_of(samples)
    print(f"{samples['training'][-1]['steps']:.0f} steps, {looks} evaluations, {checkpoints} checkpoints")
    print(f"runs watch told {len(seen)} of {len(written)} step events")
    for row in rows:
        change = float(row["last"]) / float(row["first"]) - 1
        print(f"{row['process']:<12} {row['number']:<13} {row['first']:>9.2f} {row['last']:>9.2f} {change:>+7.1%}")
    if asked.json:
        result = {**about, "rows": rows, "looks": looks, "checkpoints": checkpoints}
        Path(asked.json).write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
