"""A data set on the Hub is read through the real client, from a Hub on the loopback."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

_SPEC = importlib.util.spec_from_file_location("fake_hub", Path(__file__).parents[1] / "unit" / "text" / "fake_hub.py")
assert _SPEC is not None and _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)

ROWS = "\n".join(
    json.dumps({"id": f"k{number}", "text": f"川の向こうの{number}番目の本屋には古い本が{number * 7}冊ある。"})
    for number in range(50)
).encode()
TWO = b"---\nconfigs:\n- config_name: ja\n  data_files: ja.jsonl\n- config_name: th\n  data_files: th.jsonl\n---\n"
FILES = {
    "me/rows": {"data/train.jsonl": ROWS, "data/test.jsonl": ROWS},
    "me/two": {"README.md": TWO, "ja.jsonl": ROWS, "th.jsonl": ROWS},
    "me/script": {"script.py": b"import datasets\n"},
}
ERRORS = {"me/gated": (403, "GatedRepo"), "me/silent": (0, ""), "me/broken": (500, "")}


def prepare(name: str, folder: Path, address: str) -> subprocess.CompletedProcess[str]:
    hub = {"HF_ENDPOINT": address, "HF_HOME": str(folder / "hub"), "HF_HUB_DISABLE_XET": "1"}
    environment = {**os.environ, **hub, "SIMCSE_ML_CACHE_DIR": str(folder / "cache")}
    command = [sys.executable, "-m", "simcse_ml.cli.main", "prepare", "--lang", "ja", "--json", name]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_a_data_set_is_read_at_its_commit(tmp_path: Path) -> None:
    with _MODULE.fake_hub(FILES) as (address, asked):
        done = prepare("me/rows", tmp_path, address)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["kept"] == 50
    assert report["inputs"][0]["format"] == "data set on the Hub, split train, commit 55555555 (column text)"
    assert "there are also test" in report["warnings"][0]
    assert all("5" * 40 in line for line in asked if line.endswith(".jsonl"))


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("me/none", 4, "no such data set on the Hub"),
        ("me/gated", 4, "is gated"),
        ("hf:me/silent", 4, "did not answer"),
        ("hf:me/broken", 4, "Hub did not say"),
        ("hf:me/two", 3, "hf:me/two:CONFIG, of ja, th"),
        ("hf:me/script", 3, "a program, which is not run"),
        ("hf:me/rows/valid", 3, "it has train, test"),
    ],
)
def test_what_is_not_to_be_had_is_one_clear_line(tmp_path: Path, name: str, code: int, says: str) -> None:
    with _MODULE.fake_hub(FILES, ERRORS) as (address, _):
        done = prepare(name, tmp_path, address)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_network_the_name_is_refused(tmp_path: Path) -> None:
    done = prepare("me/rows", tmp_path, "http://127.0.0.1:9")
    assert done.returncode == 4
    assert "the Hub cannot be reached" in done.stderr
