"""Every objective and view through the real training job, scored beside counting and the untouched backbone.

    python benchmarks/methods.py --set NAME LANG TEXT BACKBONE TEST [--set ...] --results benchmarks/methods.jsonl
        [--methods "unsup" "diffcse" ...] [--seeds 1 2 3] [--sentences 4096] [--synonyms LANG FILE] [--threads 1]
    python benchmarks/methods.py --results benchmarks/methods.jsonl      # only the table

Each finished run appends one JSON line with all its scores; what has a line with the same method, set, seed, number of
sentences and stages is not run again, so the script can be killed and started again. TEST is reported only: nothing is
chosen by it. A text with fewer sentences is seen once, whole. Runs go to --work and are removed once written down.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import machine
from method_list import METHODS, NEEDS_LIST
from methods_table import as_line, table
from methods_whitened import whitened

BATCH = 64


@dataclass(frozen=True)
class Task:
    """A run to do.  set: NAME LANG TEXT BACKBONE TEST."""

    method: str
    set: Sequence[str]
    seed: int
    stages: str

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.method, self.set[0], self.seed, mark(self.stages)


def mark(stages: str) -> str:
    return hashlib.blake2b(stages.encode(), digest_size=6).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ("NAME", "LANG", "TEXT", "BACKBONE", "TEST")
    parser.add_argument("--set", nargs=5, metavar=names, action="append", default=[], dest="sets")
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--sentences", type=int, default=4096)
    parser.add_argument("--synonyms", nargs=2, metavar=("LANG", "FILE"), action="append", default=[])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "simcse-ml-methods")
    arguments = parser.parse_args()
    done = {line["key"] for line in lines(arguments.results)}
    for task in tasks(arguments):
        key = "|".join(map(str, (*task.key, arguments.sentences)))
        if key in done:
            continue
        found = run(task, arguments)
        if found is not None:
            append(arguments.results, {"key": key, **found})
    print("\n".join(table([as_line(line) for line in lines(arguments.results)])))


def tasks(arguments: argparse.Namespace) -> Iterator[Task]:
    """Seeds are the outer loop, so that every method has one number soon."""
    lists = dict(arguments.synonyms)
    for seed in arguments.seeds:
        for one in arguments.sets:
            for method in arguments.methods:
                stages = METHODS[method]
                if method in NEEDS_LIST:
                    if one[1] not in lists:
                        continue
                    stages = stages.replace("kind: synonym", f"kind: synonym, synonyms: {json.dumps(lists[one[1]])}")
                yield Task(method, one, seed, stages)


def run(task: Task, arguments: argparse.Namespace) -> dict[str, object] | None:
    """The line of a finished run; None, with the reason said, where it ended otherwise."""
    _, language, text, backbone, test = task.set
    arguments.work.mkdir(parents=True, exist_ok=True)
    recipe, out = arguments.work / "recipe.yaml", arguments.work / "run"
    shutil.rmtree(out, ignore_errors=True)
    recipe.write_text(f"about: {json.dumps(task.method)}\nextends: unsup\nstages:\n{task.stages}", encoding="utf-8")
    steps = -(-arguments.sentences // BATCH)
    command = [
        *("train", "--lang", language, text, "--recipe", str(recipe)),
        *("--backbone", backbone, "--sts", test, "--seed", str(task.seed), "--no-nli", "--out", str(out)),
        *("--threads", str(arguments.threads), "--set", f"training.max_steps={steps}"),
        *("--set", f"training.batch_size={BATCH}", "--set", "training.epochs=1"),
    ]
    began = time.monotonic()
    env = {"SIMCSE_ML_CACHE_DIR": str(arguments.work / "cache"), **os.environ}
    print(f"{task.method}, {task.set[0]}, seed {task.seed}", file=sys.stderr, flush=True)
    ended = subprocess.run(
        [sys.executable, "-m", "simcse_ml.cli.main", *command], env=env, capture_output=True, text=True
    )
    seconds = round(time.monotonic() - began)
    if ended.returncode != 0:
        print(f"  exit {ended.returncode}: {ended.stderr.strip()[-300:]}", file=sys.stderr, flush=True)
        return None
    state = json.loads((out / "run.json").read_text(encoding="utf-8"))
    rows = json.loads((out / "eval.json").read_text(encoding="utf-8"))["sets"][0]["rows"]
    scores = {row["label"]: {"kind": row["kind"], "score": round(row["score"], 3)} for row in rows}
    plain = {label: one["score"] for label, one in scores.items()}
    for label, score in whitened(out, backbone, Path(test), plain, arguments.threads).items():
        scores[label] = {"kind": scores[label.removesuffix(", whitened")]["kind"], "score": round(score, 3)}
    shutil.rmtree(out)
    return {
        "method": task.method,
        "set": task.set[0],
        "seed": task.seed,
        "sentences": state["machine"]["schedules"][-1]["steps"] * BATCH,
        "head": state["fingerprints"].get("language_head", ""),
        "scores": scores,
        "seconds": seconds,
        "command": shlex.join(["simcse-ml", *command]),
        "stages": task.stages,
        "machine": machine(threads=arguments.threads),
    }


def lines(path: Path) -> list[dict[str, object]]:
    """Whole lines; one that a kill cut off is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            print(f"a line of {path} is cut off and left out", file=sys.stderr)
    return found


def append(path: Path, line: dict[str, object]) -> None:
    """On the disk when it returns, on a line of its own even behind one that was cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = not path.exists() or not path.stat().st_size or path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("" if whole else "\n") + json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    main()
