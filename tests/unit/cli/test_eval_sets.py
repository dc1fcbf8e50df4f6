"""`eval` on questions and on translations, as commands."""

from __future__ import annotations

import json

import pytest

TEXTS = ["ድመቷ ትተኛለች", "ውሻው ይሮጣል", "ዝናብ ይዘንባል", "ልጁ ያነባል"]


@pytest.fixture
def sets(run, tmp_path):
    """A folder with a retrieval set and a table of two languages."""
    folder = tmp_path / "here" / "set"
    folder.mkdir()
    for name in ("corpus", "queries"):
        told = "".join(f"{n}\t{text}\n" for n, text in enumerate(TEXTS))
        (folder / f"{name}.tsv").write_text(f"id\ttext\n{told}", "utf-8")
    (folder / "qrels.tsv").write_text("".join(f"{n} 0 {n} 1\n" for n in range(len(TEXTS))), "utf-8")
    (tmp_path / "here" / "two.tsv").write_text("am\ten\n" + "".join(f"{text}\t{text}\n" for text in TEXTS), "utf-8")
    return folder


def test_both_are_scored_and_named_by_their_measures(run, sets):
    done = run("eval", "builtin:counting", "--retrieval", "set", "--translations", "two.tsv")
    assert done.returncode == 0, done.stderr
    assert "set, nDCG@10 x 100" in done.stdout and "two, translations found, %" in done.stdout
    told = json.loads(run("eval", "builtin:counting", "--retrieval", "set", "--json").stdout)["sets"]
    assert [(one["measure"], one["counted"], one["pairs"]) for one in told] == [("ndcg@10 x 100", "queries", 4)]


def test_what_is_no_such_set_is_one_line_with_its_mend(run, sets):
    (sets / "qrels.tsv").unlink()
    done = run("eval", "builtin:counting", "--retrieval", "set")
    assert done.returncode == 3
    assert done.stderr.strip().splitlines()[-1].startswith("error: set: there is no file qrels in this folder; name")


def test_pairs_one_by_one_are_of_scored_pairs_only(run, sets):
    done = run("eval", "builtin:counting", "--retrieval", "set", "--pairs", "3")
    assert done.returncode == 2
    assert "--pairs" in done.stderr
