"""Pins listen: with them a training ends in the same weights, and what they tell is checked against a slow loop."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from simcse_ml.events import Evaluated, Pins
from simcse_ml.jobs.pinned import nearest
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.pins import MOST, add_pin, read_pins, remove_pin
from simcse_ml.settings.load import load_recipe

pytestmark = pytest.mark.numeric


def _corpus(path: Path) -> Path:
    things = ["猫", "犬", "鳥", "魚", "電車", "駅", "山", "川", "本", "雨"]
    places = ["庭", "町", "家", "海", "学校", "図書館", "店", "空"]
    lines = [
        f"今日は{thing}が{place}の近くに{count}回来ました。" for thing in things for place in places for count in (2, 3)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _train(tmp_path: Path, name: str, pins: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list]:
    from simcse_ml.jobs import train as job

    made = job.create_run

    def with_pins(*args: object, **named: object) -> RunFolder:
        folder = made(*args, **named)
        for pin in pins:
            add_pin(folder, pin)
        return folder

    monkeypatch.setattr(job, "create_run", with_pins)
    recipe = load_recipe("static", (), [("x", "training.max_steps", 8), ("x", "training.batch_size", 16)])
    events: list = []
    request = TrainRequest(
        (str(_corpus(tmp_path / "text.txt")),), "ja", recipe, "static", tmp_path, tmp_path / "cache",
        out=tmp_path / name, device="cpu", threads=1, offline=True,
    )  # fmt: skip
    result = job.train(request, events.append)
    return result.run, events


def test_a_training_with_pins_ends_in_the_same_weights(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("simcse_ml.jobs.pinned.LITTLE", 60.0)  # the pool must not depend on how busy the machine is
    plain, silent = _train(tmp_path, "plain", [], monkeypatch)
    pinned, events = _train(tmp_path, "pinned", ["今日は猫が庭に来ました。", "𐍈 ที่ไม่มีในข้อความ"], monkeypatch)
    for name in ("model.safetensors",):
        first, second = (next((run / "model").rglob(name)).read_bytes() for run in (plain, pinned))
        assert first == second
    assert not any(isinstance(event, Pins) for event in silent)
    told = [event for event in events if isinstance(event, Pins)]
    looked = [event.step for event in events if isinstance(event, Evaluated)]
    assert [event.step for event in told] == [0, *looked]
    assert all(len(event.pins) == 2 and event.pool >= 50 for event in told)
    near = told[-1].pins[0]["near"]
    assert [entry["score"] for entry in near] == sorted((entry["score"] for entry in near), reverse=True)
    written = [json.loads(line) for line in (pinned / "events.jsonl").read_text("utf-8").splitlines()]
    assert [record["step"] for record in written if record["kind"] == "Pins"] == [0, *looked]


def test_the_nearest_are_those_of_a_slow_loop_and_not_the_pin_itself() -> None:
    generator = np.random.default_rng(3)
    pool = generator.normal(size=(60, 8)).astype(np.float32)
    pool /= np.linalg.norm(pool, axis=1, keepdims=True)
    pins = pool[:2].copy()
    for place, (rows, scores, shares) in enumerate(nearest(pins, pool, seed=1)):
        slow = sorted(((float(pins[place] @ pool[row]), row) for row in range(60) if row != place), reverse=True)
        assert list(rows) == [row for _, row in slow[:5]]
        assert np.allclose(scores, [score for score, _ in slow[:5]], atol=1e-6)
        assert (np.diff(shares) <= 0).all() and shares.max() <= 100


def test_pins_are_kept_once_taken_away_and_bounded(tmp_path) -> None:
    folder = RunFolder(tmp_path)
    assert add_pin(folder, "  猫が\n寝ている ") and not add_pin(folder, "猫が 寝ている")
    assert read_pins(folder) == ("猫が 寝ている",)
    with folder.pins.open("a", encoding="utf-8") as file:
        file.write('{"text": 3}\n[1]\n{"text": "犬"}\n{"te')
    assert read_pins(folder) == ("猫が 寝ている", "犬")
    assert remove_pin(folder, "犬") and not remove_pin(folder, "犬")
    for number in range(MOST - 1):
        add_pin(folder, str(number))
    with pytest.raises(Exception, match="pins already"):
        add_pin(folder, "one more")
