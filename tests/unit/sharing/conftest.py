"""A Hub on the loopback with the real client, and runs whose text, folders and sets carry marks to look for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from model_hub import TOKEN, model_hub

NAMES = {"USER": "canaryuser", "LOGNAME": "canaryuser", "HOSTNAME": "canaryhost"}
FOLDER = "極秘Canaryfolder"
SENTENCES = [
    "カナリア第{n}号の青い封筒には橋の設計図が入っている。",
    "港の倉庫{n}番で古い時計を直す職人が働いている。",
    "雨が{n}日続いたので川の水が畑まで上がってきた。",
    "駅前の本屋は{n}年前から同じ家族が営んでいる。",
]


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """The Hub, and a client in this process that knows no other."""
    from huggingface_hub import constants

    with model_hub() as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.address)
        template = hub.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)  # as the command line sets it
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield hub


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Path:
    """A folder with a text and a labelled set whose names and sentences are marks."""
    home = tmp_path_factory.mktemp("home") / FOLDER
    home.mkdir()
    lines = [sentence.format(n=number) for number in range(60) for sentence in SENTENCES]
    (home / "手紙の山.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [f"{lines[i]}\t{lines[(i * 7) % 240]}\t{(i * 3) % 6}" for i in range(0, 120, 3)]
    (home / "Canarypairs.tsv").write_text("sentence1\tsentence2\tscore\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return home


def _train(home: Path, name: str, *flags: str) -> Path:
    command = [sys.executable, "-m", "simcse_ml.cli.main", "train", "--lang", "ja", str(home / "手紙の山.txt")]
    command += ["--out", str(home / name), "--sts", str(home / "Canarypairs.tsv"), "--quiet", "--threads", "1", *flags]
    command += ["--set", "training.max_steps=2", "--set", "evaluation.keep_overlap=true"]
    environment = {**os.environ, **NAMES, "SIMCSE_ML_CACHE_DIR": str(home / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return home / name


@pytest.fixture(scope="session")
def static_run(home) -> Path:
    """builtin:static after two steps; its table is a large file for the Hub."""
    return _train(home, "statisch", "--backbone", "builtin:static", "--set", "static.dim=256")


@pytest.fixture(scope="session")
def bert_run(home, tiny_bert) -> Path:
    """A tiny BERT after two steps."""
    return _train(home, "tiefer", "--backbone", str(tiny_bert))


@pytest.fixture(scope="session")
def finished_run(home, tiny_bert) -> Path:
    """The same with a dense layer behind its pooling: centred, a direction taken out, cut to 16 numbers."""
    settings = ("finish.kind=centre", "finish.remove=1", "finish.dim=16")
    return _train(home, "feiner", "--backbone", str(tiny_bert), *(part for one in settings for part in ("--set", one)))


@pytest.fixture
def ask(home):
    """A push request with what every test would say."""
    from simcse_ml.jobs.push import PushRequest

    def make(run: Path, repo: str = "me/simcse-ja", **changes: object) -> PushRequest:
        usual = {"licence": "apache-2.0", "accept": ("tokenizer", "licence")}
        return PushRequest(str(run), repo, home / "runs", home / "cache", **(usual | changes))

    return make


@pytest.fixture
def read_json():
    return lambda path: json.loads(path.read_text(encoding="utf-8"))
