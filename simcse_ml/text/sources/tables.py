"""CSV and TSV, with quoted line breaks in CSV; a quotation mark in TSV is a plain character."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import partial
from io import StringIO
from itertools import chain, islice
from typing import Literal

from simcse_ml.text.reasons import Reason
from simcse_ml.text.sources.blocks import Facts
from simcse_ml.text.sources.columns import NAMES
from simcse_ml.text.sources.lines import ROW_LIMIT, rows
from simcse_ml.text.sources.rows import Row

Delimiter = Literal[",", ";", "\t", "|"]


MARKS: Sequence[Delimiter] = (",", ";", "|")
"""what parts the cells of CSV, commonest first"""
ENDINGS = (".gz", ".bz2", ".xz", ".zst")
_NAME = re.compile(r"[\w.-]{1,30}")
LOOKED_AT = 50
"""lines that tell a table from prose"""
BELOW = 10
"""records whose numbers tell a header from a row"""


def table_delimiter(head: str, name: str) -> Delimiter | None:
    """The delimiter if `head` is a table: by the ending of `name`, equal tabs, or a header that names a text."""
    lines = [line for line in head.split("\n")[:-1] if line.strip()][:LOOKED_AT] or [head]
    ending = name.lower()
    for packed in ENDINGS:
        ending = ending.removesuffix(packed)
    ending = ending.rpartition(".")[2]
    tabs = {line.count("\t") for line in lines}
    if ending in {"tsv", "tab"} or (ending == "csv" and min(tabs) > 0):
        return "\t"
    if ending == "csv":
        return max(MARKS, key=lines[0].count)
    if len(lines) >= 3 and len(tabs) == 1 and min(tabs) > 0 and _mostly_filled(lines):
        return "\t"
    return next((mark for mark in MARKS if _has_header(head, lines[0], mark)), None)


def _mostly_filled(lines: Sequence[str]) -> bool:
    """False for prose that is indented with tabs: a column of a table is not empty in every row."""
    return all(
        any(cell.strip() for cell in column) for column in zip(*(line.split("\t") for line in lines), strict=True)
    )


def _has_header(head: str, first: str, delimiter: Delimiter) -> bool:
    """True for CSV under another name or from a pipe: a header with a known name, and as many cells in each record."""
    names = [name.strip().strip('"').casefold() for name in first.lstrip("\ufeff").rstrip("\r").split(delimiter)]
    if len(names) < 2 or not set(names) & set(NAMES) or not all(_NAME.fullmatch(name) for name in names):
        return False
    records = list(islice(csv.reader(StringIO(head), delimiter=delimiter), LOOKED_AT))[:-1]
    return len(records) > 1 and all(len(record) == len(names) for record in records if record)


def table_rows(chunks: Iterator[str], delimiter: Delimiter, facts: Facts, asked: str | None = None) -> Iterator[Row]:
    """Rows by column name; without a header line the columns are called column 1, column 2 ...

    asked: the column a person named; a first row that has it is the header.
    A row with more cells than columns comes without fields: nobody can know which cell a stray delimiter has split.
    """
    records = _records(rows(chunks, partial(count_long_row, facts)), delimiter, facts)
    first = next(records, None)
    if first is not None and "".join(first[1]).lstrip("\ufeff").casefold() == "sep=":  # Excel's hint
        first = next(records, None)
    if first is None:
        return
    below = list(islice(records, BELOW))
    header = _header(first[1], [cells for _, cells in below], asked)
    names = header or [f"column {number}" for number in range(1, len(first[1]) + 1)]
    for line, cells in chain([] if header else [first], below, records):
        raw = delimiter.join(cells)
        if not any(cell.strip() for cell in cells):
            continue
        whole = not any(cell.strip() for cell in cells[len(names) :])
        yield Row(dict(zip(names, cells, strict=False)) if whole else None, line, raw)


def count_long_row(facts: Facts, row: str) -> None:
    """A row of more than ROW_LIMIT characters was left out."""
    facts.ledger.drop(Reason.BROKEN_ROW, row)
    facts.warn(f"{facts.name}: a row of more than {ROW_LIMIT:,} characters was left out")


def _header(cells: Sequence[str], below: Sequence[Sequence[str]], asked: str | None) -> list[str] | None:
    """The names, if the first row looks like names: a known one or the one asked for is among them, or they are short,
    all different, none a number, and in ASCII or above a column of numbers.
    """
    names = [cell.strip().lstrip("\ufeff") for cell in cells]
    if {name.casefold() for name in names} & set(NAMES) or asked in names:
        return names
    short = all(0 < len(name) <= 30 and not name.replace(".", "").isdigit() for name in names)
    plain = all(name.isascii() and name.replace("_", "").replace(" ", "").isalnum() for name in names)
    distinct = len(set(names)) == len(names) and len(names) > 1
    return names if short and distinct and (plain or _has_numbers(names, below)) else None


def _has_numbers(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a column has numbers only, but for its name."""
    columns = zip(*(cells for cells in below if len(cells) == len(names)), strict=True)
    return len(below) > 1 and any(
        all(map(_is_number, column)) and not _is_number(name) for name, column in zip(names, columns, strict=False)
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell.strip().replace(",", "."))
    except ValueError:
        return False
    return True


def _records(lines: Iterator[str], delimiter: Delimiter, facts: Facts) -> Iterator[tuple[int, list[str]]]:
    """Line number where the record begins, and its cells."""
    if delimiter == "\t":
        for number, line in enumerate(lines, start=1):
            yield number, line.rstrip("\r\n").split("\t")
        return
    csv.field_size_limit(ROW_LIMIT)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            facts.ledger.drop(Reason.BROKEN_ROW, f"line {start}: {error}")
            facts.warn(
                f"{facts.name}: line {start} begins a record that cannot be read ({error}); is a quotation mark open?"
            )
            continue
        yield start, cells
