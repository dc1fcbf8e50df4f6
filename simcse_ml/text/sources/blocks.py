"""What a source yields: blocks of text, one at a time, each with its document and its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from simcse_ml.languages.table import Language
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
    language, likeliest first.  scripts: its ISO 15924 scripts.  column: of a table, or None.  language: its code, "" if
    it is not known.  most_expansion: times packed data may expand.  sizes: bytes of each file that count, None: as they
    are when opened.  max_sentences: a large file may be sampled for so many, under `seed`; None reads all of it.
    unwrap: whether lines broken at a fixed width are put together (wrapped.py).  mixed_encodings: what to do with lines
    of a UTF-8 file that are in another encoding.
    """

    encoding: str | None = None
    encodings: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    column: str | None = None
    language: str = ""
    most_expansion: int = RATIO
    sizes: Sizes | None = None
    max_sentences: int | None = None
    seed: int = 42
    unwrap: Literal["auto", "yes", "no"] = "no"
    mixed_encodings: Literal["drop", "by_line"] = "drop"

    @classmethod
    def of(cls, language: Language | None, encoding: str | None = None) -> Hints:
        """What a language tells of its texts."""
        if language is None or language.code == "und":
            return cls(encoding)
        return cls(encoding, language.encodings, language.scripts, language=language.code)


@dataclass(frozen=True)
class Expanded:
    """What a piece holds. documents: how many begin in it.  pages: counts by kind of page.  warnings: without
    the name of the file.  streams, packed: compressed streams it was made of, and their bytes.
    """

    blocks: tuple[Block, ...]
    documents: int
    pages: Mapping[str, int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    warnings: tuple[str, ...] = ()
    streams: int = 0
    packed: int = 0


@dataclass(frozen=True)
class Piece:
    """Bytes that make sense alone, and the function of a module that makes blocks of them in whichever process."""

    data: bytes
    expand: Callable[[bytes], Expanded]


@dataclass
class Facts:
    """What became known while reading one file; complete once its blocks are used up.

    documents: "marked" by blank lines or rows of several lines, "pages" of a dump, "rows" of a table, or "none".
    first_document: number in the corpus of the first one of this file.  in_pieces: how many its pieces held.
    columns: of a table.  files, skipped: more than one or none where the facts are those of a group of files.
    damaged: lines or places that could not be decoded.
    pages: of a dump, counted by kind.  wanted: sentences for which a file is sampled, or None if it is read to its end;
    enough: set by the reader once it has them.  streams, packed: compressed streams used, and their bytes.
    """

    name: str
    format: str = "plain text"
    compression: str = ""
    encoding: str = ""
    certainty: float = 1.0
    bytes: int = 0
    damaged: int = 0
    documents: Literal["marked", "pages", "rows", "none"] = "none"
    first_document: int = 0
    in_pieces: int = 0
    columns: tuple[str, ...] = ()
    files: int = 1
    skipped: int = 0
    warnings: list[str] = field(default_factory=list)
    more_warnings: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    pages: dict[str, int] = field(default_factory=dict)
    wanted: int | None = None
    enough: bool = False
    streams: int = 0
    packed: int = 0

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

    def count_pages(self, kinds: Mapping[str, int]) -> None:
        """Add to the counts of pages."""
        for kind, count in kinds.items():
            self.pages[kind] = self.pages.get(kind, 0) + count

    def take(self, made: Expanded) -> None:
        """Note what became known of a piece."""
        self.count_pages(made.pages)
        self.ledger.add(made.ledger)
        self.in_pieces += made.documents
        self.streams += made.streams
        self.packed += made.packed
        for warning in made.warnings:
            self.warn(f"{self.name}: {warning}")


@dataclass(frozen=True)
class Source:
    """A file that was recognised. blocks: to be used up once.  facts: filled on the way.

    pieces: what the blocks are made from, for those who make them in several processes; then `blocks` is left alone.
    """

    facts: Facts
    blocks: Iterator[Block]
    pieces: Iterator[Piece] | None = None
