"""The installed command from raw text to a model: what comes out loads elsewhere, and nothing is lost on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
COMMAND = [sys.executable, "-m", "simcse_ml.cli.main"]


def environment(cache: Path) -> dict[str, str]:
    return {**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


def run(cache: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], env=environment(cache), capture_output=True, text=True, timeout=300
    )


def train(cache: Path, out: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    done = run(cache, "train", "--lang", "ja", EXAMPLES / "ja", "--out", out, "--threads", 1, *arguments)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def static_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, subprocess.CompletedProcess[str]]:
    """A finished static run, its cache, and what it said."""
    folder = tmp_path_factory.mktemp("static")
    done = train(folder / "cache", folder / "run", "--backbone", "builtin:static", "--sts", EXAMPLES / "ja-pairs.tsv")
    return folder / "run", folder / "cache", done


def test_the_table_stands_beside_what_costs_nothing_and_ends_in_a_sentence(static_run) -> None:
    run_folder, _, done = static_run
    for part in ("counting (", "untouched builtin:static", "trained", "Kept:", "Try it:"):
        assert part in done.stdout
    state = json.loads((run_folder / "run.json").read_text())
    assert state["state"] == "done"
    assert state["selected_by"] == "last checkpoint"
    assert state["summary"]["verdict"] in done.stdout


def test_where_auto_ends_at_the_static_table_run_and_card_tell_of_the_recipe_that_ran(tmp_path: Path) -> None:
    train(tmp_path / "cache", tmp_path / "run", "--offline", "--set", "training.max_steps=2")
    state = json.loads((tmp_path / "run" / "run.json").read_text())
    assert state["recipe_name"] == "static"
    training = state["asked"]["recipe"]["training"]
    assert training["batch_size"] == 512
    card = (tmp_path / "run" / "model" / "README.md").read_text()
    assert f"2 steps of 512 sentences, learning rate {training['learning_rate']}" in card
    assert "| recipe | static: " in card


def test_a_run_folder_is_private_and_holds_what_repeats_it(static_run) -> None:
    run_folder, _, _ = static_run
    assert run_folder.stat().st_mode & 0o077 == 0
    for name in ("run.json", "recipe.yaml", "events.jsonl", "eval.json", "model/modules.json"):
        assert (run_folder / name).is_file(), name
    assert not list(run_folder.rglob(".partial-*"))


def test_the_static_model_gives_the_same_vectors_in_sentence_transformers(static_run) -> None:
    from sentence_transformers import SentenceTransformer

    from simcse_ml.models.opened import open_model

    texts = ["駅まで走った。", "パンを焼くにおいがする。", "", "xyz", "猫"]
    model = str(static_run[0] / "model")
    theirs = SentenceTransformer(model, device="cpu").encode(texts)
    assert np.abs(open_model(model).embed(texts) - theirs).max() <= 1e-5


def test_search_finds_a_sentence_of_the_corpus(static_run) -> None:
    run_folder, cache, _ = static_run
    done = run(cache, "search", run_folder, "電車が遅れた", "-k", 3, "--json")
    assert done.returncode == 0, done.stderr
    assert "電車" in done.stdout


def test_a_finished_run_is_not_trained_again_and_its_folder_not_reused(static_run) -> None:
    run_folder, cache, _ = static_run
    again = run(cache, "train", "--resume", run_folder)
    assert (again.returncode, "done" in again.stderr) == (2, True)
    other = run(cache, "train", "--lang", "ja", EXAMPLES / "ja", "--backbone", "builtin:static", "--out", run_folder)
    assert (other.returncode, "another run" in other.stderr) == (2, True)


@pytest.mark.parametrize(
    ("backbone", "table"), [("builtin:static", "auto"), ("tiny_bert", "auto"), ("tiny_bert", "yes")]
)
def test_a_killed_run_ends_with_the_bits_of_an_uninterrupted_one(
    backbone: str, table: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    name = backbone if backbone.startswith("builtin") else request.getfixturevalue(backbone)
    settings = ["--backbone", name, "--set", "training.max_steps=12", "--set", "training.batch_size=32"]
    settings += ["--set", "training.checkpoint_seconds=0", "--set", "training.evaluations=4"]
    settings += ["--set", f"backbone.train_table={table}"]
    settings += ["--precision", "fp32"]  # auto times both, and two runs may choose otherwise
    train(tmp_path / "cache", tmp_path / "whole", *settings)
    arguments = ["train", "--lang", "ja", EXAMPLES / "ja", "--out", tmp_path / "cut", "--threads", 1, *settings]
    kill_when(tmp_path / "cut", tmp_path / "cache2", arguments, steps=3)
    kill_when(tmp_path / "cut", tmp_path / "cache2", ["train", "--resume", tmp_path / "cut"], steps=8)
    done = run(tmp_path / "cache2", "train", "--resume", tmp_path / "cut")
    assert done.returncode == 0, done.stderr
    whole, cut = (load_file(tmp_path / part / "model/model.safetensors") for part in ("whole", "cut"))
    assert whole.keys() == cut.keys()
    assert all(np.array_equal(whole[key], cut[key]) for key in whole)


def kill_when(out: Path, cache: Path, arguments: list[object], *, steps: int) -> None:
    """Start, wait for the checkpoint of step `steps` or a later one, kill -9."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=environment(cache),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        names = [path.name for path in (out / "checkpoints").glob("0-*")] if out.exists() else []
        if any(int(name.rsplit("-", 1)[1]) >= steps for name in names):
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (out / "checkpoints").is_dir()


