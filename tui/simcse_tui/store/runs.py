"""The runs of a folder, read only. The first look reads names and run.json and loads nothing heavy."""

from __future__ import annotations

import json
from pathlib import Path

from simcse_ml.runs.folder import RunFolder
from simcse_tui.store.records import LIVE, RunRecord

FORMAT = 1
"""of run.json; a newer one is shown as such and left alone"""


class RunsStore:
    """The runs of `runs_dir`, the newest first."""

    def __init__(self, runs_dir: Path) -> None:
        self.runs_dir = runs_dir
        self.runs: tuple[RunRecord, ...] = ()
        self.looked = False

    def look_again(self) -> bool:
        """Read what changed; True where the list is another one now."""
        before = self.runs
        self.runs = tuple(
            sorted(map(self._read, self._folders()), key=lambda run: (run.created, run.name), reverse=True)
        )
        self.looked = True
        return self.runs != before

    def at_work(self) -> RunRecord | None:
        """The newest run that is training."""
        return next((run for run in self.runs if run.is_live), None)

    def _folders(self) -> list[Path]:
        try:
            return [path for path in self.runs_dir.iterdir() if (path / "run.json").exists()]
        except OSError:
            return []

    def _read(self, path: Path) -> RunRecord:
        folder = RunFolder(path)
        try:
            found = json.loads(folder.state.read_text(encoding="utf-8"))
            return record_of(path, found)
        except (OSError, ValueError) as error:
            return RunRecord(path, folder.name, "unreadable", problem=type(error).__name__)


def record_of(path: Path, found: object) -> RunRecord:
    """The record of a parsed run.json; keys of another kind than expected take their defaults.

    Raises: ValueError where it is no object.
    """
    if not isinstance(found, dict):
        raise ValueError("not an object")
    inputs, summary = found.get("inputs"), found.get("summary")
    version = found.get("format", FORMAT)
    newer = isinstance(version, int) and version > FORMAT
    return RunRecord(
        path,
        path.name,
        state="newer" if newer else _text(found, "state") or "unreadable",
        created=_text(found, "created"),
        language=_text(found, "language"),
        inputs=tuple(str(name) for name in inputs) if isinstance(inputs, list) else (),
        stage=_text(found, "stage"),
        step=_whole(found, "step"),
        steps=_whole(found, "steps"),
        problem=_text(found, "problem"),
        summary=summary if isinstance(summary, dict) else {},
    )


def _text(found: dict[str, object], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _whole(found: dict[str, object], key: str) -> int:
    value = found.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


__all__ = ["LIVE", "RunsStore", "record_of"]
