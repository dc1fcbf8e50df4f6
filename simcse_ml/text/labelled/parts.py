"""The part of a set that is wanted, where a column says which part each row is of (AllNLI, JaNLI, STS benchmark)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from simcse_ml.text.labelled.records import Record, Table

COLUMN = "split"
"""what publishers call it"""
NAMELESS = "no part"
Purpose = tuple[tuple[str, ...], ...]
"""how the names of the parts begin that are taken, the best first"""

_TRAIN, _DEV, _TEST = ("train",), ("dev", "val"), ("test",)
FOR_TRAINING: Purpose = (_TRAIN,)
FOR_CHOOSING: Purpose = (_DEV, _TRAIN)
"""what is reported only where there is neither"""
FOR_REPORTING: Purpose = (_TEST, _DEV)


def part_place(table: Table) -> int:
    """The column that names the parts, -1 where there is none."""
    names = [name.casefold().strip() for name in table.columns]
    return names.index(COLUMN) if COLUMN in names else -1


def parts_of(table: Table) -> Mapping[str, int]:
    """Part -> rows, where a set has several."""
    place = part_place(table)
    counts = Counter(_part(record, place) or NAMELESS for record in table.records) if place >= 0 else Counter()
    return counts if len(counts) > 1 else {}


def rows_for(purpose: Purpose, records: Sequence[Record], place: int) -> tuple[Sequence[Record], str, Counter[str]]:
    """Rows of the part that is wanted, its name, and how many rows each other part has.

    place: of the column that names the parts, -1 where there is none. All rows, "" and nothing where no part is one
    that is wanted, or where that is all there is.
    """
    if place < 0:
        return records, "", Counter()
    counts = Counter(_part(record, place) for record in records)
    for beginnings in purpose:
        own = [part for part in counts if part.startswith(beginnings)]
        if own and len(own) < len(counts):
            kept = [record for record in records if _part(record, place) in own]
            return kept, own[0], Counter({part or NAMELESS: n for part, n in counts.items() if part not in own})
        if own:
            break
    return records, "", Counter()


def left_out(others: Counter[str]) -> str:
    """The other parts, in words: `7,249 rows of dev, train`."""
    return f"{sum(others.values()):,} rows of {', '.join(sorted(others))}"


def _part(record: Record, place: int) -> str:
    value = record.cells[place] if place < len(record.cells) else None
    return "" if value is None else str(value).strip().casefold()
