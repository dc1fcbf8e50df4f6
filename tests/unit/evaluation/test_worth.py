"""A card says what a model is worth so that somebody who knows neither the tool nor its baselines can judge it."""

from __future__ import annotations

import pytest

from simcse_ml.evaluation.worth import gains_of, legend, shown_rows, worth_of


def row(label: str, score: float, *, best: bool = False) -> dict[str, object]:
    return {"label": label, "kind": label.split()[0], "score": score, "low": score - 2, "high": score + 2, "best": best}


def gain(over: str, value: float, low: float, high: float) -> dict[str, object]:
    verdict = "better" if low > 0 else "worse" if high < 0 else "no gain"
    kind = over.split()[0]
    told = {"of": "trained", "over": over, "over_kind": kind, "value": value, "low": low, "high": high}
    return told | {"verdict": verdict}


@pytest.fixture
def record() -> dict[str, object]:
    """One that is worse than counting and better than its start."""
    return {
        "set": "labelled set 1",
        "pairs": 1457,
        "groups": 1356,
        "rows": [
            row("counting (words)", 60.0),
            row("counting (characters 1)", 74.0, best=True),
            row("untouched mean", 68.0, best=True),
            row("trained", 73.4, best=True),
            row("trained + counting", 73.3),
        ],
        "gains": [
            gain("counting (words)", 13.4, 12.0, 15.0),
            gain("counting (characters 1)", -0.6, -1.3, -0.1),
            gain("untouched mean", 5.4, 4.2, 6.7),
        ],
    }


def test_better_and_worse_are_said_in_words_with_their_intervals(record):
    told = worth_of(record, untouched=False, static=False)
    assert "labelled set 1 (1,457 pairs of sentences that people compared) this model scores 73.4" in told
    assert "needs no training, scores 74.0: it is **worse** than that, by 0.6 (95 % interval: 0.1 to 1.3)" in told
    assert "before this training, in the best of the ways that were tried, scores 68.0: it is **better**" in told
    assert "better** than that, by 5.4 (95 % interval: 4.2 to 6.7)" in told
    assert "60.0" not in told  # only the best of each kind


def test_no_gain_is_said_in_words(record):
    record["gains"][2] = gain("untouched mean", -0.4, -1.2, 0.3)
    told = worth_of(record, untouched=False, static=False)
    assert "were tried, scores 68.0: **no gain** over that can be told from chance (-0.4;" in told
    assert "95 % interval: -1.2 to +0.3)" in told


def test_too_few_pairs_allow_no_word_on_a_gain(record):
    told = worth_of(record | {"pairs": 40, "groups": 9}, untouched=False, static=False)
    assert "in 9 independent groups, nothing can be said" in told and "better" not in told


def test_of_a_start_that_was_kept_the_scores_are_of_what_is_not_here(record):
    assert "what was trained, and is not here, scores 73.4" in worth_of(record, untouched=True, static=False)


def test_random_vectors_are_not_called_a_model(record):
    told = worth_of(record, untouched=False, static=True)
    assert "random vectors that it began with, in the best of the ways that were tried, scores 68.0" in told


def test_where_nothing_trained_was_scored_nothing_is_claimed(record):
    assert worth_of(record | {"rows": record["rows"][:3]}, untouched=False, static=False) == ""


def test_the_table_has_the_best_of_each_kind_and_what_was_trained(record):
    labels = [one["label"] for one in shown_rows(record)]
    assert labels == ["counting (characters 1)", "untouched mean", "trained", "trained + counting"]
    assert [one["over"] for one in gains_of(record)] == ["counting (characters 1)", "untouched mean"]


def test_every_name_in_a_table_is_explained_and_no_other(record):
    told = " ".join(legend([record], untouched=False, static=False))
    assert "counting: nothing is trained" in told and "(TF-IDF)" in told and "trained + counting: the mean" in told
    assert "untouched: the model before this training (mean, cls" in told and "centred" not in told
    assert "trained: this model" in told
    centred = record | {"rows": [*record["rows"][:2], row("untouched mean, centred", 70.0, best=True)]}
    told = " ".join(legend([centred], untouched=False, static=True))
    assert "centred: with the mean" in told and "random vectors" in told and "trained + counting" not in told
    assert "trained: what came of the training, which is not here" in legend([record], untouched=True, static=False)
    assert legend([], untouched=False, static=False) == []
