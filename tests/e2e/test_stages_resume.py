"""A run of several stages that is broken off in the second: what the first has trained is handed over again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from simcse_ml.events import Event, Sink, StepDone
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.jobs.train import resume, train
from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.schema import ObjectiveSettings, StageSettings, ViewSettings

STAGES = (
    StageSettings(name="head", objective=ObjectiveSettings(kind="language_head"), max_steps=3, learning_rate=0.05),
    StageSettings(
        name="text",
        objective=ObjectiveSettings(kind="unsup", mlm_weight=0.5),
        views=(ViewSettings(kind="mlm", rate=0.5),),
        max_steps=4,
    ),
)
"""the second trains the head on, and the view is filled by the head as the first has left it"""


class Killed(BaseException):
    """Between two steps: nothing on the way out tidies up after it."""


def request_of(folder: Path, backbone: Path, name: str) -> TrainRequest:
    recipe = load_recipe("unsup", [], [("--backbone", "backbone.name", str(backbone))])
    training = recipe.training.model_copy(
        update={
            "batch_size": 8,
            "evaluations": 1,
            "checkpoint_seconds": 0.0,
            "learning_rate": 1e-3,
            "precision": "fp32",  # auto times both, and two runs may choose otherwise
        }
    )
    text = folder / "text.txt"
    text.write_text("\n".join(f"{'犬猫鳥魚'[n % 4]}が{'庭駅山海店'[n % 5]}で{n}回鳴いた。" for n in range(60)), "utf-8")
    return TrainRequest(
        inputs=(str(text),),
        language="ja",
        recipe=recipe.model_copy(update={"stages": STAGES, "training": training}),
        recipe_name="unsup",
        runs_dir=folder / "runs",
        cache_dir=folder / "cache",
        out=folder / name,
        device="cpu",
        threads=1,
        offline=True,
    )


def losses_to(told: list[tuple[str, int, float]], kill: tuple[str, int] | None = None) -> Sink:
    def sink(event: Event) -> None:
        if isinstance(event, StepDone):
            if (event.stage, event.step) == kill:
                raise Killed
            told.append((event.stage, event.step, event.loss))

    return sink


@pytest.mark.parametrize("kill", [("text", 1), ("text", 3)])
def test_a_head_is_handed_over_to_the_next_stage_again(tiny_bert: Path, tmp_path: Path, kill: tuple[str, int]) -> None:
    """Killed before the second stage has a checkpoint of its own, and behind two of them."""
    whole: list[tuple[str, int, float]] = []
    train(request_of(tmp_path, tiny_bert, "whole"), losses_to(whole))
    assert [step for stage, step, _ in whole if stage == "head"] == [1, 2, 3]
    with pytest.raises(Killed):
        train(request_of(tmp_path, tiny_bert, "cut"), losses_to([], kill))
    again: list[tuple[str, int, float]] = []
    resume(tmp_path / "cut", losses_to(again))
    assert {stage for stage, *_ in again} == {"text"}
    assert again == whole[-len(again) :]
    ours, theirs = (load_file(tmp_path / name / "model/model.safetensors") for name in ("whole", "cut"))
    assert ours.keys() == theirs.keys()
    assert [key for key in ours if not np.array_equal(ours[key], theirs[key])] == []
