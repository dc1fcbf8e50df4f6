"""Paths as they are typed: completing them, without reading any file."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

MOST = 2_000
"""entries of a folder that are looked at"""


def completed(typed: str) -> tuple[str, list[str]]:
    """The longest path that what was typed can only mean, and the names that are still possible."""
    folder, start = os.path.split(os.path.expanduser(typed))
    names: list[str] = []
    try:
        with os.scandir(folder or ".") as entries:
            for number, entry in enumerate(entries):
                if number >= MOST:
                    break
                if entry.name.startswith(start) and (start.startswith(".") or not entry.name.startswith(".")):
                    names.append(entry.name + ("/" if entry.is_dir() else ""))
    except OSError:
        return typed, []
    if not names:
        return typed, []
    pairs = zip(min(names), max(names), strict=False)
    common = "".join(letter for letter, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
    return os.path.join(folder, common), sorted(names)


def problem_of(typed: str) -> str:
    """Why a path cannot be an input: "missing" or "empty"; "" where it can."""
    path = Path(typed).expanduser()
    try:
        if path.is_file():
            return "" if path.stat().st_size else "empty"
        return "" if path.is_dir() else "missing"
    except OSError:
        return "missing"
