"""Lines between a window and its children: one JSON object each, at most LONGEST bytes, vectors as base64 of float32.

> {"v":1,"id":7,"op":"search","args":{...}}
< {"id":7,"ev":"part","scanned":0.34,"hits":[..]}     hello | alive | progress | part | done | error | cancelled
> {"v":1,"id":8,"op":"cancel","args":{"id":7}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping

VERSION = 1
LONGEST = 1 << 20
"""bytes of a line, its end not counted"""
HEARTBEAT = 2.0
"""seconds between two signs of life"""


class BadLine(ValueError):
    """A line that is no message of this protocol."""


def line_of(message: Mapping[str, object]) -> bytes:
    """The message as a line.  Raises: BadLine where it would be longer than LONGEST."""
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(data) > LONGEST:
        raise BadLine(f"a message of {len(data):,} bytes; {LONGEST:,} is the most")
    return data + b"\n"


def message_of(line: bytes) -> dict[str, object]:
    """The message of a line.  Raises: BadLine."""
    if len(line) > LONGEST + 1:
        raise BadLine("a line that is too long")
    try:
        found = json.loads(line)
    except ValueError as error:
        raise BadLine("a line that is no JSON") from error
    if not isinstance(found, dict):
        raise BadLine("a line that is no JSON object")
    return found
