"""The lines of a file that is being written: whole ones as records, the rest for the next look."""

from __future__ import annotations

import json

Record = dict[str, object]


def records_in(data: bytes) -> tuple[list[Record], int, int]:
    """(records, bad, end): the JSON objects in the whole lines of `data`, how many lines are none, and where the last
    whole line ends. Empty lines are neither; a line without its end waits.
    """
    end = data.rfind(b"\n") + 1
    lines = [line for line in data[:end].splitlines() if line.strip()]
    records = [record for line in lines if (record := _record(line)) is not None]
    return records, len(lines) - len(records), end


def _record(line: bytes) -> Record | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
