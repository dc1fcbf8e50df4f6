"""The formats that are read: how each is recognised by its content, and its reader. The order is the order of trying.

A format of bytes is recognised before anything is decoded; a format of text after. What neither table knows is plain
text. To add one: a reader in a file of its own, and a row here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, NamedTuple

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.sources import magic
from simcse_ml.text.sources.archives import tar_entries, zip_entries
from simcse_ml.text.sources.blocks import Block, Facts, Hints, Piece
from simcse_ml.text.sources.chunkfile import ChunkFile
from simcse_ml.text.sources.columnar import arrow_file_blocks, arrow_stream_blocks, parquet_blocks
from simcse_ml.text.sources.conllu import conllu_blocks, is_conllu
from simcse_ml.text.sources.entries import Entry
from simcse_ml.text.sources.expansion import Expansion
from simcse_ml.text.sources.html import html_blocks, is_html
from simcse_ml.text.sources.jsonrows import json_lines, json_values
from simcse_ml.text.sources.markup import is_sql, is_xml
from simcse_ml.text.sources.mediawiki.dump import dump_pieces, is_dump
from simcse_ml.text.sources.mediawiki.multistream import multistream_pieces
from simcse_ml.text.sources.plain import plain_blocks
from simcse_ml.text.sources.rows import row_blocks
from simcse_ml.text.sources.subtitles import is_subtitles, subtitle_blocks
from simcse_ml.text.sources.tables import Delimiter, table_delimiter, table_rows
from simcse_ml.text.sources.warc import warc_blocks
from simcse_ml.text.sources.wrapped import unwrapped


@dataclass(frozen=True)
class Opened:
    """A file whose beginning is known. chunks: its unpacked bytes from the first on.  whole: the file itself, where it
    lies on disk and is not packed, else None.  packed: the same where it is packed.  size: its bytes that count.
    expansion: counts what comes out of it.
    """

    chunks: Iterator[bytes]
    whole: IO[bytes] | None
    packed: IO[bytes] | None
    size: int
    expansion: Expansion


BlockReader = Callable[[Opened, Facts, Hints], Iterator[Block]]


class ByteFormat(NamedTuple):
    """blocks, pieces or entries: what gives its text, what its text is made from, or the files within it."""

    name: str
    recognise: Callable[[bytes], bool]
    blocks: BlockReader | None = None
    pieces: Callable[[Opened, Facts, Hints], Iterator[Piece]] | None = None
    entries: Callable[[Opened, Facts], Iterator[Entry]] | None = None


class TextFormat(NamedTuple):
    """recognise: (beginning of the text without mark and blank lines, facts) -> whether it is one."""

    name: str
    recognise: Callable[[str, Facts], bool]
    blocks: Callable[[Iterator[str], Facts, Hints], Iterator[Block]]


def _is(what: str) -> Callable[[bytes], bool]:
    return lambda head: magic.container(head) == what


def _on_disk(read: Callable[[IO[bytes], Facts, Hints], Iterator[Block]]) -> BlockReader:
    """A reader that has to jump about in the file."""
    return lambda opened, facts, hints: read(_whole(opened, facts), facts, hints)


def _streamed(read: Callable[[ChunkFile, Facts, Hints], Iterator[Block]]) -> BlockReader:
    """A reader that goes forward only."""
    return lambda opened, facts, hints: read(ChunkFile(opened.chunks), facts, hints)


def _zip(opened: Opened, facts: Facts) -> Iterator[Entry]:
    return zip_entries(_whole(opened, facts), facts, opened.expansion)


def _whole(opened: Opened, facts: Facts) -> IO[bytes]:
    """Raises: UserError(INPUT) if the file is packed, or within an archive."""
    if opened.whole is None:
        raise UserError(
            f"this is a {facts.format} within packed data; it has to be read from its end",
            where=facts.name,
            mend="unpack it and give the file",
            exit_code=ExitCode.INPUT,
        )
    opened.whole.seek(0)
    facts.bytes = os.fstat(opened.whole.fileno()).st_size
    return opened.whole


def _dump(opened: Opened, facts: Facts, hints: Hints) -> Iterator[Piece]:
    """A multistream file is read stream by stream, each unpacked where it is worked on; any other from end to end."""
    if opened.packed is not None:
        streams = multistream_pieces(opened.packed, opened.size, facts, hints)
        if streams is not None:
            return streams
    return dump_pieces(opened.chunks, facts, hints)


def _refuse_xml(texts: Iterator[str], facts: Facts, hints: Hints) -> Iterator[Block]:
    start = next(texts, "")[:4096]
    declares = "<!DOCTYPE" in start or "<!ENTITY" in start
    raise UserError(
        "this is XML with a document type of its own, whose entities are not expanded here"
        if declares
        else "this is XML of a kind that is not known here (known: MediaWiki dumps, XHTML)",
        where=facts.name,
        mend="extract its text first, one paragraph a line",
        exit_code=ExitCode.INPUT,
    )


def _refuse_sql(texts: Iterator[str], facts: Facts, hints: Hints) -> Iterator[Block]:
    raise UserError(
        "this is a dump of a database in SQL, not text",
        where=facts.name,
        mend="export the column of texts as CSV or JSON lines (of a wiki: take pages-articles.xml.bz2)",
        exit_code=ExitCode.INPUT,
    )


BYTES: Sequence[ByteFormat] = (
    ByteFormat("zip archive", _is("a zip archive"), entries=_zip),
    ByteFormat("tar archive", _is("a tar archive"), entries=lambda it, facts: tar_entries(ChunkFile(it.chunks), facts)),
    ByteFormat("Parquet file", _is("a Parquet file"), _on_disk(parquet_blocks)),
    ByteFormat("Arrow file", _is("an Arrow file"), _on_disk(arrow_file_blocks)),
    ByteFormat("Arrow stream", _is("an Arrow stream"), _streamed(arrow_stream_blocks)),
    ByteFormat("web archive", _is("a web archive"), _streamed(warc_blocks)),
    ByteFormat("MediaWiki dump", is_dump, pieces=_dump),
)


def _is_json_lines(start: str, _facts: Facts) -> bool:
    """True if most of the first lines are objects or lists: one of them may be broken."""
    lines = [line.strip() for line in start.split("\n")[:20] if line.strip()]
    rows = sum(line.startswith(('{"', '["')) and line.endswith(("}", "]")) for line in lines)
    return rows > len(lines) / 2 or (len(lines) == 1 and lines[0].startswith('{"'))


def _is_json(start: str, _facts: Facts) -> bool:
    """True for an array of rows and for objects that go over several lines."""
    return bool(re.match(r'\[\s*[{"\[]|\{\s*"(?:[^"\\\n]|\\.)*"\s*:', start.lstrip()))


def _has_delimiter(delimiter: Delimiter) -> Callable[[str, Facts], bool]:
    return lambda start, facts: table_delimiter(start, facts.name) == delimiter


def _table(delimiter: Delimiter) -> Callable[[Iterator[str], Facts, Hints], Iterator[Block]]:
    return lambda texts, facts, hints: row_blocks(table_rows(texts, delimiter, facts, hints.column), facts, hints)


TEXTS: Sequence[TextFormat] = (
    TextFormat("HTML", lambda start, _: is_html(start), lambda texts, facts, hints: html_blocks(texts, facts)),
    TextFormat("XML", lambda start, _: is_xml(start), _refuse_xml),
    TextFormat("SQL", lambda start, _: is_sql(start), _refuse_sql),
    TextFormat(
        "JSON lines", _is_json_lines, lambda texts, facts, hints: row_blocks(json_lines(texts, facts), facts, hints)
    ),
    TextFormat("JSON", _is_json, lambda texts, facts, hints: row_blocks(json_values(texts, facts), facts, hints)),
    TextFormat("TSV", _has_delimiter("\t"), _table("\t")),
    TextFormat("CSV", _has_delimiter(","), _table(",")),
    TextFormat("CSV with semicolons", _has_delimiter(";"), _table(";")),
    TextFormat("CSV with bars", _has_delimiter("|"), _table("|")),
    TextFormat(
        "subtitles", lambda start, _: is_subtitles(start), lambda texts, facts, hints: subtitle_blocks(texts, facts)
    ),
    TextFormat("CoNLL-U", lambda start, _: is_conllu(start), lambda texts, facts, hints: conllu_blocks(texts, facts)),
    TextFormat(
        "plain text",
        lambda start, facts: True,
        lambda texts, facts, hints: unwrapped(plain_blocks(texts, facts), facts, hints.unwrap),
    ),
)
