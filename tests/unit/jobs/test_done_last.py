"""A run is called done only when all of it is there: a kill before leaves one that goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcse_ml.events import silent
from simcse_ml.jobs import training_run
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.jobs.train import resume, train
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state
from simcse_ml.settings.load import load_recipe

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "sw"


class Killed(BaseException):
    """Nothing handles it, as nothing handles a kill."""


def test_a_run_whose_card_was_not_written_is_not_done_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    recipe = load_recipe("static", ["training.max_steps=2"])
    request = TrainRequest((str(EXAMPLES),), "sw", recipe, "static", tmp_path, tmp_path / "cache", out=tmp_path / "run")
    with monkeypatch.context() as patched:
        patched.setattr(training_run, "describe_model", killed)
        with pytest.raises(Killed):
            train(request, silent)
    folder = RunFolder(tmp_path / "run")
    assert read_state(folder).state == "evaluating"
    resume(folder.path, silent)
    assert read_state(folder).state == "done"
    assert "sentence-transformers" in (folder.model / "README.md").read_text(encoding="utf-8")
