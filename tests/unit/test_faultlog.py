"""Our own faults are written down, without anybody's text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simcse_ml.errors import ExitCode, Fault, UserError
from simcse_ml.events import silent
from simcse_ml.faultlog import report_of
from simcse_ml.jobs import train as job
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.settings.load import load_recipe

SECRET = "彼の秘密の手紙"


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as met:
        return met


def test_a_message_that_may_quote_a_sentence_is_left_out():
    report = report_of(caught(ValueError(SECRET)))
    assert SECRET not in report
    assert "ValueError" in report
    assert "test_faultlog.py" in report


def test_a_message_of_the_machine_is_kept():
    assert "No space left" in report_of(caught(OSError(28, "No space left on device")))


def test_what_caused_a_fault_is_written_down_before_it():
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as first:
            raise RuntimeError("second") from first
    except RuntimeError as met:
        report = report_of(met)
    assert report.index("KeyError") < report.index("RuntimeError")
    assert SECRET not in report


def test_a_fault_of_a_run_is_written_into_the_run_and_names_what_goes_on(tmp_path: Path, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(job, "gather", broken)
    text = tmp_path / "corpus.txt"
    text.write_text("あ\n", encoding="utf-8")
    request = TrainRequest(
        inputs=(str(text),),
        language="ja",
        recipe=load_recipe("static", (), [("--backbone", "backbone.name", "builtin:static")]),
        recipe_name="static",
        runs_dir=tmp_path / "runs",
        cache_dir=tmp_path / "cache",
        out=tmp_path / "run",
    )
    with pytest.raises(Fault) as met:
        job.train(request, silent)
    assert met.value.log == tmp_path / "run" / "log.txt"
    assert SECRET not in met.value.log.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in met.value.log.read_text(encoding="utf-8")
    state = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert state["state"] == "failed"
    assert "train --resume" in met.value.resume_command


def test_the_command_line_shows_a_fault_in_one_line(monkeypatch, capsys, tmp_path):
    from simcse_ml.cli import main as frame

    def broken(*_: object, **__: object) -> None:
        raise Fault("ZeroDivisionError", tmp_path / "log.txt", "simcse-ml train --resume r")

    monkeypatch.setattr("simcse_ml.cli.app.run_command", broken)
    with pytest.raises(SystemExit) as left:
        frame.main([])
    assert left.value.code == ExitCode.FAULT
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    assert "log.txt" in told and "train --resume r" in told


def test_an_error_of_the_person_is_no_fault():
    assert not issubclass(UserError, Fault)
