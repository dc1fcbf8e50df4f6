"""The course of a run is what its events say, whatever a kill, a resume or another version left in them."""

from __future__ import annotations

import pytest

from simcse_ml.report.course import Neighbour, read_course


def step(number: int, loss: object, stage: str = "unsup") -> dict[str, object]:
    return {"kind": "StepDone", "stage": stage, "step": number, "steps": 4, "loss": loss}


def looked(number: int, *, best: bool = False, **numbers: object) -> dict[str, object]:
    return {"kind": "Evaluated", "stage": "unsup", "step": number, "numbers": numbers, "best": best}


def pinned(text: str, near: str, percentile: float) -> dict[str, object]:
    return {"kind": "Pins", "pins": [{"text": text, "near": [{"text": near, "percentile": percentile}]}]}


def test_a_step_that_was_trained_again_counts_once_with_its_last_loss():
    (stage,) = read_course([step(1, 3.0), step(2, 2.0), step(3, 9.0), step(2, 2.0), step(3, 1.0)]).stages
    assert stage.curves() == {"loss": [(1, 3.0), (2, 2.0), (3, 1.0)]}


def test_stages_stand_in_the_order_in_which_they_were_trained():
    course = read_course([step(1, 3.0), step(1, 1.0, "sup"), step(2, 2.5)])
    assert [stage.name for stage in course.stages] == ["unsup", "sup"]
    assert course.stages[1].losses == {1: 1.0}


def test_numbers_of_the_looks_are_curves_and_the_best_is_the_last_that_was_called_so():
    (stage,) = read_course([looked(2, best=True, dev=60.0), looked(4, best=True, dev=61.0), looked(6, dev=59.0)]).stages
    assert stage.curves() == {"dev": [(2, 60.0), (4, 61.0), (6, 59.0)]}
    assert stage.best == 4


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"kind": "StepDone"},
        {"kind": "StepDone", "step": "1", "loss": 1.0},
        {"kind": "StepDone", "step": 1, "loss": None},
        {"kind": "StepDone", "step": 1, "loss": True},
        {"kind": "Evaluated", "step": 1, "numbers": [1]},
        {"kind": "Pins", "pins": None},
        {"kind": "Pins", "pins": [3, {"text": "a"}]},
    ],
)
def test_a_record_of_another_shape_is_left_out(record):
    course = read_course([record])
    assert all(not stage.curves() for stage in course.stages)
    assert course.pins == ()


def test_a_pin_keeps_its_neighbours_of_the_first_look_and_of_the_last():
    records = [pinned("猫", "犬", 90.0), pinned("猫", "鳥", 95.0), pinned("港", "船", 99.0), pinned("猫", "虎", 97.0)]
    cat, harbour = read_course(records).pins
    assert (cat.text, cat.first, cat.last) == ("猫", [Neighbour("犬", 90.0)], [Neighbour("虎", 97.0)])
    assert harbour.first == harbour.last


def test_a_warning_that_was_told_twice_is_shown_once():
    course = read_course([{"kind": "Warned", "text": "memory is short"}] * 2 + [{"kind": "OomRetry", "step": 3}])
    assert course.warnings == ("memory is short",)
    assert course.halvings == 1
