"""Retrieval: how high the documents that answer a question stand among all (nDCG@10)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.intervals import Groups, groups_of
from simcse_ml.evaluation.tasks.blocks import CELLS, blocks
from simcse_ml.evaluation.tasks.contract import Floats, Sides, Task

if TYPE_CHECKING:
    from simcse_ml.text.labelled.retrieval import RetrievalSet

CUT = 10
"""places that count"""
_DISCOUNTS = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, CUT + 2)))])
"""(CUT + 1,) what the first k places are worth together"""


def retrieval_task(found: RetrievalSet) -> Task:
    """An outcome is the nDCG of a query: the sum of grade / log2(1 + place) of its documents in the first ten places,
    divided by the most it could be (Jarvelin, Kekalainen 2002, ACM TOIS 20(4), with the gains that trec_eval has).

    Documents with the same score stand in any order, so it is the mean over these orders (McSherry, Najork 2008, ECIR).
    """
    outcomes = partial(_gained, found)
    measure = f"nDCG@{CUT} x 100"
    return Task(found.name, measure, "queries", found.queries, found.documents, _groups(found), outcomes, searches=True)


def _groups(found: RetrievalSet) -> Groups:
    """Queries with a document in common, directly or through others, are no independent draws."""
    groups = np.zeros(len(found.queries), np.int64)
    groups[found.query] = groups_of(found.query.tolist(), [-1 - one for one in found.document.tolist()])
    return groups


def _gained(found: RetrievalSet, ways: Sequence[Sides]) -> Floats:
    gained = np.zeros(len(found.queries), np.float64)
    order = np.argsort(found.query, kind="stable")
    query, document, grade = found.query[order], found.document[order], found.grade[order]
    for rows, scores in blocks(ways):
        first, last = np.searchsorted(query, [rows.start, rows.stop])
        step = max(1, CELLS // scores.shape[1])
        for start in range(first, last, step):
            judged = slice(start, min(last, start + step))
            worth = _worth(scores, query[judged] - rows.start, document[judged])
            np.add.at(gained, query[judged], grade[judged] * worth)
    return gained / _ideal(len(found.queries), query, grade)


def _worth(scores: NDArray[np.float32], query: NDArray[np.int64], document: NDArray[np.int64]) -> Floats:
    """(judged,) mean discount of the place of each document for its query, over the orders of equal scores."""
    own = scores[query, document][:, None]
    all_of = scores[query]
    before, alike = (all_of > own).sum(axis=1), (all_of == own).sum(axis=1)
    worth: Floats = (_DISCOUNTS[np.minimum(before + alike, CUT)] - _DISCOUNTS[np.minimum(before, CUT)]) / alike
    return worth


def _ideal(count: int, query: NDArray[np.int64], grade: Floats) -> Floats:
    """(count,) what a query would gain with its best documents in front.  query: in order."""
    order = np.lexsort((-grade, query))
    place = np.arange(len(query)) - np.searchsorted(query, query)
    discounts = np.where(place < CUT, 1 / np.log2(place + 2), 0.0)
    most: Floats = np.bincount(query, weights=grade[order] * discounts, minlength=count).astype(np.float64)
    return most
