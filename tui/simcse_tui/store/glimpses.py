"""A look at the beginning or the end of events.jsonl, for lists that must not read all of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from simcse_ml.runs.folder import RunFolder

LOOKED_AT = 64 << 10
"""bytes at either end"""


def last_step(run: Path) -> tuple[int, int] | None:
    """(step, steps) of the last step that was written down; None before the first."""
    for record in reversed(_records(_piece(RunFolder(run).events, at_end=True))):
        step, steps = record.get("step"), record.get("steps")
        if record.get("kind") == "StepDone" and isinstance(step, int) and isinstance(steps, int):
            return step, steps
    return None


def sentences_of(run: Path) -> int:
    """How many sentences became tokens; 0 where that is not written down yet."""
    for record in _records(_piece(RunFolder(run).events, at_end=False)):
        total = record.get("total")
        if record.get("kind") == "StageStarted" and record.get("stage") == "tokens" and isinstance(total, int):
            return total
    return 0


def _piece(path: Path, *, at_end: bool) -> bytes:
    try:
        with path.open("rb") as file:
            if at_end:
                file.seek(max(0, os.fstat(file.fileno()).st_size - LOOKED_AT))
            return file.read(LOOKED_AT)
    except OSError:
        return b""


def _records(data: bytes) -> list[dict[str, object]]:
    found = []
    for text in data.splitlines():
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            continue  # torn at the edge of the piece
        if isinstance(record, dict):
            found.append(record)
    return found
