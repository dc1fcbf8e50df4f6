"""The table and its sentence: a gain is called one only if it is sure."""

import json
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from simcse_ml.evaluation.scoreboard import kind_of, score_table
from simcse_ml.evaluation.tasks.similarity import similarity_task
from simcse_ml.evaluation.verdict import sentence
from simcse_ml.text.labelled.sts import PairSet

N = 300


def pair_set(n=N, name="jsts-valid"):
    gold = np.random.default_rng(0).normal(size=n)
    left, right = (tuple(f"{side}{i}" for i in range(n)) for side in "lr")
    return PairSet(name, Path("made.tsv"), left, right, gold)


def scored(pairs, **noise):
    names = {"counting": "counting (characters 1-2)", "worse": "counting (words)", "untouched": "untouched mean"}
    rng = np.random.default_rng(1)
    return {names.get(key, key): pairs.gold + level * rng.normal(size=len(pairs.gold)) for key, level in noise.items()}


def table_of(pairs=None, **noise):
    pairs = pairs or pair_set()
    return score_table(similarity_task(pairs), scored(pairs, **noise), samples=200, seed=3)


def test_rows_stand_in_order_with_the_best_of_each_kind_marked():
    table = table_of(trained=0.5, untouched=1.5, worse=5.0, counting=1.0)
    assert [row.kind for row in table.rows] == ["counting", "counting", "untouched", "trained"]
    assert [row.label for row in table.rows if row.best] == ["counting (characters 1-2)", "untouched mean", "trained"]
    assert table.free.label == "counting (characters 1-2)"
    assert all(row.low <= row.score <= row.high for row in table.rows)


def test_a_sure_gain_is_called_better_and_one_seeds():
    said = sentence(table_of(counting=1.0, untouched=1.2, trained=0.4))
    assert said.startswith("Better than counting (+ ")
    assert "the untouched backbone" in said and "one seed" in said


def test_no_gain_is_said_in_words():
    said = sentence(table_of(counting=1.0, trained=1.0))
    assert said.startswith("No gain over counting (")


def test_a_gain_over_one_rival_only_is_no_gain():
    said = sentence(table_of(counting=3.0, untouched=0.5, trained=0.5))
    assert said.startswith("No gain over the untouched backbone (")
    assert "though better than counting" in said


def test_where_only_bm25_is_better_no_model_here_is_recommended():
    pairs = pair_set()
    task, rows = similarity_task(pairs), scored(pairs, trained=1.0, counting=3.0)
    rows["counting (BM25, words)"] = pairs.gold
    assert sentence(score_table(task, rows, samples=200, seed=3)).endswith(
        " BM25, by which search engines count, does at least as well."
    )
    rows["counting (words)"] = pairs.gold
    assert "`builtin:counting`" in sentence(score_table(task, rows, samples=200, seed=3))


def test_a_mix_that_is_surely_better_than_counting_is_recommended():
    mixed = {"counting": 1.0, "untouched": 3.0, "trained": 1.0, "trained + counting": 0.5}
    said = sentence(table_of(**mixed))
    assert said.startswith("No gain over counting (")
    assert "half by counting it is better than counting (+ " in said
    assert "`search --hybrid`" in said and "does at least as well" not in said
    unsure = sentence(table_of(**{**mixed, "trained + counting": 1.0}))
    known = sentence(table_of(**{**mixed, "untouched": 1.0}))
    assert "half by counting" not in unsure + known


def test_where_counting_is_better_it_is_recommended():
    said = sentence(table_of(counting=0.4, untouched=3.0, trained=1.5))
    assert said.startswith("Worse than counting (- ")
    assert "search --hybrid" in said and "builtin:counting" in said


@pytest.mark.parametrize(("noise", "said"), [(1.5, "over stage unsup."), (0.5, "over stage unsup: no gain.")])
def test_what_the_last_stage_added_is_said(noise, said):
    pairs = pair_set()
    both = scored(pairs, counting=1.0, trained=0.5) | {"trained, after stage unsup": scored(pairs, x=noise)["x"]}
    table = score_table(similarity_task(pairs), both, samples=200, seed=3)
    assert said in sentence(table)
    assert table.gain("trained", "trained, after stage unsup") is not None


def test_too_few_independent_pairs_say_nothing():
    said = sentence(table_of(pair_set(6), counting=1.0, trained=0.1))
    assert "too few" in said


def test_a_table_without_a_trained_row_names_the_best_that_is_free():
    assert "counting (characters 1-2)" in sentence(table_of(counting=1.0))
    assert sentence(table_of(trained=1.0)).endswith("with nothing to compare it with.")


def test_the_printed_table_has_straight_columns_in_any_script():
    pairs = pair_set(name="日本語の検証用")
    lines = score_table(
        similarity_task(pairs), scored(pairs, counting=1.0, untouched=1.3, trained=0.5), samples=100, seed=1
    ).lines()
    ends = [cell_len(line[: line.index("score") + 5]) for line in lines[:1]]
    ends += [cell_len(line[: line.index(" – ")].rsplit("   ", 1)[0]) for line in lines[1:]]
    assert len(set(ends)) == 1
    assert "the best that costs nothing" in lines[1]
    assert " over counting (" in lines[-1]


def test_the_short_table_leaves_out_weaker_baselines_and_the_full_one_does_not():
    table = table_of(counting=1.0, worse=5.0, trained=0.5)
    assert not any("words" in line for line in table.lines())
    assert any("words" in line for line in table.lines(full=True))


def test_the_json_form_holds_every_number_and_is_json():
    table = table_of(counting=1.0, untouched=1.5, trained=0.5)
    told = json.loads(json.dumps(table.as_json(), allow_nan=False))
    assert told["pairs"] == N and told["groups"] == N
    assert {row["label"] for row in told["rows"]} == {row.label for row in table.rows}
    assert {gain["over"] for gain in told["gains"]} == {"counting (characters 1-2)", "untouched mean"}


@pytest.mark.parametrize(
    ("label", "kind"), [("trained, centred", "trained"), ("this model", "trained"), ("counting (words)", "counting")]
)
def test_the_first_word_of_a_label_is_its_kind(label, kind):
    assert kind_of(label) == kind


def test_a_label_of_no_kind_is_refused():
    with pytest.raises(ValueError, match="begins with"):
        kind_of("bm25")
