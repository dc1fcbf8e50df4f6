"""Rows with named fields (tables, JSON lines): which field is the text, and the blocks it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.reasons import Reason
from simcse_ml.text.sources.blocks import Block, Facts, Hints

NAMES: Sequence[str] = (
    "text", "sentence", "content", "body", "sentences", "texts", "document", "paragraph", "passage", "message",
    "comment", "review", "article", "utterance", "本文", "文", "テキスト", "文章", "正文", "内容", "문장", "текст",
    "texto", "texte", "النص", "นิยาม", "ข้อความ",
)  # fmt: skip
"""names of a text column, likeliest first"""
SAMPLE = 200
"""rows looked at before the column is chosen"""


class Row(NamedTuple):
    """fields: by name; None for a row that could not be read.  line: where it begins.  raw: for the report."""

    fields: Mapping[str, object] | None
    line: int
    raw: str


def row_blocks(rows: Iterator[Row], facts: Facts, hints: Hints) -> Iterator[Block]:
    """Each row's text as a document of its own; lines within a text are its blocks.

    Raises: UserError(INPUT) if no field holds text, or the named one is missing.
    """
    head = list(islice(rows, SAMPLE))
    column = hints.column or _choose([row.fields for row in head if row.fields is not None], facts)
    facts.documents = "rows"
    for document, row in enumerate(chain(head, rows)):
        value = row.fields.get(column) if row.fields is not None else None
        if not isinstance(value, str) or not value.strip():
            facts.ledger.drop(Reason.BROKEN_ROW, row.raw)
            continue
        for line in value.splitlines():
            if line and not line.isspace():
                yield Block(document, line, row.line)


def _choose(sample: Sequence[Mapping[str, object]], facts: Facts) -> str:
    names = list(dict.fromkeys(name for row in sample for name in row))
    lengths = {name: _mean_length([row.get(name) for row in sample]) for name in names}
    known = {name.strip().casefold(): name for name in reversed(names) if lengths[name] > 0}
    for name in NAMES:
        if name in known:
            facts.format += f" (column {known[name]})"
            return known[name]
    best = max(names, key=lambda name: lengths[name], default="")
    if not best or lengths[best] <= 0:
        raise UserError(
            "no column holds text" if names else "no row could be read",
            where=facts.name,
            mend='rows need a field "text"' + (f"; it has {', '.join(names[:8])}" if names else ""),
            exit_code=ExitCode.INPUT,
        )
    rivals = [name for name in names if name != best and lengths[name] > 0.8 * lengths[best]]
    if rivals:
        facts.warn(f"{facts.name}: column {best} was taken as the text, {', '.join(rivals)} is much like it")
    facts.format += f" (column {best}, the longest)"
    return best


def _mean_length(values: Sequence[object]) -> float:
    """Mean number of letters of the texts among `values`; 0 if they are numbers or missing."""
    texts = [value for value in values if isinstance(value, str)]
    return sum(sum(map(str.isalpha, text)) for text in texts) / max(1, len(values))
