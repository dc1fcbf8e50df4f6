"""From a location a person gave to sources: what each file is, found out from its content."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.decoding import decode
from simcse_ml.text.sources.blocks import Block, Facts, Hints, Source
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks
from simcse_ml.text.sources.folder import files_below
from simcse_ml.text.sources.jsonrows import json_array, json_lines
from simcse_ml.text.sources.plain import plain_blocks
from simcse_ml.text.sources.rows import row_blocks
from simcse_ml.text.sources.tables import table_delimiter, table_rows

FORMAT_HEAD = 1 << 16
"""characters that tell the format"""


def open_source(location: str | Path, hints: Hints) -> Iterator[Source]:
    """The file at `location`, or every file below it, one at a time; each source is to be used up before the next.

    Raises: UserError(INPUT) for a file that is missing or no text, a folder without a file that is.
    """
    path = Path(location)
    if not path.is_dir():
        yield _open_file(path, path.name, hints)
        return
    skipped = 0
    found = 0
    for file in files_below(path):
        try:
            source = _open_file(file, str(file.relative_to(path)), hints)
        except UserError as error:
            skipped += 1
            facts = Facts(str(file.relative_to(path)), format="skipped")
            facts.warn(f"{error.where}: {error.what}; skipped")
            yield Source(facts, iter(()))
            continue
        found += 1
        yield source
    if not found:
        raise UserError(
            "there is no text file in this folder" + (f" ({skipped} others)" if skipped else ""),
            where=str(path),
            mend="give a folder of text files, tables or JSON lines",
            exit_code=ExitCode.INPUT,
        )


def _open_file(path: Path, name: str, hints: Hints) -> Source:
    """Raises: UserError(INPUT) if it is missing, empty, or no text."""
    file = open_bytes(path)
    facts = Facts(name)
    try:
        texts = decode(read_chunks(file, facts), facts, hints)
        head, texts = _head(texts)
    except BaseException:
        file.close()
        raise
    if not any(character.isprintable() and not character.isspace() for character in head):
        file.close()
        why = facts.warnings[0].removeprefix(f"{name}: ").partition(";")[0] if facts.warnings else ""
        what = f"nothing could be read of it: {why}" if why else "there is no text in this file"
        mend = "get the file again, whole" if why else "give a file with text"
        raise UserError(what, where=name, mend=mend, exit_code=ExitCode.INPUT)
    return Source(facts, _closing(file, _blocks(head, texts, facts, hints)))


def _head(texts: Iterator[str]) -> tuple[str, Iterator[str]]:
    parts: list[str] = []
    for text in texts:
        parts.append(text)
        if sum(map(len, parts)) >= FORMAT_HEAD:
            break
    return "".join(parts), chain(parts, texts)


def _closing(file: IO[bytes], blocks: Iterator[Block]) -> Iterator[Block]:
    with file:
        yield from blocks


def _blocks(head: str, texts: Iterator[str], facts: Facts, hints: Hints) -> Iterator[Block]:
    start = head.lstrip("\ufeff \t\r\n")
    if _looks_like_json_lines(start):
        facts.format = "JSON lines"
        return row_blocks(json_lines(texts), facts, hints)
    if start.startswith("[") and start[1:].lstrip()[:1] in ("{", '"'):
        facts.format = "JSON array"
        return row_blocks(json_array(texts), facts, hints)
    delimiter = table_delimiter(head, facts.name)
    if delimiter is not None:
        facts.format = "TSV" if delimiter == "\t" else "CSV"
        return row_blocks(table_rows(texts, delimiter), facts, hints)
    return plain_blocks(texts, facts)


def _looks_like_json_lines(start: str) -> bool:
    """True if most of the first lines are objects: one of them may be broken."""
    lines = [line for line in start.split("\n")[:20] if line.strip()]
    objects = sum(line.lstrip().startswith('{"') and line.rstrip().endswith("}") for line in lines)
    return objects > len(lines) / 2 or (len(lines) == 1 and start.startswith('{"') and start.rstrip().endswith("}"))
