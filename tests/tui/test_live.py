"""Live on runs in every state, with pins that move, and a trainer that dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from driving import driven, rows_of, settle

from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.pins import add_pin, read_pins
from simcse_tui.screens.pin_rows import churn, overlap, percentile
from simcse_tui.store.course import Near, PinsAt
from simcse_tui.trainer import NICE, Trainer
from simcse_tui.widgets.lines import Lines

SIZES = [(120, 40), (80, 24), (50, 15)]
PIN = "猫が膝の上で寝ている"


def near(*rows: int) -> list[dict[str, object]]:
    return [{"row": row, "score": 0.9 - row / 100, "percentile": 99.9, "text": f"文{row} ข่าว خبر"} for row in rows]


def meters(cosine: float, uniformity: float, alignment: float) -> dict[str, float]:
    return {"mean_cosine": cosine, "uniformity": uniformity, "alignment": alignment}


def events(*more: dict[str, object]) -> list[dict[str, object]]:
    base = [
        {"kind": "Planned", "steps": 100, "batch_size": 8, "epochs": 1.0, "seconds": 60.0},
        {"kind": "StageStarted", "stage": "unsup", "total": 100},
        *({"kind": "StepDone", "stage": "unsup", "step": s, "steps": 100, "loss": 3 / s, "rows_per_second": 50.0,
           "eta_seconds": 100.0 - s} for s in range(1, 41)),
        {"kind": "Evaluated", "stage": "unsup", "step": 20, "numbers": meters(0.5, -1.2, 0.2)},
        {"kind": "Pins", "stage": "unsup", "step": 20, "pool": 500, "pins": [{"text": PIN, "near": near(1, 2, 3)}]},
        {"kind": "Evaluated", "stage": "unsup", "step": 40, "numbers": meters(0.95, -0.4, 0.1)},
        {"kind": "Pins", "stage": "unsup", "step": 40, "pool": 500, "pins": [{"text": PIN, "near": near(2, 1, 7)}]},
        {"kind": "Warned", "text": "the disk is nearly full"},
    ]  # fmt: skip
    return [{"format": 1, "time": 1_700_000_000.0 + number, **event} for number, event in enumerate([*base, *more])]


def write(folder, records) -> None:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "events.jsonl").write_text(text, encoding="utf-8")


def live(window, size, check, *keys: str, run: str = "ja-3") -> None:
    asyncio.run(driven(window("live", run=run), size, check, *keys))


@pytest.fixture
def pinned(add_run):
    folder = add_run("ja-3", state="stopped", step=40, steps=100)
    add_pin(RunFolder(folder), PIN)
    write(folder, events())
    return folder


@pytest.mark.parametrize("size", SIZES)
def test_step_curves_and_pins_are_shown_at_every_size(window, pinned, size) -> None:
    def check(app) -> None:
        text = "\n".join(rows_of(app))
        assert "40/100" in text and "loss" in text and PIN in text and "文2" in text

    live(window, size, check)


def test_ranks_tell_what_moved_and_what_left_since_the_evaluation_before(window, pinned) -> None:
    def check(app) -> None:
        text = "\n".join(rows_of(app))
        assert "1 up 1" in text and "2 down 1" in text and "3 new" in text and "left, was 3" in text

    live(window, (120, 40), check)


def test_scrubbing_goes_back_and_stays_there_while_new_events_come(window, pinned) -> None:
    async def steps() -> None:
        app = window("live", run="ja-3")
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot, app)
            await pilot.press("left")
            assert any("step 20" in text for text in rows_of(app))
            more = {"kind": "Pins", "stage": "unsup", "step": 60, "pool": 500, "pins": [{"text": PIN, "near": near(9)}]}
            write(pinned, events(more))
            app.front.ticked()
            await settle(pilot, app)
            assert any("PINS  step 20" in text for text in rows_of(app))
            await pilot.press("e")
            assert any("PINS  step 60" in text for text in rows_of(app))

    asyncio.run(steps())


def test_a_collapse_is_said_in_words_while_it_trains(window, add_run, monkeypatch) -> None:
    folder = add_run("ja-3", state="training")
    write(folder, events())
    monkeypatch.setattr("simcse_ml.runs.lock.holder", lambda folder: type("H", (), {"pid": 7})())
    live(window, (120, 40), lambda app: any("all sentences look alike" in t for t in rows_of(app)) or pytest.fail("no"))


def test_a_text_is_pinned_as_it_was_typed_and_taken_away_again(window, pinned) -> None:
    live(window, (80, 24), lambda app: None, "slash", *"犬が走る", "enter")
    assert read_pins(RunFolder(pinned)) == (PIN, "犬が走る")
    live(window, (80, 24), lambda app: None, "down", "space")
    assert read_pins(RunFolder(pinned)) == (PIN,)


def test_a_run_without_a_process_that_says_it_trains_has_stopped(window, add_run) -> None:
    folder = add_run("ja-3", state="training")
    write(folder, events())
    live(window, (80, 24), lambda app: any("stopped at 40; R" in t for t in rows_of(app)) or pytest.fail("state"))


def test_the_log_is_filtered_and_bad_lines_are_counted(window, pinned) -> None:
    with (pinned / "events.jsonl").open("a") as file:
        file.write("rubbish\n")

    def check(app) -> None:
        text = "\n".join(rows_of(app))
        assert "nearly full" in text and "1 lines of events.jsonl" in text and "unsup" not in text.split("LOG")[1]

    live(window, (80, 24), check, "L", "slash", *"warn", "enter")


@pytest.mark.parametrize("size", SIZES)
def test_without_runs_and_without_events_there_is_a_word(window, add_run, size) -> None:
    live(window, size, lambda app: "Not training" in rows_of(app)[0] or pytest.fail("empty"), run="")
    add_run("new", state="preparing")
    live(window, size, lambda app: "Nothing is written" in rows_of(app)[1] or pytest.fail("loading"), run="new")


def test_stop_asks_first_and_then_leaves_the_request(window, add_run, monkeypatch) -> None:
    folder = add_run("ja-3", state="training")
    write(folder, events())
    monkeypatch.setattr("simcse_ml.runs.lock.holder", lambda folder: type("H", (), {"pid": 7})())
    live(window, (80, 24), lambda app: None, "S", "escape")
    assert not (folder / "control" / "stop").exists()
    live(window, (80, 24), lambda app: None, "S", "enter")
    assert (folder / "control" / "stop").exists()


def test_a_hundred_events_a_second_are_read_in_looks_and_painted_once_each(window, pinned) -> None:
    async def steps() -> None:
        app = window("live", run="ja-3")
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot, app)
            drawn = []
            body = app.screen.query_one("#body", Lines)
            draw = body._draw
            body._draw = lambda width, height: drawn.append(1) or draw(width, height)
            for number in range(10):
                more = [{"kind": "StepDone", "stage": "unsup", "step": 41 + 30 * number + s, "steps": 1000, "loss": 1.0}
                        for s in range(30)]  # fmt: skip
                with (pinned / "events.jsonl").open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps({"time": 1.7e9, **event}) + "\n" for event in more)
            app.front.ticked()
            await settle(pilot, app)
            assert app.front.watched.course.step == 340
            assert len(drawn) <= 8

    asyncio.run(steps())


def test_churn_overlap_and_percentile() -> None:
    a, b = (Near(1, 0.9, 99, ""), Near(2, 0.8, 98, "")), (Near(2, 0.9, 99, ""), Near(3, 0.8, 98, ""))
    assert overlap(a, b) == 0.5 and overlap((), ()) == 1.0
    assert churn([PinsAt(0, 9, {"x": a}), PinsAt(5, 9, {"x": b, "late": a})], 1) == 0.5
    assert churn([PinsAt(0, 9, {"x": a})], 0) is None
    assert percentile(99.999) == ">99.99" and percentile(98.1) == "98.10"


def test_a_training_outlives_the_process_that_started_it(tmp_path) -> None:
    code = (
        f"import sys, time; sys.path[:0] = {sys.path!r}; from pathlib import Path\n"
        "from simcse_tui.trainer import Trainer\n"
        f"trainer = Trainer([sys.executable, '-c', 'import time; time.sleep(30)'], Path({str(tmp_path)!r}))\n"
        "print(trainer.start('x', []), flush=True); time.sleep(30)"
    )
    window = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    assert window.stdout is not None
    pid = int(window.stdout.readline())
    os.killpg(window.pid, signal.SIGKILL)
    window.wait()
    window.stdout.close()
    os.kill(pid, 0)  # raises where it is gone
    assert os.getpgid(pid) != window.pid
    assert os.getpriority(os.PRIO_PROCESS, pid) >= NICE
    os.kill(pid, signal.SIGKILL)


def test_what_a_process_that_failed_said_last_is_told(tmp_path) -> None:
    trainer = Trainer(
        [sys.executable, "-c", "import sys; sys.stderr.write('one\\nerror: no disk\\n'); sys.exit(4)"], tmp_path
    )
    trainer.start("x", [])
    for _ in range(200):
        ended = trainer.ended()
        if ended:
            break
        time.sleep(0.05)
    assert (ended[0].code, ended[0].said) == (4, "error: no disk")
    assert list(tmp_path.iterdir()) == []
