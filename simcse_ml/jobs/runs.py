"""Looking after runs: list, show, watch, stop, remove. (Training and resuming are jobs/train.py.)"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import PARTIAL, write_error
from simcse_ml.jobs.cache import bytes_in
from simcse_ml.runs.control import request_stop
from simcse_ml.runs.events_file import follow
from simcse_ml.runs.folder import RunFolder, find_run
from simcse_ml.runs.listing import ListedRun, list_runs, listed
from simcse_ml.runs.lock import holder
from simcse_ml.runs.pins import add_pin, read_pins, remove_pin

__all__ = [
    "ShownRun",
    "add_pin",
    "find_run",
    "list_runs",
    "read_pins",
    "remove_pin",
    "remove_run",
    "show_run",
    "stop_run",
    "watch_run",
]


@dataclass(frozen=True)
class ShownRun:
    """run: as in lists.  evaluation: eval.json, {} where there is none yet.  files: bytes of each part."""

    run: ListedRun
    evaluation: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        state = self.run.state.model_dump(mode="json", exclude={"state"})
        return {**self.run.as_json(), **state, "eval": dict(self.evaluation), "files": dict(self.files)}


def show_run(folder: RunFolder) -> ShownRun:
    """Everything that is known of one run."""
    parts = {entry.name: bytes_in(entry) for entry in sorted(folder.path.iterdir()) if not entry.name.startswith(".")}
    return ShownRun(listed(folder), _evaluation(folder.eval), parts)


def watch_run(folder: RunFolder) -> Iterator[dict[str, object]]:
    """The run's events from the first, and on until no process is at work on it."""
    return follow(folder.events, lambda: holder(folder) is not None)


def stop_run(folder: RunFolder, *, wait_seconds: float = 0.0) -> bool:
    """Ask the process at work to save and stop; True once it is gone, False if it still goes on after the wait.

    Raises: UserError where nothing is at work on this run.
    """
    if holder(folder) is None:
        raise UserError(
            "nothing is at work on this run",
            where=str(folder.path),
            mend="`simcse-ml runs list` says what is",
            exit_code=ExitCode.USAGE,
        )
    request_stop(folder)
    end = time.monotonic() + wait_seconds
    while holder(folder) is not None:
        if time.monotonic() >= end:
            return False
        time.sleep(0.2)
    return True


def remove_run(folder: RunFolder) -> int:
    """Delete the whole run, checkpoints and model too; returns its bytes.

    Raises: UserError while it is being trained.
    """
    at_work = holder(folder)
    if at_work:
        raise UserError(
            f"process {at_work.pid} is at work on this run",
            where=str(folder.path),
            mend=f"stop it first: simcse-ml runs stop {folder.path}",
            exit_code=ExitCode.USAGE,
        )
    size = bytes_in(folder.path)
    going = folder.path.with_name(f"{PARTIAL}{folder.name}")
    try:
        os.rename(folder.path, going)  # at once out of every list, however long deleting takes
        shutil.rmtree(going)
    except OSError as error:
        raise write_error(error, folder.path) from error
    return size


def _evaluation(path: Path) -> dict[str, object]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
