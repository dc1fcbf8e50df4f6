"""Multistream dumps: bzip2 files of many streams of whole pages, which can be unpacked apart from each other.

Streams are found by the twelve bytes with which each begins, so no index file is needed, and a sample of the file is
taken without reading the rest of it.
"""

from __future__ import annotations

import bz2
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import gcd
from typing import IO

from simcse_ml.text.sources.blocks import Expanded, Facts, Hints, Piece
from simcse_ml.text.sources.bytestream import read_chunks
from simcse_ml.text.sources.expansion import Expansion
from simcse_ml.text.sources.mediawiki.articles import expand_pages
from simcse_ml.text.sources.mediawiki.dump import begin, is_dump, whole_pages
from simcse_ml.text.sources.mediawiki.site import Site

GROUP = 1 << 18
"""bytes of neighbouring streams in a piece, at least: about 1 MB of XML"""
STREAM_LIMIT = 1 << 25
"""bytes of one stream; the official ones, of 100 pages, have about one million"""
SLOT = 1 << 18
MOST_SLOTS = 4096
"""a sample is taken slot by slot: SLOT bytes, more where there would be more than MOST_SLOTS"""
OVERSAMPLE = 2
"""times the sentences asked for that are read, since repeats are left out later and runs are chosen among them"""

_START = re.compile(rb"BZh[1-9]1AY&SY|BZh[1-9]\x17rE8P\x90")
"""magic, level, and the first block's magic or, of an empty stream, the end's"""
_START_BYTES = 10
_READ = 1 << 20


@dataclass(frozen=True)
class _Stream:
    """offset: in the file."""

    offset: int
    data: bytes


def multistream_pieces(file: IO[bytes], size: int, facts: Facts, hints: Hints) -> Iterator[Piece] | None:
    """The dump in the first `size` bytes of `file` as groups of its streams; None, and the file where it was, if it is
    not of this kind.
    """
    if facts.compression != "bzip2" or not file.seekable():
        return None
    place = file.tell()
    header = _header(file)
    if header is None:
        file.seek(place)
        return None
    facts.bytes = size
    site = begin(header, facts)
    if hints.max_sentences is None:
        return _all(file, size, site, facts)
    facts.wanted = OVERSAMPLE * hints.max_sentences
    return _sampled(file, size, site, facts, hints.seed)


def _header(file: IO[bytes]) -> bytes | None:
    """What the first stream holds, if the first two are a header and whole pages."""
    streams = _streams(file, 0, STREAM_LIMIT)
    first, second = next(streams, None), next(streams, None)
    if first is None or second is None:
        return None
    try:
        header = bz2.BZ2Decompressor().decompress(first.data, _READ)
        pages = bz2.BZ2Decompressor().decompress(second.data, _READ)
    except (OSError, ValueError):
        return None
    whole = is_dump(header) and b"<page>" not in header and pages.lstrip().startswith((b"<page>", b"</mediawiki>"))
    return header if whole else None


def _streams(file: IO[bytes], start: int, end: int) -> Iterator[_Stream]:
    """The streams that begin from `start` to before `end`, whole; ends early before one of over STREAM_LIMIT bytes."""
    buffer, base, at = b"", start, -1  # at: where in the buffer a stream begins, -1 as long as none has
    searched = 0
    while True:
        file.seek(base + len(buffer))
        more = file.read(_READ)
        buffer += more
        for match in _START.finditer(buffer, max(0, searched - _START_BYTES)):
            if match.start() <= at:
                continue
            if at >= 0:
                yield _Stream(base + at, buffer[at : match.start()])
            at = match.start()
            if base + at >= end:
                return
        if not more:
            if at >= 0:
                yield _Stream(base + at, buffer[at:])
            return
        past = base + len(buffer) - _START_BYTES >= end if at < 0 else len(buffer) - at > STREAM_LIMIT
        if past:
            return
        drop = at if at >= 0 else max(0, len(buffer) - _START_BYTES)
        buffer, base, at = buffer[drop:], base + drop, 0 if at >= 0 else -1
        searched = len(buffer)


