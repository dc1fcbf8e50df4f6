"""Token rows of a corpus, from the private cache or made now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcse_ml.events import Progress, Said, Sink, StageStarted
from simcse_ml.models.contract import Encoder
from simcse_ml.settings.schema import Recipe
from simcse_ml.text.corpus import Corpus
from simcse_ml.training.rows import TokenRows, open_token_rows, write_token_rows
from simcse_ml.training.seeds import numpy_generator
from simcse_ml.views.table import NEEDS_ORDER

SPARE = 4
"""so many sentences get their tokens for one that the steps take: batches of like lengths want a choice"""


def wanted_rows(corpus: Corpus, recipe: Recipe) -> NDArray[np.int64] | None:
    """(n,) rising ids of the sentences that get tokens: held-out ones and a random sample where few steps are to come.

    None for all of them. The sample depends on the corpus and the recipe alone, so that a resumed run has the same.
    """
    training = recipe.training
    of_text = [stage for stage in recipe.stages if stage.data == "text"]
    in_order = any(view.kind in NEEDS_ORDER for stage in of_text for view in stage.views)
    steps = [stage.max_steps or training.max_steps for stage in of_text or recipe.stages]
    most = max((one for one in steps if one is not None), default=0)
    if in_order or None in steps:
        return None
    count = SPARE * most * training.batch_size
    if count >= len(corpus.train_rows):
        return None
    drawn = numpy_generator(training.seed, "rows").choice(corpus.train_rows, count, replace=False)
    return np.sort(np.concatenate([drawn, corpus.held_out_rows]))


def token_rows(
    corpus: Corpus, encoder: Encoder, *, wanted: NDArray[np.int64] | None, identity: str, cache: Path, sink: Sink
) -> TokenRows:
    """wanted: as of wanted_rows.  identity: what decides the tokens beside the corpus (tokenizer, prefix, length)."""
    parts = [corpus.fingerprint, identity, encoder.max_tokens]
    if wanted is not None:
        parts.append(hashlib.blake2b(wanted.tobytes(), digest_size=12).hexdigest())
    key = hashlib.blake2b(json.dumps(parts).encode(), digest_size=12).hexdigest()
    count = len(corpus) if wanted is None else len(wanted)
    folder = cache / "tokens" / key
    if not (folder / "manifest.json").exists():
        sink(StageStarted("tokens", total=count))
        write_token_rows(
            folder,
            corpus.iterate(wanted, batch=2000),
            encoder.tokenize,
            max_tokens=encoder.max_tokens,
            told=_teller(sink, count),
            made=wanted,
            total=len(corpus),
        )
    rows = open_token_rows(folder)
    if rows.truncated:
        share = 100 * rows.truncated / max(count, 1)
        sink(
            Said(
                "text", f"{share:.1f} % of the sentences are longer than {encoder.max_tokens} tokens and are cut there"
            )
        )
    return rows


def _teller(sink: Sink, total: int) -> Callable[[int], None]:
    return lambda done: sink(Progress("tokens", done, total))
