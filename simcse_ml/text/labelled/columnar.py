"""Labelled tables in columns, as the Hub and the library `datasets` keep them: Parquet and Arrow, with their labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from simcse_ml.text.labelled.objects import IsColumn, keyed
from simcse_ml.text.labelled.records import Kind, Table, input_error
from simcse_ml.text.sources import magic
from simcse_ml.text.sources.columnar import arrow_errors, short_reason

BATCH = 256
"""rows of a Parquet file at once"""
_HEAD = 16
"""bytes that tell what a file is"""
_KINDS: Mapping[str, Kind] = {"a Parquet file": "Parquet", "an Arrow file": "Arrow", "an Arrow stream": "Arrow"}
_NOTE = b"huggingface"
"""where `datasets` writes what its columns are"""


def in_columns(path: Path) -> bool:
    """Whether a file is one of these."""
    return path.is_file() and _what(path) in _KINDS


def columnar_table(path: Path, is_column: IsColumn, rows: int | None = None) -> Table:
    """The records of such a file, with the words of their labels where the file tells them.

    rows: of its beginning, at least, None for all.  Raises: UserError(INPUT) where it is damaged.
    """
    what = _what(path)
    try:
        schema, batches = _opened(path, what)
        kept = batches if rows is None else islice(batches, -(-rows // BATCH))
        objects = [one for batch in kept for one in batch.to_pylist()]
    except arrow_errors() as error:
        told = f"the {_KINDS[what]} file is damaged or cut off ({short_reason(error)})"
        raise input_error(path, told, "get the file again, whole") from error
    words = _words(schema)
    named = [{name: _word(value, words.get(name)) for name, value in one.items()} for one in objects]
    return keyed(path, _KINDS[what], list(enumerate(named, start=1)), is_column)


def _what(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return magic.container(file.read(_HEAD)) or ""
    except OSError:
        return ""  # said where its text is read


def _opened(path: Path, what: str) -> tuple[Any, Iterator[Any]]:
    """The schema and batches of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if what == "a Parquet file":
        file = pq.ParquetFile(path)
        return file.schema_arrow, file.iter_batches(batch_size=BATCH, use_threads=False)
    source = pa.OSFile(str(path))
    if what == "an Arrow stream":
        stream = pa.ipc.open_stream(source)
        return stream.schema, iter(stream)
    reader = pa.ipc.open_file(source)
    return reader.schema, (reader.get_batch(number) for number in range(reader.num_record_batches))


def _words(schema: Any) -> Mapping[str, Sequence[str]]:  # noqa: ANN401  # pyarrow has no types
    """Column -> what 0, 1, 2 stand for in it, of the columns that `datasets` calls ClassLabel."""
    try:
        note = json.loads((schema.metadata or {}).get(_NOTE, b"{}"))
    except ValueError:
        return {}  # somebody else's note
    words = {name: _within(one, "names") for name, one in _mapping(_within(_within(note, "info"), "features")).items()}
    return {name: [str(word) for word in found] for name, found in words.items() if isinstance(found, list)}


def _within(value: object, key: str) -> object:
    return _mapping(value).get(key)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _word(value: object, words: Sequence[str] | None) -> object:
    """-1, as `datasets` writes that there is no label, becomes None."""
    if words is None or not isinstance(value, int):
        return value
    return words[value] if 0 <= value < len(words) else None
