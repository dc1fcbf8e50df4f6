"""The command under torchrun: two processes make the model of one, and a run goes on with another number of them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]
COMMAND = ["-m", "simcse_ml.cli.main", "train"]
TOGETHER = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port"]


def start(cache: Path, arguments: list[str], port: int = 0) -> subprocess.CompletedProcess[str]:
    launcher = [*TOGETHER, str(port)] if port else []
    env = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, *launcher, *COMMAND, *arguments], env=env, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def parameters(run: Path) -> dict[str, np.ndarray]:
    return load_file(run / "model" / "model.safetensors")


def arguments(model: Path, out: Path, *settings: str) -> list[str]:
    flags = ["--lang", "ja", str(ROOT / "examples" / "ja"), "--backbone", str(model), "--out", str(out)]
    sizes = ["--batch", "16", "--threads", "1", "--precision", "fp32", "--max-tokens", "32"]
    return [*flags, *sizes, *(part for one in ("training.max_steps=6", *settings) for part in ("--set", one))]


def require_equal(run: Path, expected: dict[str, np.ndarray]) -> None:
    for name, value in parameters(run).items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-3, atol=2e-5, err_msg=name)


def test_two_processes_make_the_model_of_one_and_one_finishes_what_two_began(
    tiny_bert: Path, tmp_path: Path, free_port: int
) -> None:
    cache = tmp_path / "cache"
    start(cache, arguments(tiny_bert, tmp_path / "one", "training.chunk_rows=8"))
    expected = parameters(tmp_path / "one")
    done = start(cache, arguments(tiny_bert, tmp_path / "two"), port=free_port)
    require_equal(tmp_path / "two", expected)
    assert done.stdout.count("Kept:") == 1  # one of them speaks
    state = json.loads((tmp_path / "two" / "run.json").read_text())
    assert state["machine"]["schedules"][0]["shares"] == 2
    events = [json.loads(line) for line in (tmp_path / "two" / "events.jsonl").read_text().splitlines()]
    steps = [one["step"] for one in events if one["kind"] == "StepDone"]
    assert steps == sorted(set(steps))  # one log, one writer
    assert steps[-1] == 6

    half = tmp_path / "half"
    command = [sys.executable, "-c", KILLED_AT_THREE, *arguments(tiny_bert, half, "training.checkpoint_seconds=0")]
    env = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    launcher = [sys.executable, *TOGETHER, str(free_port), "--no-python"]
    ended = subprocess.run([*launcher, *command], env=env, capture_output=True, text=True, timeout=600)
    assert ended.returncode != 0
    assert not (half / "model").exists()
    start(cache, ["--resume", str(half)])
    require_equal(half, expected)


def test_a_stop_ends_both_and_only_the_first_says_so(tiny_bert: Path, tmp_path: Path, free_port: int) -> None:
    run = tmp_path / "run"
    endless = arguments(tiny_bert, run, "training.epochs=9999", "training.max_steps=100000")
    env = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    launched = [sys.executable, *TOGETHER, str(free_port), *COMMAND, *endless]
    with subprocess.Popen(launched, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as started:
        for _ in range(600):
            if started.poll() is not None or '"StepDone"' in _text(run / "events.jsonl"):
                break
            time.sleep(0.2)
        subprocess.run([sys.executable, *COMMAND[:2], "runs", "stop", str(run)], env=env, check=True, timeout=60)
        _, said = started.communicate(timeout=120)
    assert started.returncode != 0
    assert said.count("interrupted; go on with") == 1
    assert json.loads((run / "run.json").read_text())["state"] == "stopped"
    assert list((run / "checkpoints").iterdir())


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


KILLED_AT_THREE = """
import os, signal, sys
from simcse_ml.training import loop
step = loop.one_step
def dying(stage, number, *rest):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(stage, number, *rest)
loop.one_step = dying
from simcse_ml.cli.main import main
sys.argv = ["simcse-ml", "train", *sys.argv[1:]]
main()
"""
"""the command, but every process is killed when it comes to the fourth step"""
