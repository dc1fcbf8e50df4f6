"""What the explorer shows, from the command line: without any training, as JSON, with mistakes as one line."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.e2e

WORDS = ("猫が膝で寝る", "แมวนอนบนตัก", "ድመት ተኝታለች", "القطة نائمة", "बिल्ली सो रही है")
LINES = [f"{word} {number}" for number in range(40) for word in WORDS]


@pytest.fixture
def command(tmp_path):
    """Runs a command; returns (exit code, standard output, standard error)."""
    corpus = tmp_path / "lines.txt"
    corpus.write_text("\n".join(LINES), encoding="utf-8")

    def run(*arguments):
        told = [str(corpus) if one == "CORPUS" else str(one) for one in arguments]
        done = subprocess.run(
            [sys.executable, "-m", "simcse_ml.cli.main", *told],
            capture_output=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache")},
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_a_filtered_search_without_any_model(command):
    asked = ("--filter", "line:>10", "-k", "3", "--json")
    code, out, _ = command("search", "builtin:counting", "CORPUS", "猫が膝で寝る", *asked)
    assert code == 0
    (answer,) = json.loads(out)["answers"]
    assert [hit["row"] % 5 for hit in answer["hits"]] == [0, 0, 0]
    assert all(hit["row"] > 10 and 0 <= hit["pct"] <= 100 for hit in answer["hits"])
    code, out, _ = command("search", "builtin:counting", "CORPUS", "猫が膝で寝る", "--filter", "k:2", "--json")
    assert (code, len(json.loads(out)["answers"][0]["hits"])) == (0, 2)
    code, _, error = command("search", "builtin:counting", "CORPUS", "猫", "--filter", "lexx:<3")
    assert (code, error.count("\n")) == (2, 1)
    assert "did you mean lex:?" in error


def test_reasons_comparison_and_map(command, tmp_path):
    code, out, _ = command("similar", "builtin:counting", "猫が寝る", "猫が走る", "--why", "--json")
    why = json.loads(out)
    assert code == 0
    assert min(why["without"], key=lambda one: one["cosine"])["part"] in "猫が"
    code, out, _ = command("compare", "builtin:counting", "builtin:counting", "CORPUS", "--movers", "--json")
    assert (code, json.loads(out)["movers"]["overlap"]["mean"]) == (0, 1.0)
    out_file = tmp_path / "points.npy"
    code, _, _ = command("embed", "builtin:counting", "CORPUS", "--map", "--out", out_file)
    assert (code, np.load(out_file).shape) == (0, (len(LINES), 2))


def test_a_window_without_a_terminal_is_refused_in_one_line(command):
    code, _, error = command("explore", "builtin:counting", "CORPUS")
    assert (code, error.count("\n")) == (2, 1)
    assert "--plain" in error
