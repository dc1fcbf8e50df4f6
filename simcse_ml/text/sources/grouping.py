"""A folder of a million files without a million records of them: the first are told one by one, the rest as a group."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from simcse_ml.text.sources.blocks import Block, Facts, Source

TOLD = 1000
"""files with facts of their own"""


def grouped(sources: Iterator[Source]) -> Iterator[Source]:
    """The first TOLD sources as they are, then one that holds all others; each is to be used up before the next."""
    for _ in range(TOLD):
        source = next(sources, None)
        if source is None:
            return
        yield source
    another = next(sources, None)
    if another is not None:
        facts = Facts("other files", format="", files=0)
        yield Source(facts, _blocks(chain([another], sources), facts))


def _blocks(sources: Iterator[Source], facts: Facts) -> Iterator[Block]:
    first = 0
    for source in sources:
        last = -1
        for block in source.blocks:
            last = block.document
            yield Block(first + last, block.text, block.line)
        first += last + 1
        _add(facts, source.facts)


def _add(facts: Facts, one: Facts) -> None:
    if one.skipped:
        facts.skipped += one.skipped
    else:
        facts.files += one.files
        facts.bytes += one.bytes
        facts.format = one.format if facts.format in ("", one.format) else "several formats"
        facts.encoding = one.encoding if facts.encoding in ("", one.encoding) else "several"
        facts.certainty = min(facts.certainty, one.certainty)
        facts.documents = one.documents if facts.documents in ("none", one.documents) else "marked"
    for warning in one.warnings:
        facts.warn(warning)
    facts.more_warnings += one.more_warnings
    facts.ledger.add(one.ledger)
