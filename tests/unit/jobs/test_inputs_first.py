"""What cannot be read is said before a backbone is looked for, and leaves no run behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import silent
from simcse_ml.jobs import train as train_job
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.settings.load import load_recipe


@pytest.mark.parametrize(
    ("name", "says"), [("none.txt", "no such file"), ("https://example.org/a.txt", "no such file"), ("a\0b", "null")]
)
def test_a_file_that_is_not_there_is_said_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name, says) -> None:
    monkeypatch.setattr(train_job, "choose_backbone", lambda *_, **__: pytest.fail("a backbone was looked for"))
    request = TrainRequest((name,), "ja", load_recipe("static"), "static", tmp_path / "runs", tmp_path / "cache")
    with pytest.raises(UserError, match=says) as refused:
        train_job.train(request, silent)
    assert refused.value.exit_code == ExitCode.INPUT
    assert not list(tmp_path.iterdir())
