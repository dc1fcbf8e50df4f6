"""What the window says to its children and hears from them (simcse_ml.wire); see section 8 of the design."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simcse_ml.wire import VERSION, line_of

Answer = Mapping[str, Any]
Heard = Callable[[Answer], None]

ENDS = frozenset({"done", "error", "cancelled"})
"""events after which nothing more comes for a request"""
ENCODE = "simcse_ml.jobs.serve_encode"
SEARCH = "simcse_ml.jobs.serve_search"
PUSH = "simcse_ml.jobs.serve_push"


def request_line(number: int, op: str, args: Mapping[str, object]) -> bytes:
    """A request as a line.  Raises: BadLine where it is too long."""
    return line_of({"v": VERSION, "id": number, "op": op, "args": args})


def gone(message: str, hint: str) -> Answer:
    """What a request hears whose child is no more."""
    return {"ev": "error", "code": "gone", "msg": message, "hint": hint}
