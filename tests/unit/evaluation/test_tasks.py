"""Retrieval and translation pairs against slow loops written from their definitions, ties and all."""

from __future__ import annotations

import math
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from simcse_ml.evaluation.bm25 import K1, B, bm25_sides
from simcse_ml.evaluation.intervals import resample_mean
from simcse_ml.evaluation.scoreboard import score_table
from simcse_ml.evaluation.tasks import blocks
from simcse_ml.evaluation.tasks.contract import Sides, Task
from simcse_ml.evaluation.tasks.retrieval import CUT, retrieval_task
from simcse_ml.evaluation.tasks.similarity import similarity_task
from simcse_ml.evaluation.tasks.translation import translation_task
from simcse_ml.evaluation.verdict import sentence
from simcse_ml.models.ngrams import plain
from simcse_ml.search.space import products
from simcse_ml.text.labelled.pairs import PairSet
from simcse_ml.text.labelled.parallel import TranslationSet
from simcse_ml.text.labelled.retrieval import RetrievalSet
from simcse_ml.text.labelled.retrieval_files import RetrievalFiles

PATH = Path("made")


def retrieval(judged: list[tuple[int, int, float]], queries: int, documents: int) -> Task:
    query, document, grade = zip(*judged, strict=True)
    names = (tuple(f"q{n}" for n in range(queries)), tuple(f"d{n}" for n in range(documents)))
    return retrieval_task(
        RetrievalSet(
            "made",
            RetrievalFiles((PATH,), PATH, PATH),
            *names,
            np.array(query),
            np.array(document),
            np.array(grade, np.float64),
        )
    )


def translation(pairs: list[tuple[int, int]], left: int, right: int) -> Task:
    names = (tuple(f"l{n}" for n in range(left)), tuple(f"r{n}" for n in range(right)))
    return translation_task(TranslationSet("made", *names, np.array(pairs, np.int64)))


def sides(scores: np.ndarray) -> list[Sides]:
    """Sides whose products are `scores` (n, m), halves of which come from a dense and from a sparse pair."""
    eye = np.eye(scores.shape[1], dtype=np.float32)
    dense = Sides(scores.astype(np.float64), eye, 0.5)
    return [dense, Sides(sparse.csr_matrix(scores.astype(np.float32)), sparse.csr_matrix(eye), 0.5)]


def slow_ndcg(scores: list[float], grades: list[float]) -> float:
    """The mean over all orders of the documents in which none stands before one with a higher score."""
    gains = []
    for order in permutations(range(len(scores))):
        if all(scores[a] >= scores[b] for a, b in pairwise(order)):
            gains.append(sum(grades[doc] / math.log2(place + 2) for place, doc in enumerate(order[:CUT])))
    best = sorted(grades, reverse=True)[:CUT]
    return sum(gains) / len(gains) / sum(grade / math.log2(place + 2) for place, grade in enumerate(best))


@pytest.mark.parametrize("seed", range(6))
def test_ndcg_is_that_of_a_slow_loop_over_every_order_of_equal_scores(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (5, 6)) / 2
    grades = rng.integers(0, 4, (5, 6)).astype(float)
    grades[:, 0] += 1
    judged = [(q, d, grades[q, d]) for q in range(5) for d in range(6) if grades[q, d] > 0]
    rng.shuffle(judged)
    task = retrieval([(int(q), int(d), g) for q, d, g in judged], 5, 6)
    expected = [slow_ndcg(scores[q].tolist(), grades[q].tolist()) for q in range(5)]
    assert task.outcomes(sides(scores)) == pytest.approx(expected)


def test_only_the_first_ten_places_count() -> None:
    scores = np.arange(30.0)[None, ::-1]
    for place, expected in [(0, 1.0), (1, 1 / math.log2(3)), (9, 1 / math.log2(11)), (10, 0.0), (29, 0.0)]:
        assert retrieval([(0, place, 2.0)], 1, 30).outcomes(sides(scores)) == pytest.approx([expected])
    many = retrieval([(0, place, 1.0) for place in range(15)], 1, 30)
    assert many.outcomes(sides(scores)) == pytest.approx([1.0])


def test_equal_scores_are_worth_their_mean_and_not_the_place_in_the_file() -> None:
    alike = np.zeros((1, 20))
    first, last = (retrieval([(0, place, 1.0)], 1, 20).outcomes(sides(alike))[0] for place in (0, 19))
    assert first == last == pytest.approx(sum(1 / math.log2(place + 2) for place in range(10)) / 20)


def slow_found(scores: np.ndarray, pairs: list[tuple[int, int]]) -> list[float]:
    def share(row: np.ndarray, own: set[int]) -> float:
        nearest = [place for place, score in enumerate(row) if score == row.max()]
        return sum(place in own for place in nearest) / len(nearest)

    return [
        (
            share(scores[left], {r for one, r in pairs if one == left})
            + share(scores[:, right], {one for one, r in pairs if r == right})
        )
        / 2
        for left, right in pairs
    ]


