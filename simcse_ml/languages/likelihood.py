"""How well a text goes with each language, as evidence that adds up: what tells right decodings from wrong ones.

py3langid's model holds log p(n-gram of UTF-8 bytes | language). Of two decodings of the same bytes the right one has
more n-grams that are common in some language and rare in the others; noise has few. Measured: benchmarks/decoding.py.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simcse_ml.languages.detect import identifier
from simcse_ml.languages.table import find_language

MOST = 2.5
"""nats that one n-gram can give. A letter of a script with one language would give 5, and noise in Thai letters would
win from Arabic: of 558 single lines in 12 languages 540 were read rightly without a limit, 548 with this one"""


@lru_cache(maxsize=1)
def model_languages() -> tuple[str, ...]:
    """The languages of the model, by their codes in the table (the model's own code where it has none)."""
    found = [(label, find_language(label)) for label in identifier().nb_classes]
    return tuple(info.code if info is not None else label for label, info in found)


def log_ratios(text: str) -> NDArray[np.float64]:
    """(languages,) nats by which `text` is likelier in each of model_languages() than in a language taken blindly."""
    from py3langid.langid import visit_counts

    model = identifier()
    visits = visit_counts(model.tk_nextmove, model._rowbase, model.tk_output, model._encode(text))
    if not visits:
        return np.zeros(len(model.nb_classes))
    features = np.fromiter(visits.keys(), np.int64, len(visits))
    counts = np.fromiter(visits.values(), np.float64, len(visits))
    table = model.nb_ptc[features].astype(np.float64)  # (features, languages)
    blindly = np.log(np.exp(table).mean(axis=1, keepdims=True))
    ratios: NDArray[np.float64] = np.log1p(counts) @ np.minimum(table - blindly, MOST)
    return ratios
