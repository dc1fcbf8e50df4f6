"""How quick and how quiet the window is, in a pseudo-terminal: the budgets of docs/tui.md.

    python benchmarks/tui_budgets.py > at-rest.json
    python benchmarks/tui_budgets.py --busy 2 --only paint,keys > busy.json     # beside two processes that compute
    python benchmarks/tui_budgets.py --only soak --soak 3600 > soak.json
    python benchmarks/tui_budgets.py --only open --rows 1000000 > open.json     # writes 2 GB into a temporary folder

paint: seconds from the start of `simcse-ml tui` to the first row of Home.  keys: milliseconds from a key to the first
byte of what it changed.  idle: bytes while nobody types, on Home and in Explore.  live: bytes a second while a run
writes 100 events a second.  open: the search child over a million sentences.  soak: resident memory of the window while
keys are pressed all the time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import psutil
from machine import machine

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "tui"), str(ROOT / "tui")]

from terminal import Terminal  # noqa: E402

RUNS = 40
QUIET = 0.3
"""seconds without a byte after which everything has been painted"""
EVENTS_A_SECOND, LIVE_SECONDS = 100, 20.0
DIM = 256


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--busy", type=int, default=0, help="processes that compute meanwhile")
    arguments.add_argument("--only", default="paint,keys,idle,live", help="which, with commas; open and soak too")
    arguments.add_argument("--starts", type=int, default=10)
    arguments.add_argument("--keys", type=int, default=200)
    arguments.add_argument("--idle", type=float, default=60.0, metavar="SECONDS")
    arguments.add_argument("--soak", type=float, default=300.0, metavar="SECONDS")
    arguments.add_argument("--rows", type=int, default=1_000_000)
    asked = arguments.parse_args()
    parts: dict[str, Callable[[Path], object]] = {
        "paint": lambda here: paint(here, asked.starts),
        "keys": lambda here: keys(here, asked.keys),
        "idle": lambda here: idle(here, asked.idle),
        "live": live,
        "open": lambda here: open_rows(here, asked.rows),
        "soak": lambda here: soak(here, asked.soak),
    }
    told: dict[str, object] = machine(busy=asked.busy)
    with ExitStack() as stack:
        for _ in range(asked.busy):
            stack.enter_context(_computing())
        for name in asked.only.split(","):
            here = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            _runs(here)
            told[name] = parts[name](here)
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")


class _computing:
    """A process that keeps a core at work until the block ends."""

    def __enter__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", "while True: sum(range(10**6))"])

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def _runs(here: Path) -> None:
    """Runs that are done, and the text that they were trained on."""
    (here / "text.txt").write_text("".join(f"猫が{n}匹、箱の中で寝ている。\n" for n in range(2_000)), encoding="utf-8")
    for number in range(RUNS):
        folder = here / "runs" / f"ja-{number:02}"
        folder.mkdir(parents=True)
        state = {"format": 1, "created": f"2026-01-{number + 1:02}", "state": "stopped", "language": "ja",
                 "inputs": ["text.txt"], "step": 10, "steps": 100}  # fmt: skip
        (folder / "run.json").write_text(json.dumps(state), encoding="utf-8")
        (folder / "events.jsonl").write_text("".join(map(_event, range(1, 11))), encoding="utf-8")


def _event(step: int) -> str:
    """A line of events.jsonl."""
    event = {"format": 1, "time": 1.8e9 + step, "kind": "StepDone", "stage": "unsup", "step": step, "steps": 10**6,
             "loss": 1 / (1 + step), "rows_per_second": 9.0}  # fmt: skip
    return json.dumps(event) + "\n"


def _window(here: Path, *arguments: str) -> Terminal:
    arguments = arguments or ("tui", "--runs", "runs")
    return Terminal(*arguments, cwd=here, SIMCSE_ML_CACHE_DIR=str(here / "cache"))


def _settled(terminal: Terminal, quiet: float = QUIET) -> None:
    """Read until nothing comes any more."""
    seen = -1
    while seen != len(terminal.seen):
        seen = len(terminal.seen)
        terminal.read(quiet)


def _end(terminal: Terminal) -> None:
    terminal.type("q")
    terminal.close()


def paint(here: Path, starts: int) -> dict[str, float]:
    found = []
    for _ in range(starts):
        began = time.perf_counter()
        terminal = _window(here)
        terminal.until(f"{RUNS} runs".encode())
        found.append(time.perf_counter() - began)
        _end(terminal)
    return {"median s": statistics.median(found), "most s": max(found), "starts": starts}


def keys(here: Path, count: int) -> dict[str, float]:
    terminal = _window(here)
    terminal.until(f"{RUNS} runs".encode())
    _settled(terminal, 1.5)
    found = []
    for number in range(count):
        before = len(terminal.seen)
        began = time.perf_counter()
        terminal.type("j" if number // 20 % 2 == 0 else "k")
        while len(terminal.seen) == before:
            terminal.read(5.0)
        found.append(1000 * (time.perf_counter() - began))
        _settled(terminal, 0.05)
    _end(terminal)
    return {"median ms": statistics.median(found), "p95 ms": float(np.quantile(found, 0.95)), "most ms": max(found)}


def idle(here: Path, seconds: float) -> dict[str, float]:
    found: dict[str, float] = {"seconds": seconds}
    explored = ("explore", "builtin:counting", "text.txt")
    for name, arguments, sign in (("Home", (), f"{RUNS} runs"), ("Explore", explored, "Random pairs")):
        terminal = _window(here, *arguments)
        terminal.until(sign.encode(), 600)
        _settled(terminal, 3.0)
        before, end = len(terminal.seen), time.monotonic() + seconds
        while time.monotonic() < end:
            terminal.read(0.5)
        found[f"{name} bytes"] = len(terminal.seen) - before
        _end(terminal)
    return found


def live(here: Path) -> dict[str, float]:
    events = here / "runs" / f"ja-{RUNS - 1:02}" / "events.jsonl"
    terminal = _window(here)
    terminal.until(f"{RUNS} runs".encode())
    terminal.type("\r")
    terminal.until(b"PINS")
    _settled(terminal, 1.5)
    before, began, step = len(terminal.seen), time.monotonic(), 10
    with events.open("a", encoding="utf-8") as file:
        while (gone := time.monotonic() - began) < LIVE_SECONDS:
            while step - 10 < gone * EVENTS_A_SECOND:
                step += 1
                file.write(_event(step))
            file.flush()
            terminal.read(0.05)
    sent = len(terminal.seen) - before
    _end(terminal)
    return {"bytes a second": sent / LIVE_SECONDS, "events a second": EVENTS_A_SECOND}


def soak(here: Path, seconds: float) -> dict[str, float]:
    """Keys of several screens over and over; events of a run come in meanwhile."""
    events = here / "runs" / f"ja-{RUNS - 1:02}" / "events.jsonl"
    terminal = _window(here)
    terminal.until(f"{RUNS} runs".encode())
    process = psutil.Process(terminal.process.pid)
    _settled(terminal, 1.5)
    first = process.memory_info().rss / 1e6
    found, end, step = [], time.monotonic() + seconds, 10
    with events.open("a", encoding="utf-8") as file:
        while time.monotonic() < end:
            for key in ("j", "k", "\r", "\t", "L", "1", "7", "6", "?", "\x1b", "1"):
                step += 1
                file.write(_event(step))
                file.flush()
                terminal.type(key)
                terminal.read(0.05)
            terminal.seen, terminal.log = b"", []
            found.append(process.memory_info().rss / 1e6)
    _end(terminal)
    return {"first MB": first, "most MB": max(found), "last MB": found[-1], "seconds": seconds, "rounds": len(found)}


def open_rows(here: Path, rows: int) -> dict[str, object]:
    """Vectors at random over a text of `rows` lines, opened by the search child as Explore opens them."""
    from simcse_ml.events import silent
    from simcse_ml.jobs.using import AS_IT_IS
    from simcse_ml.languages.table import lang_info
    from simcse_ml.search.vectors import build_vectors
    from simcse_ml.text.prepare import prepare_corpus

    with (here / "large.txt").open("w", encoding="utf-8") as file:
        file.writelines(f"Row {row} of {row % 977} tells about {row % 91} things.\n" for row in range(rows))
    corpus = prepare_corpus([str(here / "large.txt")], lang_info("en"), AS_IT_IS, cache=here / "cache", sink=silent)
    draw = np.random.default_rng(0)
    blocks = (corpus.texts(np.arange(at, min(at + 4096, len(corpus)))) for at in range(0, len(corpus), 4096))
    embed = lambda texts: draw.normal(size=(len(texts), DIM)).astype(np.float32)  # noqa: E731
    folder = here / "vectors"
    about = {"model": "m", "corpus": corpus.fingerprint}
    build_vectors(folder, blocks, embed, DIM, len(corpus), about, silent)
    told = {"slot": "a", "kind": "vectors", "folder": str(folder), "corpus": str(corpus.folder)}
    return asyncio.run(_opened(told, here / "child.txt", len(corpus)))


async def _opened(told: dict[str, object], log: Path, rows: int) -> dict[str, object]:
    from simcse_tui.child.client import Child
    from simcse_tui.child.protocol import SEARCH

    found: dict[str, object] = {"rows": rows, "dim": DIM}
    for when in ("the first time s", "again s"):
        child = Child(SEARCH, log)
        began = time.perf_counter()
        await child.start()
        events = await _answer(child, "open", told)
        found[f"open {when}"] = events[-1][0] - began
        asked = time.perf_counter()
        hits = await _answer(child, "search", {"slot": "a", "query": "#7 k:50"})
        found[f"first hits {when}"], found[f"all hits {when}"] = hits[0][0] - asked, hits[-1][0] - asked
        await child.stop()
    return found


async def _answer(child: object, op: str, args: dict[str, object]) -> list[tuple[float, dict[str, object]]]:
    """(second, event) of a request.  Raises: SystemExit where it was refused."""
    events: list[tuple[float, dict[str, object]]] = []
    ended = asyncio.Event()

    def heard(event: dict[str, object]) -> None:
        events.append((time.perf_counter(), dict(event)))
        if event["ev"] in {"done", "error", "cancelled"}:
            ended.set()

    child.ask(op, args, heard)
    await ended.wait()
    if events[-1][1]["ev"] != "done":
        raise SystemExit(f"{op}: {events[-1][1]}")
    return [one for one in events if one[1]["ev"] in {"part", "done"}]


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "tui")]))
    main()
