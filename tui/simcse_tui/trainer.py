"""Trainings in processes of their own: each in its own session, so that closing the window or losing SSH stops none."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.runs.control import request_stop
from simcse_ml.runs.folder import RunFolder

NICE = 10
"""so that keys are answered while all cores train"""


@dataclass(frozen=True)
class Ended:
    """A process that this window started and that is over. said: its last line on standard error."""

    name: str
    code: int
    said: str


class Trainer:
    """command: what starts simcse-ml.  logs: a folder for what processes say on standard error."""

    def __init__(self, command: Sequence[str], logs: Path) -> None:
        self.command, self.logs = tuple(command), logs
        self._running: dict[str, tuple[subprocess.Popen[bytes], Path]] = {}

    def start(self, name: str, arguments: Sequence[str]) -> int:
        """Start simcse-ml with these arguments for the run `name`; returns the process id.

        Raises: OSError where it cannot be started.
        """
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, log = tempfile.mkstemp(prefix="window-", suffix=".txt", dir=self.logs)
        with open(handle, "wb") as file:
            process = subprocess.Popen(
                [*self.command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=file,
                start_new_session=True,
            )
        _yield_to_keys(process.pid)
        self._running[name] = (process, Path(log))
        return process.pid

    def resume(self, run: Path) -> int:
        """Go on with a run from its last checkpoint. Raises: OSError."""
        return self.start(run.name, ("runs", "resume", str(run)))

    def stop(self, run: Path) -> None:
        """Ask for a checkpoint and an end after the step it is in. Raises: UserError where it cannot be written."""
        request_stop(RunFolder(run))

    def is_starting(self, name: str) -> bool:
        """Whether a process of this window is at work on that run."""
        return name in self._running and self._running[name][0].poll() is None

    def ended(self) -> list[Ended]:
        """Processes that ended since the last call."""
        over = [name for name, (process, _) in self._running.items() if process.poll() is not None]
        found = []
        for name in over:
            process, log = self._running.pop(name)
            found.append(Ended(name, process.returncode, last_line(log)))
            log.unlink(missing_ok=True)
        return found


def _yield_to_keys(pid: int) -> None:
    """Lower the priority of a process that has just begun, and so of what it starts."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError):  # it is over already
            os.setpriority(os.PRIO_PROCESS, pid, NICE)


def last_line(log: Path) -> str:
    """The last line with something in it."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((text.strip() for text in reversed(lines) if text.strip()), "")
