"""What costs nothing: counting n-grams, and the backbone before training.

Every kind of counting is scored and the best one on the set is the one to beat. That choice looks at the labels and so
flatters the baseline a little: a gain over it is the more believable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcse_ml.languages.scripts import dominant_script, is_unspaced
from simcse_ml.models.counting import KINDS, Counting, CountingKind, fit_all

if TYPE_CHECKING:
    from simcse_ml.text.labelled.sts import PairSet

Floats = NDArray[np.float64]
CorpusTexts = Callable[[], Iterable[str]]
"""gives the training corpus's sentences, from the start, each time it is called"""


def counting_label(kind: CountingKind) -> str:
    """The row of a kind in a score table."""
    return f"counting ({KINDS[kind].title})"


def counting_scores(pairs: PairSet, corpus_texts: CorpusTexts) -> dict[str, Floats]:
    """{label: (n,) cosine} for all kinds, with idf from the corpus."""
    return fitted_scores(pairs, fit_all(corpus_texts()))


def fitted_scores(pairs: PairSet, models: Mapping[CountingKind, Counting]) -> dict[str, Floats]:
    """The same with kinds that are fitted already; for several sets on one corpus."""
    return {counting_label(kind): model.cosines(pairs.left, pairs.right) for kind, model in models.items()}


def fallback_texts(sets: Iterable[PairSet]) -> CorpusTexts:
    """The distinct sentences under test, for idf where there is no corpus: it flatters counting, and is said."""
    texts = list(dict.fromkeys(text for pairs in sets for text in (*pairs.left, *pairs.right)))
    return lambda: texts


def default_kind(texts: Sequence[str]) -> CountingKind:
    """The kind to use where no labels choose: measured the best on average in each of the two families of scripts.

    texts: their script decides: one that puts no spaces between words, or another.
    """
    return "chars_1_2" if is_unspaced(dominant_script(texts)) else "chars_2_4_in_words"
