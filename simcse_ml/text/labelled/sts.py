"""Sets of sentence pairs with a score: how alike two sentences are. Any scale, any of the usual column names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simcse_ml.text.labelled.pairs import PairSet
from simcse_ml.text.labelled.parts import FOR_REPORTING, Purpose, left_out, part_place, rows_for
from simcse_ml.text.labelled.records import Record, Table, input_error, sentence_of
from simcse_ml.text.labelled.tables import read_table

__all__ = ["PairSet", "read_sts"]

LEFT = (
    "sentence1", "sentence_1", "sentence 1", "sent1", "s1", "text1", "text_1", "text a", "text_a", "sentence_a",
    "sentence a", "sentencea", "premise", "query", "left", "a", "文1", "文１", "句子1", "문장1",
)  # fmt: skip
RIGHT = (
    "sentence2", "sentence_2", "sentence 2", "sent2", "s2", "text2", "text_2", "text b", "text_b", "sentence_b",
    "sentence b", "sentenceb", "hypothesis", "reference", "right", "b", "文2", "文２", "句子2", "문장2",
)  # fmt: skip
SCORE = (
    "score", "similarity", "label", "gold", "relatedness", "similarity_score", "relatedness_score", "sts_score",
    "labels", "rating", "value", "gold_score", "スコア", "類似度", "分数", "相似度", "점수",
)  # fmt: skip
KNOWN = frozenset((*LEFT, *RIGHT, *SCORE))
LEAST_PAIRS = 3


def read_sts(path: Path, purpose: Purpose = FOR_REPORTING) -> PairSet:
    """The pairs of a TSV, CSV or JSON file, with or without a header line.

    A `"` in TSV is a plain character. Without a header the column of numbers is the score: the third or the first.
    purpose: which part is taken of a file whose column `split` tells several.
    Raises: UserError(INPUT) with file:line for a missing column, an empty sentence, a score that is no finite number;
    for fewer than three pairs.
    """
    table = read_table(path, KNOWN.__contains__)
    places = _places(table)
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
    name = f"{_name(path)}-{part}" if part else _name(path)
    note = f"{path.name}: its {len(gold):,} rows of {part}; {left_out(others)} left out" if part else ""
    return PairSet(name, path, tuple(left), tuple(right), np.array(gold, np.float64), note)


def _name(path: Path) -> str:
    """ja-jsts/valid.tsv is called ja-jsts-valid: `valid` alone says nothing."""
    stem = path.name.split(".")[0]
    bare = stem.casefold() in {"train", "dev", "valid", "validation", "test", "sts"}
    return f"{path.resolve().parent.name}-{stem}" if bare else stem


def _places(table: Table) -> tuple[int, int, int]:
    """Which columns are left, right and score."""
    names = [name.casefold().strip() for name in table.columns]
    if any(names):
        found = [_first(names, choices) for choices in (LEFT, RIGHT, SCORE)]
        missing = [
            what for what, place in zip(("sentence1", "sentence2", "score"), found, strict=True) if place is None
        ]
        if missing:
            raise input_error(
                table.path,
                f"no column {' and '.join(missing)} among {', '.join(table.columns)}",
                "name the columns sentence1, sentence2, score",
                1,
            )
        return found[0] or 0, found[1] or 0, found[2] or 0
    return _places_without_names(table)


def _first(names: Sequence[str], choices: Sequence[str]) -> int | None:
    return next((names.index(choice) for choice in choices if choice in names), None)


def _places_without_names(table: Table) -> tuple[int, int, int]:
    width = len(table.columns)
    sample = table.records[:50]
    numbers = {place: sum(_is_number(record, place) for record in sample) for place in (2, 0)}
    best = max(numbers, key=lambda place: numbers[place])  # the third column, on a tie
    if width < 3 or 2 * numbers[best] < len(sample):
        raise input_error(
            table.path,
            f"this is no set of scored pairs: {width} column{'s' if width != 1 else ''}, no header line",
            "write three columns: sentence1, sentence2, score",
            table.records[0].line,
        )
    return (0, 1, 2) if best == 2 else (1, 2, 0)


def _is_number(record: Record, place: int) -> bool:
    try:
        return place < len(record.cells) and math.isfinite(float(str(record.cells[place])))
    except ValueError:
        return False


def _score(table: Table, record: Record, place: int) -> float:
    value = record.cells[place] if place < len(record.cells) else None
    if isinstance(value, dict):  # KLUE: {"label": 3.7, "real-label": ..., "binary-label": ...}
        value = value.get("real-label", value.get("label"))
    try:
        score = float(str(value).strip())
    except ValueError:
        what = "the score is missing" if value in (None, "") else f"the score is no number: {str(value)[:40]!r}"
        raise input_error(table.path, what, "correct the line or delete it", record.line) from None
    if not math.isfinite(score):
        raise input_error(
            table.path, f"the score is {str(value).strip()}", "correct the line or delete it", record.line
        )
    return score
