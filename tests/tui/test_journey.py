"""The whole way in a real terminal, on a real training of examples/: from the first question to the pushed model."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from model_hub import TOKEN, model_hub
from terminal import LIMIT, Shown, Terminal

ROOT = Path(__file__).resolve().parents[2]
SIZE = (120, 40)
PIN = "犬が庭を走り回っている"
QUERY = "猫が箱の中で寝ている"
REPO = "me/simcse-ja"


@dataclass(frozen=True)
class Way:
    """folder: where the person stands, with examples/ in it.  open: starts simcse-ml in a terminal of its own."""

    folder: Path
    hub: object
    open: Callable[..., Terminal]

    @property
    def run(self) -> Path:
        (found,) = (self.folder / "runs").iterdir()
        return found

    def state(self) -> dict[str, object]:
        return json.loads((self.run / "run.json").read_text(encoding="utf-8"))

    def events(self, kind: str) -> list[dict[str, object]]:
        lines = (self.run / "events.jsonl").read_text(encoding="utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] == kind]


@pytest.fixture
def way(tmp_path, open_terminal) -> Iterator[Way]:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "runs").mkdir()
    with model_hub() as hub:
        told = {"HF_ENDPOINT": hub.address, "HF_TOKEN": TOKEN, "HF_HOME": str(tmp_path / "hf")}
        told |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1"}
        told |= {"SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache"), "SIMCSE_ML_CONFIG": str(tmp_path / "config.toml")}
        yield Way(tmp_path, hub, lambda *arguments: open_terminal(*arguments, size=SIZE, cwd=tmp_path, **told))


def window(way: Way) -> tuple[Terminal, Shown]:
    terminal = way.open("tui", "--runs", "runs")
    return terminal, Shown(terminal, SIZE)


def test_from_the_first_question_to_the_pushed_model(way) -> None:
    terminal, shown = window(way)
    answer_the_questions(shown, way)
    pid = watch_and_pin(shown, way)
    try:
        os.kill(pid, signal.SIGSTOP)  # so that a quick machine is not done before the window is open again
        shown.press("q")
        assert terminal.close() == 0
        assert f"keeps training (pid {pid})".encode() in terminal.seen and way.state()["state"] == "training"

        watching = way.open("runs", "watch", str(way.run))
        watching.until(b"unsup", LIMIT)
        terminal, shown = window(way)
        stop(shown, way, pid)
        watching.until(b"stopped", LIMIT)
        watching.close()
    finally:
        if _is_there(pid):
            os.kill(pid, signal.SIGCONT)
    resume(shown, way)
    explore(shown, way)
    compare(shown, way)
    assert not way.hub.calls, "nobody was asked for anything up to here"
    publish(shown, way)
    shown.press("q")
    assert terminal.close() == 0


def answer_the_questions(shown: Shown, way: Way) -> None:
    """The six of the wizard."""
    shown.until("No runs yet", "Train on your text")
    shown.answer("n", "text:", "examples/ja")
    shown.until("utf-8", "rows", without="Reading it")
    shown.press("\r", "As the text looks", "ja")
    shown.press("\r", "builtin:static", "word vectors from nothing", without="Looking up")
    shown.press("j", "> builtin:static")
    shown.press("\r", "at most so many sentences")
    shown.terminal.type("G")
    shown.answer("e", "at most so many sentences:", "400")
    shown.press("\r", "the processor")
    command = "simcse-ml train --lang ja --backbone builtin:static --max-sentences 400 examples/ja"
    shown.press("\r", f"$ {command}")
    shown.press("\r", "started (pid", "goes on when this window closes")


def watch_and_pin(shown: Shown, way: Way) -> int:
    """Curves and pins as they come; returns the process that trains."""
    (pid,) = re.findall(r"started \(pid (\d+)\)", shown.text())
    shown.until("/ pins a sentence")
    shown.answer("/", "pin:", PIN)
    shown.until("Pinned.", PIN)
    assert [json.loads(line)["text"] for line in (way.run / "pins.jsonl").read_text().splitlines()] == [PIN]
    speed, neighbour = r"\d+/\d+ .* sent/s", r"\n +1 .* \d+\.\d\d  \S"  # its rank, score and percentile
    empty = "comes with the next evaluation"
    shown.until("PINS  step", "following", "loss", "uniformity", without=empty, like=(speed, neighbour))
    (told,) = way.events("Pins")[0]["pins"]
    assert told["text"] == PIN and len(told["near"]) >= 3
    assert told["near"][0]["text"] in "".join(f.read_text("utf-8") for f in (ROOT / "examples" / "ja").glob("*.txt"))
    return int(pid)


def stop(shown: Shown, way: Way, pid: int) -> None:
    """Home again, back to the training, a stop that is asked for and kept."""
    shown.until("1 run", way.run.name, "%")
    shown.press("\r", PIN, "loss", "PINS  step")
    shown.press("S", f"Stop {way.run.name} after step", "Nothing is lost")
    shown.press("\r", "saves and stops after the step it is in")
    os.kill(pid, signal.SIGCONT)
    shown.until("stopped at", "R goes on")
    (stopped,) = way.events("Stopped")
    assert way.state()["state"] == "stopped" and 0 < stopped["step"] < way.events("StepDone")[-1]["steps"]
    assert any(f"{stopped['step']:07}" in folder.name for folder in (way.run / "checkpoints").iterdir())


def resume(shown: Shown, way: Way) -> None:
    """On from the very next step up to the model."""
    before = [event["step"] for event in way.events("StepDone")]
    shown.press("R", "started (pid")
    shown.until("done", "No labelled set was given", without="sent/s  left")
    steps = [event["step"] for event in way.events("StepDone")]
    assert steps[len(before)] == before[-1] + 1 and steps[-1] == way.events("StepDone")[-1]["steps"]
    assert way.state()["state"] == "done" and (way.run / "model" / "model.safetensors").is_file()
    assert len(way.events("Pins")) >= 2, "the pin went on being watched"


def explore(shown: Shown, way: Way) -> None:
    """A Japanese sentence as typed, its reasons, a neighbour and back, an export."""
    shown.press("1", "sort newest", "done")
    shown.press("x", "Type / and what to look for", "rows")
    shown.answer("/", "/ ", QUERY)
    yardstick = r">\s+1\s+\.\d{3}\s+>?\d+\.\d+"  # a score never stands without one
    shown.until(f"/ {QUERY}", "score", "pct", "猫", like=(yardstick,))
    sums = r"(-?[\d.]+) = token pairs (-?[\d.]+) \+ common to all rows (-?[\d.]+) \+ rest (-?[\d.]+)"
    text = shown.press("x", "without", "->", like=(sums,))
    cosine, pairs, common, rest = map(float, re.search(sums, text).groups())
    assert abs(cosine - pairs - common - rest) < 0.002
    shown.press("j\r", "/ #", "back 1")
    shown.press("b", f"/ {QUERY}", without="back 1")
    shown.answer("e", "export to", "found.tsv")
    shown.until("rows in found.tsv")
    lines = (way.folder / "found.tsv").read_text(encoding="utf-8").splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    assert about["query"] == QUERY and QUERY in about["command"] and about["model"] == way.run.name
    table = [line.split("\t") for line in lines if not line.startswith("# ")]
    assert table[0][0] == "row" and len(table) == 51 and any("猫" in row[-1] for row in table[1:])


def compare(shown: Shown, way: Way) -> None:
    """Beside what costs nothing, since this one was trained from nothing."""
    shown.terminal.type("u")
    shown.until(f"A {way.run.name}", "B builtin:counting", "Type / and what to look for")
    shown.answer("/", "/ ", QUERY)
    shown.until(f"/ {QUERY}", "pctA", "猫", like=(r">\s+1\s+\d+", r"(up|down) \d+|[AB] only"))
    overlap = r"overlap@10 ([\d.]+)"
    text = shown.press("M", "MOVERS of", "train one more seed to judge", like=(overlap,))
    share = float(re.search(overlap, text).group(1))
    assert 0 < share < 1


def publish(shown: Shown, way: Way) -> None:
    """A look at every byte without the network, then exactly those bytes."""
    shown.press("1", "sort newest")
    shown.press("P", "nothing is sent by that")
    shown.answer("D", "repository on the Hub", REPO)
    shown.until(REPO, without="take it")
    shown.answer("D", "licence as the Hub", "apache-2.0")
    shown.until("apache-2.0", without="take it")
    shown.press("D", "DRY RUN", "only you (private)", "tokenizer learnt from your text", "model.safetensors")
    assert not way.hub.calls
    shown.press("a", "Accepted", "P sends exactly these bytes")
    shown.answer("P", f"type {REPO} to send:", REPO)
    shown.until("read back and equal", f"{way.hub.address}/{REPO}")
    repo = way.hub.repos[REPO]
    assert (
        repo.private
        and repo.branches["main"]["model.safetensors"] == (way.run / "model" / "model.safetensors").read_bytes()
    )
    sent = way.hub.everything_sent().decode("utf-8", "replace")
    for line in (way.run / "pins.jsonl", way.folder / "found.tsv"):
        assert line.name not in repo.branches["main"]
    assert PIN not in sent and "うちの猫は、段ボール箱なら大きさを問わない" not in sent


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
