"""Retrieval: how high the documents that answer a question stand among all (nDCG@10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.intervals import Groups, groups_of, resample_mean
from simcse_ml.evaluation.tasks.blocks import CELLS, blocks
from simcse_ml.evaluation.tasks.contract import Floats, Sides

if TYPE_CHECKING:
    from simcse_ml.text.labelled.retrieval import RetrievalSet

CUT = 10
"""places that count"""
_DISCOUNTS = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, CUT + 2)))])
"""(CUT + 1,) what the first k places are worth together"""


@dataclass(frozen=True)
class Retrieval:
    """An outcome is the nDCG of a query: the sum of grade / log2(1 + place) of its documents in the first ten places,
    divided by the most it could be (Jarvelin, Kekalainen 2002, ACM TOIS 20(4), with the gains that trec_eval has).

    Documents with the same score stand in any order, so it is the mean over these orders (McSherry, Najork 2008, ECIR).
    """

    sets: RetrievalSet
    measure: str = f"nDCG@{CUT} x 100"
    counted: str = "queries"
    searches: bool = True

    @property
    def name(self) -> str:
        return self.sets.name

    @property
    def left(self) -> Sequence[str]:
        return self.sets.queries

    @property
    def right(self) -> Sequence[str]:
        return self.sets.documents

    def __len__(self) -> int:
        return len(self.sets.queries)

    def groups(self) -> Groups:
        """Queries with a document in common, directly or through others, are no independent draws."""
        query, document = self.sets.query, self.sets.document
        of_row = groups_of(query.tolist(), [-1 - one for one in document.tolist()])
        groups = np.zeros(len(self), np.int64)
        groups[query] = of_row
        return groups

    def outcomes(self, ways: Sequence[Sides]) -> Floats:
        gained = np.zeros(len(self), np.float64)
        order = np.argsort(self.sets.query, kind="stable")
        query, document, grade = self.sets.query[order], self.sets.document[order], self.sets.grade[order]
        for rows, scores in blocks(ways):
            first, last = np.searchsorted(query, [rows.start, rows.stop])
            step = max(1, CELLS // scores.shape[1])
            for start in range(first, last, step):
                judged = slice(start, min(last, start + step))
                worth = _worth(scores, query[judged] - rows.start, document[judged])
                np.add.at(gained, query[judged], grade[judged] * worth)
        return gained / _ideal(len(self), query, grade)

    def value(self, outcomes: Floats) -> float:
        return float(outcomes.mean())

    def resampled(self, outcomes: Mapping[str, Floats], groups: Groups, samples: int, seed: int) -> dict[str, Floats]:
        return resample_mean(outcomes, groups, samples, seed)


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
