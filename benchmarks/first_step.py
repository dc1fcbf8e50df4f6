"""How long from prepared text to the first training step, part by part?

    python benchmarks/first_step.py --lang ja ja.txt --backbone builtin:static --backbone FOLDER [--json out.json]

The text is prepared once. Then each backbone trains until its first StepDone: once with an empty cache beside the text
(tokenizer and token rows are made), then --times with a full one, each in a process of its own that is ended after the
step. A part is named after the event that ends it. Seconds are of the clock; CPU seconds are of all threads, and say on
a busy machine what the clock of an idle one would show at most.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from machine import machine

LOOK = 0.02
"""seconds between two looks at the events"""


def prepare(arguments: list[str], cache: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "simcse_ml.cli.main", "prepare", *arguments, "--quiet"],
        env={**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        sys.exit(told.stderr)


def first_step(arguments: list[str], cache: Path, out: Path) -> list[tuple[str, float, float]]:
    """(event, seconds, CPU seconds since the process began) up to the first StepDone."""
    command = [sys.executable, "-m", "simcse_ml.cli.main", "train", *arguments, "--out", str(out), "--quiet"]
    process = psutil.Popen(
        command,
        env={**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    began, seen = time.time(), [("start", 0.0, 0.0)]
    try:
        while seen[-1][0] != "first step":
            if process.poll() is not None:
                sys.exit(process.stderr.read().decode(errors="replace"))
            used = process.cpu_times()
            for event in events_of(out)[len(seen) - 1 :]:
                seen.append((name_of(event), float(event["time"]) - began, used.user + used.system))
                if seen[-1][0] == "first step":
                    break
            time.sleep(LOOK)
    finally:
        process.kill()
        process.wait()
    return seen


def events_of(out: Path) -> list[dict[str, object]]:
    """Whole lines of the events file, without progress."""
    path = out / "events.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [event for event in map(json.loads, lines) if event["kind"] != "Progress"]


def name_of(event: dict[str, object]) -> str:
    if event["kind"] == "StepDone":
        return "first step"
    if event["kind"] == "Said" or event.get("stage") == "text":
        return str(event.get("heading", "text"))
    return f"{event['kind']} {event.get('stage', '')}".strip()


def parts_of(seen: list[tuple[str, float, float]]) -> dict[str, tuple[float, float]]:
    """Event -> (seconds, CPU seconds) since the one before it, from the last word about the text on."""
    names = [name for name, _, _ in seen]
    first = names.index("text")
    while names[first + 1] == "text":
        first += 1
    parts: dict[str, tuple[float, float]] = {}
    for (_, clock, cpu), (name, next_clock, next_cpu) in zip(seen[first:], seen[first + 1 :], strict=False):
        before = parts.get(name, (0.0, 0.0))
        parts[name] = (before[0] + next_clock - clock, before[1] + next_cpu - cpu)
    parts["all"] = (seen[-1][1] - seen[first][1], seen[-1][2] - seen[first][2])
    return parts


def show(title: str, runs: list[dict[str, tuple[float, float]]]) -> dict[str, list[float]]:
    """Medians over `runs`, printed."""
    print(title)
    medians = {}
    for name in runs[0]:
        clock, cpu = (statistics.median(run[name][index] for run in runs if name in run) for index in (0, 1))
        medians[name] = [round(clock, 2), round(cpu, 2)]
        print(f"  {name:28s} {clock:6.2f} s  {cpu:6.2f} CPU s")
    return medians


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lang", required=True)
    parser.add_argument("text")
    parser.add_argument("--backbone", action="append", required=True)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    about = machine()
    print(about)
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name), Path(name) / "cache"
        base = ["--lang", asked.lang, asked.text]
        prepare(base, cache)
        for backbone in asked.backbone:
            runs = []
            for _ in range(asked.times + 1):
                out = folder / "run"
                runs.append(parts_of(first_step([*base, "--backbone", backbone], cache, out)))
                shutil.rmtree(out)
            label = Path(backbone).name
            results[label] = {
                "first": show(f"{label}, tokenizer and tokens made", runs[:1]),
                "again": show(f"{label}, median of {asked.times} with both in the cache", runs[1:]),
            }
    if asked.json:
        asked.json.write_text(json.dumps({**about, "text": Path(asked.text).name, "results": results}, indent=1))


if __name__ == "__main__":
    main()
