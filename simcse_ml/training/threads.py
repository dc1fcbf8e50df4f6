"""How many threads help. No torch: the text is prepared with as many before torch is loaded."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

LOOK = 0.2
"""seconds for which the processor is watched where its load says that others are busy"""


def pick_threads(asked: int | None, among: int = 1) -> int:
    """As asked, else the physical cores less those that other processes keep busy (two threads beside a busy process
    are slower than one: docs/decisions.md), shared out `among` the processes of one training.
    """
    if asked:
        return asked
    cores = physical_cores()
    return max(1, (cores - busy_cores()) // among) if cores > 1 else 1


def physical_cores(root: Path = Path("/")) -> int:
    """Cores that this process may use: not the second threads of one, and no more than a container allows."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    process = psutil.Process()
    if hasattr(process, "cpu_affinity"):
        cores = min(cores, len(process.cpu_affinity()))
    return max(1, min(cores, _quota(root) or cores))


def busy_cores() -> int:
    """Whole cores that other processes keep busy: by the load of the last minute, unless it is over by now.

    The load alone would count this process's own past, such as the preparation of text.
    """
    load = psutil.getloadavg()[0]
    if load < 1:
        return 0
    now = psutil.cpu_percent(interval=LOOK) / 100 * (os.cpu_count() or 1)
    return int(min(load, now))


def _quota(root: Path) -> int | None:
    """Cores' worth of time that the container's cgroup allows; None where it sets no limit."""
    try:
        quota, period = (root / "sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return None
