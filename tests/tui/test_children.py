"""Children of the window: asked, cancelled, killed and started once more."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from simcse_ml.events import silent
from simcse_ml.jobs.using import Use, open_text
from simcse_ml.search.index import build_index
from simcse_ml.search.vectors import build_vectors
from simcse_tui.child.client import Child
from simcse_tui.child.protocol import SEARCH

TEXT = "\n".join(f"{word} {number}" for number in range(30) for word in ("猫が寝る", "ราคาแพง", "ድመት", "القطة"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    file = tmp_path / "lines.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def opening(tmp_path: Path, corpus: Path) -> dict[str, object]:
    folders = {"runs_dir": str(tmp_path), "cache_dir": str(tmp_path / "cache")}
    return {"slot": "a", "kind": "counting", "use": {"model": "builtin:counting", **folders}, "text": str(corpus)}


async def answer(child: Child, op: str, args: dict[str, object]) -> list[dict[str, object]]:
    """All events of a request."""
    events: list[dict[str, object]] = []
    ended = asyncio.Event()

    def heard(event):
        events.append(dict(event))
        if event["ev"] in {"done", "error", "cancelled"}:
            ended.set()

    child.ask(op, args, heard)
    await asyncio.wait_for(ended.wait(), 120)
    return events


def test_a_killed_child_is_started_once_and_answers_again(tmp_path, corpus) -> None:
    async def steps() -> None:
        child = Child(SEARCH, tmp_path / "log.txt")
        await child.start()
        assert (await answer(child, "open", opening(tmp_path, corpus)))[-1]["rows"] == 120
        first = (await answer(child, "search", {"slot": "a", "query": "猫が寝る"}))[-1]
        assert "猫" in first["hits"][0]["text"]
        os.kill(child.pid, signal.SIGKILL)
        again = (await answer(child, "search", {"slot": "a", "query": "猫が寝る"}))[-1]
        assert again["hits"] == first["hits"]
        assert child.restarts == 1
        wrong = (await answer(child, "search", {"slot": "a", "query": "猫 lex:<x"}))[-1]
        assert (wrong["code"], wrong["position"]) == ("query", 6)
        os.kill(child.pid, signal.SIGKILL)
        last = (await answer(child, "search", {"slot": "a", "query": "猫"}))[-1]
        assert last["code"] == "gone" and child.gone
        await child.again()
        anew = (await answer(child, "search", {"slot": "a", "query": "猫が寝る"}))[-1]
        assert anew["hits"] == first["hits"]
        await child.stop()

    asyncio.run(steps())


LATE = """
import sys, time
time.sleep(2)
print('{"v":1,"id":0,"ev":"hello"}', flush=True)
for line in sys.stdin:
    if "ping" in line:
        print('{"id":1,"ev":"done"}', flush=True)
    else:
        time.sleep(600)
"""


def test_a_child_may_take_its_time_to_begin_but_not_fall_silent_later(tmp_path, monkeypatch) -> None:
    (tmp_path / "late_child.py").write_text(LATE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("simcse_tui.child.client.SILENT", 0.5)

    async def steps() -> None:
        child = Child("late_child", tmp_path / "log.txt")
        await child.start()
        assert (await answer(child, "ping", {}))[-1]["ev"] == "done" and child.restarts == 0
        monkeypatch.setattr("simcse_tui.child.client.STARTING", 0.5)  # now it is late each time
        assert (await answer(child, "sleep", {}))[-1]["code"] == "gone" and child.gone
        await child.stop()

    asyncio.run(steps())


def test_stopping_ends_the_process(tmp_path) -> None:
    async def steps() -> None:
        child = Child(SEARCH, tmp_path / "log.txt")
        await child.start()
        pid = child.pid
        assert pid is not None
        await child.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    asyncio.run(steps())


def test_an_index_beside_the_vectors_gives_the_first_hits(tmp_path, corpus) -> None:
    pytest.importorskip("usearch", reason="the extra `large` is not installed")
    use = Use("builtin:counting", tmp_path, tmp_path / "cache")
    prepared = open_text(str(corpus), use, silent)
    made = np.random.default_rng(0).normal(size=(len(prepared), 12)).astype(np.float32)
    told = {"model": "m", "corpus": prepared.fingerprint}
    folder = tmp_path / "cache" / "vectors" / "v"
    build_index(
        build_vectors(folder, prepared.iterate(), lambda some: made[: len(some)], 12, len(made), told, silent), silent
    )

    async def steps() -> None:
        child = Child(SEARCH, tmp_path / "log.txt")
        await child.start()
        args = {"slot": "a", "kind": "vectors", "folder": str(folder), "corpus": str(prepared.folder)}
        recall = (await answer(child, "open", args))[-1]["index"]
        assert recall > 0.99
        events = await answer(child, "search", {"slot": "a", "query": "#3 k:5"})
        assert events[0]["recall"] == recall and events[0]["scanned"] == 0.0 and events[-1]["recall"] is None
        assert [hit["row"] for hit in events[0]["hits"]] == [hit["row"] for hit in events[-1]["hits"]]
        await child.stop()

    asyncio.run(steps())