@pytest.mark.parametrize("seed", range(6))
def test_translations_are_found_as_in_a_slow_loop_with_ties_and_several_translations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (7, 5)) / 2
    pairs = [(left, int(rng.integers(0, 5))) for left in range(7)] + [(0, 4), (1, 3)]
    pairs = list(dict.fromkeys(pairs))
    assert translation(pairs, 7, 5).outcomes(sides(scores)) == pytest.approx(slow_found(scores, pairs))


def test_a_left_sentence_may_find_its_translation_where_the_right_one_does_not() -> None:
    scores = np.array([[0.9, 0.1], [0.95, 0.2]])
    assert translation([(0, 0), (1, 1)], 2, 2).outcomes(sides(scores)) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("cells", [1, 7, 1000])
def test_the_size_of_a_block_changes_nothing(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 5, (9, 11)) / 4
    judged = [(q, int(d), 1.0) for q in range(9) for d in rng.choice(11, 3, replace=False)]
    tasks: list[Task] = [retrieval(judged, 9, 11), translation([(n, n) for n in range(9)], 9, 11)]
    whole = [task.outcomes(sides(scores)) for task in tasks]
    monkeypatch.setattr(blocks, "CELLS", cells)
    monkeypatch.setattr("simcse_ml.evaluation.tasks.retrieval.CELLS", cells)
    for task, expected in zip(tasks, whole, strict=True):
        assert task.outcomes(sides(scores)).tolist() == expected.tolist()


def test_queries_of_one_document_are_drawn_together_and_others_are_not() -> None:
    groups = retrieval([(0, 0, 1.0), (1, 0, 1.0), (2, 1, 1.0), (3, 2, 1.0), (3, 1, 2.0)], 4, 3).groups
    assert groups[0] == groups[1] and groups[2] == groups[3] and groups[0] != groups[2]
    alone = translation([(0, 0), (1, 1), (1, 2)], 2, 3).groups
    assert alone[1] == alone[2] != alone[0]


def test_similarity_adds_up_its_ways() -> None:
    pairs = PairSet("made", PATH, ("a", "b"), ("c", "d"), np.array([1.0, 2.0]))
    left, right = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.6, 0.8], [0.6, 0.8]])
    sparse_way = Sides(sparse.csr_matrix(left), sparse.csr_matrix(right), 0.5)
    assert similarity_task(pairs).outcomes([Sides(left, right, 0.5), sparse_way]) == pytest.approx([0.6, 0.8])


def test_resampled_means_lie_around_the_mean_and_are_the_same_for_equal_outcomes() -> None:
    values = np.random.default_rng(0).random(400)
    drawn = resample_mean({"a": values, "b": values.copy()}, np.arange(400), 500, 1)
    assert drawn["a"].tolist() == drawn["b"].tolist()
    assert drawn["a"].mean() == pytest.approx(values.mean(), abs=0.005)
    assert drawn["a"].std() == pytest.approx(values.std() / 20, rel=0.2)


def test_the_table_of_a_task_names_its_measure_and_what_it_counts() -> None:
    task = retrieval([(n, n, 1.0) for n in range(40)], 40, 40)
    rng = np.random.default_rng(0)
    outcomes = {"counting (words)": rng.random(40) / 2, "trained": 0.5 + rng.random(40) / 2}
    table = score_table(task, outcomes, samples=100, seed=1)
    assert table.lines()[0].startswith("made, nDCG@10 x 100")
    assert table.as_json()["measure"] == "ndcg@10 x 100" and table.as_json()["counted"] == "queries"
    assert sentence(table).startswith("Better than counting")
    few = score_table(
        retrieval([(n, 0, 1.0) for n in range(5)], 5, 1), {"counting (words)": np.ones(5), "trained": np.ones(5)}
    )
    assert sentence(few).startswith("5 queries in 1 independent groups are too few")


def slow_bm25(queries: list[str], documents: list[str]) -> list[list[float]]:
    """Over words, with dictionaries."""
    counts = [{word: plain(text).split().count(word) for word in plain(text).split()} for text in documents]
    mean = sum(sum(one.values()) for one in counts) / len(counts)

    def score(query: str, one: dict[str, int]) -> float:
        total = 0.0
        for word in plain(query).split():
            df = sum(word in other for other in counts)
            idf = math.log(1 + (len(counts) - df + 0.5) / (df + 0.5))
            tf = one.get(word, 0)
            total += idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * sum(one.values()) / mean))
        return total

    return [[score(query, one) for one in counts] for query in queries]


def test_bm25_is_that_of_a_slow_loop() -> None:
    documents = [
        "кот спит на столе",
        "кот и кот, и ещё кот",
        "собака спит",
        "የአማርኛ ቃላት እዚህ አሉ",
        "на столе стоит стол на столе",
    ]
    queries = ["кот на столе", "ቃላት አሉ", "спит спит", "чужое"]
    found = bm25_sides(queries, documents, "words")
    np.testing.assert_allclose(products(found.left, found.right), slow_bm25(queries, documents), rtol=1e-5, atol=1e-6)
