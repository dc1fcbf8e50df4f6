"""Where there is only the loopback, each command that names only things of this machine works, and asks nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e
BLOCKED = """
import os, socket

def local(host):
    return host is None or str(host).startswith("127.") or host in ("localhost", "::1", "0.0.0.0", "")

def refuse(what):
    with open(os.environ["OUTGOING"], "a") as log:
        print(what, file=log)
    raise OSError(101, "Network is unreachable")

connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

def allowed(self, address):
    return self.family == socket.AF_UNIX or local(address[0])

socket.socket.connect = lambda self, at: connect(self, at) if allowed(self, at) else refuse(at)
socket.socket.connect_ex = lambda self, at: connect_ex(self, at) if allowed(self, at) else refuse(at)
socket.getaddrinfo = lambda host, *more, **named: lookup(host, *more, **named) if local(host) else refuse(host)
"""
COMMANDS = [
    "prepare --lang ja {text} --out {home}/prepared",
    "data {text}",
    "langs list",
    "langs detect {text}",
    "recipes list",
    "runs list",
    "runs show {run}",
    "eval {run}",
    "embed {run} {text} --out {home}/v.npy --dtype int8",
    "similar {run} 青い橋 古い橋",
    "search {run} {text} 橋の設計図",
    "search builtin:counting {text} 橋の設計図 --lang ja",
    "compare {run} builtin:counting {text} --query 橋 --lang ja",
    "export {run} --to model2vec --out {home}/m2v",
    "push {run} me/model --license mit --accept tokenizer --dry-run",
    "cache list",
    "config",
]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """told(command line): what it did where only the loopback is reachable; told.log: whom it asked all the same."""
    home = tmp_path_factory.mktemp("alone")
    (home / "site").mkdir()
    (home / "site" / "sitecustomize.py").write_text(BLOCKED, encoding="utf-8")
    text, log = home / "text.txt", home / "outgoing"
    lines = [f"{n}番の倉庫で古い{what}を直す。" for n in range(60) for what in ("時計", "橋", "本", "青い封筒")]
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(home / "site"), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "OUTGOING": str(log), "HF_HOME": str(home / "hf")}
    environment |= {"SIMCSE_ML_CACHE_DIR": str(home / "cache"), "OMP_NUM_THREADS": "1"}
    environment = {name: value for name, value in environment.items() if name != "HF_HUB_OFFLINE"}

    def run(line: str) -> subprocess.CompletedProcess[str]:
        named = [part.format(home=home, text=text, run=home / "run") for part in line.split()]
        command = [sys.executable, "-m", "simcse_ml.cli.main", *named]
        return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=300)

    run.log = log
    done = run(
        "train --lang ja {text} --backbone builtin:static --out {home}/run --set training.max_steps=2 --threads 1"
    )
    assert done.returncode == 0, done.stderr
    assert not log.exists(), log.read_text()
    return run


@pytest.mark.parametrize("line", COMMANDS)
def test_what_names_only_this_machine_needs_no_network(told, line):
    done = told(line)
    assert done.returncode == 0, done.stderr
    asked = told.log.read_text() if told.log.exists() else ""
    assert asked == ""


def test_doctor_says_that_the_hub_is_away_and_that_is_no_fault(told):
    log: Path = told.log
    done = told("doctor")
    assert done.returncode == 0, done.stderr
    assert set(log.read_text().split()) == {"huggingface.co"}
    log.unlink()


def test_the_block_is_one(told):
    """A pull, which does ask, is refused and noted; else the tests above would say nothing."""
    log: Path = told.log
    done = told("pull intfloat/multilingual-e5-small --out {home}/e5")
    assert done.returncode == 4 and "cannot be reached" in done.stderr
    assert log.read_text()
    log.unlink()
