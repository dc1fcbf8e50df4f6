"""Labelled files whose records are objects: JSON in the shapes that publishers and programs write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from simcse_ml.text.labelled.records import Kind, Record, Table, input_error

IsColumn = Callable[[str], bool]
"""whether a name, case-folded, is one of a column that is looked for"""
_RECORDS = ("data", "rows", "examples")
"""names of the list of records, where an object holds several lists"""
_SENTENCES = 2
"""columns that are looked for in an object within a record, for it to be what the record is about"""


def json_table(path: Path, text: str, is_column: IsColumn) -> Table:
    """JSON lines, one array, or one object: with the records in a list, under keys of their own, or by columns.

    Raises: UserError(INPUT) with the line that is no JSON or no object.
    """
    kind: Kind
    parsed: list[tuple[int, object]]
    if text.lstrip().startswith("["):
        kind, parsed = "JSON array", _numbered(_parsed(path, 0, text))
    elif (values := _within(text, is_column)) is not None:
        kind, parsed = "JSON object", _numbered(values)
    else:
        lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
        kind, parsed = "JSON lines", [(number, _parsed(path, number, line)) for number, line in lines]
    return keyed(path, kind, [(number, _object(path, number, value)) for number, value in parsed], is_column)


def keyed(path: Path, kind: Kind, objects: Sequence[tuple[int, Mapping[str, object]]], is_column: IsColumn) -> Table:
    """A table of objects with their numbers: a column a key. Of records that hold the sentences in an object within
    (`{"example": {"premise": ...}, "label": ...}`) the keys of both.
    """
    flat = [(number, _flat(one, is_column)) for number, one in objects]
    columns = tuple(dict.fromkeys(key for _, one in flat for key in one))
    return Table(
        path, kind, columns, tuple(Record(number, tuple(one.get(key) for key in columns)) for number, one in flat)
    )


def _flat(one: Mapping[str, object], is_column: IsColumn) -> Mapping[str, object]:
    if _wanted(one, is_column) >= _SENTENCES:
        return one
    within = {key: value for key, value in one.items() if isinstance(value, Mapping)}
    found = [key for key, value in within.items() if _wanted(value, is_column) >= _SENTENCES]
    if len(found) != 1:
        return one
    return {**within[found[0]], **{key: value for key, value in one.items() if key != found[0]}}


def _wanted(names: Mapping[str, object], is_column: IsColumn) -> int:
    return sum(is_column(str(name).casefold()) for name in names)


def _within(text: str, is_column: IsColumn) -> Sequence[object] | None:
    """The records of a file that is one object; None for anything else, as lines of objects are."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    lists = {name: inner for name, inner in value.items() if _holds_objects(inner)}
    if lists:
        named = [inner for name, inner in lists.items() if len(lists) == 1 or name in _RECORDS]
        return named[0] if len(named) == 1 else None
    if _wanted(value, is_column) >= _SENTENCES:
        return _by_column(value)
    records = list(value.values())
    return records if len(records) > 1 and all(isinstance(one, dict) for one in records) else None


def _by_column(value: Mapping[str, object]) -> Sequence[object] | None:
    """Records of columns: {"premise": [...], ...} of `datasets`, {"premise": {"0": ..., ...}, ...} of pandas."""
    columns = {
        name: list(inner.values()) if isinstance(inner, dict) else inner
        for name, inner in value.items()
        if isinstance(inner, dict | list)
    }
    sizes = {len(cells) for cells in columns.values()}
    if len(columns) < len(value) or len(sizes) != 1:
        return None
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _numbered(values: object) -> list[tuple[int, object]]:
    return list(enumerate(values if isinstance(values, list) else [values], start=1))


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _parsed(path: Path, line: int, text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = line or getattr(error, "lineno", 0)
        raise input_error(path, f"this is no JSON ({error})", "correct the line", place) from error


def _object(path: Path, line: int, value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    raise input_error(path, "this record is no JSON object", "write records as objects with named fields", line)
