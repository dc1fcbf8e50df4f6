"""Is training linear in time and flat in memory? One epoch over 1, 4 and 16 times as many sentences of one text.

    python benchmarks/training_growth.py --lang ja ja.txt --backbone builtin:static --recipe static --sentences 8000

Each in a process of its own; the text is prepared before, in another. Seconds are CPU seconds of all threads, since
other processes change them least: of the steps alone, and of everything from the prepared text to the last step. MiB
are the peak during the steps without mapped files, and the peak of the whole process with them, evaluation and saving
included. Growth is against 1x.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import machine

from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.schema import Recipe

FACTORS = (1, 4, 16)


def recipe_of(asked: argparse.Namespace) -> Recipe:
    changes = ["training.max_steps=null", "training.epochs=1", "training.evaluations=1"]
    changes += [f"text.max_sentences={asked.sentences}", f"backbone.name={json.dumps(asked.backbone)}", *asked.set]
    return load_recipe(asked.recipe, changes)


def prepare(asked: argparse.Namespace) -> dict[str, float]:
    """The text into the cache."""
    from simcse_ml.events import silent
    from simcse_ml.languages.table import lang_info
    from simcse_ml.text.prepare import prepare_corpus

    recipe = recipe_of(asked)
    corpus = prepare_corpus(
        [str(Path(asked.text).resolve())],
        lang_info(asked.lang),
        recipe.text,
        cache=Path(asked.cache),
        sink=silent,
        seed=recipe.training.seed,
    )
    return {"sentences": len(corpus)}


def train(asked: argparse.Namespace) -> dict[str, float]:
    """One training in this process."""
    from simcse_ml.events import Event, Said, StageStarted, StepDone
    from simcse_ml.jobs.request import TrainRequest
    from simcse_ml.jobs.train import train as run

    times: dict[str, float] = {}
    counts = {"steps": 0}
    own: list[float] = []

    def sink(event: Event) -> None:
        if isinstance(event, Said) and event.heading == "text" and "tokens" not in times:
            times["text"] = time.process_time()
        elif isinstance(event, StageStarted):
            times[event.stage] = time.process_time()
        elif isinstance(event, StepDone):
            times["last step"], counts["steps"] = time.process_time(), event.step
            own.append(own_mib())

    recipe = recipe_of(asked)
    with tempfile.TemporaryDirectory() as folder:
        run(
            TrainRequest(
                inputs=(str(Path(asked.text).resolve()),),
                language=asked.lang,
                recipe=recipe,
                recipe_name=asked.recipe,
                runs_dir=Path(folder),
                cache_dir=Path(asked.cache),
                threads=asked.threads,
            ),
            sink,
        )
    return {
        "steps": counts["steps"],
        "step_seconds": times["last step"] - times[recipe.stages[0].name],
        "all_seconds": times["last step"] - times["text"],
        "own_mib": max(own),
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def own_mib() -> float:
    """Memory of this process that is no file's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return 0.0


def child(part: str, asked: argparse.Namespace, sentences: int, cache: str) -> dict[str, float]:
    """What `part` of this file gives in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--lang", asked.lang, asked.text, "--backbone", asked.backbone]
    command += ["--recipe", asked.recipe, "--sentences", str(sentences), "--threads", str(asked.threads)]
    command += ["--cache", cache, *(f"--set={one}" for one in asked.set)]
    told = subprocess.run(
        command, env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ}, capture_output=True, text=True, check=False
    )
    if told.returncode:
        sys.exit(told.stderr)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lang", required=True)
    parser.add_argument("text")
    parser.add_argument("--backbone", default="builtin:static")
    parser.add_argument("--recipe", default="static")
    parser.add_argument("--sentences", type=int, default=8000, help="of the smallest training")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", help=argparse.SUPPRESS)
    parser.add_argument("--part", choices=["prepare", "train"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(train(asked) if asked.part == "train" else prepare(asked)))
        return
    about = machine(threads=asked.threads)
    print(about)
    rows = []
    with tempfile.TemporaryDirectory() as cache:
        for factor in FACTORS:
            row = child("prepare", asked, factor * asked.sentences, cache)
            row |= child("train", asked, factor * asked.sentences, cache)
            rows.append(row)
            growth = row["step_seconds"] / row["steps"] / (rows[0]["step_seconds"] / rows[0]["steps"])
            print(
                f"{row['sentences']:9,} sentences, {row['steps']:5} steps: {row['step_seconds']:7.1f} CPU s in steps "
                f"({growth:.2f} a step against 1x), {row['all_seconds']:.1f} in all; {row['own_mib']:.0f} MiB "
                f"({row['own_mib'] / rows[0]['own_mib']:.2f}), peak {row['mib']:.0f}"
            )
    if asked.json:
        asked.json.write_text(json.dumps({**about, "rows": rows}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
