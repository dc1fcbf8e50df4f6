"""The runs of a folder, from their run.json and lock alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simcse_ml.errors import UserError
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.lock import holder
from simcse_ml.runs.state import LIVE, RunState, read_state


@dataclass(frozen=True)
class ListedRun:
    """One run as lists show it.

    shown: the state; "died" where run.json says that it is at work and no process is; "unreadable" without run.json.
    """

    folder: RunFolder
    state: RunState
    shown: str
    at_work: bool

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.folder.name,
            "path": str(self.folder.path),
            "state": self.shown,
            "at_work": self.at_work,
            **self.state.model_dump(mode="json", include={"created", "updated", "language", "inputs", "recipe_name"}),
            **self.state.model_dump(
                mode="json", include={"stage", "step", "steps", "selected_by", "summary", "problem"}
            ),
        }


def listed(folder: RunFolder) -> ListedRun:
    """One run, whatever state its files are in."""
    at_work = holder(folder) is not None
    try:
        state = read_state(folder)
    except UserError as error:
        return ListedRun(folder, RunState(problem=error.what), "unreadable", at_work)
    died = state.state in LIVE and not at_work
    return ListedRun(folder, state, "died" if died else state.state, at_work)


def list_runs(runs_dir: Path) -> list[ListedRun]:
    """All runs in `runs_dir`, the newest first; [] where there is no such folder."""
    if not runs_dir.is_dir():
        return []
    folders = [RunFolder(path) for path in runs_dir.iterdir() if (path / "run.json").is_file()]
    return sorted(map(listed, folders), key=lambda run: (run.state.created, run.folder.name), reverse=True)
