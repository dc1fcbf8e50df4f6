"""run.json: whole at any moment, read by other versions."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from simcse_ml.errors import UserError
from simcse_ml.runs.folder import RunFolder, create_run
from simcse_ml.runs.state import new_state, read_state, write_state


@pytest.fixture
def folder(tmp_path) -> RunFolder:
    return create_run(tmp_path, language="ja", inputs=["a.txt"])


def test_what_was_written_is_read(folder):
    state = write_state(folder, new_state(language="ja", inputs=("a",)), state="training", step=3, steps=10)
    assert read_state(folder) == state
    assert (state.state, state.step, state.language) == ("training", 3, "ja")


def test_numbers_that_json_does_not_have_become_null_and_numpy_becomes_plain(folder):
    write_state(folder, new_state(), summary={"loss": float("nan"), "score": np.float32(0.5), "list": [np.int64(3)]})
    assert json.loads(folder.state.read_text())["summary"] == {"loss": None, "score": 0.5, "list": [3]}


def test_an_older_or_newer_file_is_understood_as_far_as_it_goes(folder):
    folder.state.write_text(json.dumps({"format": 9, "state": "dreaming", "step": 4, "colour": "blue", "steps": "x"}))
    state = read_state(folder)
    assert (state.step, state.state, state.steps) == (4, "preparing", 0)


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_a_file_that_is_no_state_is_a_readable_error(folder, text):
    folder.state.write_text(text)
    with pytest.raises(UserError, match=r"run\.json cannot be read"):
        read_state(folder)


def test_a_kill_while_writing_leaves_a_whole_file(folder):
    write_state(folder, new_state(summary={"n": 0}))
    code = f"""
from pathlib import Path
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state, write_state
folder = RunFolder(Path({str(folder.path)!r}))
state = read_state(folder)
print("ready", flush=True)
n = 0
while True:
    n += 1
    write_state(folder, state, summary={{"n": n, "filler": "x" * 200_000}})
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        for _ in range(20):
            assert "n" in read_state(folder).summary
        process.kill()
    assert "n" in read_state(folder).summary
