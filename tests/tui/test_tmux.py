"""The window within tmux, as over SSH: keys and letters come through, sizes change, and a lost line leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from terminal import LIMIT, SIZE_OF_ANOTHER

from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.lock import hold

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
ROOT = Path(__file__).resolve().parents[2]
LINES = [f"{text} {number}" for number in range(15) for text in ("猫が箱の中で寝ている", "ድመቷ ተኝታለች", "القطة تنام")]
QUERY = "猫が寝る"


class Tmux:
    """A tmux server of its own with one window; `start` opens simcse-ml in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "tmux"

    def tell(self, *arguments: str) -> str:
        kept = {name: value for name, value in os.environ.items() if name not in SIZE_OF_ANOTHER}
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), "-f", os.devnull, *arguments],
            capture_output=True, text=True, check=False, env=kept,
        )  # fmt: skip
        return done.stdout

    def start(self, *arguments: str) -> None:
        told = {"LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join([str(ROOT / "tui"), str(ROOT)])}
        told |= {
            "SIMCSE_ML_CACHE_DIR": str(self.folder / "cache"),
            "SIMCSE_ML_CONFIG": str(self.folder / "config.toml"),
        }
        given = [part for name, value in told.items() for part in ("-e", f"{name}={value}")]
        command = [sys.executable, "-m", "simcse_ml.cli.main", *arguments]
        self.tell("-u", "new-session", "-d", "-x", "120", "-y", "40", "-c", str(self.folder), *given, *command)

    def until(self, *wanted: str, without: str = "") -> str:
        """Look at the screen until all of `wanted` stands there and `without` does not; returns it."""
        end = time.monotonic() + LIMIT
        while True:
            text = self.tell("capture-pane", "-p")
            if all(part in text for part in wanted) and not (without and without in text):
                return text
            if time.monotonic() > end or not self.is_there():
                pytest.fail(f"{wanted} without {without!r} did not come; the screen:\n{text}")
            time.sleep(0.1)

    def press(self, *keys: str) -> None:
        self.tell("send-keys", *keys)

    def type(self, text: str) -> None:
        self.tell("send-keys", "-l", text)

    def is_there(self) -> bool:
        return bool(self.tell("list-sessions"))

    def process(self) -> psutil.Process:
        return psutil.Process(int(self.tell("list-panes", "-F", "#{pane_pid}")))


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    (tmp_path / "lines.txt").write_text("\n".join(LINES), encoding="utf-8")
    made = Tmux(tmp_path)
    yield made
    made.tell("kill-server")


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=LIMIT)[1]


def test_a_text_is_explored_with_letters_of_three_scripts_and_another_size(tmux) -> None:
    tmux.start("explore", "builtin:counting", "lines.txt")
    tmux.until("Type / and what to look for")
    tmux.press("/")
    tmux.until("take it")
    tmux.type(QUERY)
    tmux.until(f"/ {QUERY}")
    tmux.press("Enter")
    tmux.until("score", "猫が箱の中で寝ている", "<R")
    tmux.press("x")
    tmux.until("without 猫")
    tmux.tell("resize-window", "-x", "50", "-y", "15")
    tmux.until(" 4 Explore", f"  / {QUERY}", "? help", without="2 New")
    tmux.tell("resize-window", "-x", "120", "-y", "40")
    tmux.until("5 Compare", "without 猫")
    tmux.press("j", "Enter")
    tmux.until("/ #", "back 1")
    tmux.press("b")
    tmux.until(f"/ {QUERY}", without="back 1")
    tmux.press("e")
    tmux.until("export to")
    tmux.press("Escape")
    tmux.until("? help", without="export to")
    processes = [tmux.process(), *tmux.process().children(recursive=True)]
    tmux.press("q")
    assert gone(processes) and not tmux.is_there()


def test_a_lost_line_ends_the_window_and_what_it_started(tmux) -> None:
    tmux.start("explore", "builtin:counting", "lines.txt")
    tmux.until("Type / and what to look for")
    processes = [tmux.process(), *tmux.process().children(recursive=True)]
    assert len(processes) > 1, "the search is a process of its own"
    tmux.tell("kill-server")
    assert gone(processes)


def test_a_training_is_watched_asked_to_stop_and_goes_on_without_the_window(tmux) -> None:
    """The trainer is another process, for which this one stands."""
    run = tmux.folder / "runs" / "ja-1"
    run.mkdir(parents=True)
    state = {"format": 1, "state": "training", "language": "ja", "pid": os.getpid(), "created": "2026-01-01"}
    (run / "run.json").write_text(json.dumps(state), encoding="utf-8")

    def step(number: int) -> None:
        event = {"time": time.time(), "kind": "StepDone", "stage": "unsup", "step": number, "steps": 90, "loss": 2.0}
        with (run / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")

    step(1)
    with hold(RunFolder(run)):
        watched(tmux, step)
    assert json.loads((run / "run.json").read_text(encoding="utf-8")) == state
    assert not (run / "control" / "stop").exists(), "nobody said yes"


def watched(tmux: Tmux, step: Callable[[int], None]) -> None:
    """What the person does while it trains."""
    tmux.start("tui", "--runs", "runs")
    tmux.until("1 run", "ja-1")
    tmux.press("Enter")
    tmux.until("1/90", "loss")
    step(40)
    tmux.until("40/90")
    tmux.press("S")
    tmux.until("Stop ja-1 after step", "Nothing is lost")
    tmux.press("Escape")
    tmux.until("? help", without="Nothing is lost")
    tmux.press("?")
    tmux.until("follow the latest")
    tmux.press("Escape")
    tmux.until("40/90")
    tmux.press("2")
    tmux.until("text:")
    tmux.press("Escape")  # and at once a 1 would be alt+1
    tmux.until("? help", without="text:")
    tmux.press("1")
    tmux.until("sort newest")
    process = tmux.process()
    tmux.press("q")
    assert gone([process])
