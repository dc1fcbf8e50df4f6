"""Run folders: private, never mixed, named so that a person knows them again."""

from __future__ import annotations

import os
import stat

import pytest

from simcse_ml.errors import UserError
from simcse_ml.runs.folder import create_run, find_run, run_name
from simcse_ml.runs.state import new_state, write_state


def test_a_run_is_named_for_its_language_and_first_input():
    assert run_name("ja", ["/somewhere/corpus.txt.gz", "b"], "3f2a") == "ja-corpus-3f2a"
    assert run_name("bo", ["-"], "0000") == "bo-stdin-0000"
    assert run_name("ja", ["京都 の:文.txt"], "1") == "ja-京都-の-文-1"
    assert run_name("en", ["..."], "1") == "en-text-1"


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_only_the_owner_can_read_a_run(tmp_path):
    folder = create_run(tmp_path / "runs", language="ja", inputs=["a.txt"])
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_the_folder_of_another_run_is_refused_with_the_command_that_resumes_it(tmp_path):
    out = tmp_path / "mine"
    write_state(create_run(tmp_path, language="ja", inputs=[], out=out), new_state())
    with pytest.raises(UserError, match=r"another run.*runs resume"):
        create_run(tmp_path, language="ja", inputs=[], out=out)


def test_a_folder_with_other_things_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="not empty"):
        create_run(tmp_path, language="ja", inputs=[], out=tmp_path)
    with pytest.raises(UserError, match="file"):
        create_run(tmp_path, language="ja", inputs=[], out=tmp_path / "thesis.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_run_is_found_by_its_path_or_by_its_name(tmp_path, monkeypatch):
    folder = create_run(tmp_path / "runs", language="ja", inputs=["a.txt"])
    write_state(folder, new_state())
    assert find_run(folder.name, tmp_path / "runs").path == folder.path
    assert find_run(str(folder.path), tmp_path / "elsewhere").path == folder.path
    with pytest.raises(UserError, match="no such run"):
        find_run("ja-nothing-0000", tmp_path / "runs")
    with pytest.raises(UserError, match="no run folder"):
        find_run(str(tmp_path), tmp_path)
