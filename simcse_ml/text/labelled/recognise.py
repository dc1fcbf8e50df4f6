"""What a file is read as: text, scored pairs (STS), labelled pairs (NLI), pairs; with columns, counts, first rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from simcse_ml.errors import UserError
from simcse_ml.text.labelled.archived import archived_tables, is_archive
from simcse_ml.text.labelled.finding import is_table
from simcse_ml.text.labelled.labels import NUMBERS, as_number, is_label
from simcse_ml.text.labelled.nli_columns import is_column, places_of, unread_label
from simcse_ml.text.labelled.parts import parts_of
from simcse_ml.text.labelled.records import Table
from simcse_ml.text.labelled.sts_columns import (
    apart,
    bare_score,
    is_scored_column,
    names_pairs,
    number_of,
    scored_places,
)
from simcse_ml.text.labelled.tables import read_table
from simcse_ml.text.labelled.translations import in_language
from simcse_ml.text.mojibake import watched
from simcse_ml.text.sources.blocks import Facts, Hints, Source
from simcse_ml.text.sources.folder import shown
from simcse_ml.text.sources.location import hub_id
from simcse_ml.text.sources.opening import open_source

Kind = Literal["text", "sts", "nli", "triplets", "pairs", "unreadable"]

FIRST_ROWS = 3
TABLE_BYTES = 64 << 20
"""a larger file is text: labelled sets are small"""
MOST_LABELS = 12
OF_NUMBERS = "its labels are numbers: --nli-labels says what 0, 1, 2 stand for; with --sts they are scores"
MOST_ROWS = 1000
"""of a data set on the Hub that are fetched to describe it"""


@dataclass(frozen=True)
class Described:
    """rows: records of a set, lines of a text.  first: the first rows, cell by cell.  labels: counts of an NLI set.
    certainty: of the encoding, 0 to 1.  scale: lowest and highest score of an STS set.  problem: why it cannot be read.
    """

    path: str
    kind: Kind
    format: str = ""
    encoding: str = ""
    certainty: float = 1.0
    bytes: int = 0
    rows: int = 0
    columns: tuple[str, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    scale: tuple[float, float] | None = None
    problem: str = ""
    warnings: tuple[str, ...] = ()


def describe(path: Path, column: str | None = None) -> list[Described]:
    """One description for a file or a data set on the Hub, one for each file below a folder or in an archive.

    column: as for --column.  Raises: UserError(INPUT) if there is no such path, or no text in the folder.
    """
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
        labelled = _labelled_file(path, None)
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
        tables = {str(path.parent / name): _labelled_file(file, None) for file, name in members.items()}
    return [
        replace(table, path=one.path, encoding=one.encoding or table.encoding, certainty=one.certainty)
        if (table := tables.get(one.path)) is not None
        else one
        for one in found
    ]


def _no_text(name: str, path: Path | None, facts: Facts) -> Described:
    """A file without a column that is text alone: pairs, or not used.  path: as in _described."""
    labelled = _labelled_file(path, None) if path is not None and is_table(path) else None
    return labelled or _unreadable(name, facts)


def _unreadable(name: str, facts: Facts) -> Described:
    return Described(
        name, "unreadable", problem=facts.warnings[0].removeprefix(f"{facts.name}: ").removesuffix("; skipped")
    )


def _described(name: str, path: Path | None, source: Source, column: str | None, rows: int | None) -> Described:
    """path: None where it does not lie on disk by itself.  rows: how many are looked at, None for all."""
    if path is not None and column is None and source.facts.format != "plain text":
        labelled = _labelled_file(path, source)
        if labelled is not None:
            for _ in source.blocks:  # to its end, so that the file is closed
                pass
            return labelled
    return _text(name, source, rows)


def _labelled_file(path: Path, source: Source | None) -> Described | None:
    """The description of a file that holds pairs; source: None where no column of it is text alone."""
    try:
        if path.stat().st_size > TABLE_BYTES:
            return None
        return _labelled(read_table(path, lambda name: is_scored_column(name) or is_column(name)), source)
    except (UserError, OSError):
        return None


def _text(path: str, source: Source, most: int | None) -> Described:
    rows = 0
    first: list[tuple[str, ...]] = []
    facts = source.facts
    try:
        blocks = watched(source.blocks, facts)
        for block in blocks if most is None else islice(blocks, most):
            rows += 1
            if len(first) < FIRST_ROWS:
                first.append((block.text[:200],))
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


def _labelled(table: Table, source: Source | None) -> Described | None:
    """The description if the table holds pairs, else None."""
    table, held = in_language(table, ())
    table = apart(table)
    labels, scores = _labels(table), _scores(table)
    in_threes = _are_triplets(table)
    if not labels and not in_threes and not scores and not names_pairs(table):
        return None
    kind: Kind = "nli" if labels else "triplets" if in_threes else "sts" if scores else "pairs"
    return Described(
        str(table.path),
        kind,
        table.kind,
        source.facts.encoding if source is not None else "utf-8",
        round(source.facts.certainty, 3) if source is not None else 1.0,
        table.path.stat().st_size,
        len(table.records),
        tuple(name or f"column {number}" for number, name in enumerate(table.columns, start=1)),
        tuple(tuple(str(cell)[:200] for cell in record.cells) for record in table.records[:FIRST_ROWS]),
        labels=labels,
        scale=(min(scores), max(scores)) if kind == "sts" else None,
        warnings=tuple(_notes(labels, scores, held, table)),
    )


def _notes(labels: Mapping[str, int], scores: Sequence[float], held: Sequence[str], table: Table) -> Iterator[str]:
    if _stand_for_labels(labels):
        yield OF_NUMBERS
    elif labels and scores:
        yield f"with --sts: scored pairs, from {min(scores):g} to {max(scores):g}"
    if held:
        yield f"each sentence in {len(held)} languages: {', '.join(held)}; train takes that of its --lang"
    places = places_of(table, ()) if any(table.columns) else None
    if places is not None and places.kind == "pairs" and (label := unread_label(table, places)):
        yield f"column {label} may say which pairs belong together: --nli asks for it in words that it knows"
    if parts := parts_of(table):
        told = ", ".join(f"{part} {count:,}" for part, count in parts.items())
        yield f"parts: {told} (--nli trains on train, --dev takes dev, --sts test)"


def _labels(table: Table) -> dict[str, int]:
    """Counts of the labels of an NLI set, as they are written; empty where it is none."""
    places = places_of(table, ())
    if places is None or places.kind != "labelled pairs":
        return {}
    counts = Counter(str(value).strip() for value in _column(table, places.third) if value is not None)
    if len(counts) > MOST_LABELS or not (any(map(is_label, counts)) or _stand_for_labels(counts)):
        return {}
    return dict(counts.most_common())


def _are_triplets(table: Table) -> bool:
    """Whether a header names a sentence, one that follows from it and one that does not."""
    places = places_of(table, ()) if any(table.columns) else None
    return places is not None and places.kind == "triplets"


def _stand_for_labels(values: Collection[str]) -> bool:
    return len(values) > 1 and {as_number(value) for value in values} <= NUMBERS


def _scores(table: Table) -> list[float]:
    """The scores of scored pairs; empty where a row has none, or a column is missing."""
    try:
        place = scored_places(table)[2]
    except UserError:
        return []
    scores = [number_of(bare_score(value)) for value in _column(table, place)]
    found = [score for score in scores if score is not None and math.isfinite(score)]
    return found if len(found) == len(table.records) else []


def _column(table: Table, place: int) -> list[object]:
    return [record.cells[place] if place < len(record.cells) else None for record in table.records]
