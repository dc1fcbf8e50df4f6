"""JSON lines, and JSON values one after another or in one array, read as a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial

from simcse_ml.text.sources.blocks import Facts
from simcse_ml.text.sources.lines import ROW_HEAD, ROW_LIMIT, rows
from simcse_ml.text.sources.rows import Row
from simcse_ml.text.sources.tables import count_long_row

_BETWEEN = re.compile(r"[ \t\r\n,\x1e]*")
"""\x1e begins each value of a JSON text sequence (RFC 7464)"""


def json_lines(chunks: Iterator[str], facts: Facts) -> Iterator[Row]:
    """A row for each value of a line; a line that is no JSON objects, texts or lists of texts comes without fields."""
    for number, line in enumerate(rows(chunks, partial(count_long_row, facts)), start=1):
        text = line.strip()
        if not text:
            continue
        values = _parsed(text)
        for value in values:
            yield Row(_fields(value), number, text if len(values) == 1 else str(value)[:ROW_HEAD])


def json_values(chunks: Iterator[str], facts: Facts) -> Iterator[Row]:
    """The elements of one array, or values that stand one after another.

    What is left after a broken value, or one of more than ROW_LIMIT characters, cannot be parted: it is one broken row.
    """
    decoder, text, number, at = json.JSONDecoder(), "", 0, 0
    started = False
    tried = 0  # length of text when the last try ended in its middle
    for chunk in chunks:
        text += chunk
        if not started:
            text = text.lstrip("\ufeff \t\r\n").removeprefix("[")
            started = True
        if len(text) < 2 * tried and len(text) <= ROW_LIMIT:
            continue  # a long element is tried again only when twice as much of it is there
        at = 0
        while True:
            at = _end(_BETWEEN, text, at)
            if at == len(text) or text[at] == "]":
                break
            try:
                value, end = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                break  # the element may go on in the next chunk
            if end == len(text) and not isinstance(value, dict | str | list):
                break  # a number that may go on
            number += 1
            yield Row(_fields(value), number, text[at:end])
            at = end
        text = text[at:]
        tried = len(text)
        if tried > ROW_LIMIT:
            break
    yield from _rest(text, decoder, number, facts)


def _rest(text: str, decoder: json.JSONDecoder, number: int, facts: Facts) -> Iterator[Row]:
    """Whole values at the end that were not tried yet, then what is broken."""
    at = 0
    while (at := _end(_BETWEEN, text, at)) < len(text) and text[at] != "]":
        number += 1
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            why = _why(error) if len(text) <= ROW_LIMIT else f"it has more than {ROW_LIMIT:,} characters"
            facts.warn(f"{facts.name}: from value {number:,} on it is no JSON that could be read ({why})")
            yield Row(None, number, text[at : at + ROW_HEAD])
            return
        yield Row(_fields(value), number, text[at:end])
        at = end


def _why(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else getattr(error, "msg", str(error))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _parsed(line: str) -> list[object]:
    """The value of a line, or values that follow each other without a line end; [None] if it is no JSON."""
    try:
        return [json.loads(line)]
    except (ValueError, RecursionError):
        pass
    decoder, values, at = json.JSONDecoder(), [], 0
    while at < len(line):
        try:
            value, end = decoder.raw_decode(line, at)
        except (ValueError, RecursionError):
            return [None]
        values.append(value)
        at = _end(_BETWEEN, line, end)
    return values


def _fields(value: object) -> dict[str, object] | None:
    if isinstance(value, str | list):
        return {"text": value}
    return value if isinstance(value, dict) else None
