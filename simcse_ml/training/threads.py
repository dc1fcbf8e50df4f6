"""How many threads help. No torch: the text is prepared with as many before torch is loaded."""

from __future__ import annotations

import os

import psutil


def pick_threads(asked: int | None) -> int:
    """As asked, else the physical cores less those that other processes keep busy (two threads beside a busy process
    are slower than one: docs/decisions.md).
    """
    if asked:
        return asked
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process(), "cpu_affinity") else cores
    cores = min(cores, allowed)
    busy = psutil.getloadavg()[0]
    return max(1, cores - int(busy)) if busy >= 1 else cores
