"""The tokenizer that builtin:static learns from a corpus: of the run, of the private cache, or made now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from simcse_ml.events import Sink, StageStarted
from simcse_ml.files import write_text
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import StaticSettings
from simcse_ml.text.corpus import Corpus

FORMAT = 1
"""changes with what models/tokenizer_training.py makes of the same text"""


def own_tokenizer(
    corpus: Corpus, language: Language, settings: StaticSettings, *, work: Path, cache: Path, sink: Sink
) -> str:
    """Its JSON. The run keeps it in `work`, so that it goes on with the same one after the cache was cleared.

    Raises: UserError where the text has no word at all.
    """
    own = work / "tokenizer.json"
    if not own.exists():
        shared = cache / "tokenizers" / f"{_key(corpus, language, settings)}.json"
        if not shared.exists():
            sink(StageStarted("tokenizer"))
            from simcse_ml.models.tokenizer_training import train_tokenizer

            write_text(shared, train_tokenizer(_texts(corpus), language, settings).to_str(pretty=False))
        write_text(own, shared.read_text(encoding="utf-8"))
    return own.read_text(encoding="utf-8")


def _key(corpus: Corpus, language: Language, settings: StaticSettings) -> str:
    parts = (corpus.fingerprint, language.code, settings.vocabulary, settings.tokenizer_megabytes, FORMAT)
    made_by = (version("sentencepiece"), version("tokenizers"))
    return hashlib.blake2b(json.dumps([*parts, *made_by]).encode(), digest_size=12).hexdigest()


def _texts(corpus: Corpus) -> Iterator[str]:
    for block in corpus.iterate(corpus.train_rows):
        yield from block
