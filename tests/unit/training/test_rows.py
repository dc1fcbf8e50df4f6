"""Token rows on disk: all of a corpus, or only those that a short training can need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simcse_ml.events import silent
from simcse_ml.jobs.preparing_rows import SPARE, wanted_rows
from simcse_ml.languages.table import lang_info
from simcse_ml.ragged import Ragged, from_lists
from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.training.rows import TokenRows, open_token_rows, write_token_rows

TEXTS = ["", "a", "bc", "def", "bc", "ghij"]


def tokenize(texts: Sequence[str]) -> Ragged:
    return from_lists([list(map(ord, text)) for text in texts])


def written(folder: Path, made: np.ndarray | None = None) -> TokenRows:
    texts = TEXTS if made is None else [TEXTS[i] for i in made]
    blocks = iter([texts[:2], texts[2:]])
    write_token_rows(folder, blocks, tokenize, max_tokens=4, told=lambda done: None, made=made, total=len(TEXTS))
    return open_token_rows(folder)


def corpus(tmp_path: Path, count: int) -> Corpus:
    path = tmp_path / "text.txt"
    words = ("ev", "kedi", "köpek", "bahçe", "okul", "deniz", "yol", "ağaç", "kitap", "saat")
    lines = (f"{words[i // 100 % 10]} {words[i // 10 % 10]} {words[i % 10]} bugün yine güzel." for i in range(count))
    path.write_text("\n".join(lines), encoding="utf-8")
    settings = TextSettings(near_duplicates=False)
    return prepare_corpus([str(path)], lang_info("tr"), settings, cache=tmp_path / "cache", sink=silent)


def test_all_rows_come_back_and_equal_texts_have_equal_hashes(tmp_path):
    rows = written(tmp_path / "all")
    assert [rows.rows.row(i).tolist() for i in range(len(rows))] == [list(map(ord, text)) for text in TEXTS]
    assert rows.hashes[2] == rows.hashes[4]
    assert len(set(rows.hashes.tolist())) == 5
    assert rows.truncated == 1
    assert rows.among(np.array([5, 0, 3])).tolist() == [5, 0, 3]


def test_rows_that_were_not_asked_for_are_empty_and_told_apart(tmp_path):
    whole, some = written(tmp_path / "all"), written(tmp_path / "some", np.array([2, 3, 5]))
    assert len(some) == len(whole)
    assert some.rows.lengths.tolist() == [0, 0, 2, 3, 0, 4]
    for i in (2, 3, 5):
        assert some.rows.row(i).tolist() == whole.rows.row(i).tolist()
        assert some.hashes[i] == whole.hashes[i]
    assert some.truncated == 1
    assert some.among(np.array([5, 0, 3])).tolist() == [5, 3]


def test_few_steps_want_a_part_of_a_large_corpus_and_always_the_same(tmp_path):
    text = corpus(tmp_path, 900)
    recipe = load_recipe("unsup", ["training.max_steps=3", "training.batch_size=8"])
    wanted = wanted_rows(text, recipe)
    assert wanted is not None
    assert np.array_equal(wanted, np.unique(wanted))
    assert len(np.intersect1d(wanted, text.train_rows)) == SPARE * 3 * 8
    assert np.isin(text.held_out_rows, wanted).all()
    assert np.array_equal(wanted, wanted_rows(text, recipe))
    other = load_recipe("unsup", ["training.max_steps=3", "training.batch_size=8", "training.seed=7"])
    assert not np.array_equal(wanted, wanted_rows(text, other))


def test_whole_epochs_and_neighbours_want_every_row(tmp_path):
    text = corpus(tmp_path, 300)
    small = ["training.max_steps=1", "training.batch_size=2"]
    assert wanted_rows(text, load_recipe("unsup", small)) is not None
    assert wanted_rows(text, load_recipe("unsup", ["training.max_steps=null", "training.batch_size=2"])) is None
    assert wanted_rows(text, load_recipe("unsup", ["training.max_steps=900", "training.batch_size=2"])) is None
    assert wanted_rows(text, load_recipe("unsup", [*small, "stages.0.views.0.kind=neighbour"])) is None


def test_a_stage_that_takes_more_steps_than_the_others_wants_the_rows_for_them(tmp_path):
    text = corpus(tmp_path, 900)
    few, more = (["training.max_steps=1", "training.batch_size=4", f"stages.0.max_steps={n}"] for n in ("null", "5"))
    counts = [len(np.intersect1d(wanted_rows(text, load_recipe("unsup", one)), text.train_rows)) for one in (few, more)]
    assert counts == [SPARE * 4, SPARE * 5 * 4]
