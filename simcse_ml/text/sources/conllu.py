"""Treebanks in the format of Universal Dependencies (CoNLL-U): the sentences, without their analysis."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simcse_ml.text.sources.blocks import Block, Facts
from simcse_ml.text.sources.lines import text_lines

_TEXT = re.compile(r"#\s*text\s*=\s*")
_DOCUMENT = re.compile(r"#\s*newdoc\b")
_SENTENCE = re.compile(r"((?:#[^\n]*+\n)++)1(?:-\d+)?\t(?:[^\t\n]*+\t){8}")


def is_conllu(start: str) -> bool:
    """Whether `start` begins with comments, a sentence's text among them, and a word in ten columns."""
    found = _SENTENCE.match(start.replace("\r\n", "\n")) if start.startswith("#") else None
    return found is not None and any(map(_TEXT.match, found[1].splitlines()))


def conllu_blocks(chunks: Iterator[str], facts: Facts) -> Iterator[Block]:
    """The text of each sentence; `# newdoc` begins a document."""
    document = 0
    for number, line in enumerate(text_lines(chunks), start=1):
        if _DOCUMENT.match(line):
            document += 1
            facts.documents = "marked"
        elif found := _TEXT.match(line):
            yield Block(document, line[found.end() :], number)
