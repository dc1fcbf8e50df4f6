"""What every labelled file becomes: records with cells in the order of named columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.sources.location import PREFIX, hub_id

Kind = Literal["TSV", "CSV", "JSON lines", "JSON array", "JSON object", "XML", "Parquet", "Arrow"]


@dataclass(frozen=True)
class Record:
    """cells: in the order of the table's columns; None where a record has none.  line: where it begins, from 1; of an
    array, a list of elements or a file in columns the number of the record.
    """

    line: int
    cells: tuple[object, ...]


@dataclass(frozen=True)
class Table:
    """columns: names, of the header or the JSON keys; "" where there is no header line.  records: without it.
    encoding, certainty: of its letters, as they were found out; 0 to 1.
    """

    path: Path
    kind: Kind
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    encoding: str = "utf-8"
    certainty: float = 1.0


def cell_text(record: Record, place: int) -> str:
    """What a cell says, without blanks around it; "" where the record has none."""
    value = record.cells[place] if place < len(record.cells) else None
    return "" if value is None else str(value).strip()


def first_of(names: Sequence[str], choices: Sequence[str]) -> int | None:
    """The column that is called as the first of `choices` that there is."""
    return next((names.index(choice) for choice in choices if choice in names), None)


def sentence_of(table: Table, record: Record, place: int) -> str:
    """The sentence in a cell, its blanks made single.

    Raises: UserError(INPUT) with its line where there is none, or where the cell has parts of its own.
    """
    value = record.cells[place] if place < len(record.cells) else None
    if isinstance(value, dict | list):
        what = f"{table.columns[place] or f'column {place + 1}'} is no sentence, but has parts of its own"
        raise input_error(table.path, what, "write each sentence as one text", record.line)
    text = "" if value is None else " ".join(str(value).split())
    if not text:
        what = "a sentence is empty" if value else "a sentence is missing"
        raise input_error(table.path, what, "complete the line or delete it", record.line)
    return text


def refuse_hub(name: str | Path) -> None:
    """Raises: UserError(USAGE) where `name` is hf:OWNER/NAME, which a text may be."""
    data_set = hub_id(name)
    if data_set is not None and str(name).startswith(PREFIX):
        raise UserError(
            "labelled sets are read from files on this machine",
            where=str(name),
            mend=f"get it with hf download {data_set.id} --repo-type dataset --local-dir FOLDER, and name its file",
            exit_code=ExitCode.USAGE,
        )


def input_error(path: Path, what: str, mend: str, line: int = 0) -> UserError:
    """A UserError(INPUT) at a line of a file."""
    where = f"{path}:{line}" if line else str(path)
    return UserError(what, where=where, mend=mend, exit_code=ExitCode.INPUT)
