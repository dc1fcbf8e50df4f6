"""Every objective and view through the real training job, scored beside counting and the untouched backbone.

    python benchmarks/methods.py --set NAME LANG TEXT BACKBONE TEST [--set ...] --results benchmarks/methods.jsonl
        [--methods "unsup" "diffcse" ...] [--seeds 1 2 3] [--sentences 4096] [--synonyms LANG FILE] [--nli LANG FILE]
        [--dev NAME FILE] [--threads 1] [--precision fp32]
    python benchmarks/methods.py --results benchmarks/methods.jsonl      # only the table

Each finished run appends one JSON line with its scores, or with the reason where the program refuses to train so; what
has a line with the same method, set, seed, number of sentences and stages is not run again, so the script can be killed
and started again. The first run of a set is scored by `train --sts` itself, beside counting and the untouched backbone;
later ones without those, as `eval` does it, but for those on labelled pairs, which must share no sentence with it. TEST
is reported only: nothing is chosen by it. A text with fewer sentences is seen once, whole; labelled pairs are seen up
to eight times. On builtin:static a method has the length, batch, rates and view of the recipe static. Runs go to --work
and are removed once written down.
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
from method_list import HEAD, METHODS, NEEDS_LIST, NEEDS_PAIRS, STATIC, STATIC_BATCH, for_static
from methods_scores import dev_score, differing, scores_of, ships_head
from methods_table import USUAL, as_line, table

from simcse_ml.errors import ExitCode
from simcse_ml.evaluation.scoreboard import kind_of

BATCH = 64
PASSES = 8
"""over labelled pairs, of which there are few, at most"""
REFUSALS = (ExitCode.USAGE, ExitCode.INPUT)
OF_STAGES = "stages."
"""how the place of a refusal begins that is the method's"""


@dataclass(frozen=True)
class Task:
    """A run to do.  set: NAME LANG TEXT BACKBONE TEST.  pairs: labelled ones to train on, "" for none."""

    method: str
    set: Sequence[str]
    seed: int
    stages: str
    pairs: str = ""

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
    parser.add_argument("--nli", nargs=2, metavar=("LANG", "FILE"), action="append", default=[])
    parser.add_argument("--dev", nargs=2, metavar=("NAME", "FILE"), action="append", default=[])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--precision", choices=(USUAL, "bf16"), default=USUAL)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "simcse-ml-methods")
    arguments = parser.parse_args()
    done = {line["key"] for line in lines(arguments.results)}
    for task in tasks(arguments):
        precision = () if arguments.precision == USUAL else (arguments.precision,)
        key = "|".join(map(str, (*task.key, arguments.sentences, *precision)))
        if key in done:
            continue
        found = run(task, arguments, floors=task.set[0] not in floored(arguments.results))
        if found is not None:
            append(arguments.results, {"key": key, **found})
    print("\n".join(table([as_line(line) for line in lines(arguments.results)])))


def tasks(arguments: argparse.Namespace) -> Iterator[Task]:
    """Seeds are the outer loop, so that every method has one number soon."""
    lists, pairs = dict(arguments.synonyms), dict(arguments.nli)
    own_head = {one[0]: ships_head(one[3]) for one in arguments.sets}
    for seed in arguments.seeds:
        for one in arguments.sets:
            for method in arguments.methods:
                stages = METHODS[method].removeprefix(HEAD) if own_head[one[0]] else METHODS[method]
                if one[3] == STATIC:
                    stages = for_static(stages)
                if method in NEEDS_LIST:
                    if one[1] not in lists:
                        continue
                    stages = stages.replace("kind: synonym", f"kind: synonym, synonyms: {json.dumps(lists[one[1]])}")
                if method not in NEEDS_PAIRS:
                    yield Task(method, one, seed, stages)
                elif one[1] in pairs:
                    yield Task(method, one, seed, stages, pairs[one[1]])


