"""`train --seeds`: one run a seed, what holds in all of them, and nothing trained twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def command(home: Path, *more: object) -> list[str]:
    train = [sys.executable, "-m", "simcse_ml.cli.main", "train", "--lang", "ja", EXAMPLES / "ja", "--seeds", 2]
    train += ["--backbone", "builtin:static", "--sts", EXAMPLES / "ja-pairs.tsv", "--threads", 1, "--out", home / "ja"]
    return [*map(str, train), "--set", "static.dim=64", *map(str, more)]


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "SIMCSE_ML_CACHE_DIR": str(home / "cache"), "HF_HUB_OFFLINE": "1"}


def run(home: Path, *more: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(home, *more), env=environment(home), capture_output=True, text=True, input=stdin, timeout=300
    )


def weights(home: Path, seed: int) -> bytes:
    return (home / f"ja-seed{seed}" / "model" / "model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    home = tmp_path_factory.mktemp("seeds")
    done = run(home, "--set", "training.max_steps=2", "--json")
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout)


def test_each_seed_is_a_run_of_its_own_and_the_table_has_a_column_for_each(trained) -> None:
    home, told = trained
    assert [one["seed"] for one in told["runs"]] == [42, 43]
    assert weights(home, 42) != weights(home, 43)
    (table,) = told["tables"]
    for row in table["rows"]:
        if row["label"] == "trained":
            scores = [
                one["score"]
                for seed in (42, 43)
                for one in json.loads((home / f"ja-seed{seed}" / "eval.json").read_text())["sets"][0]["rows"]
                if one["label"] == "trained"
            ]
            assert row["scores"] == scores
    assert table["verdict"].startswith("ja-pairs: ")


def test_the_same_command_again_trains_only_what_is_missing(trained) -> None:
    home, told = trained
    before, again = weights(home, 43), home / "ja-seed42" / "run.json"
    written = again.stat().st_mtime_ns
    shutil.rmtree(home / "ja-seed43")
    done = run(home, "--set", "training.max_steps=2", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == told
    assert weights(home, 43) == before
    assert again.stat().st_mtime_ns == written


def test_the_same_command_again_where_auto_ended_at_the_static_table(tmp_path: Path) -> None:
    words = command(tmp_path, "--offline", "--set", "training.max_steps=2")
    at = words.index("--backbone")
    words = [*words[:at], *words[at + 2 :]]
    for _ in range(2):
        done = subprocess.run(words, env=environment(tmp_path), capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    state = json.loads((tmp_path / "ja-seed43" / "run.json").read_text())
    assert (state["recipe_name"], state["asked"]["recipe"]["training"]["seed"]) == ("static", 43)


def test_another_request_of_the_same_name_is_refused(trained) -> None:
    home, _ = trained
    done = run(home, "--set", "training.max_steps=3")
    assert done.returncode == 2
    assert "this folder holds a run with another training" in done.stderr


def test_text_that_can_be_read_only_once_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "-", stdin="短い文。\n")
    assert done.returncode == 2
    assert "write the text to a file first" in done.stderr
    assert not list(tmp_path.glob("ja-seed*"))


def test_interrupted_it_says_the_command_that_goes_on_and_that_one_does(tmp_path: Path) -> None:
    long = ("--set", "training.max_steps=400", "--set", "training.batch_size=16")
    started = subprocess.Popen(command(tmp_path, *long), env=environment(tmp_path), stderr=subprocess.PIPE, text=True)
    events = tmp_path / "ja-seed43" / "events.jsonl"
    while not (events.exists() and "StepDone" in events.read_text()):
        assert started.poll() is None
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)
    assert started.returncode == 130, said
    assert "--seeds 2" in said.rpartition("go on with: ")[2]
    done = run(tmp_path, *long)
    assert done.returncode == 0, done.stderr
    assert "seed 43" in done.stdout
