"""What a table of pairs is described as: its kind, columns, labels or scale, first rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from simcse_ml.errors import UserError
from simcse_ml.text.labelled.labels import NUMBERS, as_number, is_label
from simcse_ml.text.labelled.nli_columns import is_column, places_of, unread_label
from simcse_ml.text.labelled.parallel import in_two_languages
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
from simcse_ml.text.labelled.tables import MOST_BYTES, read_table
from simcse_ml.text.labelled.translations import in_language

Kind = Literal["text", "sts", "nli", "triplets", "pairs", "translations", "retrieval", "unreadable"]

FIRST_ROWS = 3
SHOWN = 200
"""letters of a cell that are kept"""
MOST_LABELS = 12
OF_LANGUAGES = "for --translations; train takes the column of its --lang as a text"
OF_NUMBERS = "its labels are numbers: --nli-labels says what 0, 1, 2 stand for; with --sts they are scores"


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


def described_table(path: Path) -> Described | None:
    """The description of a file that holds pairs; None for any other."""
    try:
        if path.stat().st_size > MOST_BYTES:  # a text
            return None
        table = read_table(path, lambda name: is_scored_column(name) or is_column(name))
        return _described(table) or _translated(table)
    except (UserError, OSError):
        return None


def _described(table: Table) -> Described | None:
    """The description if the table holds pairs, else None."""
    table, held = in_language(table, ())
    table = apart(table)
    labels, scores = _labels(table), _scores(table)
    in_threes = _are_triplets(table)
    if not labels and not in_threes and not scores and not names_pairs(table):
        return None
    kind: Kind = "nli" if labels else "triplets" if in_threes else "sts" if scores else "pairs"
    return replace(
        _of(table, kind),
        labels=labels,
        scale=(min(scores), max(scores)) if kind == "sts" else None,
        warnings=tuple(_notes(labels, scores, held, table)),
    )


def _translated(table: Table) -> Described | None:
    """The description of sentences in two languages."""
    found = in_two_languages(table)
    return None if found is None else replace(_of(found, "translations"), warnings=(OF_LANGUAGES,))


def _of(table: Table, kind: Kind) -> Described:
    return Described(
        str(table.path),
        kind,
        table.kind,
        table.encoding,
        round(table.certainty, 3),
        table.path.stat().st_size,
        len(table.records),
        tuple(name or f"column {number}" for number, name in enumerate(table.columns, start=1)),
        tuple(tuple(str(cell)[:SHOWN] for cell in record.cells) for record in table.records[:FIRST_ROWS]),
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
