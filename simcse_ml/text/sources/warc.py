"""Web archives: the pages of WARC responses, the plain text of WET conversions; each record is a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from simcse_ml.errors import UserError
from simcse_ml.text.decoding import decode
from simcse_ml.text.sources.blocks import Block, Facts, Hints
from simcse_ml.text.sources.bytestream import CHUNK, Reader
from simcse_ml.text.sources.html import declared_encoding, page_blocks, python_encoding
from simcse_ml.text.sources.lines import text_lines

RECORD_LIMIT = 1 << 25
"""bytes of one record that are used, unpacked"""
PAGES = frozenset({"text/html", "application/xhtml+xml"})


def warc_blocks(stream: Reader, facts: Facts, hints: Hints) -> Iterator[Block]:
    """The text of all records that hold any; the others are counted and said."""
    facts.documents = "marked"
    others: Counter[str] = Counter()
    document = 0
    try:
        for record in ArchiveIterator(stream):
            kind = _content_type(record)
            if kind not in PAGES and kind != "text/plain":
                if record.rec_type in ("response", "resource", "conversion"):
                    others[kind or "of no type"] += 1
                continue
            try:
                yield from _record_blocks(record, kind, facts, hints, document)
            except UserError as error:
                facts.warn(f"{error}; this record was left out")
            document += 1
    except (ArchiveLoadFailed, EOFError) as error:
        facts.warn(f"{facts.name}: the web archive is damaged or cut off ({error}); what comes before was used")
    if others:
        listed = ", ".join(f"{count:,} {kind}" for kind, count in others.most_common(3))
        facts.warn(f"{facts.name}: {sum(others.values()):,} records hold no page or plain text ({listed}); skipped")


def _record_blocks(record: Any, kind: str, facts: Facts, hints: Hints, document: int) -> Iterator[Block]:  # noqa: ANN401  # warcio has no types
    own = Facts(f"{facts.name}: {record.rec_headers.get_header('WARC-Target-URI') or f'record {document + 1}'}")
    chunks = _content(record, own)
    head = next(chunks, b"")
    said = _charset(record) or (declared_encoding(head[:4096]) if kind in PAGES else None)
    if said:
        hints = replace(hints, encodings=(said, *hints.encodings))
    texts = decode(_chained(head, chunks), own, hints)
    if kind in PAGES:
        yield from page_blocks(texts, own, document)
    else:
        for number, line in enumerate(text_lines(texts), start=1):
            if line and not line.isspace():
                yield Block(document, line, number)
    if own.encoding:
        facts.encoding = own.encoding if facts.encoding in ("", own.encoding) else "several"
    facts.certainty = min(facts.certainty, own.certainty)
    for warning in own.warnings:
        facts.warn(warning)


def _chained(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from chunks


def _content(record: Any, own: Facts) -> Iterator[bytes]:  # noqa: ANN401  # warcio has no types
    stream, size = record.content_stream(), 0
    while size < RECORD_LIMIT and (chunk := stream.read(CHUNK)):
        size += len(chunk)
        yield chunk
    if size >= RECORD_LIMIT:
        own.warn(f"{own.name}: a record of more than {RECORD_LIMIT >> 20} MiB was cut")


def _header(record: Any) -> str:  # noqa: ANN401  # warcio has no types
    headers = record.http_headers or record.rec_headers
    if record.rec_type not in ("response", "resource", "conversion"):
        return ""
    return str(headers.get_header("Content-Type") or "")


def _content_type(record: Any) -> str:  # noqa: ANN401  # warcio has no types
    return _header(record).partition(";")[0].strip().lower()


def _charset(record: Any) -> str | None:  # noqa: ANN401  # warcio has no types
    _, found, charset = _header(record).lower().partition("charset=")
    return python_encoding(charset.strip(" \"';").partition(";")[0]) if found else None
