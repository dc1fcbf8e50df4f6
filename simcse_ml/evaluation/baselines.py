"""What costs nothing: counting n-grams, and the backbone before training.

Every kind of counting is scored and the best one on the set is the one to beat. That choice looks at the labels and so
flatters the baseline a little: a gain over it is the more believable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.bm25 import BM25_KINDS, bm25_label, bm25_sides
from simcse_ml.evaluation.sts import HasSides
from simcse_ml.evaluation.tasks.contract import Sides, Task
from simcse_ml.languages.scripts import dominant_script, is_unspaced
from simcse_ml.models.counting import KINDS, Counting, CountingKind

Floats = NDArray[np.float64]
CorpusTexts = Callable[[], Iterable[str]]
"""gives the training corpus's sentences, from the start, each time it is called"""


def counting_label(kind: CountingKind) -> str:
    """The row of a kind in a score table."""
    return f"counting ({KINDS[kind].title})"


def counted(task: Task, models: Mapping[CountingKind, Counting]) -> dict[str, Floats]:
    """{label: (n,) outcomes} of a task for kinds that are fitted already, which several sets on one corpus share.

    For one that searches documents, of BM25 too, which counts on these documents alone.
    """
    found = {counting_label(kind): task.outcomes([counted_sides(task, model)]) for kind, model in models.items()}
    for kind in BM25_KINDS if task.searches else ():
        found[bm25_label(kind)] = task.outcomes([bm25_sides(task.left, task.right, kind)])
    return found


def counted_sides(task: Task, model: Counting, share: float = 1.0) -> Sides:
    """The two sides of a task as a kind of counting sees them."""
    return Sides(model.vectors(task.left), model.vectors(task.right), share)


def fallback_texts(sets: Iterable[HasSides]) -> CorpusTexts:
    """The distinct sentences under test, for idf where there is no corpus: it flatters counting, and is said."""
    texts = list(dict.fromkeys(text for one in sets for text in (*one.left, *one.right)))
    return lambda: texts


def default_kind(texts: Sequence[str]) -> CountingKind:
    """The kind to use where no labels choose: measured the best on average in each of the two families of scripts.

    texts: their script decides: one that puts no spaces between words, or another.
    """
    return "chars_1_2" if is_unspaced(dominant_script(texts)) else "chars_2_4_in_words"
