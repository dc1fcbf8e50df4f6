"""Rows of sentences in Arrow files of one record batch each; the same rows always give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simcse_ml.files import atomic_file


@contextmanager
def giving_back() -> Iterator[None]:
    """Arrow gives back to the system what it frees (its own pool keeps it: 80 MiB after 16 MB of text)."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


@dataclass(frozen=True)
class Rows:
    """Sentences in columns, all (n,). hashes: of the text.  foreign: in another script than the language's.
    loose: short and without a stop.  plain, digests: hashes of the letters alone and (n, width) their MinHash values,
    where they are asked for.
    """

    texts: pa.StringArray
    documents: NDArray[np.int32]
    positions: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    foreign: NDArray[np.bool_]
    loose: NDArray[np.bool_]
    plain: NDArray[np.uint64] | None = None
    digests: NDArray[np.uint32] | None = None

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Shard:
    """Rows as they lie on disk: texts become Python strings only where they are asked for."""

    column: pa.StringArray
    documents: NDArray[np.int32]
    positions: NDArray[np.int32]
    hashes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.column)

    def texts(self, rows: NDArray[np.int64]) -> list[str]:
        """The sentences with the indices `rows` (n,)."""
        return cast(list[str], self.column.take(pa.array(rows)).to_pylist())


def write_rows(path: Path, columns: Mapping[str, pa.Array], note: Mapping[str, object] | None = None) -> None:
    """One record batch of `columns`, with `note` as JSON in the schema, whole or not at all."""
    batch = pa.RecordBatch.from_pydict(dict(columns))
    if note is not None:
        batch = batch.replace_schema_metadata({"note": json.dumps(note, ensure_ascii=False)})
    with atomic_file(path) as file, pa.ipc.new_file(file, batch.schema) as writer:
        writer.write_batch(batch)


def write_shard(path: Path, rows: Rows, note: Mapping[str, object]) -> None:
    """All columns of `rows`."""
    columns = {
        "text": rows.texts,
        "document": pa.array(rows.documents),
        "position": pa.array(rows.positions),
        "hash": pa.array(rows.hashes),
        "foreign": pa.array(rows.foreign),
        "loose": pa.array(rows.loose),
    }
    if rows.plain is not None and rows.digests is not None:
        columns["plain"] = pa.array(rows.plain)
        flat = pa.array(np.ascontiguousarray(rows.digests).ravel())
        columns["digests"] = pa.FixedSizeListArray.from_arrays(flat, rows.digests.shape[1])
    write_rows(path, columns, note)


def read_note(path: Path) -> dict[str, object]:
    """What was noted with the rows."""
    with pa.OSFile(str(path)) as file:
        return cast(dict[str, object], json.loads(pa.ipc.open_file(file).schema.metadata[b"note"]))


def read_column(path: Path, name: str) -> NDArray[np.generic]:
    """One numeric or boolean column (n,) of a shard, or one of lists (n, width), copied out of the file."""
    with pa.OSFile(str(path)) as file:
        options = pa.ipc.IpcReadOptions(included_fields=[pa.ipc.open_file(file).schema.get_field_index(name)])
        file.seek(0)
        column = pa.ipc.open_file(file, options=options).get_batch(0).column(0)
    if isinstance(column, pa.FixedSizeListArray):
        return np.array(numbers(column.flatten())).reshape(-1, column.type.list_size)
    return np.array(column.to_numpy(zero_copy_only=False))


def numbers(column: pa.Array) -> NDArray[Any]:
    """A column of numbers (n,) without a copy; pyarrow's to_numpy loads pandas first, .4 s."""
    return np.from_dlpack(column)


def read_shards(paths: Sequence[Path]) -> Iterator[Shard]:
    """The shards, one at a time."""
    for path in paths:
        with pa.OSFile(str(path)) as file:
            batch = pa.ipc.open_file(file).get_batch(0)
            yield Shard(
                batch.column("text"),
                numbers(batch.column("document")),
                numbers(batch.column("position")),
                numbers(batch.column("hash")),
            )
