"""What a source yields: blocks of text, one at a time, each with its document and its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from simcse_ml.text.reasons import Ledger
from simcse_ml.text.sources.expansion import RATIO
from simcse_ml.text.sources.sizes import Sizes

MOST_WARNINGS = 20
"""kept of one file or one group of files; the rest is counted"""


class Block(NamedTuple):
    """One paragraph. document: number of its document within the source, rising.  line: where it stands, from 1."""

    document: int
    text: str
    line: int


@dataclass(frozen=True)
class Hints:
    """What is known before reading. encoding: the person's word, or None.  encodings: likely legacy encodings of the
    language, likeliest first.  scripts: its ISO 15924 scripts.  column: of a table, or None.  language: its code.
    most_expansion: times packed data may expand.  sizes: bytes of each file that count, None: as they are when opened.
    """

    encoding: str | None = None
    encodings: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    column: str | None = None
    language: str = ""
    most_expansion: int = RATIO
    sizes: Sizes | None = None


@dataclass
class Facts:
    """What became known while reading one file; complete once its blocks are used up.

    documents: "marked" by blank lines or rows of several lines, "rows" of a table, or "none".  columns: of a table.
    files, skipped: more than one or none where the facts are those of a group of files.
    """

    name: str
    format: str = "plain text"
    compression: str = ""
    encoding: str = ""
    certainty: float = 1.0
    bytes: int = 0
    documents: Literal["marked", "rows", "none"] = "none"
    columns: tuple[str, ...] = ()
    files: int = 1
    skipped: int = 0
    warnings: list[str] = field(default_factory=list)
    more_warnings: int = 0
    ledger: Ledger = field(default_factory=Ledger)

    def warn(self, text: str) -> None:
        """Note something the person should know, once; after MOST_WARNINGS they are only counted."""
        if text in self.warnings:
            return
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(text)
        else:
            self.more_warnings += 1

    def skip(self, why: str) -> None:
        """Note that this file is not used."""
        self.format, self.files, self.skipped = "skipped", 0, 1
        self.warn(f"{self.name}: {why}; skipped")


@dataclass(frozen=True)
class Source:
    """A file that was recognised. blocks: to be used up once.  facts: filled on the way."""

    facts: Facts
    blocks: Iterator[Block]
