"""The first pass: sources through the pipeline into shards on disk, so that a killed run goes on where it was.

A shard is one file, which holds its rows and, in its schema, how far in the input it goes and what was dropped. After a
kill the sources are streamed again, which is quick, and only what has no shard yet goes through the pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from simcse_ml.events import Progress, Sink
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.arrowfiles import Rows, read_note, write_shard
from simcse_ml.text.hashing import text_hash
from simcse_ml.text.pipeline import Cursor, Sentence, make_context, run
from simcse_ml.text.reasons import Ledger
from simcse_ml.text.sources.blocks import Facts, Hints, Source
from simcse_ml.text.sources.opening import open_source
from simcse_ml.text.steps.foreign import foreign_test

SHARD_BLOCKS = 16_384
SHARD_CHARACTERS = 1 << 20
"""a shard is closed when it has gone through that many blocks or characters of input"""


@dataclass(frozen=True)
class FirstPass:
    """shards: the files in order.  read: sentences found.  facts: of each file.  ledger: what was dropped so far."""

    shards: tuple[Path, ...]
    read: int
    facts: tuple[Facts, ...]
    ledger: Ledger


@dataclass
class _Numbering:
    """Documents of all sources in one row."""

    next_document: int = 0


def first_pass(
    inputs: tuple[Path, ...],
    language: Language,
    settings: TextSettings,
    hints: Hints,
    excluded: frozenset[str],
    folder: Path,
    sink: Sink,
) -> FirstPass:
    """Write the shards that are missing in `folder`. Raises: UserError(INPUT) for inputs that hold no text."""
    facts: list[Facts] = []
    blocks = _all_blocks(inputs, hints, facts)
    is_foreign = foreign_test(language.scripts)
    total = Ledger()
    cursor = Cursor()
    shards: list[Path] = []
    read = 0
    while batch := _batch(blocks):
        path = folder / f"shard-{len(shards):06d}.arrow"
        if not path.exists():
            context = make_context(language, settings, excluded, replace(cursor))
            kept = list(run(batch, context))
            note = {
                "kept": len(kept),
                "cursor": asdict(context.cursor),
                "ledger": asdict(context.ledger),
            }
            write_shard(path, _rows(kept, is_foreign), note)
        note = read_note(path)
        ledger = Ledger(**note["ledger"])  # type: ignore[arg-type]  # our own file
        cursor = Cursor(**note["cursor"])  # type: ignore[arg-type]
        total.add(ledger)
        read += int(str(note["kept"])) + sum(ledger.counts.values())
        shards.append(path)
        sink(Progress("text", read, note=facts[-1].name if facts else ""))
    for one in facts:
        total.add(one.ledger)
        read += sum(one.ledger.counts.values())
    return FirstPass(tuple(shards), read, tuple(facts), total)


def _all_blocks(inputs: tuple[Path, ...], hints: Hints, facts: list[Facts]) -> Iterator[Sentence]:
    numbering = _Numbering()
    for location in inputs:
        for source in open_source(location, hints):
            facts.append(source.facts)
            yield from _numbered(source, numbering)


def _numbered(source: Source, numbering: _Numbering) -> Iterator[Sentence]:
    first, last = numbering.next_document, -1
    for block in source.blocks:
        last = block.document
        yield Sentence(first + block.document, 0, block.text)
    numbering.next_document = first + last + 1


def _batch(blocks: Iterator[Sentence]) -> list[Sentence]:
    batch: list[Sentence] = []
    size = 0
    for block in islice(blocks, SHARD_BLOCKS):
        batch.append(block)
        size += len(block.text)
        if size >= SHARD_CHARACTERS:
            break
    return batch


def _rows(kept: list[Sentence], is_foreign: Callable[[str], bool]) -> Rows:
    texts = [sentence.text for sentence in kept]
    known = {text: (text_hash(text), is_foreign(text)) for text in set(texts)}
    return Rows(
        texts,
        np.array([sentence.document for sentence in kept], np.int32),
        np.array([sentence.position for sentence in kept], np.int32),
        np.array([known[text][0] for text in texts], np.uint64),
        np.array([known[text][1] for text in texts], np.bool_),
    )
