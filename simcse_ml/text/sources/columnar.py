"""Parquet and Arrow: rows in small batches, of the text's column alone once it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import IO, Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.sources.blocks import Block, Facts, Hints
from simcse_ml.text.sources.bytestream import Reader
from simcse_ml.text.sources.columns import choose_column
from simcse_ml.text.sources.rows import SAMPLE, Row, text_blocks

BATCH = 256
"""rows at once"""
READ_BUFFER = 1 << 20
"""bytes of a column chunk that are read at once; without it pyarrow reads a whole chunk, however large"""
RAW = 120

Fields = dict[str, object]


def parquet_blocks(file: IO[bytes], facts: Facts, hints: Hints) -> Iterator[Block]:
    """The text of a Parquet file. Raises: UserError(INPUT) if it is damaged, or no column can be taken as the text."""
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(file, buffer_size=READ_BUFFER, pre_buffer=False)
    except arrow_errors() as error:
        raise _damaged(facts, error) from error
    facts.encoding = "utf-8"

    def batches(names: Sequence[str] | None) -> Iterator[Any]:
        return parquet.iter_batches(batch_size=BATCH, columns=names, use_threads=False)  # type: ignore[no-any-return]

    return _blocks(parquet.schema_arrow, batches, facts, hints)


def arrow_file_blocks(file: IO[bytes], facts: Facts, hints: Hints) -> Iterator[Block]:
    """The text of an Arrow IPC file (Feather is one). Raises: UserError(INPUT) as for Parquet."""
    import pyarrow as pa

    def batches(names: Sequence[str] | None) -> Iterator[Any]:
        file.seek(0)
        fields = None if names is None else [schema.get_field_index(name) for name in names]
        reader = pa.ipc.open_file(file, options=pa.ipc.IpcReadOptions(included_fields=fields, use_threads=False))
        for number in range(reader.num_record_batches):
            yield from _sliced(reader.get_batch(number))

    try:
        schema = pa.ipc.open_file(file).schema
    except arrow_errors() as error:
        raise _damaged(facts, error) from error
    facts.encoding = "utf-8"
    return _blocks(schema, batches, facts, hints)


def arrow_stream_blocks(stream: Reader, facts: Facts, hints: Hints) -> Iterator[Block]:
    """The text of an Arrow IPC stream, as the `datasets` library keeps its sets. Raises: UserError(INPUT)."""
    import pyarrow as pa

    try:
        reader = pa.ipc.open_stream(pa.PythonFile(stream, mode="r"))
    except arrow_errors() as error:
        raise _damaged(facts, error) from error
    facts.encoding = "utf-8"
    slices = (part for batch in reader for part in _sliced(batch))
    names = _textual(reader.schema, facts)
    rows = _rows(slices, names, facts)
    head = list(islice(rows, SAMPLE))
    column = choose_column([row.fields for row in head if row.fields is not None], facts, hints)
    return text_blocks(_joined(head, rows), column, facts)


def _blocks(
    schema: Any,  # noqa: ANN401  # pyarrow has no types
    batches: Callable[[Sequence[str] | None], Iterator[Any]],
    facts: Facts,
    hints: Hints,
) -> Iterator[Block]:
    """Rows are looked at once with all columns that may hold text, then read with the chosen one."""
    names = _textual(schema, facts)
    head = list(islice(_rows(batches(names), names, facts), SAMPLE))
    column = choose_column([row.fields for row in head if row.fields is not None], facts, hints)
    facts.columns = tuple(schema.names)
    outer = column if column in names else column.partition(".")[0]
    return text_blocks(_rows(batches([outer]), [outer], facts), column, facts)


def _textual(schema: Any, facts: Facts) -> list[str]:  # noqa: ANN401  # pyarrow has no types
    """Columns of texts, of lists of texts, and of structures that may hold some."""
    names = [field.name for field in schema if _may_hold_text(field.type)]
    if not names:
        raise UserError(
            "no column holds text",
            where=facts.name,
            mend=f"it has {', '.join(f'{field.name} ({field.type})' for field in list(schema)[:8])}",
            exit_code=ExitCode.INPUT,
        )
    return names


def _may_hold_text(kind: Any) -> bool:  # noqa: ANN401  # pyarrow has no types
    from pyarrow import types

    if types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind):
        return _may_hold_text(kind.value_type)
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    return bool(is_text or types.is_struct(kind))


def _sliced(batch: Any) -> Iterator[Any]:  # noqa: ANN401  # pyarrow has no types
    for at in range(0, batch.num_rows, BATCH):
        yield batch.slice(at, BATCH)


def _rows(batches: Iterator[Any], names: Sequence[str], facts: Facts) -> Iterator[Row]:
    number = 0
    try:
        for batch in batches:
            columns = {name: batch.column(batch.schema.get_field_index(name)).to_pylist() for name in names}
            for at in range(batch.num_rows):
                number += 1
                fields: Fields = {name: values[at] for name, values in columns.items()}
                yield Row(fields, number, _raw(fields))
    except arrow_errors() as error:
        facts.warn(
            f"{facts.name}: it is damaged behind row {number:,} ({short_reason(error)}); what comes before was used"
        )


def _joined(head: list[Row], rows: Iterator[Row]) -> Iterator[Row]:
    yield from head
    yield from rows


def _raw(fields: Fields) -> str:
    return ", ".join(f"{name}: {str(value)[:RAW]}" for name, value in fields.items())[:RAW]


def arrow_errors() -> tuple[type[Exception], ...]:
    """What pyarrow raises on damaged data."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, EOFError, UnicodeDecodeError)


def _damaged(facts: Facts, error: Exception) -> UserError:
    return UserError(
        f"the {facts.format} is damaged or cut off ({short_reason(error)})",
        where=facts.name,
        mend="get the file again, whole",
        exit_code=ExitCode.INPUT,
    )


def short_reason(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")[:120]
