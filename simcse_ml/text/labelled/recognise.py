"""What a file is read as: text, scored pairs (STS), labelled pairs (NLI), pairs; with columns, counts, first rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from simcse_ml.errors import UserError
from simcse_ml.text.labelled.sts import LEFT, RIGHT, SCORE
from simcse_ml.text.labelled.tables import Table, read_table
from simcse_ml.text.sources.blocks import Hints, Source
from simcse_ml.text.sources.opening import open_source

Kind = Literal["text", "sts", "nli", "pairs", "unreadable"]

LABEL = ("label", "gold_label", "gold label", "labels", "entailment_judgment", "entailment_label")
NLI_WORDS = frozenset({"entailment", "neutral", "contradiction", "non-entailment", "e", "n", "c"})
FIRST_ROWS = 3
TABLE_BYTES = 64 << 20
"""a larger file is text: labelled sets are small"""
MOST_LABELS = 12


@dataclass(frozen=True)
class Described:
    """rows: records of a set, lines of a text.  first: the first rows, cell by cell.  labels: counts of an NLI set.
    scale: lowest and highest score of an STS set.  problem: why it cannot be read.
    """

    path: str
    kind: Kind
    format: str = ""
    encoding: str = ""
    bytes: int = 0
    rows: int = 0
    columns: tuple[str, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    scale: tuple[float, float] | None = None
    problem: str = ""
    warnings: tuple[str, ...] = ()


def describe(path: Path) -> list[Described]:
    """One description for a file, one for each file below a folder.

    Raises: UserError(INPUT) if there is no such path, or no text in the folder.
    """
    if not path.is_dir():
        return [_described_file(path)]
    found: list[Described] = []
    for source in open_source(path, Hints()):
        file = path / source.facts.name
        if source.facts.format == "skipped":
            found.append(Described(str(file), "unreadable", problem=source.facts.warnings[0].removesuffix("; skipped")))
        else:
            found.append(_described(file, source))
    return found


def _described_file(path: Path) -> Described:
    try:
        source = next(iter(open_source(path, Hints())))
    except UserError as error:
        if not path.exists():
            raise
        return Described(str(path), "unreadable", problem=error.what)
    return _described(path, source)


def _described(path: Path, source: Source) -> Described:
    if source.facts.format != "plain text" and path.stat().st_size <= TABLE_BYTES:
        try:
            labelled = _labelled(read_table(path, (*LEFT, *RIGHT, *SCORE, *LABEL)), source)
        except UserError:
            labelled = None
        if labelled is not None:
            for _ in source.blocks:  # to its end, so that the file is closed
                pass
            return labelled
    return _text(path, source)


def _text(path: Path, source: Source) -> Described:
    rows = 0
    first: list[tuple[str, ...]] = []
    facts = source.facts
    try:
        for block in source.blocks:
            rows += 1
            if len(first) < FIRST_ROWS:
                first.append((block.text[:200],))
    except UserError as error:
        return Described(str(path), "unreadable", facts.format, facts.encoding, facts.bytes, problem=error.what)
    return Described(
        str(path),
        "text",
        facts.format + (f", {facts.compression}" if facts.compression else ""),
        facts.encoding,
        facts.bytes,
        rows,
        ("text",),
        tuple(first),
        warnings=tuple(facts.warnings),
    )


def _labelled(table: Table, source: Source) -> Described | None:
    """The description if the table holds pairs, else None."""
    names = [name.casefold() for name in table.columns]
    left, right, score, label = (_place(names, choices) for choices in (LEFT, RIGHT, SCORE, LABEL))
    if not any(names) and len(names) == 3 and len(_numbers(_column(table, 2))) == len(table.records):
        left, right, score = 0, 1, 2
    if left is None or right is None:
        return None
    scores = _numbers(_column(table, score))
    counts = Counter(str(value).strip() for value in _column(table, label) if value is not None)
    words = {word.casefold() for word in counts}
    is_nli = 0 < len(counts) <= MOST_LABELS and bool(words & NLI_WORDS)
    is_scored = bool(table.records) and len(scores) == len(table.records)
    kind: Kind = "nli" if is_nli else "sts" if is_scored else "pairs"
    return Described(
        str(table.path),
        kind,
        table.kind,
        source.facts.encoding,
        table.path.stat().st_size,
        len(table.records),
        tuple(name or f"column {number}" for number, name in enumerate(table.columns, start=1)),
        tuple(tuple(str(cell)[:200] for cell in record.cells) for record in table.records[:FIRST_ROWS]),
        labels=dict(counts.most_common()) if is_nli else {},
        scale=(min(scores), max(scores)) if kind == "sts" else None,
    )


def _place(names: Sequence[str], choices: Sequence[str]) -> int | None:
    return next((names.index(choice) for choice in choices if choice in names), None)


def _column(table: Table, place: int | None) -> list[object]:
    if place is None:
        return []
    return [record.cells[place] if place < len(record.cells) else None for record in table.records]


def _numbers(values: Sequence[object]) -> list[float]:
    numbers: list[float] = []
    for value in values:
        try:
            number = float(str(value))
        except ValueError:
            continue
        if math.isfinite(number):
            numbers.append(number)
    return numbers
