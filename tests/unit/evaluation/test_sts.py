"""Cosines and rank correlation of labelled pairs."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from simcse_ml.evaluation.baselines import counted
from simcse_ml.evaluation.sts import cosine_scores, mean_direction, spearman
from simcse_ml.evaluation.tasks.similarity import similarity_task
from simcse_ml.models.counting import fit_all
from simcse_ml.text.labelled.sts import PairSet, read_sts

PAIRS = PairSet("made", Path("made.tsv"), ("a", "a", "b"), ("b", "c", "c"), np.array([1.0, 2.0, 3.0]))
TABLE = {"a": (1.0, 0.0), "b": (0.0, 5.0), "c": (3.0, 3.0), "zero": (0.0, 0.0)}


def embed(texts):
    return np.array([TABLE[text] for text in texts], np.float32)


def test_cosines_are_of_directions_not_lengths():
    assert cosine_scores(embed, PAIRS) == pytest.approx([0.0, 0.5**0.5, 0.5**0.5])


def test_each_sentence_is_embedded_once():
    seen = []
    cosine_scores(lambda texts: (seen.extend(texts), embed(texts))[1], PAIRS)
    assert sorted(seen) == ["a", "b", "c"]


def test_the_centre_is_taken_from_other_text_and_subtracted_from_directions():
    centre = mean_direction(embed(["a", "b"]))
    assert centre == pytest.approx([0.5, 0.5])
    assert cosine_scores(embed, PAIRS, centre=centre)[0] == pytest.approx(-1.0)


def test_a_zero_vector_has_cosine_zero():
    pairs = PairSet("made", Path("made.tsv"), ("zero",), ("a",), np.array([1.0]))
    assert cosine_scores(embed, pairs) == pytest.approx([0.0])


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=30))
def test_rank_correlation_is_that_of_scipy_ties_and_all(rows):
    a, b = np.array(rows, float).T
    if np.ptp(a) and np.ptp(b):
        assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic, abs=1e-9)
    else:
        assert spearman(a, b) == 0.0


@pytest.mark.parametrize(
    ("test", "text", "least", "most"),
    [
        ("sts/ha-semrel/test.tsv", "text/ha/common-voice-sentences.txt", 56.5, 60.0),
        ("sts/rw-semrel/test.tsv", "text/rw/common-voice-sentences.txt", 57.0, 61.0),
        ("sts/hi-semrel/test.tsv", "text/hi/common-voice-sentences.txt", 68.5, 72.0),
    ],
)
def test_counting_is_as_strong_a_baseline_as_it_was_measured_to_be(shared, test, text, least, most):
    pairs = read_sts(shared(test))
    lines = shared(text).read_text("utf-8").splitlines()
    best = max(spearman(scores, pairs.gold) for scores in counted(similarity_task(pairs), fit_all(lines)).values())
    assert least < 100 * best < most
