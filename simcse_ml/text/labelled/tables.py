"""Small labelled files as records: TSV, CSV, JSON lines or one JSON array, found out from the content."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.decoding import decode
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks

Kind = Literal["TSV", "CSV", "JSON lines", "JSON array"]

HEAD_CHUNKS = 3
"""of a file that tell what it is: some 100 kB, hundreds of records"""


@dataclass(frozen=True)
class Record:
    """cells: in the order of the table's columns; None where a record has none.  line: where it begins, from 1."""

    line: int
    cells: tuple[object, ...]


@dataclass(frozen=True)
class Table:
    """columns: names, of the header or the JSON keys; "" where there is no header line.  records: without it."""

    path: Path
    kind: Kind
    columns: tuple[str, ...]
    records: tuple[Record, ...]


def input_error(path: Path, what: str, mend: str, line: int = 0) -> UserError:
    """A UserError(INPUT) at a line of a file."""
    where = f"{path}:{line}" if line else str(path)
    return UserError(what, where=where, mend=mend, exit_code=ExitCode.INPUT)


def read_text(path: Path) -> str:
    """The whole file as text. Raises: UserError(INPUT) if it is missing or no text."""
    if path.is_dir():
        raise input_error(path, "this is a folder", "name a file in it")
    facts = Facts(str(path))
    with open_bytes(path) as file:
        return "".join(decode(read_chunks(file, facts), facts, Hints())).lstrip("\ufeff")


def read_table(path: Path, is_column: Callable[[str], bool]) -> Table:
    """The records of a file. is_column: whether a cell, case-folded, is a name that makes its line a header.

    Raises: UserError(INPUT) if it is missing, empty, or a line is no JSON.
    """
    return _table(path, read_text(path), is_column)


def read_head(path: Path, is_column: Callable[[str], bool]) -> Table:
    """The first records of a file: the whole lines of its first chunks. A JSON array is read whole.

    Raises: as read_table.
    """
    facts = Facts(str(path))
    with open_bytes(path) as file:
        first = b"".join(islice(read_chunks(file, facts), HEAD_CHUNKS))
    if first.lstrip().startswith(b"["):
        return read_table(path, is_column)
    whole = first[: first.rfind(b"\n") + 1] or first
    return _table(path, "".join(decode(iter([whole]), facts, Hints())).lstrip("\ufeff"), is_column)


def _table(path: Path, text: str, is_column: Callable[[str], bool]) -> Table:
    start = text.lstrip()
    if not start:
        raise input_error(path, "this file is empty", "give a file with records")
    if start.startswith(("{", "[{", "[\n", "[ ", "[\r")):
        return _json_table(path, text)
    if "\n" not in text:  # lines that end as on a Macintosh of old
        text = text.replace("\r", "\n")
    kind, rows = _rows(path, text)
    first = next(rows, None)
    if first is None:
        raise input_error(path, "this file holds no record", "give a file with records")
    names = tuple(str(cell).strip() for cell in first.cells)
    if any(is_column(name.casefold()) for name in names):
        return Table(path, kind, names, tuple(rows))
    return Table(path, kind, ("",) * len(names), (first, *rows))


def _rows(path: Path, text: str) -> tuple[Kind, Iterator[Record]]:
    lines = text.split("\n")
    tabs = sum("\t" in line for line in lines[:50] if line.strip())
    if 2 * tabs > sum(bool(line.strip()) for line in lines[:50]):
        if path.suffix.lower() == ".csv" and '"' in text:  # tab-separated with the quoting of CSV
            return "TSV", _csv_rows(text, "\t")
        return "TSV", (
            Record(number, tuple(line.rstrip("\r").split("\t")))
            for number, line in enumerate(lines, start=1)
            if line.strip()
        )
    return "CSV", _csv_rows(text, ";" if lines[0].count(";") > lines[0].count(",") else ",")


def _csv_rows(text: str, delimiter: str) -> Iterator[Record]:
    csv.field_size_limit(1 << 24)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Record(line, tuple(cells))
        line = reader.line_num + 1


def _json_table(path: Path, text: str) -> Table:
    objects: list[tuple[int, dict[str, object]]] = []
    kind: Kind = "JSON array" if text.lstrip().startswith("[") else "JSON lines"
    if kind == "JSON array":
        values = _parsed(path, 0, text)
        objects = [(number, _object(path, number, value)) for number, value in enumerate(_list(values), start=1)]
    else:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                objects.append((number, _object(path, number, _parsed(path, number, line))))
    columns = tuple(dict.fromkeys(key for _, one in objects for key in one))
    records = tuple(Record(number, tuple(one.get(key) for key in columns)) for number, one in objects)
    return Table(path, kind, columns, records)


def _parsed(path: Path, line: int, text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = line or getattr(error, "lineno", 0)
        raise input_error(path, f"this is no JSON ({error})", "correct the line", place) from error


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _object(path: Path, line: int, value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    raise input_error(path, "this record is no JSON object", "write records as objects with named fields", line)
