"""`similar`: how alike sentences are, and where that stands among random pairs of a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.evaluation.baselines import default_kind
from simcse_ml.evaluation.sts import unit_rows
from simcse_ml.events import Sink
from simcse_ml.jobs.using import Use, open_text, open_used, own_corpus
from simcse_ml.models.counting import Counting, fit_counting
from simcse_ml.text.corpus import Corpus

SAMPLE = 500
"""sentences of the text whose pairs are the yardstick: 124,750 of them"""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SimilarRequest:
    """texts: two or more.  corpus: a text for the yardstick, None for the run's own, where the model is a run."""

    use: Use
    texts: tuple[str, ...]
    corpus: str | None = None


@dataclass(frozen=True)
class Pair:
    """left, right: numbers of the texts, from 0.  cosine: -1 .. 1.

    above: share of random pairs of the text that are less alike, 0 .. 1; None without a text.
    """

    left: int
    right: int
    cosine: float
    above: float | None


@dataclass(frozen=True)
class SimilarResult:
    """pairs: every pair of the texts, the most alike first.  random_mean: mean cosine of random pairs, or None."""

    texts: tuple[str, ...]
    pairs: tuple[Pair, ...]
    random_mean: float | None

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def similar(request: SimilarRequest, sink: Sink) -> SimilarResult:
    """Cosines of all pairs of the texts.

    Raises: UserError for fewer than two texts, or a model or text that cannot be opened.
    """
    if len(request.texts) < 2:
        raise UserError(
            "there is nothing to compare with",
            where="similar",
            mend='give two sentences or more, each in quotes: "..." "..."',
            exit_code=ExitCode.USAGE,
        )
    corpus = open_text(request.corpus, request.use, sink) if request.corpus else own_corpus(request.use)
    cosines = _cosines(request.use, corpus, request.texts)
    among = cosines(request.texts)
    yardstick = None if corpus is None else _upper(cosines(_sample(corpus)))
    pairs = [
        Pair(i, j, float(among[i, j]), None if yardstick is None else float((yardstick < among[i, j]).mean()))
        for i, j in combinations(range(len(request.texts)), 2)
    ]
    pairs.sort(key=lambda pair: -pair.cosine)
    return SimilarResult(request.texts, tuple(pairs), None if yardstick is None else float(yardstick.mean()))


def _cosines(use: Use, corpus: Corpus | None, texts: Sequence[str]) -> Callable[[Sequence[str]], Floats]:
    """Texts -> (n, n) cosines."""
    if use.is_counting:
        model = _counting(corpus, texts)

        def counted(texts: Sequence[str]) -> Floats:
            vectors = model.vectors(texts)
            return np.asarray((vectors @ vectors.T).toarray(), np.float64)

        return counted
    opened = open_used(use)

    def meant(texts: Sequence[str]) -> Floats:
        units = unit_rows(opened.embed(list(texts)))
        products: Floats = units @ units.T
        return products

    return meant


def _counting(corpus: Corpus | None, texts: Sequence[str]) -> Counting:
    """The kind that suits the script of `texts`; idf from the corpus, where there is none all weights are alike."""
    counted = (text for block in corpus.iterate() for text in block) if corpus is not None else iter(())
    return fit_counting(counted, default_kind(texts))


def _sample(corpus: Corpus) -> list[str]:
    return corpus.texts(np.linspace(0, len(corpus) - 1, min(SAMPLE, len(corpus))).astype(np.int64))


def _upper(matrix: Floats) -> Floats:
    """(pairs,) entries above the diagonal."""
    values: Floats = matrix[np.triu_indices(len(matrix), k=1)]
    return values
