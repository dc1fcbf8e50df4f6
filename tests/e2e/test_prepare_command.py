"""The installed command prepares text: sentences and JSON on standard output, the rest beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "simcse_ml.cli.main", *arguments]


def surroundings(cache: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "SIMCSE_ML_CACHE_DIR": str(cache)}


def run(cache: Path, *arguments: str, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(*arguments), capture_output=True, input=data, env=surroundings(cache), check=False)


def test_sentences_from_a_pipe_go_to_a_pipe_and_nothing_else_does(
    shared: Callable[[str], Path], tmp_path: Path
) -> None:
    data = shared("text/th/talpco-sentences.txt").read_bytes()
    done = run(tmp_path, "prepare", "--lang", "th", "-", "--out", "-", data=data)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode("utf-8").splitlines()
    assert len(lines) > 1000
    assert set(lines) <= {line.strip() for line in data.decode("utf-8").split("\n")} | set(lines)
    assert b"sentences kept of" in done.stderr


def test_json_is_one_object_with_every_reason(shared: Callable[[str], Path], tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    path = shared("text/ja/aozora-novels.txt")
    done = run(tmp_path / "cache", "prepare", str(path), "--lang", "ja", "--json", "--out", str(out))
    report = json.loads(done.stdout)
    assert report["kept"] + sum(report["dropped"].values()) == report["read"]
    assert len([line for line in out.read_text("utf-8").split("\n") if line]) == report["kept"]


def test_an_input_error_is_one_line_and_exit_code_three(shared: Callable[[str], Path], tmp_path: Path) -> None:
    done = run(tmp_path, "prepare", str(shared("special/png-image.txt")), "--lang", "ja")
    assert done.returncode == 3
    assert done.stdout == b""
    assert b"png-image.txt: this is a PNG image" in done.stderr
    assert b"Traceback" not in done.stderr


def test_killed_at_any_moment_and_run_again_gives_the_same_file(shared: Callable[[str], Path], tmp_path: Path) -> None:
    path = str(shared("text/en/kyoto-wikipedia-translated.txt"))
    arguments = ("prepare", path, "--lang", "en", "--out")
    assert run(tmp_path / "whole", *arguments, str(tmp_path / "whole.txt")).returncode == 0
    for delay in (1.0, 2.0, 3.0):
        process = subprocess.Popen(
            command(*arguments, str(tmp_path / "cut.txt")),
            env=surroundings(tmp_path / "cut"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert run(tmp_path / "cut", *arguments, str(tmp_path / "cut.txt")).returncode == 0
    assert (tmp_path / "cut.txt").read_bytes() == (tmp_path / "whole.txt").read_bytes()
    (whole,), (cut,) = ((tmp_path / name / "text").glob("*/manifest.json") for name in ("whole", "cut"))
    assert {f.name: f.read_bytes() for f in whole.parent.iterdir()} == {
        f.name: f.read_bytes() for f in cut.parent.iterdir()
    }


def test_data_says_what_a_file_is_read_as(shared: Callable[[str], Path], tmp_path: Path) -> None:
    done = run(tmp_path, "data", str(shared("sts/ja-jsts/valid.tsv")), str(shared("special/rows.json")), "--json")
    kinds = [file["kind"] for file in json.loads(done.stdout)["files"]]
    assert kinds == ["sts", "text"]


@pytest.mark.parametrize(
    ("out", "says"), [("letters/a.txt", "written over"), ("letters/all.txt", "is read"), ("letters", "is a folder")]
)
def test_what_is_read_is_not_written_over(tmp_path: Path, out: str, says: str) -> None:
    letter = tmp_path / "letters" / "a.txt"
    letter.parent.mkdir()
    letter.write_text("\n".join(f"第{number}話では古い本を見た。" for number in range(40)), encoding="utf-8")
    before = letter.read_bytes()
    read = str(letter if says == "written over" else letter.parent)
    ended = run(tmp_path / "cache", "prepare", "--lang", "ja", read, "--out", str(tmp_path / out))
    assert ended.returncode == 2
    assert says in ended.stderr.decode().splitlines()[-1]
    assert letter.read_bytes() == before
    assert [path.name for path in letter.parent.iterdir()] == ["a.txt"]
