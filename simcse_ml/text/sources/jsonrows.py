"""JSON lines, and one JSON array of rows, read as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator

from simcse_ml.text.sources.lines import ROW_LIMIT, rows
from simcse_ml.text.sources.rows import Row


def json_lines(chunks: Iterator[str]) -> Iterator[Row]:
    """A row a line; a line that is no JSON object or string comes without fields."""
    for number, line in enumerate(rows(chunks), start=1):
        if line.strip():
            yield Row(_fields(_parsed(line)), number, line.strip())


def json_array(chunks: Iterator[str]) -> Iterator[Row]:
    """The elements of one array; the rest of it after a broken element comes as one row without fields."""
    decoder, text, number = json.JSONDecoder(), "", 0
    started = False
    for chunk in chunks:
        text += chunk
        if not started:
            text = text.lstrip().removeprefix("[")
            started = True
        while True:
            text = text.lstrip(" \t\r\n,")
            if not text or text[0] == "]":
                break
            try:
                value, end = decoder.raw_decode(text)
            except json.JSONDecodeError:
                break  # the element may go on in the next chunk
            if end == len(text) and not isinstance(value, dict | str):
                break  # a number that may go on
            number += 1
            yield Row(_fields(value), number, text[:end])
            text = text[end:]
        if len(text) > ROW_LIMIT:
            break
    if text and text[0] != "]":
        yield Row(None, number + 1, text[:200])


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return None


def _fields(value: object) -> dict[str, object] | None:
    if isinstance(value, str):
        return {"text": value}
    return value if isinstance(value, dict) else None
