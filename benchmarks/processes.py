"""Memory of a process and all it starts: the sum of the peaks (VmHWM) that Linux keeps for each."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

INTERVAL = 0.1
"""seconds between two looks; what a process reaches after the last look at it is missed"""


class Peaks:
    """Watches process `pid` and its children while it is entered."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._kib: dict[int, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    @property
    def mib(self) -> float:
        return sum(self._kib.values()) / 1024

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(INTERVAL):
            self._look()
        self._look()

    def _look(self) -> None:
        try:
            first = psutil.Process(self._pid)
            tree = [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for process in tree:
            try:
                status = Path(f"/proc/{process.pid}/status").read_text()
            except OSError:  # it has just ended
                continue
            for line in status.splitlines():
                if line.startswith("VmHWM"):
                    self._kib[process.pid] = int(line.split()[1])