def test_a_stop_saves_says_how_to_go_on_and_leaves_with_130(tmp_path: Path, tiny_bert: Path) -> None:
    out, cache = tmp_path / "run", tmp_path / "cache"
    arguments = ["--backbone", tiny_bert, "--set", "training.max_steps=4000", "--set", "training.epochs=2000"]
    process = subprocess.Popen(
        [*COMMAND, "train", "--lang", "ja", *map(str, [EXAMPLES / "ja", "--out", out, "--threads", 1, *arguments])],
        env=environment(cache),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and '"StepDone"' not in read(out / "events.jsonl"):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert f"simcse-ml train --resume {out}" in errors
    assert "Traceback" not in errors
    assert json.loads((out / "run.json").read_text())["state"] == "stopped"
    assert list((out / "checkpoints").glob("0-*"))


def read(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""


def test_the_dev_set_chooses_the_checkpoint(tmp_path: Path, tiny_bert: Path) -> None:
    few = ["--set", "training.max_steps=8", "--set", "training.evaluations=4", "--set", "training.batch_size=32"]
    train(tmp_path / "cache", tmp_path / "run", "--backbone", tiny_bert, "--dev", EXAMPLES / "ja-pairs.tsv", *few)
    state = json.loads((tmp_path / "run" / "run.json").read_text())
    assert state["selected_by"].startswith("dev set")
    assert (tmp_path / "run" / "checkpoints" / "best.json").exists()


def test_a_raised_dropout_is_said(tmp_path: Path, tiny_bert: Path) -> None:
    import shutil

    still = tmp_path / "still"
    shutil.copytree(tiny_bert, still)
    config = json.loads((still / "config.json").read_text())
    (still / "config.json").write_text(json.dumps({**config, "hidden_dropout_prob": 0.0}))
    done = train(tmp_path / "cache", tmp_path / "run", "--backbone", still, "--set", "training.max_steps=2")
    assert "dropout set to 0.1" in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--lang", "jp"], 2, "did you mean ja"),
        (["--lang", "ja", "--backbone", "nobody/nothing"], 4, "cannot be had"),
        (["--lang", "ja", "--set", "training.epoch=3"], 2, "did you mean epochs"),
        (["--lang", "ja", "--set", "training.epochs=many"], 2, "training.epochs"),
    ],
)
def test_a_wrong_request_is_one_line_and_leaves_nothing(
    arguments: list[str], code: int, told: str, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    done = run(tmp_path / "cache", "train", EXAMPLES / "ja", "--out", out, *arguments)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert (done.returncode, len(errors)) == (code, 1), done.stderr
    assert told in errors[0]
    assert "Traceback" not in done.stderr
    assert not out.exists()
