"""Which columns of a table are two sentences and how alike they are."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from simcse_ml.errors import UserError
from simcse_ml.text.labelled.labels import plain
from simcse_ml.text.labelled.records import Record, Table, first_of, input_error

LEFT = (
    "sentence1", "sentence_1", "sent1", "sent_1", "s1", "text1", "text_1", "text_a", "sentence_a", "sentencea",
    "premise", "query", "left", "a", "文1", "文１", "句子1", "문장1",
)  # fmt: skip
RIGHT = (
    "sentence2", "sentence_2", "sent2", "sent_2", "s2", "text2", "text_2", "text_b", "sentence_b", "sentenceb",
    "hypothesis", "reference", "right", "b", "文2", "文２", "句子2", "문장2",
)  # fmt: skip
SCORE = (
    "score", "similarity", "label", "gold", "relatedness", "similarity_score", "relatedness_score", "sts_score",
    "labels", "rating", "value", "gold_score", "mean_score", "average_score", "human_score", "sim", "スコア", "類似度",
    "分数", "相似度", "점수",
)  # fmt: skip
_NAMES = frozenset((*LEFT, *RIGHT, *SCORE))
_BOTH = "text"
"""a column with both sentences, a line each, as SemRel has"""
_COMMA = re.compile(r"^([+-]?\d+),(\d+)$")
_SAMPLE = 50
_NEARLY = 0.9
_ENOUGH = 5
"""rows from which a column of growing whole numbers in front of the sentences is taken for their numbers"""


def column_name(name: str) -> str:
    """The name of a column in one spelling: its case, blanks, dots and dashes do not count."""
    return re.sub(r"[\s.-]+", "_", plain(name))


def is_scored_column(name: str) -> bool:
    """Whether a header of scored pairs may have it."""
    return column_name(name) in _NAMES


def apart(table: Table) -> Table:
    """A table whose two sentences stand in one cell, a line each: with a column for each. Others as they are.

    Raises: UserError(INPUT) with the line of a cell with another number of lines, where most have two.
    """
    names = [column_name(name) for name in table.columns]
    if _BOTH not in names or first_of(names, SCORE) is None or first_of(names, (*LEFT, *RIGHT)) is not None:
        return table
    place = names.index(_BOTH)
    lines = [[line for line in str(_cell(one, place) or "").split("\n") if line.strip()] for one in table.records]
    if sum(len(two) == 2 for two in lines) <= _NEARLY * len(lines):
        return table
    for record, two in zip(table.records, lines, strict=True):
        if len(two) != 2:
            raise input_error(table.path, f"{len(two)} lines where two sentences are", "a line each", record.line)
    records = tuple(Record(one.line, (*one.cells, *two)) for one, two in zip(table.records, lines, strict=True))
    width = max((len(one.cells) for one in table.records), default=0)
    if any(len(one.cells) != width for one in table.records) or width != len(table.columns):
        return table
    return replace(table, columns=(*table.columns, LEFT[0], RIGHT[0]), records=records)


def scored_places(table: Table) -> tuple[int, int, int]:
    """The columns of the first sentence, the second, the score. Without a header the two of long words are sentences
    and one of numbers is the score, but not the number of each row.

    Raises: UserError(INPUT) where they cannot be told.
    """
    names = [column_name(name) for name in table.columns]
    if not any(names):
        return _without_names(table)
    found = [first_of(names, choices) for choices in (LEFT, RIGHT, SCORE)]
    missing = [what for what, place in zip(("sentence1", "sentence2", "score"), found, strict=True) if place is None]
    if missing:
        told = f"no column {' and '.join(missing)} among {', '.join(table.columns)}"
        raise input_error(table.path, told, "name the columns sentence1, sentence2, score", 1)
    return found[0] or 0, found[1] or 0, found[2] or 0


def names_pairs(table: Table) -> bool:
    """Whether a header names two sentences."""
    names = [column_name(name) for name in table.columns]
    return first_of(names, LEFT) is not None and first_of(names, RIGHT) is not None


def bare_score(value: object) -> object:
    """Of the cells that KLUE has ({"label": 3.7, "real-label": ..., "binary-label": ...}) the score."""
    return value.get("real-label", value.get("label")) if isinstance(value, dict) else value


def number_of(cell: object) -> float | None:
    """The number in a cell, in any digits, with a point or a decimal comma; it may be infinite or none."""
    text = str(cell).strip().replace("٫", ".")
    try:
        return float(_COMMA.sub(r"\1.\2", text))
    except ValueError:
        return None


def count_rows(cells: Sequence[object]) -> bool:
    """Whether the cells of a column are whole numbers that grow from row to row: those of the rows."""
    numbers = [number for cell in cells if (number := number_of(cell)) is not None and number.is_integer()]
    grow = all(after > before for before, after in pairwise(numbers))
    return grow and len(numbers) == len(cells) >= _ENOUGH


def _without_names(table: Table) -> tuple[int, int, int]:
    columns = [[_cell(one, place) for one in table.records] for place in range(len(table.columns))]
    numbers = [place for place, cells in enumerate(columns) if _are_numbers(cells[:_SAMPLE])]
    words = [place for place in range(len(columns)) if place not in numbers and _is_full(columns[place])]
    longest = sorted(sorted(words, key=lambda place: -_letters(columns[place]))[:2])
    if len(longest) < 2:
        raise _no_set(table)
    scores = [place for place in numbers if place > longest[1] or not count_rows(columns[place])]
    broken = [place for place in scores if any(not (number_of(c) or 0.0).is_integer() for c in columns[place])]
    scores = broken or scores  # years and codes are whole numbers
    if len(scores) != 1:
        raise _no_set(table)
    return longest[0], longest[1], scores[0]


def _no_set(table: Table) -> UserError:
    width = len(table.columns)
    return input_error(
        table.path,
        f"this is no set of scored pairs: {width} column{'s' if width != 1 else ''}, no header line",
        "name its columns in a first line: sentence1, sentence2, score",
        table.records[0].line,
    )


def _cell(record: Record, place: int) -> object:
    return record.cells[place] if place < len(record.cells) else None


def _are_numbers(cells: Sequence[object]) -> bool:
    numbers = [number_of(cell) for cell in cells]
    return 2 * sum(number is not None and math.isfinite(number) for number in numbers) > len(cells)


def _is_full(cells: Sequence[object]) -> bool:
    return sum(bool(str(cell or "").strip()) for cell in cells) > _NEARLY * len(cells)


def _letters(cells: Sequence[object]) -> int:
    return sum(len(str(cell)) for cell in cells[:_SAMPLE])
