"""The window in a real pseudo-terminal: what reaches it as bytes, and what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HOSTILE = {
    "osc52": "\x1b]52;c;ZXZpbA==\x07", "title": "\x1b]0;owned\x1b\\", "csi": "\x1b[2J\x1b[31m",
    "c1": "\x9b31m\x90q\x9c",
    "bidi": "\u202eevil\u2066", "dcs": "\x1bP1;2q\x1b\\", "nul": "a\x00b\x08\x7f", "tags": "\U000e0041\U000e007f",
    "breaks": "x\u2028y\u2029z\r", "marks": "e" + "\u0301" * 500, "markup": "[red]x[/red] [@click=app.quit]y[/]",
    "surrogate": "\udc9b", "long": "猫" * 10_000,
}  # fmt: skip
KNOWN = re.compile(
    rb"\x1b(?:\[[0-9;:]*m|\[[0-9;]*H|\[[0-9;]*[ABCDJK]|\[\?[0-9;]+[hl]|\[\?[0-9;]+\$p|\[[<>=][0-9;]*u|\[\?u|\[[0-9;]*[tn]"
    rb"|\[\?[0-9;]*n|\[[0-9]* q|_G[^\x1b]*\x1b\\|\[[>=]?[0-9]*[cq]|P\+q[0-9a-f;]*\x1b\\|\]22;[a-z-]+\x07|7|8)"
)
"""every sequence that the window itself sends"""


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Runs whose names of files, problems, logs and pins try to be obeyed."""
    runs = tmp_path / "runs"
    for number, (name, text) in enumerate(HOSTILE.items()):
        folder = runs / f"m{number}-{name}"
        folder.mkdir(parents=True)
        record = {"format": 1, "state": "failed", "created": f"2026-01-{number + 1:02}", "language": "ja",
                  "inputs": [f"/x/MARK{text}MARK"], "problem": f"MARK{text}MARK"}  # fmt: skip
        (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
        (folder / "pins.jsonl").write_text(json.dumps({"text": f"MARK{text}MARK"}) + "\n", encoding="utf-8")
        near = [{"row": 1, "score": 0.5, "percentile": 9, "text": f"MARK{text}MARK"}]
        events = [
            {"kind": "Warned", "text": f"MARK{text}MARK", "time": 1.7e9},
            {"kind": "StepDone", "stage": f"MARK{text}MARK", "step": 1, "steps": 2, "loss": 1.0, "time": 1.7e9},
            {"kind": "Pins", "step": 1, "pool": 9, "pins": [{"text": f"MARK{text}MARK", "near": near}], "time": 1.7e9},
        ]
        (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return runs


def test_nothing_from_a_run_is_obeyed_by_the_terminal(hostile, tmp_path, open_terminal) -> None:
    terminal = open_terminal("tui", "--runs", str(hostile), SIMCSE_ML_CACHE_DIR=str(tmp_path / "cache"))
    terminal.until(b"13 runs")
    sent = b""
    for _ in HOSTILE:
        terminal.type("\r")
        terminal.until(b"left/right scrub")
        terminal.type("vL")
        terminal.until(b"LOG")
        sent, terminal.seen = sent + terminal.seen, b""
        terminal.type("\t1j")
        terminal.until(b"failed")
    for keys, shown in (("\x10", b"close"), ("MARK\x10", b"sort newest"), ("/", b"leave")):
        sent, terminal.seen = sent + terminal.seen, b""
        terminal.type(keys)
        terminal.until(shown)  # the palette, Home again, the line to type in: a paste comes after the key before it
    terminal.type("\x1b[200~" + "pasted\x9b31m\x1b]0;owned\x07" + "\x1b[201~")
    terminal.until(b"pasted")
    terminal.type("\x03\x03")
    assert terminal.close() == 0
    sent += terminal.seen
    assert b"MARK" in sent
    rest = KNOWN.sub(b"", sent)
    assert b"\x1b" not in rest, rest[max(0, rest.find(b"\x1b") - 80) :][:200]
    text = rest.decode("utf-8")
    for bad in "\x9b\x90\x9c\x07\u202e\u2066\u2028\u2029\x00\x08\x7f\U000e0041":
        assert bad not in text, repr(bad)
    assert "[red]x[/red]" in text


def test_a_terminated_window_gives_the_terminal_back(tmp_path, open_terminal) -> None:
    terminal = open_terminal("tui", "--runs", str(tmp_path), SIMCSE_ML_CACHE_DIR=str(tmp_path / "cache"))
    terminal.until(b"No runs yet")
    os.kill(terminal.process.pid, signal.SIGTERM)
    assert terminal.close() == 0
    assert b"\x1b[?1049l" in terminal.seen and b"\x1b[?25h" in terminal.seen


def test_a_window_whose_terminal_is_gone_ends(tmp_path, open_terminal) -> None:
    terminal = open_terminal("tui", "--runs", str(tmp_path), SIMCSE_ML_CACHE_DIR=str(tmp_path / "cache"))
    terminal.until(b"No runs yet")
    os.close(terminal.file)  # without a controlling terminal no signal comes
    assert terminal.process.wait(60) == 0


def test_without_a_terminal_lines_are_printed_and_the_window_is_refused(tmp_path) -> None:
    environment = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "simcse_ml.cli.main", "tui", "--runs", str(tmp_path)]
    piped = {"env": environment, "stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    plain = subprocess.run([*command, "--plain"], **piped)
    assert "No runs yet" in plain.stdout and plain.returncode == 0 and "\x1b" not in plain.stdout
    refused = subprocess.run(command, **piped)
    assert refused.returncode == 2 and "this is no terminal" in refused.stderr


def test_lines_are_printed_once_what_was_asked_for_is_there(tmp_path) -> None:
    (tmp_path / "lines.txt").write_text("\n".join(f"ድመት ተኝታለች {number}" for number in range(40)), encoding="utf-8")
    command = [sys.executable, "-m", "simcse_ml.cli.main", "explore", "builtin:counting", "lines.txt", "--plain"]
    environment = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache")}
    told = {"env": environment, "stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "cwd": tmp_path}
    plain = subprocess.run(command, **told)
    assert plain.returncode == 0 and "builtin:counting  40 rows" in plain.stdout, plain.stderr
