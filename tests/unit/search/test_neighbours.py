"""Exact neighbours: the block form is the whole form, plain, centred and mixed with counting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcse_ml.events import silent
from simcse_ml.models.counting import fit_counting
from simcse_ml.search.counted import build_counted, open_counted
from simcse_ml.search.hybrid import nearest_hybrid
from simcse_ml.search.neighbours import dense_scores, nearest, top
from simcse_ml.search.vectors import build_vectors

ROWS, DIM = 60, 5
TEXTS = [f"sentence number {number} about {'cats' if number % 3 else 'dogs'}" for number in range(ROWS)]


def cloud():
    return np.random.default_rng(0).normal(size=(ROWS, DIM)).astype(np.float32) + 1.0


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    rows = dict(zip(TEXTS, cloud(), strict=True))
    rows[TEXTS[7]] = np.zeros(DIM, np.float32)
    rows[TEXTS[9]] = rows[TEXTS[8]] * 3
    embed = lambda texts: np.stack([rows[text] for text in texts])  # noqa: E731
    made_from = {"model": "m", "corpus": "c"}
    return build_vectors(tmp_path_factory.mktemp("v"), iter([TEXTS]), embed, DIM, ROWS, made_from, silent)


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c") / "store"
    return build_counted(folder, lambda: [TEXTS[:40], TEXTS[40:]], "c", "chars_1_3", count=ROWS, sink=silent)


def slow(store, query, centred):
    vectors = np.asarray(store.vectors, np.float64)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    query = query / np.linalg.norm(query)
    if not centred:
        return units @ query
    moved, query = units - units.mean(axis=0), query - units.mean(axis=0)
    scores = moved @ query / (np.linalg.norm(moved, axis=1) * np.linalg.norm(query))
    return np.where(norms[:, 0] > 0, scores, 0.0)


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("block", [7, 60, 1000])
def test_scores_are_those_of_the_slow_definition(store, centred, block):
    query = np.random.default_rng(1).normal(size=DIM)
    blocks = list(dense_scores(store, query, block=block, centred=centred))
    assert [part.start for part, _ in blocks] == list(range(0, ROWS, block))
    assert np.concatenate([scores for _, scores in blocks]) == pytest.approx(slow(store, query, centred), abs=1e-5)


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("block", [7, 29, 60])
def test_threads_change_nothing(store, threads, block):
    query = np.random.default_rng(3).normal(size=DIM)
    plain = list(dense_scores(store, query, block=block))
    threaded = list(dense_scores(store, query, block=block, threads=threads))
    assert [part for part, _ in threaded] == [part for part, _ in plain]
    assert np.array_equal(np.concatenate([s for _, s in threaded]), np.concatenate([s for _, s in plain]))


@pytest.mark.parametrize("k", [0, 1, 5, ROWS, ROWS + 10])
def test_the_best_come_first_whatever_the_block(store, k):
    query = np.ones(DIM)
    expected = np.argsort(-slow(store, query, False), kind="stable")[:k]
    scores = slow(store, query, False)[expected]
    for block in (1, 13, 500):
        hits = nearest(store, query, k, block=block)
        assert [hit.score for hit in hits] == pytest.approx(scores.tolist(), abs=1e-5)
        assert len(hits) == min(k, ROWS)


def test_equal_scores_stand_by_row(store):
    hits = nearest(store, np.asarray(store.vectors[8]), 2)
    assert {hit.row for hit in hits} == {8, 9}
    assert hits[0].score == pytest.approx(1.0, abs=1e-6)


def test_a_zero_query_finds_nothing_better_than_another(store):
    assert all(hit.score == 0.0 for hit in nearest(store, np.zeros(DIM), 3))


@settings(max_examples=50)
@given(st.lists(st.integers(-3, 3), max_size=40), st.integers(0, 12), st.integers(1, 9))
def test_merging_blocks_is_sorting_all(values, k, block):
    scores = np.array(values, np.float32)
    parts = ((slice(i, min(i + block, len(scores))), scores[i : i + block]) for i in range(0, len(scores), block))
    expected = sorted(range(len(values)), key=lambda row: (-values[row], row))[:k]
    assert [hit.row for hit in top(parts, k)] == expected


def test_counted_scores_are_the_models_cosines_in_any_block(counted):
    expected = fit_counting(TEXTS, "chars_1_3").cosines(["cats and dogs"] * ROWS, TEXTS)
    for block in (7, 1000):
        scores = np.concatenate([part for _, part in counted.scores("cats and dogs", block=block)])
        assert scores == pytest.approx(expected, abs=1e-5)


def test_counted_sentences_are_built_once_and_only_for_their_corpus(counted):
    def refuse():
        raise AssertionError("read again")

    again = build_counted(counted.folder, refuse, "c", "chars_1_3", count=ROWS, sink=silent)
    assert len(again) == ROWS
    assert open_counted(counted.folder, "other", "chars_1_3") is None
    assert open_counted(counted.folder, "c", "words") is None


def test_no_sentences_can_be_counted_and_searched(tmp_path):
    store = build_counted(tmp_path / "s", lambda: [], "c", "words", count=0, sink=silent)
    assert top(store.scores("anything"), 3) == []


def test_hybrid_is_half_centred_meaning_and_half_counting(store, counted):
    query = np.asarray(store.vectors[5])
    meaning = slow(store, query, True)
    words = counted.model.cosines([TEXTS[5]] * ROWS, TEXTS)
    mixed = 0.5 * meaning + 0.5 * words
    hits = nearest_hybrid(store, counted, query, TEXTS[5], 10, block=17)
    assert [hit.score for hit in hits] == pytest.approx(np.sort(mixed)[::-1][:10].tolist(), abs=1e-5)
    assert hits[0].row == 5


def test_stores_of_different_corpora_are_not_mixed(store, tmp_path):
    small = build_counted(tmp_path / "s", lambda: [TEXTS[:3]], "d", "words", count=3, sink=silent)
    with pytest.raises(ValueError, match="one corpus"):
        nearest_hybrid(store, small, np.ones(DIM), "x", 1)
