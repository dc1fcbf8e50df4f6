"""Columns stand under each other in every script, and nothing a corpus holds reaches the terminal as a command."""

from __future__ import annotations

import json

import numpy as np
import pytest

from simcse_ml.cli.progress import planned, progress_sink, seconds, stepped
from simcse_ml.cli.render import clip, print_json, print_line, size, table
from simcse_ml.events import Evaluated, Planned, Progress, Said, StageStarted, StepDone, Warned


def test_columns_are_aligned_by_cells_not_letters():
    lines = table([("京都の文", "1"), ("abc", "23"), ("กิน", "4")], right=(1,))
    assert lines == ["京都の文   1", "abc       23", "กิน         4"]


def test_a_sentence_cannot_command_the_terminal(capsys):
    print_line("a\x1b]0;title\x07b")
    assert "\x1b" not in capsys.readouterr().out
    assert "\x1b" not in table([("\x1b[2J",)])[0]


def test_clipping_counts_cells():
    assert clip("京都の文", 5) == "京都…"
    assert clip("abc", 3) == "abc"


def test_json_takes_numpy_and_paths(capsys, tmp_path):
    print_json({"a": np.float32(0.5), "b": np.arange(2), "c": tmp_path})
    assert json.loads(capsys.readouterr().out) == {"a": 0.5, "b": [0, 1], "c": str(tmp_path)}


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (18_200_000, "18.2 MB"), (3e12, "3.0 TB")])
def test_sizes(count, text):
    assert size(count) == text


@pytest.mark.parametrize(("count", "text"), [(0.25, "0.2 s"), (59, "59 s"), (110, "1 min 50 s"), (7260, "2 h 1 min")])
def test_durations(count, text):
    assert seconds(count) == text


def test_without_a_terminal_there_are_lines_at_the_ends_of_parts_and_no_bar(capsys):
    with progress_sink() as sink:
        sink(Said("text", "corpus.txt"))
        sink(Said("text", "two lines"))
        sink(StageStarted("training", 2))
        sink(Evaluated("training", 1, {"mean_cosine": 0.07, "effective_rank": 210.4}))
        sink(StepDone("training", 1, 2, 0.5, 1e-3, 12400, 9))
        sink(StepDone("training", 2, 2, 0.41, 1e-3, 12400, 0))
        sink(Warned("one"))
        sink(Warned("two"))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "text      corpus.txt",
        "          two lines",
        "training  loss 0.41  random pairs 0.07  rank 210  12,400 sentences/s  (0.0 s)",
        "warning: one",
        "warning: two",
        "2 warnings:",
        "  one",
        "  two",
    ]


@pytest.mark.parametrize("how", [{"quiet": True}, {"json": True}])
def test_quiet_leaves_warnings_only(capsys, how):
    with progress_sink(**how) as sink:
        sink(Said("text", "corpus.txt"))
        sink(Progress("text", 1, 2))
        sink(Warned("one"))
    assert capsys.readouterr().err == "warning: one\n"


def test_the_plan_and_a_step_read_as_sentences():
    assert planned(Planned(570, 512, 3.0, 110)) == "3 epochs, 570 steps of 512 sentences, about 1 min 50 s"
    assert planned(Planned(32, 64, 0.385542, 136)) == "39 % of an epoch, 32 steps of 64 sentences, about 2 min 16 s"
    assert stepped(StepDone("a", 1, 2, 0.5, 1e-3, 5, 61), {}).endswith("1 min 1 s left")
