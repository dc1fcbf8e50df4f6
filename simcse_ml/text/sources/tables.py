"""CSV and TSV, with quoted line breaks in CSV; a quotation mark in TSV is a plain character."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal

from simcse_ml.text.sources.lines import ROW_LIMIT, rows
from simcse_ml.text.sources.rows import NAMES, Row

Delimiter = Literal[",", ";", "\t"]


def table_delimiter(head: str, name: str) -> Delimiter | None:
    """The delimiter if `head` is a table: by the ending of `name`, or because every line has the same tabs."""
    lines = [line for line in head.split("\n")[:-1] if line.strip()] or [head]
    ending = name.lower().removesuffix(".gz").removesuffix(".bz2").removesuffix(".xz").rpartition(".")[2]
    tabs = {line.count("\t") for line in lines[:50]}
    if ending in {"tsv", "tab"} or (ending == "csv" and min(tabs) > 0):
        return "\t"
    if ending == "csv":
        return ";" if lines[0].count(";") > lines[0].count(",") else ","
    return "\t" if len(lines) >= 3 and len(tabs) == 1 and min(tabs) > 0 else None


def table_rows(chunks: Iterator[str], delimiter: Delimiter) -> Iterator[Row]:
    """Rows by column name; without a header line the columns are called column 1, column 2 ..."""
    records = _records(rows(chunks), delimiter)
    first = next(records, None)
    if first is None:
        return
    header = _header(first[1])
    names = header or [f"column {number}" for number in range(1, len(first[1]) + 1)]
    for line, cells in records if header else chain([first], records):
        raw = delimiter.join(cells)
        if not any(cell.strip() for cell in cells):
            continue
        yield Row(dict(zip(names, cells, strict=False)), line, raw)


def _header(cells: Sequence[str]) -> list[str] | None:
    """The names, if the first row looks like names: short, all different, none a number, or a known name among them."""
    names = [cell.strip().lstrip("\ufeff") for cell in cells]
    if {name.casefold() for name in names} & set(NAMES):
        return names
    short = all(0 < len(name) <= 30 and not name.replace(".", "").isdigit() for name in names)
    plain = all(name.isascii() and name.replace("_", "").replace(" ", "").isalnum() for name in names)
    return names if short and plain and len(set(names)) == len(names) and len(names) > 1 else None


def _records(lines: Iterator[str], delimiter: Delimiter) -> Iterator[tuple[int, list[str]]]:
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
        except csv.Error:
            continue
        yield start, cells
