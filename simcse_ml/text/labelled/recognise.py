"""What a file is read as: text, scored pairs (STS), labelled pairs (NLI), pairs; with columns, counts, first rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from simcse_ml.errors import UserError
from simcse_ml.text.labelled.archived import archived_tables, is_archive
from simcse_ml.text.labelled.described import FIRST_ROWS, SHOWN, Described, described_table
from simcse_ml.text.labelled.described_retrieval import described_retrieval
from simcse_ml.text.labelled.finding import is_table
from simcse_ml.text.labelled.retrieval_files import holds_retrieval
from simcse_ml.text.mojibake import watched
from simcse_ml.text.sources.blocks import Facts, Hints, Source
from simcse_ml.text.sources.folder import shown
from simcse_ml.text.sources.location import hub_id
from simcse_ml.text.sources.opening import open_source

__all__ = ["Described", "describe"]

MOST_ROWS = 1000
"""of a data set on the Hub that are fetched to describe it"""


def describe(path: Path, column: str | None = None) -> list[Described]:
    """One description for a file, a data set on the Hub or a retrieval set; one for each file below any other folder or
    in an archive.

    column: as for --column.  Raises: UserError(INPUT) if there is no such path, or no text in the folder.
    """
    if column is None and not hub_id(path) and holds_retrieval(path):
        return [described_retrieval(path)]
    found = _described_each(path, column)
    return found if column is not None or path.is_dir() or hub_id(path) else _with_members(path, found)


def _described_each(path: Path, column: str | None) -> list[Described]:
    """As `describe`; the members of an archive as texts."""
    found: list[Described] = []
    data_set = hub_id(path)
    try:
        for source in open_source(path, Hints(column=column)):
            facts = source.facts
            inside = path.is_dir() or facts.name != shown(path.name)
            name = str((path if path.is_dir() else path.parent) / facts.name) if not data_set else facts.name
            on_disk = path / facts.name if path.is_dir() else None if inside else path
            if facts.format == "skipped":
                found.append(_no_text(name, on_disk if column is None else None, facts))
            elif facts.files:
                found.append(_described(name, on_disk, source, column, rows=MOST_ROWS if data_set else None))
    except UserError as error:
        if found and not any(one.kind == "text" for one in found):
            return found
        if path.is_dir() or not path.exists():
            raise
        labelled = described_table(path)
        found.append(labelled or Described(str(path), "unreadable", problem=f"{error.what}; {error.mend}"))
    return found


def _with_members(path: Path, found: list[Described]) -> list[Described]:
    """`found`, with those members of an archive that are tables of pairs described as such."""
    names = {one.path for one in found if one.format != "plain text" and is_table(Path(one.path))} - {str(path)}
    if not names or not is_archive(path):
        return found
    with TemporaryDirectory(prefix="simcse-ml-") as folder:
        try:
            members = archived_tables(
                path, Path(folder), lambda entry: not entry.problem and str(path.parent / entry.name) in names
            )
        except UserError:  # what is the matter is said of its members
            return found
        tables = {str(path.parent / name): described_table(file) for file, name in members.items()}
    return [replace(table, path=one.path) if (table := tables.get(one.path)) is not None else one for one in found]


def _no_text(name: str, path: Path | None, facts: Facts) -> Described:
    """A file without a column that is text alone: pairs, or not used.  path: as in _described."""
    labelled = described_table(path) if path is not None and is_table(path) else None
    return labelled or _unreadable(name, facts)


def _unreadable(name: str, facts: Facts) -> Described:
    return Described(
        name, "unreadable", problem=facts.warnings[0].removeprefix(f"{facts.name}: ").removesuffix("; skipped")
    )


def _described(name: str, path: Path | None, source: Source, column: str | None, rows: int | None) -> Described:
    """path: None where it does not lie on disk by itself.  rows: how many are looked at, None for all."""
    if path is not None and column is None and source.facts.format != "plain text":
        labelled = described_table(path)
        if labelled is not None:
            for _ in source.blocks:  # to its end, so that the file is closed
                pass
            return labelled
    return _text(name, source, rows)


def _text(path: str, source: Source, most: int | None) -> Described:
    rows = 0
    first: list[tuple[str, ...]] = []
    facts = source.facts
    try:
        blocks = watched(source.blocks, facts)
        for block in blocks if most is None else islice(blocks, most):
            rows += 1
            if len(first) < FIRST_ROWS:
                first.append((block.text[:SHOWN],))
    except UserError as error:
        return Described(
            path, "unreadable", facts.format, facts.encoding, facts.certainty, facts.bytes, problem=error.what
        )
    if facts.format == "skipped":  # found out only when it was read
        return _unreadable(path, facts)
    return Described(
        path,
        "text",
        facts.format + (f", {facts.compression}" if facts.compression else ""),
        facts.encoding,
        round(facts.certainty, 3),
        facts.bytes,
        rows,
        facts.columns or ("text",),
        tuple(first),
        warnings=(*facts.warnings, *([f"only the first {most:,} rows were looked at"] if rows == most else [])),
    )
