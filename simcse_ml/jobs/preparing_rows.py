"""Token rows of a corpus, from the private cache or made now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from simcse_ml.events import Progress, Said, Sink, StageStarted
from simcse_ml.models.contract import Encoder
from simcse_ml.text.corpus import Corpus
from simcse_ml.training.rows import TokenRows, open_token_rows, write_token_rows


def token_rows(corpus: Corpus, encoder: Encoder, *, identity: str, cache: Path, sink: Sink) -> TokenRows:
    """identity: what decides the tokens beside the corpus (tokenizer, prefix, length)."""
    key = hashlib.blake2b(
        json.dumps([corpus.fingerprint, identity, encoder.max_tokens]).encode(), digest_size=12
    ).hexdigest()
    folder = cache / "tokens" / key
    if not (folder / "manifest.json").exists():
        sink(StageStarted("tokens", total=len(corpus)))
        write_token_rows(
            folder,
            corpus.iterate(batch=2000),
            encoder.tokenize,
            max_tokens=encoder.max_tokens,
            told=_teller(sink, len(corpus)),
        )
    rows = open_token_rows(folder)
    if rows.truncated:
        share = 100 * rows.truncated / max(len(rows), 1)
        sink(
            Said(
                "text", f"{share:.1f} % of the sentences are longer than {encoder.max_tokens} tokens and are cut there"
            )
        )
    return rows


def _teller(sink: Sink, total: int) -> Callable[[int], None]:
    return lambda done: sink(Progress("tokens", done, total))
