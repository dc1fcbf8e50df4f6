"""Small labelled files as records, whatever they are: found out from the content."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from simcse_ml.text.decoding import decode
from simcse_ml.text.labelled.columnar import columnar_table, in_columns
from simcse_ml.text.labelled.objects import IsColumn, json_table
from simcse_ml.text.labelled.records import Kind, Record, Table, input_error, refuse_hub
from simcse_ml.text.labelled.xml_pairs import xml_table
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks

HEAD_CHUNKS = 3
"""of a file that tell what it is: some 100 kB, hundreds of records"""
MOST_BYTES = 64 << 20
"""of a file that is read whole to see what it is: labelled sets are small"""
HEAD_ROWS = 512
"""of a file in columns"""
FIELD_LIMIT = 1 << 24
"""characters of a cell"""
_PAIR = "<pair "
_DOUBLED = re.compile(r'(?:^|\t)"(?:[^"\t\n]|"")*""', re.MULTILINE)
"""a quote within a quoted cell, as spreadsheets write it"""


def _read(path: Path) -> tuple[str, Facts]:
    """The whole file as text, and how it was read. Raises: UserError(INPUT) if it is missing or no text."""
    if path.is_dir():
        raise input_error(path, "this is a folder", "name a file in it")
    facts = Facts(str(path))
    with open_bytes(path) as file:
        return "".join(decode(read_chunks(file, facts), facts, Hints())).lstrip("\ufeff"), facts


def read_table(path: Path, is_column: IsColumn) -> Table:
    """The records of a file. is_column: whether a cell, case-folded, is a name that makes its line a header.

    Raises: UserError(INPUT) if it is missing, empty, or a line is no JSON.
    """
    refuse_hub(path)
    if in_columns(path):
        return columnar_table(path, is_column)
    text, facts = _read(path)
    return replace(_table(path, text, is_column), encoding=facts.encoding, certainty=facts.certainty)


def read_head(path: Path, is_column: IsColumn) -> Table:
    """The first records of a file: the whole lines of its first chunks. One JSON value or pairs in XML are read whole.

    Raises: as read_table, and for such a file that is too large to be read on a chance.
    """
    if in_columns(path):
        return columnar_table(path, is_column, HEAD_ROWS)
    facts = Facts(str(path))
    with open_bytes(path) as file:
        first = b"".join(islice(read_chunks(file, facts), HEAD_CHUNKS))
    if _is_one_value(first) or _PAIR.encode() in first:
        if path.stat().st_size > MOST_BYTES:
            raise input_error(path, "this is too large to be looked into", "name it, if it is a labelled set")
        return read_table(path, is_column)
    whole = first[: first.rfind(b"\n") + 1] or first
    return _table(path, "".join(decode(iter([whole]), facts, Hints())).lstrip("\ufeff"), is_column)


def _is_one_value(first: bytes) -> bool:
    """Whether a file with such a beginning is a JSON array or object over several lines, not an object a line."""
    start = first.lstrip()
    if not start.startswith(b"{"):
        return start.startswith(b"[")
    try:
        json.loads(start.partition(b"\n")[0])
    except ValueError:
        return True
    return start.rstrip().count(b"\n") == 0


def _table(path: Path, text: str, is_column: IsColumn) -> Table:
    start = text.lstrip()
    if not start:
        raise input_error(path, "this file is empty", "give a file with records")
    if start.startswith(("{", "[{", "[\n", "[ ", "[\r")):
        return json_table(path, text, is_column)
    if start.startswith("<?xml") or (start.startswith("<") and _PAIR in start):
        return xml_table(path, text)
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
        if (_DOUBLED.search(text) or path.suffix.lower() == ".csv") and _is_quoted(text):
            return "TSV", _csv_rows(path, text, "\t")
        return "TSV", (
            Record(number, tuple(line.rstrip("\r").split("\t")))
            for number, line in enumerate(lines, start=1)
            if line.strip()
        )
    return "CSV", _csv_rows(path, text, _delimiter(lines))


def _delimiter(lines: Sequence[str]) -> str:
    """Of lines without tabs: a bar only where each of them has as many."""
    bars = {line.count("|") for line in lines[:50] if line.strip()}
    if len(bars) == 1 and 0 not in bars:
        return "|"
    return ";" if lines[0].count(";") > lines[0].count(",") else ","


def _is_quoted(text: str) -> bool:
    """Whether lines with tabs are quoted as in CSV: every cell that begins with a quote ends with one, and every row
    has as many cells. Elsewhere a quote is a sentence's own.
    """
    csv.field_size_limit(FIELD_LIMIT)
    try:
        widths = {
            len(cells) for cells in csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True) if cells
        }
    except csv.Error:
        return False
    return len(widths) == 1


def _csv_rows(path: Path, text: str, delimiter: str) -> Iterator[Record]:
    """Raises: UserError(INPUT) for a cell that does not end, as behind a quote that nothing closes."""
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise input_error(path, f"a cell does not end ({error})", 'close its "', line) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Record(line, tuple(cells))
        line = reader.line_num + 1
