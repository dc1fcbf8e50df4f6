"""The tables in a zip or tar archive, as publishers ship their sets: written out, for tables are read whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from simcse_ml.text.labelled.finding import is_table
from simcse_ml.text.labelled.records import input_error
from simcse_ml.text.sources import magic
from simcse_ml.text.sources.archives import tar_entries, zip_entries
from simcse_ml.text.sources.blocks import Facts
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks
from simcse_ml.text.sources.chunkfile import ChunkFile
from simcse_ml.text.sources.entries import Entry
from simcse_ml.text.sources.expansion import Expansion

_HEAD = 512
"""bytes that tell an archive"""
_TOLD = 3
"""members that are named where none is a table"""


def is_archive(path: Path) -> bool:
    """Whether a file is a zip archive, or a tar archive, packed or not. Raises: UserError(INPUT) if it is missing."""
    with open_bytes(path) as file:
        return _entries(file, Facts(path.name), Expansion()) is not None


def _is_called_so(entry: Entry) -> bool:
    return is_table(Path(entry.name))


def archived_tables(path: Path, folder: Path, wanted: Callable[[Entry], bool] = _is_called_so) -> dict[Path, str]:
    """The tables of an archive, written below `folder`: file -> its name, behind the archive's own.

    wanted: whether a member is one; by its name, if nothing else is said.
    Nothing is written elsewhere, whatever a member is called, nor more than a packed text expands to.
    Raises: UserError(INPUT) for an archive that is damaged, a bomb or without a table, and for a table in it that
    cannot be read.
    """
    facts, expansion = Facts(path.name), Expansion()
    with open_bytes(path) as file:
        entries = _entries(file, facts, expansion)
        assert entries is not None, "the caller knows that it is an archive"
        found = {
            _written(entry, folder / str(number), expansion): entry.name
            for number, entry in enumerate(_tables(entries, path, wanted))
        }
    if facts.warnings:  # of the archive: a set that is cut off would be taken for whole
        raise input_error(path, facts.warnings[0].removeprefix(f"{path.name}: "), "get the archive again, whole")
    return found


def _entries(file: IO[bytes], facts: Facts, expansion: Expansion) -> Iterator[Entry] | None:
    """None where it is no archive."""
    chunks = read_chunks(file, facts, expansion)
    first: list[bytes] = []
    while sum(map(len, first)) < _HEAD and (chunk := next(chunks, None)) is not None:
        first.append(chunk)
    kind = magic.container(b"".join(first))
    if kind == "a zip archive" and not facts.compression:
        return zip_entries(file, facts, expansion)
    return tar_entries(ChunkFile(chain(first, chunks)), facts) if kind == "a tar archive" else None


def _tables(entries: Iterator[Entry], path: Path, wanted: Callable[[Entry], bool]) -> Iterator[Entry]:
    """Members that are wanted. Raises: UserError(INPUT) for one that is encrypted, a link or leads out;
    at the end where there was none.
    """
    others: list[str] = []
    used = 0
    for entry in entries:
        if not wanted(entry):
            others.append(entry.name)
            continue
        if entry.problem:
            what = entry.problem.partition(";")[0]
            raise input_error(path.parent / entry.name, what, "unpack the archive yourself and give its tables")
        used += 1
        yield entry
    if not used:
        told = f" (but {', '.join(others[:_TOLD])})" if others else ""
        raise input_error(path, f"there is no table in this archive{told}", "give one with TSV, CSV or JSON files")


def _written(entry: Entry, folder: Path, expansion: Expansion) -> Path:
    """A member, in a folder of its own: two may have one name. Raises: UserError(INPUT) where it is damaged."""
    assert entry.open is not None
    facts = Facts(entry.name)
    target = folder / Path(entry.name).name
    folder.mkdir(parents=True)
    with target.open("wb") as out:
        for chunk in read_chunks(entry.open(), facts, expansion):
            expansion.add(len(chunk), entry.name)
            out.write(chunk)
    if facts.warnings:
        what = facts.warnings[0].removeprefix(f"{entry.name}: ").partition(";")[0]
        raise input_error(Path(entry.name), what, "get the archive again, whole")
    return target
