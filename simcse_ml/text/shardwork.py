"""What is done to the input of one shard, in whichever process: blocks through the first pass's steps into columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.arrowfiles import Rows
from simcse_ml.text.hashing import text_hashes
from simcse_ml.text.pipeline import Cursor, Sentence, make_context, run
from simcse_ml.text.reasons import Ledger
from simcse_ml.text.sources.blocks import Expanded, Piece
from simcse_ml.text.steps.foreign import ForeignTest, foreign_test
from simcse_ml.text.steps.near import digests_of, plain_texts
from simcse_ml.text.steps.quality import is_loose

Job = Sequence[Sentence] | Piece
"""blocks, or what they are made from"""


@dataclass(frozen=True)
class Done:
    """rows: documents as the job numbered them, positions as if it were the first.  cursor: at its end.
    made: what a piece held besides its blocks, or None.
    """

    rows: Rows
    cursor: Cursor
    ledger: Ledger
    made: Expanded | None = None


def make_work(language: Language, settings: TextSettings, excluded: frozenset[str]) -> Callable[[Job], Done]:
    """The function from a job to its columns."""
    are_foreign = foreign_test(language.scripts, settings.least_own_script)

    def work(job: Job) -> Done:
        made = job.expand(job.data) if isinstance(job, Piece) else None
        blocks = [Sentence(block.document, 0, block.text) for block in made.blocks] if made else job
        context = make_context(language, settings, excluded, Cursor())
        kept = list(run(blocks, context))  # type: ignore[arg-type]  # a piece has been made into blocks
        return Done(
            _rows(kept, are_foreign, settings),
            context.cursor,
            context.ledger,
            replace(made, blocks=()) if made else None,
        )

    return work


def _rows(kept: Sequence[Sentence], are_foreign: ForeignTest, settings: TextSettings) -> Rows:
    texts = [sentence.text for sentence in kept]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}  # each different text once
    different = list(places)
    where = np.array([places[text] for text in texts], np.int64)
    near = settings.near_duplicates
    plain = plain_texts(different) if near else []
    return Rows(
        pa.array(texts, pa.string()),
        np.array([sentence.document for sentence in kept], np.int32),
        np.array([sentence.position for sentence in kept], np.int32),
        text_hashes(different)[where],
        are_foreign(different)[where],
        np.array([is_loose(text) for text in different], np.bool_)[where],
        text_hashes(plain)[where] if near else None,
        digests_of(plain)[where] if near else None,
    )
