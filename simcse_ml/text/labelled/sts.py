"""Sets of sentence pairs with a score: how alike two sentences are. Any scale, any of the usual column names."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from simcse_ml.text.labelled.pairs import PairSet, set_name
from simcse_ml.text.labelled.parts import FOR_REPORTING, Purpose, left_out, part_place, rows_for
from simcse_ml.text.labelled.records import Record, Table, input_error, sentence_of
from simcse_ml.text.labelled.sts_columns import apart, bare_score, is_scored_column, number_of, scored_places
from simcse_ml.text.labelled.tables import read_table

__all__ = ["PairSet", "read_sts"]

LEAST_PAIRS = 3


def read_sts(path: Path, purpose: Purpose = FOR_REPORTING) -> PairSet:
    """The pairs of a TSV, CSV or JSON file, with or without a header line.

    A `"` in TSV is a plain character. Without a header the columns are told by what is in them.
    purpose: which part is taken of a file whose column `split` tells several.
    Raises: UserError(INPUT) with file:line for a missing column, an empty sentence, a score that is no finite number;
    for fewer than three pairs.
    """
    table = apart(read_table(path, is_scored_column))
    places = scored_places(table)
    records, part, others = rows_for(purpose, table.records, part_place(table))
    left: list[str] = []
    right: list[str] = []
    gold: list[float] = []
    for record in records:
        left.append(sentence_of(table, record, places[0]))
        right.append(sentence_of(table, record, places[1]))
        gold.append(_score(table, record, places[2]))
    if len(gold) < LEAST_PAIRS:
        raise input_error(path, f"only {len(gold)} pairs", f"a correlation needs at least {LEAST_PAIRS}")
    name = f"{set_name(path)}-{part}" if part else set_name(path)
    note = f"{path.name}: its {len(gold):,} rows of {part}; {left_out(others)} left out" if part else ""
    return PairSet(name, path, tuple(left), tuple(right), np.array(gold, np.float64), note)


def _score(table: Table, record: Record, place: int) -> float:
    value = bare_score(record.cells[place] if place < len(record.cells) else None)
    score = number_of(value)
    if score is None:
        what = "the score is missing" if value in (None, "") else f"the score is no number: {str(value)[:40]!r}"
        raise input_error(table.path, what, "correct the line or delete it", record.line)
    if not math.isfinite(score):
        raise input_error(
            table.path, f"the score is {str(value).strip()}", "correct the line or delete it", record.line
        )
    return score
