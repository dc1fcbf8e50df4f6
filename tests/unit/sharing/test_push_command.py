"""`simcse-ml push` as a process of its own, killed in the middle of a large file, and given again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from simcse_ml.models.opened import open_model

NAMED_HOST = "import socket\nsocket.gethostname = lambda: 'canaryhost'\n"
MARKS = [
    "カナリア第",
    "港の倉庫",
    "極秘Canaryfolder",
    "手紙の山",
    "Canarypairs",
    "statisch",
    "canaryuser",
    "canaryhost",
]


@pytest.fixture
def command(hub, home, static_run, tmp_path):
    """(arguments, environment) of a push by a person whose name, host and folders are marks."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(NAMED_HOST, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")]))
    told = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_XET": "1"}
    told |= {"HF_HUB_OFFLINE": "0", "SIMCSE_ML_CACHE_DIR": str(home / "cache"), "PYTHONPATH": path}
    told |= {"USER": "canaryuser", "LOGNAME": "canaryuser", "HOSTNAME": "canaryhost"}

    def make(repo: str, *flags: str, accept: str = "tokenizer") -> tuple[list[str], dict[str, str]]:
        push = [sys.executable, "-m", "simcse_ml.cli.main", "push", str(static_run), repo, *flags]
        return [*push, "--license", "apache-2.0", "--accept", accept, "--json"], {**os.environ, **told}

    return make


def ended(command) -> subprocess.CompletedProcess[str]:
    arguments, environment = command
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=120)


def test_killed_within_a_large_file_the_same_command_goes_on_and_nothing_is_lost(
    hub, command, static_run, home, monkeypatch
):
    monkeypatch.setattr(sys.modules["model_hub"], "LARGE", 5_000)  # so that several files are large
    hub.cut_at, hub.cuts, hub.hangs = 30_000, 1, True
    arguments, environment = command("me/simcse-ja")
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        assert hub.reached.wait(100)
        first.send_signal(signal.SIGKILL)
        assert first.wait(20) == -signal.SIGKILL
    repo = hub.repos["me/simcse-ja"]
    before, arrived = len(hub.calls), set(repo.large)
    assert repo.private and repo.branches["main"] == {} and arrived

    again = ended(command("me/simcse-ja"))
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    assert told["private"] and told["verified"] and set(told["sent"]) == set(repo.branches["main"])
    put = {call.rpartition("/")[2] for call in hub.calls[before:] if call.startswith("PUT /upload/")}
    assert put and not put & arrived  # what was whole before the kill is not sent a second time
    for name in ("model.safetensors", "tokenizer.json", "modules.json"):
        assert repo.branches["main"][name] == (static_run / "model" / name).read_bytes()

    third = ended(command("me/simcse-ja"))
    assert json.loads(third.stdout)["sent"] == [] and len(repo.branches["main"]) == len(told["sent"])

    texts = ["日本語", "青い封筒の橋", "x"]
    assert np.array_equal(open_model(str(static_run)).embed(texts), open_model("me/simcse-ja").embed(texts))
    sent = hub.everything_sent()
    text = (home / "手紙の山.txt").read_text(encoding="utf-8").splitlines()
    assert not [line for line in text if line.encode() in sent]
    for mark in [*MARKS, str(home), environment["HF_TOKEN"]]:
        assert mark.encode() not in sent, mark
        assert json.dumps(mark)[1:-1].encode() not in sent, mark


@pytest.mark.parametrize(
    ("repo", "change", "says", "code"),
    [
        ("me/sim cse", {}, "the Hub takes no such name: sim cse", 2),
        ("me/simcse-ja", {"HF_TOKEN": "hf_wrongwrongwrongwrongwrong"}, "does not accept the token", 4),
        ("me/simcse-ja", {"HF_ENDPOINT": "http://127.0.0.1:9"}, "cannot be reached", 4),
        ("me/simcse-ja", {"HF_HUB_OFFLINE": "1"}, "offline", 4),
        ("me/data", {}, "there is a dataset of this name", 2),
        ("me/open", {}, "this repository is public", 5),
    ],
)
def test_a_refusal_is_one_line_with_its_exit_code_and_without_the_token(hub, command, repo, change, says, code):
    hub.put("me/data", {}, kind="dataset")
    hub.put("me/open", {}, private=False)
    arguments, environment = command(repo)
    done = ended((arguments, environment | change))
    assert done.returncode == code, done.stderr
    assert says in done.stderr and "Traceback" not in done.stderr and done.stdout == ""
    assert environment["HF_TOKEN"] not in done.stderr and "hf_wrong" not in done.stderr
    assert not any("upload" in call or "commit" in call for call in hub.calls)
    assert set(hub.repos) == {"me/data", "me/open"}


def test_a_dry_run_asks_nobody(hub, command):
    done = ended(command("me/simcse-ja", "--dry-run"))
    assert done.returncode == 0, done.stderr
    assert {file["path"] for file in json.loads(done.stdout)["files"]} >= {"README.md", "model.safetensors"}
    assert hub.calls == []


def test_a_dry_run_of_what_would_be_refused_is_shown_whole_and_ends_as_push_would(hub, command):
    done = ended(command("me/simcse-ja", "--dry-run", accept="licence"))
    assert done.returncode == 5, done.stderr
    assert [found["kind"] for found in json.loads(done.stdout)["findings"] if not found["accepted"]] == ["tokenizer"]
    assert "--accept tokenizer" in done.stderr and hub.calls == []
