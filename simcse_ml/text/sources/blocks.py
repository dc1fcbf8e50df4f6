"""What a source yields: blocks of text, one at a time, each with its document and its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from simcse_ml.text.reasons import Ledger


class Block(NamedTuple):
    """One paragraph. document: number of its document within the source, rising.  line: where it stands, from 1."""

    document: int
    text: str
    line: int


@dataclass(frozen=True)
class Hints:
    """What is known before reading. encoding: the person's word, or None.  encodings: likely legacy encodings of the
    language, likeliest first.  scripts: its ISO 15924 scripts.  column: of a table, or None.
    """

    encoding: str | None = None
    encodings: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    column: str | None = None


@dataclass
class Facts:
    """What became known while reading one file; complete once its blocks are used up.

    documents: "marked" by blank lines or rows of several lines, "rows" of a table, or "none".
    """

    name: str
    format: str = "plain text"
    compression: str = ""
    encoding: str = ""
    certainty: float = 1.0
    bytes: int = 0
    documents: Literal["marked", "rows", "none"] = "none"
    warnings: list[str] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    def warn(self, text: str) -> None:
        """Note something the person should know, once."""
        if text not in self.warnings:
            self.warnings.append(text)


@dataclass(frozen=True)
class Source:
    """A file that was recognised. blocks: to be used up once.  facts: filled on the way."""

    facts: Facts
    blocks: Iterator[Block]
