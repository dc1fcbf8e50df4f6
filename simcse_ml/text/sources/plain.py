"""Plain text: a line is a paragraph, a blank line parts documents."""

from __future__ import annotations

from collections.abc import Iterator

from simcse_ml.text.sources.blocks import Block, Facts
from simcse_ml.text.sources.lines import text_lines


def plain_blocks(chunks: Iterator[str], facts: Facts) -> Iterator[Block]:
    """The lines that are not blank; `facts.documents` becomes "marked" at the first blank line inside the text."""
    document, blank = 0, False
    for number, line in enumerate(text_lines(chunks), start=1):
        if not line or line.isspace():
            blank = True
            continue
        if blank and number > 1:
            document += 1
            facts.documents = "marked"
        blank = False
        yield Block(document, line, number)
