"""Sentences beside their translations: two columns, as Tatoeba, OPUS and the Hub have them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcse_ml.languages.table import find_language, is_code
from simcse_ml.text.labelled.pairs import set_name
from simcse_ml.text.labelled.records import Record, Table, first_of, input_error, sentence_of
from simcse_ml.text.labelled.sts_columns import LEFT, RIGHT, column_name
from simcse_ml.text.labelled.tables import read_table
from simcse_ml.text.labelled.translations import translations

_SOURCE, _TARGET = ("source", "src", *LEFT), ("target", "tgt", "translation", *RIGHT)
LEAST_PAIRS = 3


@dataclass(frozen=True)
class TranslationSet:
    """left, right: different sentences of each language.  pairs: (n, 2) int64, which of them translate each other."""

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    pairs: NDArray[np.int64]


def read_translations(path: Path) -> TranslationSet:
    """The pairs of a table of two languages, each pair once: columns called after them, source and target, or two
    without names; or one with both ({"ja": ..., "en": ...}).

    Raises: UserError(INPUT) with file:line for columns that cannot be told, a missing sentence, fewer than three pairs.
    """
    table = _named(_unfolded(read_table(path, lambda _: False)))
    first, second = _places(table)
    left: dict[str, int] = {}
    right: dict[str, int] = {}
    pairs: dict[tuple[int, int], None] = {}
    for record in table.records:
        one, other = sentence_of(table, record, first), sentence_of(table, record, second)
        pairs[left.setdefault(one, len(left)), right.setdefault(other, len(right))] = None
    if len(pairs) < LEAST_PAIRS:
        raise input_error(path, f"only {len(pairs)} pairs", f"give a set of at least {LEAST_PAIRS}")
    return TranslationSet(set_name(path), tuple(left), tuple(right), np.array(list(pairs), np.int64))


def in_two_languages(table: Table) -> Table | None:
    """A table of nothing but two columns called after languages, of whatever was read as such; None for any other."""
    table = _named(_unfolded(table))
    return table if len(table.columns) == 2 and all(map(is_code, table.columns)) else None


def _unfolded(table: Table) -> Table:
    """A table with a column for each language in place of cells that hold one sentence in two."""
    for place in range(len(table.columns)):
        cells = [translations(one.cells[place]) if place < len(one.cells) else {} for one in table.records]
        codes = list(dict.fromkeys(code for cell in cells for code in cell))
        if codes:
            records = tuple(
                Record(one.line, tuple(cell.get(code) for code in codes))
                for one, cell in zip(table.records, cells, strict=True)
            )
            return replace(table, columns=tuple(codes), records=records)
    return table


def _named(table: Table) -> Table:
    """A table whose first record was its header, as two cells of it are called after languages or sides."""
    if any(table.columns) or not table.records:
        return table
    names = [str(cell).strip() for cell in table.records[0].cells]
    if sum(is_code(name) or column_name(name) in (*_SOURCE, *_TARGET) for name in names) < 2:
        return table
    return replace(table, columns=tuple(names), records=table.records[1:])


def _places(table: Table) -> tuple[int, int]:
    """Raises: UserError(INPUT) where the two columns cannot be told."""
    names = [column_name(name) for name in table.columns]
    for is_one in (find_language, is_code):  # `row` is the code of a language too
        coded = [place for place, name in enumerate(table.columns) if is_one(name)]
        if len(coded) == 2:
            return coded[0], coded[1]
    source, target = first_of(names, _SOURCE), first_of(names, _TARGET)
    if len(coded) < 2 and source is not None and target is not None:
        return source, target
    if len(names) == 2:
        return 0, 1
    told = ", ".join(name or f"column {place}" for place, name in enumerate(table.columns, start=1))
    mend = "give a table with two columns, called after their languages"
    raise input_error(table.path, f"two languages cannot be told among {told}", mend, 1)
