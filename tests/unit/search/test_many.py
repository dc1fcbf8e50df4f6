"""Many queries at once: what one at a time would find, in any blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcse_ml.search import many as module
from simcse_ml.search.many import nearest_many
from simcse_ml.search.neighbours import nearest
from simcse_ml.search.vectors import Manifest, VectorStore


def store_of(vectors, tmp_path=None):
    vectors = np.asarray(vectors, np.float32)
    norms = np.linalg.norm(vectors, axis=1)
    zeros = np.zeros(len(vectors), np.float32)
    manifest = Manifest("m", "c", vectors.shape[1], len(vectors))
    return VectorStore(tmp_path, manifest, vectors, norms, zeros, np.zeros(vectors.shape[1], np.float32))


def plain(store, queries, k):
    """By a sort of all cosines in float64."""
    wide = store.vectors.astype(np.float64)
    lengths = np.outer(np.linalg.norm(queries, axis=1), np.linalg.norm(wide, axis=1))
    cosines = np.divide(queries @ wide.T, lengths, out=np.zeros(lengths.shape), where=lengths > 0)
    rows = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return rows, np.take_along_axis(cosines, rows, axis=1)


@pytest.mark.parametrize("k", [0, 1, 7, 500, 900])
@pytest.mark.parametrize(("block", "rows"), [(1, 64), (5, 100), (64, 4096)])
def test_many_queries_find_what_a_sort_of_all_finds(k, block, rows, monkeypatch):
    monkeypatch.setattr(module, "FIRST_ROWS", 30)
    rng = np.random.default_rng(0)
    store, queries = store_of(rng.normal(size=(500, 16))), rng.normal(size=(23, 16))
    found = list(nearest_many(store, queries, k, block=block, rows=rows))
    assert [part.queries.start for part in found] == list(range(0, 23, block))
    expected_rows, expected = plain(store, queries, k)
    assert np.array_equal(np.concatenate([part.rows for part in found]), expected_rows)
    assert np.concatenate([part.scores for part in found]) == pytest.approx(expected, abs=1e-6)


def test_one_at_a_time_finds_the_same(monkeypatch):
    monkeypatch.setattr(module, "FIRST_ROWS", 30)
    rng = np.random.default_rng(1)
    store, queries = store_of(rng.normal(size=(300, 8))), rng.normal(size=(9, 8))
    (found,) = nearest_many(store, queries, 12, rows=41)
    for query, rows in zip(queries, found.rows, strict=True):
        assert [hit.row for hit in nearest(store, query, 12, block=17)] == rows.tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-1, 1), min_size=1, max_size=60), st.integers(1, 9), st.integers(1, 20))
def test_equal_scores_stand_by_row_and_zero_vectors_score_zero(signs, k, rows):
    store = store_of([[sign, 0.0] for sign in signs])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FIRST_ROWS", 3)
        (found,) = nearest_many(store, np.array([[2.0, 0.0]]), k, rows=rows)
    expected = sorted(range(len(signs)), key=lambda row: (-signs[row], row))[:k]
    assert found.rows[0].tolist() == expected
    assert found.scores[0].tolist() == [signs[row] for row in expected]


def test_blocks_come_one_by_one_so_that_one_can_stop():
    rng = np.random.default_rng(2)
    asked = []

    class Counted(np.ndarray):
        def __getitem__(self, key):
            asked.append(key)
            return np.asarray(super().__getitem__(key))

    queries = rng.normal(size=(40, 4)).view(Counted)
    stream = nearest_many(store_of(rng.normal(size=(50, 4))), queries, 3, block=10)
    assert next(stream).rows.shape == (10, 3)
    stream.close()
    assert asked == [slice(0, 10)]
