"""What goes wrong around an open window: files replaced and deleted, a full disk, sizes that change all the time, runs
of a newer version. Nothing crashes, nothing that was found is lost, and there is a word for it.
"""

from __future__ import annotations

import asyncio
import json
import resource
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from driving import painted, rows_of, settle, until
from terminal import Shown

from simcse_tui.widgets.field import Field

WORDS = (
    "猫が箱の中で寝ている",
    "แมวนอนอยู่ในกล่อง",
    "ድመቷ በሳጥን ውስጥ ተኝታለች",
    "القطة تنام في الصندوق",
    "बिल्ली डिब्बे में सो रही है",
    "བྱི་ལ་སྒམ་ནང་ཉལ",
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    file = tmp_path / "lines.txt"
    file.write_text("".join(f"{word} {n}\n" for n in range(20) for word in WORDS), encoding="utf-8")
    return file


async def asked(app, pilot, key: str, text: str) -> None:
    await pilot.press(key)
    field = app.screen.query_one("#field", Field)
    field.fill(field.prompt, text)
    await pilot.press("enter")


@contextmanager
def full_disk(bytes_: int) -> Iterator[None]:
    """No file of this process can grow beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_text_and_disk_may_go_while_it_is_explored(window, places, corpus, tmp_path) -> None:
    async def steps() -> None:
        app = window("explore", model="builtin:counting", text=str(corpus))
        app.places = replace(places, command=(sys.executable, "-m", "simcse_ml.cli.main"))
        async with app.run_test(size=(120, 40)) as pilot:
            page = app.screen
            await until(app, lambda: page.session is not None and page.session.state == "ready")
            await asked(app, pilot, "slash", WORDS[2])
            await until(app, lambda: page.session.hits and not page.session.searching)
            rows = page.session.rows

            corpus.write_text("別の文\n" * 3, encoding="utf-8")  # replaced by something shorter
            await asked(app, pilot, "slash", WORDS[1])
            await until(app, lambda: page.session.query == WORDS[1] and not page.session.searching)
            assert WORDS[1] in painted(app) and page.session.rows == rows, "what was opened is what is shown"
            corpus.unlink()
            await pilot.press("j", "enter")
            await until(app, lambda: page.session.query.startswith("#") and not page.session.searching)
            assert WORDS[1] in painted(app)

            target = tmp_path / "found.tsv"
            target.write_text("before", encoding="utf-8")
            with full_disk(1_000):
                await asked(app, pilot, "e", str(target))
                await settle(pilot, app)
            assert "found.tsv" in rows_of(app, "#message")[0] and "rows in" not in rows_of(app, "#message")[0]
            assert target.read_text(encoding="utf-8") == "before" and len(list(tmp_path.glob("*found.tsv*"))) == 1
            await asked(app, pilot, "e", str(target))
            await settle(pilot, app)
            assert "rows in" in rows_of(app, "#message")[0] and WORDS[1] in target.read_text(encoding="utf-8")

            shutil.rmtree(places.cache_dir / "text")  # `cache remove` in another window
            await asked(app, pilot, "slash", WORDS[4])
            await until(app, lambda: page.session.query == WORDS[4] and not page.session.searching)
            assert WORDS[4] in painted(app)

    asyncio.run(steps())


SIZES = [(52, 16), (200, 60), (30, 5), (80, 24), (110, 29), (111, 30), (49, 15), (240, 70), (79, 23)]


def test_a_storm_of_sizes_while_a_run_writes_and_a_text_is_searched(corpus, tmp_path, open_terminal) -> None:
    run = tmp_path / "runs" / "am-2"
    run.mkdir(parents=True)
    (run / "run.json").write_text(json.dumps({"format": 1, "state": "stopped", "language": "am"}), encoding="utf-8")
    told = {"cwd": tmp_path, "SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache")}

    terminal = open_terminal("tui", "--runs", "runs", **told)
    shown = Shown(terminal)
    shown.until("1 run")
    with (run / "events.jsonl").open("a", encoding="utf-8") as file:
        for step in range(1, 61):
            event = {"time": 1.8e9 + step, "kind": "StepDone", "stage": "unsup", "step": step, "steps": 60, "loss": 2.0}
            file.write(json.dumps(event) + "\n")
            file.flush()
            shown.resize(*SIZES[step % len(SIZES)])
            terminal.type("\r" if step == 2 else "L\t"[step % 2])
            terminal.read(0.02)
    shown.resize(120, 40)
    shown.until("60/60", "stopped at 60")
    terminal.type("q")
    assert terminal.close() == 0 and b"Traceback" not in terminal.seen

    terminal = open_terminal("explore", "builtin:counting", "lines.txt", **told)
    shown = Shown(terminal)
    shown.until("Type / and what to look for")
    shown.answer("/", "/ ", WORDS[0])
    for step in range(60):
        shown.resize(*SIZES[step % len(SIZES)])
        terminal.type("jjtm+xk\tzb"[step % 10])
        terminal.read(0.02)
    shown.resize(120, 40)
    terminal.type("\x1b")
    shown.answer("/", "/ ", WORDS[1])
    shown.until(f"/ {WORDS[1]}", "score", like=(rf"text(?s:.*){WORDS[1]}",))
    terminal.type("q")
    assert terminal.close() == 0 and b"Traceback" not in terminal.seen


def test_a_run_of_a_newer_version_is_left_alone_by_every_key(window, add_run) -> None:
    folder = add_run("am-9", format=99, summary=[1], machine="later", inputs={"a": 1}, step="many")
    before = (folder / "run.json").read_bytes()

    async def steps() -> None:
        app = window()
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot, app)
            assert "newer version" in painted(app)
            for keys in ("R", "u", "space", "c", "enter", "RS", "1", "L", "1", "P", "D", "escape", "1", "6", "1"):
                await pilot.press(*keys) if len(keys) < 3 else await pilot.press(keys)
                await settle(pilot, app)
            assert "newer version" in painted(app)

    asyncio.run(steps())
    assert (folder / "run.json").read_bytes() == before and {file.name for file in folder.iterdir()} == {"run.json"}
