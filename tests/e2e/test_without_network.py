"""Where there is only the loopback, each command that names only things of this machine works, and asks nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simcse_ml.cli.app import COMMANDS as TABLE
from simcse_ml.cli.app import load
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.lock import holder

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
sendto, by_name = socket.socket.sendto, socket.gethostbyname

def allowed(self, address):
    return self.family == socket.AF_UNIX or local(address[0])

socket.socket.connect = lambda self, at: connect(self, at) if allowed(self, at) else refuse(at)
socket.socket.connect_ex = lambda self, at: connect_ex(self, at) if allowed(self, at) else refuse(at)
socket.socket.sendto = lambda self, *parts: sendto(self, *parts) if allowed(self, parts[-1]) else refuse(parts[-1])
socket.gethostbyname = lambda host: by_name(host) if local(host) else refuse(host)
socket.getaddrinfo = lambda host, *more, **named: lookup(host, *more, **named) if local(host) else refuse(host)
"""
COMMANDS = [
    "prepare --lang ja {text} --out {home}/prepared",
    "data {text} {pairs}",
    "langs list",
    "langs show bo",
    "langs detect {text}",
    "recipes list",
    "recipes show unsup --resolved",
    "recipes copy unsup {home}/mine.yaml",
    "recipes check {run}/recipe.yaml",
    "runs list",
    "runs show {run}",
    "runs watch {run}",
    "runs pin {run} 青い封筒の橋",
    "eval {run}",
    "eval {run} --sts {pairs}",
    "embed {run} {text} --out {home}/v.npy --dtype int8",
    "similar {run} 青い橋 古い橋",
    "similar {run} 青い橋 古い橋 --why",
    "search {run} {text} 橋の設計図",
    "search builtin:counting {text} 橋の設計図 --lang ja",
    "report {run}",
    "compare {run} builtin:counting {text} --query 橋 --lang ja",
    "explore {run} --plain",
    "tui --plain --runs {home}",
    "export {run} --to model2vec --out {home}/m2v",
    "export {run} --to torch-truncated --dim 16 --out {home}/cut",
    "push {run} me/model --license mit --accept tokenizer --dry-run",
    "train --lang ja {text} --recipe {run}/recipe.yaml --out {home}/again --set training.max_steps=1 --threads 1",
    "train --lang ja {text} --offline --out {home}/offline --set training.max_steps=1 --threads 1",
    "cache list",
    "cache clear --yes",
    "config",
]
WITH_A_TRANSFORMER = [
    "search {deep} {text} 橋の設計図",
    "similar {deep} 青い橋 古い橋 --why",
    "export {deep} --to onnx --out {home}/onnx",
    "push {deep} me/model --license mit --accept licence --base-model you/small --dry-run",
]
IN_TESTS_BELOW = {"doctor", "runs stop", "runs resume", "runs remove"}
ASKS_THE_HUB = {"pull"}
"""whatever it is given; `push` without --dry-run does too"""


def leaf(line: str) -> str:
    """`runs list` of a line that begins with it, `train` of one that begins with that."""
    first, second = [*line.split(), ""][:2]
    return f"{first} {second}" if any(name.startswith(f"{first} ") for name in every_command()) else first


def every_command() -> set[str]:
    """Names of all commands as the command line itself lists them."""
    found = set()
    for row in TABLE:
        below = getattr(load(row), "commands", {})
        found |= {f"{row.name} {name}" for name in below} or {row.name}
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """told(command line): what it did where only the loopback is reachable; told.log: whom it asked all the same."""
    home = tmp_path_factory.mktemp("alone")
    (home / "site").mkdir()
    (home / "site" / "sitecustomize.py").write_text(BLOCKED, encoding="utf-8")
    text, pairs, log = home / "text.txt", home / "pairs.tsv", home / "outgoing"
    lines = [f"{n}番の倉庫で古い{what}を直す。" for n in range(60) for what in ("時計", "橋", "本", "青い封筒")]
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [f"{lines[n]}\t{lines[n * 7 % 240]}\t{n % 6}" for n in range(40)]
    pairs.write_text("sentence1\tsentence2\tscore\n" + "\n".join(rows) + "\n", encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(home / "site"), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "OUTGOING": str(log), "HF_HOME": str(home / "hf")}
    environment |= {"SIMCSE_ML_CACHE_DIR": str(home / "cache"), "OMP_NUM_THREADS": "1"}
    environment = {name: value for name, value in environment.items() if name != "HF_HUB_OFFLINE"}
    places = {"home": home, "text": text, "pairs": pairs, "run": home / "run", "deep": home / "deep"}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}

    def start(line: str, **more: object) -> subprocess.Popen[str]:
        named = [part.format(**places, **more) for part in line.split()]
        command = [sys.executable, "-m", "simcse_ml.cli.main", *named]
        return subprocess.Popen(command, env=environment, cwd=home, **quiet)

    def run(line: str, **more: object) -> subprocess.CompletedProcess[str]:
        with start(line, **more) as process:
            try:
                out, err = process.communicate(timeout=300)
            finally:
                process.kill()
        return subprocess.CompletedProcess(line, process.returncode, out, err)

    run.log, run.home, run.start = log, home, start
    done = run("train --lang ja {text} --backbone builtin:static --out {run} --set training.max_steps=2 --threads 1")
    assert done.returncode == 0, done.stderr
    assert asked(run) == ""
    return run


def asked(told) -> str:
    """Whom it asked so far."""
    return told.log.read_text() if told.log.exists() else ""


@pytest.mark.parametrize("line", COMMANDS)
def test_what_names_only_this_machine_needs_no_network(told, line):
    done = told(line)
    assert done.returncode == 0, done.stderr
    assert asked(told) == ""


def test_a_transformer_in_a_folder_needs_no_network_from_training_to_export(told, tiny_bert):
    pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    train = "train --lang ja {text} --backbone {bert} --out {deep} --set training.max_steps=2 --threads 1"
    for line in [train, *WITH_A_TRANSFORMER]:
        done = told(line, bert=tiny_bert)
        assert done.returncode == 0, (line, done.stderr)
        assert asked(told) == "", line


def test_a_training_is_stopped_gone_on_with_and_removed_without_a_network(told):
    """Of many more steps than it is given time for."""
    folder = RunFolder(told.home / "long")
    train = "train --lang ja {text} --backbone builtin:static --out {home}/long --epochs 100000 --threads 1"
    for line in (train, "runs resume {home}/long"):
        with told.start(line) as training:
            until = time.monotonic() + 200
            while holder(folder) is None and training.poll() is None and time.monotonic() < until:
                time.sleep(0.1)
            stopped = told("runs stop {home}/long --wait 200")
            training.kill()
            _, problem = training.communicate()
        assert stopped.returncode == 0 and "stopped" in stopped.stdout, stopped.stderr + problem
        assert "Traceback" not in problem
    removed = told("runs remove {home}/long --yes")
    assert removed.returncode == 0 and not folder.path.exists(), removed.stderr
    assert asked(told) == ""


def test_every_command_is_tried_here_or_known_to_ask_the_hub():
    """A new command goes into one of the lists."""
    tried = {leaf(line) for line in COMMANDS} | IN_TESTS_BELOW
    assert not tried & ASKS_THE_HUB
    assert tried | ASKS_THE_HUB == every_command()


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
