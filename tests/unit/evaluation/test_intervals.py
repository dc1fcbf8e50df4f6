"""Bootstrap over groups: the fast form is the slow form, and intervals mean what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from simcse_ml.evaluation import intervals
from simcse_ml.evaluation.intervals import bootstrap_spearman, groups_of, paired_difference, resample_spearman


def test_pairs_that_share_a_sentence_share_a_group_through_others_too():
    groups = groups_of("abcxe", "bcdyf")
    assert groups[0] == groups[1] == groups[2]
    assert len({groups[0], groups[3], groups[4]}) == 3


def test_a_sentence_on_both_sides_is_one_sentence():
    groups = groups_of(["a", "x"], ["a", "a"])
    assert groups[0] == groups[1]


@given(st.integers(0, 10_000))
def test_each_resample_is_the_rank_correlation_of_the_drawn_pairs(seed):
    rng = np.random.default_rng(seed)
    gold, scores = rng.integers(0, 4, 30).astype(float), rng.integers(0, 6, 30).astype(float)
    groups = rng.integers(0, 12, 30)
    _, groups = np.unique(groups, return_inverse=True)
    drawn = resample_spearman(gold, {"a": scores}, groups, 5, seed)["a"]
    for value, weights in zip(drawn, next(intervals._resamples(groups, 5, seed)), strict=True):
        rows = np.repeat(np.arange(30), weights.astype(int))
        if np.ptp(gold[rows]) and np.ptp(scores[rows]):
            assert value == pytest.approx(spearmanr(gold[rows], scores[rows]).statistic, abs=1e-9)
        else:
            assert value == 0.0


def test_whole_groups_are_drawn():
    groups = np.repeat(np.arange(20), 3)
    weights = next(intervals._resamples(groups, 50, 1)).reshape(50, 20, 3)
    assert (weights == weights[:, :, :1]).all()
    assert (weights[:, :, 0].sum(axis=1) == 20).all()


def made(n=400, noise=1.0, seed=3):
    rng = np.random.default_rng(seed)
    gold = rng.normal(size=n)
    return gold, gold + noise * rng.normal(size=n)


def test_the_interval_holds_the_value_and_narrows_with_more_pairs():
    widths = []
    for n in (100, 1600):
        gold, scores = made(n)
        told = bootstrap_spearman(gold, {"a": scores}, np.arange(n), 500, 0)["a"]
        assert told.low < told.value < told.high
        assert told.value == pytest.approx(spearmanr(gold, scores).statistic)
        widths.append(told.high - told.low)
    assert widths[1] < widths[0] / 2.5


def test_pairs_in_common_groups_widen_the_interval():
    gold, scores = made(100)
    gold, scores = np.repeat(gold, 5), np.repeat(scores, 5)
    alone = bootstrap_spearman(gold, {"a": scores}, np.arange(500), 500, 0)["a"]
    grouped = bootstrap_spearman(gold, {"a": scores}, np.repeat(np.arange(100), 5), 500, 0)["a"]
    assert grouped.high - grouped.low > 1.8 * (alone.high - alone.low)


def test_a_paired_difference_is_surer_than_two_intervals_and_changes_sign_with_the_order():
    gold, better = made(noise=0.5)
    worse = better + 0.4 * np.random.default_rng(9).normal(size=len(gold))
    forth = paired_difference(gold, better, worse, np.arange(len(gold)), 400, 7)
    back = paired_difference(gold, worse, better, np.arange(len(gold)), 400, 7)
    assert forth.excludes_zero and forth.low > 0
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low))
    alone = bootstrap_spearman(gold, {"a": better}, np.arange(len(gold)), 400, 7)["a"]
    assert forth.high - forth.low < alone.high - alone.low


def test_the_same_scores_differ_by_nothing():
    gold, scores = made()
    told = paired_difference(gold, scores, scores, np.arange(len(gold)), 100, 1)
    assert (told.value, told.low, told.high) == (0.0, 0.0, 0.0)
    assert not told.excludes_zero


def test_too_few_independent_groups_claim_nothing():
    gold, scores = made(60, noise=0.1)
    told = bootstrap_spearman(gold, {"a": scores}, np.arange(60) % 3, 100, 0)["a"]
    assert (told.low, told.high) == (-1.0, 1.0)
    assert not paired_difference(gold, scores, -scores, np.arange(60) % 3, 100, 0).excludes_zero


def test_the_seed_decides_and_the_block_size_does_not(monkeypatch):
    gold, scores = made(50)
    whole = resample_spearman(gold, {"a": scores}, np.arange(50), 40, 5)["a"]
    assert np.array_equal(whole, resample_spearman(gold, {"a": scores}, np.arange(50), 40, 5)["a"])
    assert not np.array_equal(whole, resample_spearman(gold, {"a": scores}, np.arange(50), 40, 6)["a"])
    monkeypatch.setattr(intervals, "_CELLS", 350)
    assert np.array_equal(whole, resample_spearman(gold, {"a": scores}, np.arange(50), 40, 5)["a"])
