"""Rows with named fields (tables, JSON, Parquet, Arrow, Hub data sets) to blocks of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import NamedTuple

from simcse_ml.text.reasons import Reason
from simcse_ml.text.sources.blocks import Block, Facts, Hints
from simcse_ml.text.sources.columns import choose_column, texts_of, value_at
from simcse_ml.text.sources.html import is_html, paragraphs
from simcse_ml.text.sources.lines import ROW_HEAD

SAMPLE = 200
"""rows looked at before the column is chosen"""
SAMPLE_CHARACTERS = 1 << 22
"""... or so many characters of them"""

LEAST_RECORDS = 3
"""objects within an object that are taken for records; two may be parts of one, like a question and its answer"""


class Row(NamedTuple):
    """fields: by name; None for a row that could not be read.  line: where it begins.  raw: for the report."""

    fields: Mapping[str, object] | None
    line: int
    raw: str


def row_blocks(rows: Iterator[Row], facts: Facts, hints: Hints) -> Iterator[Block]:
    """Each row's text as a document of its own; lines within a text, and texts of a list, are its blocks.

    Raises: UserError(INPUT) if no column holds text, the named one is missing, or several are equally likely.
    """
    head = _records(sample_rows(rows))
    column = choose_column([row.fields for row in head if row.fields is not None], facts, hints)
    return text_blocks(chain(head, rows), column, facts)


def _records(head: list[Row]) -> list[Row]:
    """The records of a file that is one object with each under a key of its own: {"17": {"text": ...}, "18": ...}."""
    inside = head[0].fields if len(head) == 1 else None
    while inside is not None and len(inside) == 1 and isinstance(only := next(iter(inside.values())), Mapping):
        inside = only
    if inside is None or len(inside) < LEAST_RECORDS:
        return head
    records = [value for value in inside.values() if isinstance(value, Mapping)]
    return [Row(one, head[0].line, str(one)[:ROW_HEAD]) for one in records] if len(records) == len(inside) else head


def sample_rows(rows: Iterator[Row]) -> list[Row]:
    """The first rows: enough to tell the columns apart, and no more than fit into memory."""
    head: list[Row] = []
    size = 0
    for row in islice(rows, SAMPLE):
        head.append(row)
        size += len(row.raw)
        if size > SAMPLE_CHARACTERS:
            break
    return head


def text_blocks(rows: Iterator[Row], column: str, facts: Facts) -> Iterator[Block]:
    """The blocks of one column; a row without text there is counted."""
    facts.documents = "rows"
    for document, row in enumerate(rows):
        texts = texts_of(value_at(row.fields, column)) if row.fields is not None else []
        if not any(text and not text.isspace() for text in texts):
            facts.ledger.drop(Reason.BROKEN_ROW, row.raw)
            continue
        for text in texts:
            for line in paragraphs(text) if text.startswith("<") and is_html(text) else text.splitlines():
                if line and not line.isspace():
                    yield Block(document, line, row.line)
