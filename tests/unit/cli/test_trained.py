"""What is printed when a run has ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcse_ml.cli.trained import show_trained
from simcse_ml.evaluation.geometry import Geometry
from simcse_ml.jobs.request import TrainResult

RESULT = TrainResult(
    Path("runs/a b"), Path("runs/a b/model"), (), Geometry(-0.01, -3.83, None, 112.4, 2144, 1024), "no set", "last"
)


def test_a_run_without_a_labelled_set_shows_its_label_free_numbers_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    show_trained(RESULT, json=False)
    said = capsys.readouterr().out
    assert "random pairs    -0.01   mean cosine of two sentences" in said
    assert "effective rank    112   of at most 1024" in said


def test_the_command_to_type_next_can_be_pasted(capsys: pytest.CaptureFixture[str]) -> None:
    show_trained(RESULT, json=False)
    assert "simcse-ml explore 'runs/a b'" in capsys.readouterr().out