def run(task: Task, arguments: argparse.Namespace, *, floors: bool) -> dict[str, object] | None:
    """The line of a finished run or of one that was refused; None, with the reason said, where it ended otherwise.

    floors: score what costs nothing too.
    """
    _, language, text, backbone, test = task.set
    arguments.work.mkdir(parents=True, exist_ok=True)
    recipe, out = arguments.work / "recipe.yaml", arguments.work / "run"
    shutil.rmtree(out, ignore_errors=True)
    above, batch = ("static", STATIC_BATCH) if backbone == STATIC else ("unsup", BATCH)
    recipe.write_text(f"about: {json.dumps(task.method)}\nextends: {above}\nstages:\n{task.stages}", encoding="utf-8")
    command = [
        *("train", "--lang", language, text, "--recipe", str(recipe), "--backbone", backbone),
        *(
            "--seed",
            str(task.seed),
            *(("--nli", task.pairs) if task.pairs else ("--no-nli",)),
            "--out",
            str(out),
            "--threads",
            str(arguments.threads),
            "--precision",
            arguments.precision,
        ),
        *("--set", "training.evaluations=1", *(() if backbone == STATIC else length(task, arguments.sentences))),
        *(("--sts", test) if floors or task.pairs else ()),  # labelled pairs with sentences of TEST are left out by it
    ]
    began = time.monotonic()
    env = {"SIMCSE_ML_CACHE_DIR": str(arguments.work / "cache"), **os.environ}
    print(f"{task.method}, {task.set[0]}, seed {task.seed}", file=sys.stderr, flush=True)
    ended = subprocess.run(
        [sys.executable, "-m", "simcse_ml.cli.main", *command], env=env, capture_output=True, text=True
    )
    shown = shlex.join(["simcse-ml", *command]).replace(str(recipe), "RECIPE.yaml").replace(str(out), "RUN")
    told = {
        "method": task.method,
        "set": task.set[0],
        "about": f"{Path(backbone).name} on {_short(text)}, tested on {_short(test)}",
        "seed": task.seed,
        "command": shown,
        "stages": task.stages,
        "precision": arguments.precision,
        "machine": machine(threads=arguments.threads),
    }
    reason = ended.stderr.strip().rpartition("\n")[2].removeprefix("error: ")
    if ended.returncode in REFUSALS and reason.startswith(OF_STAGES):  # and not that of a path that is wrong
        return {**told, "sentences": 0, "head": "", "scores": {}, "seconds": 0, "refused": reason}
    if ended.returncode != 0:
        print(f"  exit {ended.returncode}: {ended.stderr.strip()[-300:]}", file=sys.stderr, flush=True)
        return None
    state = json.loads((out / "run.json").read_text(encoding="utf-8"))
    scores = scored(out, backbone, Path(test), arguments)
    dev = [
        dev_score(str(out), Path(file), arguments.threads, arguments.precision)
        for name, file in arguments.dev
        if name == task.set[0]
    ]
    shutil.rmtree(out)
    return {
        **told,
        **({"dev": round(dev[0], 3)} if dev else {}),
        "sentences": state["machine"]["schedules"][-1]["steps"] * batch,
        "head": state["fingerprints"].get("language_head", ""),
        "scores": scores,
        "seconds": round(time.monotonic() - began),
    }


def length(task: Task, sentences: int) -> tuple[str, ...]:
    """Flags for so many sentences, or the whole text once; labelled pairs up to PASSES times."""
    settings = {
        "max_steps": -(-sentences // BATCH),
        "batch_size": BATCH,
        "epochs": PASSES if task.pairs else 1,
    }
    return tuple(word for key, value in settings.items() for word in ("--set", f"training.{key}={value}"))


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-2:])


def scored(out: Path, backbone: str, test: Path, arguments: argparse.Namespace) -> dict[str, dict[str, object]]:
    """{label: {"kind", "score"}} of a run: what it reports itself, where it was asked to, and what is measured here.

    A backbone that scores otherwise here than in the run's own report is left out here, and said.
    """
    tables = json.loads((out / "eval.json").read_text(encoding="utf-8"))["sets"]
    told = {row["label"]: row["score"] for table in tables for row in table["rows"]}
    models = {"trained": str(out)}
    untouched = next((label for label in told if kind_of(label) == "untouched" and "," not in label), None)
    if untouched is not None and not backbone.startswith("builtin:"):
        models[untouched] = backbone
    for label, name in models.items():
        found = scores_of(name, label, out, test, arguments.threads, arguments.precision)
        if other := differing({label: found[label]}, told):
            print(f"  {', '.join(other)}: not as in the run; {label} is left as told there", file=sys.stderr)
            continue
        told = {**told, **found}  # centred by more sentences, as `eval` does
    return {label: {"kind": kind_of(label), "score": round(score, 3)} for label, score in told.items()}


def floored(results: Path) -> set[object]:
    """Sets of which a line has what costs nothing."""
    return {line["set"] for line in lines(results) if any(one["kind"] == "counting" for one in line["scores"].values())}


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
