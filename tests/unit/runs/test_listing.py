"""Lists of runs tell the truth about processes that are gone; removing and stopping ask first who is at work."""

from __future__ import annotations

import pytest

from simcse_ml.errors import UserError
from simcse_ml.jobs.runs import remove_run, show_run, stop_run
from simcse_ml.runs.control import clear_requests, request_stop, stop_requested
from simcse_ml.runs.folder import create_run
from simcse_ml.runs.listing import list_runs
from simcse_ml.runs.lock import hold
from simcse_ml.runs.state import new_state, write_state


@pytest.fixture
def runs(tmp_path):
    def make(created, **fields):
        folder = create_run(tmp_path / "runs", language="ja", inputs=["a.txt"])
        write_state(folder, new_state(created=created, **fields))
        return folder

    return make


def test_runs_are_listed_newest_first_and_a_dead_one_is_called_so(runs, tmp_path):
    old = runs("2026-01-01", state="done")
    new = runs("2026-02-01", state="training")
    (tmp_path / "runs" / "no-run").mkdir()
    with hold(new):
        assert [(run.folder.name, run.shown) for run in list_runs(tmp_path / "runs")] == [
            (new.name, "training"),
            (old.name, "done"),
        ]
    assert [run.shown for run in list_runs(tmp_path / "runs")] == ["died", "done"]
    assert list_runs(tmp_path / "none") == []


def test_a_run_whose_file_is_broken_is_listed_not_hidden(runs, tmp_path):
    folder = runs("2026-01-01")
    folder.state.write_text("{")
    assert [run.shown for run in list_runs(tmp_path / "runs")] == ["unreadable"]
    assert show_run(folder).run.shown == "unreadable"


def test_a_stop_request_stands_until_it_is_cleared(runs):
    folder = runs("2026-01-01")
    assert not stop_requested(folder)
    request_stop(folder)
    assert stop_requested(folder)
    clear_requests(folder)
    assert not stop_requested(folder)


def test_a_run_at_work_is_not_removed_and_one_at_rest_is_not_stopped(runs):
    folder = runs("2026-01-01", state="training")
    with hold(folder):
        with pytest.raises(UserError, match="stop it first"):
            remove_run(folder)
        assert stop_run(folder) is False
    with pytest.raises(UserError, match="nothing is at work"):
        stop_run(folder)
    assert remove_run(folder) > 0
    assert not folder.path.exists()
