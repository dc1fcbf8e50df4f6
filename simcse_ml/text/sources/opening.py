"""From a location a person gave to sources: what each file is, found out from its content."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO, TypeVar, cast

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.decoding import decode
from simcse_ml.text.encodings.names import python_name
from simcse_ml.text.sources.blocks import Block, Facts, Hints, Source
from simcse_ml.text.sources.bytestream import Reader, Upto, open_bytes, read_chunks
from simcse_ml.text.sources.entries import Entry
from simcse_ml.text.sources.expansion import Expansion
from simcse_ml.text.sources.folder import files_below, shown
from simcse_ml.text.sources.formats import BYTES, TEXTS, Opened
from simcse_ml.text.sources.grouping import grouped
from simcse_ml.text.sources.html import declared_encoding, is_html
from simcse_ml.text.sources.lines import LINE_LIMIT, pieces
from simcse_ml.text.sources.location import hub_id
from simcse_ml.text.sources.mediawiki.dump import expanded

T = TypeVar("T")

BYTE_HEAD = 1 << 12
"""bytes that tell the formats of bytes"""
TEXT_HEAD = 1 << 16
"""characters that tell the formats of text"""


def open_source(location: str | Path, hints: Hints) -> Iterator[Source]:
    """The file or data set at `location`, or every file below it, one at a time; each is to be used up before the next.

    Files of a folder and members of an archive that cannot be read are skipped, with a warning in their facts.
    Raises: UserError(INPUT) for a file that is missing or no text, a folder or archive without a file that is;
    UserError(MACHINE) for a data set on the Hub that is not to be had; UserError(USAGE) for an encoding that does not
    exist.
    """
    data_set = hub_id(location)
    if data_set is not None:
        from simcse_ml.text.sources.hub import hub_source

        yield hub_source(data_set, hints)
        return
    path = Path(location)
    if hints.encoding is not None:
        python_name(hints.encoding)  # a wrong name is one error, not one for every file
    if not path.is_dir():
        name = shown(path.name)
        yield from grouped(_opened(Entry(name, lambda: open_bytes(path), str(path)), hints, within=False))
        return
    yield from grouped(_several(_folder_entries(path), hints, shown(str(path)), "folder"))


def _folder_entries(folder: Path) -> Iterator[Entry]:
    for found in files_below(folder):
        name, path = shown(os.path.relpath(found.path, folder)), found.path
        yield Entry(name, lambda path=path: open_bytes(path), path, problem=found.problem)  # type: ignore[misc]


def _several(entries: Iterator[Entry], hints: Hints, where: str, kind: str) -> Iterator[Source]:
    """The sources of all entries. Raises: UserError(INPUT) at the end if none gave any text."""
    used = 0
    first_problem = ""
    for entry in entries:
        if entry.problem:
            first_problem = first_problem or f"{entry.name}: {entry.problem}"
            yield _skipped(entry.name, entry.problem)
            continue
        try:
            for source in _opened(entry, hints, within=kind != "folder"):
                made_of = None if source.pieces is None else _kept_going(source.facts, source.pieces, entry.expansion)
                yield Source(source.facts, _kept_going(source.facts, source.blocks, entry.expansion), made_of)
                used += source.facts.files
                first_problem = first_problem or next(iter(source.facts.warnings), "")
        except UserError as error:
            if error.exit_code == ExitCode.USAGE:
                raise
            first_problem = first_problem or str(error)
            yield _skipped(entry.name, f"{error.what}; {error.mend}")
    if not used:
        raise UserError(
            f"there is no text file in this {kind}" + (f" ({first_problem})" if first_problem else ""),
            where=where,
            mend="give text files, tables, web pages or archives of them",
            exit_code=ExitCode.INPUT,
        )


def _skipped(name: str, why: str) -> Source:
    facts = Facts(name)
    facts.skip(why)
    return Source(facts, iter(()))


def _kept_going(facts: Facts, items: Iterator[T], expansion: Expansion | None) -> Iterator[T]:
    """The blocks or pieces of one file among many: an error in it ends it alone, unless their archive is a bomb."""
    any_item = False
    try:
        for item in items:
            any_item = True
            yield item
    except UserError as error:
        if error.exit_code == ExitCode.USAGE or (expansion is not None and expansion.exceeded):
            raise
        if any_item:
            facts.warn(f"{facts.name}: {error.what}; what comes before was used ({error.mend})")
        else:
            facts.skip(f"{error.what}; {error.mend}")


def _opened(entry: Entry, hints: Hints, *, within: bool) -> Iterator[Source]:
    """What is in one file. within: it is a member of an archive. Raises: UserError(INPUT) if it is no text."""
    assert entry.open is not None
    file = entry.open()
    facts = Facts(entry.name)
    try:
        expansion = entry.expansion or Expansion(hints.most_expansion)
        reader, size = _bounded(file, entry, facts, hints)
        chunks = read_chunks(reader, facts, expansion)
        if entry.expansion is not None:  # of its archive
            chunks = _counted(chunks, expansion, facts)
        head, chunks = _byte_head(chunks)
        known = next((row for row in BYTES if row.recognise(head)), None)
        if known is None:
            yield Source(facts, _closing(file, _cut(_of_text(head, chunks, facts, hints))))
            return
        facts.format = known.name
        on_disk = cast(IO[bytes], file) if entry.path is not None else None
        whole, packed = (None, on_disk) if facts.compression else (on_disk, None)
        opened = Opened(chunks, whole, packed, size, expansion)
        if known.blocks is not None:
            yield Source(facts, _closing(file, _cut(known.blocks(opened, facts, hints))))
        elif known.pieces is not None:
            pieces = _closing(file, known.pieces(opened, facts, hints))
            yield Source(facts, expanded(pieces, facts), pieces)
        elif known.entries is not None:
            _refuse_nested(facts, within)
            yield from _several(known.entries(opened, facts), hints, facts.name, facts.format)
            if facts.warnings:  # of the archive itself, for which no member speaks
                facts.files = 0
                yield Source(facts, iter(()))
            _close(file)
    except BaseException:
        _close(file)
        raise


def _bounded(file: Reader, entry: Entry, facts: Facts, hints: Hints) -> tuple[Reader, int]:
    """`file` up to the size it had when it was fingerprinted, else when it was opened; that size, 0 for a stream."""
    if entry.path is None:
        return file, 0
    opened = cast(IO[bytes], file)
    known = hints.sizes.of(entry.path) if hints.sizes is not None else None
    size = os.fstat(opened.fileno()).st_size if known is None else known
    return (Upto(opened, size, facts) if size else file), size


def _counted(chunks: Iterator[bytes], expansion: Expansion, facts: Facts) -> Iterator[bytes]:
    for chunk in chunks:
        expansion.add(len(chunk), facts.name)
        yield chunk


def _byte_head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    parts: list[bytes] = []
    size = 0
    while size < BYTE_HEAD and (chunk := next(chunks, None)) is not None:
        parts.append(chunk)
        size += len(chunk)
    return b"".join(parts), chain(parts, chunks)


def _refuse_nested(facts: Facts, within: bool) -> None:
    if within:
        raise UserError(
            "this is an archive within an archive",
            where=facts.name,
            mend="unpack the outer one and give the folder",
            exit_code=ExitCode.INPUT,
        )


def _of_text(head: bytes, chunks: Iterator[bytes], facts: Facts, hints: Hints) -> Iterator[Block]:
    """Raises: UserError(INPUT) if it is no text, or empty."""
    declared = declared_encoding(head) if is_html(head.decode("latin-1").lstrip("ï»¿")) else None
    if declared is not None:
        hints = replace(hints, encodings=(declared, *hints.encodings))
    start, texts = _text_head(decode(chunks, facts, hints))
    if not any(character.isprintable() and not character.isspace() for character in start):
        why = facts.warnings[0].removeprefix(f"{facts.name}: ").partition(";")[0] if facts.warnings else ""
        what = f"nothing could be read of it: {why}" if why else "there is no text in this file"
        mend = "get the file again, whole" if why else "give a file with text"
        raise UserError(what, where=facts.name, mend=mend, exit_code=ExitCode.INPUT)
    start = start.lstrip("\ufeff\r\n")
    known = next(row for row in TEXTS if row.recognise(start, facts))
    facts.format = known.name
    return known.blocks(texts, facts, hints)


def _text_head(texts: Iterator[str]) -> tuple[str, Iterator[str]]:
    parts: list[str] = []
    size = 0
    for text in texts:
        parts.append(text)
        size += len(text)
        if size >= TEXT_HEAD:
            break
    return "".join(parts), chain(parts, texts)


def _cut(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks, none longer than a line may be: a row of a table can hold a book."""
    for block in blocks:
        if len(block.text) <= LINE_LIMIT:
            yield block
        else:
            yield from (block._replace(text=text) for text in pieces(block.text, LINE_LIMIT))


def _closing(file: Reader, items: Iterator[T]) -> Iterator[T]:
    try:
        yield from items
    finally:
        _close(file)


def _close(file: Reader) -> None:
    close = getattr(file, "close", None)
    if close is not None:
        close()
