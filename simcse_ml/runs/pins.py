"""pins.jsonl: sentences whose neighbours a person wants to see during training. Read again at each evaluation."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import write_text
from simcse_ml.runs.folder import RunFolder

MOST = 50
"""pins of one run; more would be no pins"""
LONGEST = 1_000
"""characters of one pin"""


def read_pins(folder: RunFolder) -> tuple[str, ...]:
    """The pinned texts in the order they were added; lines that cannot be read are left out."""
    return _read(folder.pins)


def add_pin(folder: RunFolder, text: str) -> bool:
    """Pin a text; False where it is pinned already.

    Raises: UserError for an empty text, too many pins, or a folder that cannot be written.
    """
    text = " ".join(text.split())[:LONGEST]
    if not text:
        raise UserError("a pin needs a text", mend="type a sentence", exit_code=ExitCode.USAGE)
    pins = _read(folder.pins)
    if text in pins:
        return False
    if len(pins) >= MOST:
        raise UserError(f"there are {MOST} pins already", mend="take one away before another", exit_code=ExitCode.USAGE)
    _write(folder.pins, (*pins, text))
    return True


def remove_pin(folder: RunFolder, text: str) -> bool:
    """Take a pin away; False where there is none of that text."""
    pins = _read(folder.pins)
    if text not in pins:
        return False
    _write(folder.pins, [pin for pin in pins if pin != text])
    return True


def _read(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    found: list[str] = []
    for text in lines:
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            continue
        pin = record.get("text") if isinstance(record, dict) else None
        if isinstance(pin, str) and pin.strip() and pin not in found:
            found.append(pin[:LONGEST])
    return tuple(found[:MOST])


def _write(path: Path, pins: Sequence[str]) -> None:
    now = round(time.time(), 3)
    write_text(path, "".join(json.dumps({"text": pin, "time": now}, ensure_ascii=False) + "\n" for pin in pins))