def _grouped(streams: Iterator[_Stream], site: Site, size: int) -> Iterator[tuple[Piece, int]]:
    """Pieces of GROUP bytes, and where in the file each ends. The header is no page, so it does no harm in one."""
    group: list[_Stream] = []
    held = 0
    for stream in streams:
        group.append(stream)
        held += len(stream.data)
        if held >= GROUP:
            yield _piece(group, site, size)
            group, held = [], 0
    if group:
        yield _piece(group, site, size)


def _piece(group: list[_Stream], site: Site, size: int) -> tuple[Piece, int]:
    data = b"".join(stream.data for stream in group)
    end = group[0].offset + len(data)
    return Piece(data, partial(expand_streams, site=site, offset=group[0].offset, last=end >= size)), end


def _all(file: IO[bytes], size: int, site: Site, facts: Facts) -> Iterator[Piece]:
    done = 0
    while done < size:
        before = done
        for piece, end in _grouped(_streams(file, done, size), site, size):
            yield piece
            done = end
        if done == before:  # one stream too large to hold: the rest as one
            file.seek(done)
            facts.bytes = done
            for data in whole_pages(read_chunks(file, facts), facts):
                yield Piece(data, partial(expand_pages, site=site))
            return


def _sampled(file: IO[bytes], size: int, site: Site, facts: Facts, seed: int) -> Iterator[Piece]:
    """Slots of the file in an order whose every beginning is spread evenly over it, until there is enough."""
    slots = max(1, min(MOST_SLOTS, size // SLOT))
    for number in slot_order(slots, seed):
        start, end = number * size // slots, (number + 1) * size // slots
        for piece, _ in _grouped(_streams(file, start, end), site, size):
            if facts.enough:
                return
            yield piece


def slot_order(count: int, seed: int) -> Iterator[int]:
    """0 to count - 1, each once: steps of the golden section, from a place that depends on `seed`."""
    step = max(1, round(count * 0.6180339887498949))
    while gcd(step, count) != 1:
        step += 1
    start = (seed * 2654435761 + 0x9E3779B9) % count
    return ((start + number * step) % count for number in range(count))


def expand_streams(data: bytes, site: Site, offset: int, last: bool) -> Expanded:
    """The blocks of whole bzip2 streams. offset: where they stand in the file.  last: whether they end it."""
    starts = [match.start() for match in _START.finditer(data)]
    xml: list[bytes] = []
    warnings: list[str] = []
    for start, end in pairwise([*starts, len(data)]):
        try:
            xml.append(_unpacked(data[start:end], offset + start))
        except EOFError as error:
            xml.append(error.args[0])
            warnings.append(f"the bzip2 data are cut off at byte {offset + end:,}; what comes before was used")
        except OSError as error:
            warnings.append(f"the bzip2 stream at byte {offset + start:,} is damaged ({error}) and was left out")
    pages = b"".join(xml)
    if last and b"</mediawiki>" not in pages[-64:]:
        warnings.append("the dump is cut off (no </mediawiki> at its end); all whole pages were used")
    made = expand_pages(pages, site)
    return Expanded(made.blocks, made.documents, made.pages, made.ledger, tuple(warnings), len(starts), len(data))


def _unpacked(stream: bytes, offset: int) -> bytes:
    """Raises: OSError for damaged data, EOFError with what there is if the end is missing."""
    unpacker = bz2.BZ2Decompressor()
    parts = [unpacker.decompress(stream, _READ)]
    expansion = Expansion(packed=len(stream))
    expansion.add(len(parts[0]), f"the stream at byte {offset:,}")
    while not unpacker.eof and not unpacker.needs_input:
        parts.append(unpacker.decompress(b"", _READ))
        expansion.add(len(parts[-1]), f"the stream at byte {offset:,}")
    if not unpacker.eof:
        raise EOFError(b"".join(parts))
    return b"".join(parts)
