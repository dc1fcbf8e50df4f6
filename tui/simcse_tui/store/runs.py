"""The runs of a folder, read only. A look reads what changed, in a thread; screens see frozen records."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from simcse_ml.runs.folder import RunFolder
from simcse_tui.store.glimpses import last_step, sentences_of
from simcse_tui.store.records import LIVE, NOTHING, Detail, RunRecord
from simcse_tui.store.scores import read_scores

FORMAT = 1
"""of run.json; a newer one is shown as such and left alone"""

Stamp = tuple[int, int]


class RunsStore:
    """The runs of `runs_dir`, the newest first. looked: whether the folder was read at all."""

    def __init__(self, runs_dir: Path) -> None:
        self.runs_dir = runs_dir
        self.runs: tuple[RunRecord, ...] = ()
        self.looked = False
        self.problem = ""
        self._known: dict[Path, tuple[Stamp, RunRecord]] = {}
        self._details: dict[Path, tuple[Stamp, Detail]] = {}

    def look_again(self) -> bool:
        """Read what changed; True where the list is another one now."""
        before = self.runs, self.looked
        known = {path: self._known_or_read(path) for path in self._folders()}
        self._known = known
        found = [self._with_process(record) for _, record in known.values()]
        self.runs = tuple(sorted(found, key=lambda run: (run.created, run.name), reverse=True))
        self.looked = True
        return (self.runs, self.looked) != before

    def at_work(self) -> RunRecord | None:
        """The newest run that is training."""
        return next((run for run in self.runs if run.is_live), None)

    def named(self, name: str) -> RunRecord | None:
        """The run of that name."""
        return next((run for run in self.runs if run.name == name), None)

    def detail_of(self, run: RunRecord) -> Detail:
        """Of a run as last looked at; nothing is known before that."""
        return self._details.get(run.path, ((0, 0), NOTHING))[1]

    def look_into(self, run: RunRecord) -> bool:
        """Count and read what lists show beside run.json, again only after it changed; True where it did.

        Slow on a slow disk: call it in a thread.
        """
        stamp = _stamp(RunFolder(run.path).state)
        before = self._details.get(run.path)
        if before is not None and before[0] == stamp:
            return False
        scores = read_scores(run.path) if run.state == "done" else None
        self._details[run.path] = (stamp, Detail(bytes_in(run.path), sentences_of(run.path), scores))
        return True

    def _folders(self) -> list[Path]:
        try:
            found = [path for path in self.runs_dir.iterdir() if not path.name.startswith(".")]
            self.problem = ""
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problem = f"{self.runs_dir}: {error.strerror}"
            return []
        return [path for path in found if RunFolder(path).state.exists()]

    def _known_or_read(self, path: Path) -> tuple[Stamp, RunRecord]:
        stamp = _stamp(RunFolder(path).state)
        known = self._known.get(path)
        return known if known is not None and known[0] == stamp else (stamp, read_run(path))

    def _with_process(self, run: RunRecord) -> RunRecord:
        """The record with the process that is at work; "died" where there should be one and is none."""
        if not run.is_live and run.state != "stopped":
            return run
        from simcse_ml.runs.lock import holder  # psutil: not needed before there is a live run

        found = holder(RunFolder(run.path))
        step = last_step(run.path) if run.is_live else None
        if step is not None:
            run = replace(run, step=step[0], steps=step[1])
        if found is not None:
            return replace(run, pid=found.pid)
        return replace(run, state="died") if run.is_live else run


def read_run(path: Path) -> RunRecord:
    """The run in `path`, whatever state its files are in."""
    try:
        return record_of(path, json.loads(RunFolder(path).state.read_text(encoding="utf-8")))
    except OSError as error:
        return RunRecord(path, path.name, "unreadable", problem=f"run.json: {error.strerror}")
    except (ValueError, RecursionError):
        return RunRecord(path, path.name, "unreadable", problem="run.json is not whole")


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
        backbone=_backbone(found),
    )


def bytes_in(folder: Path) -> int:
    """Bytes of all files below; one that goes away meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size if not path.is_dir() else 0
        except OSError:
            continue
    return total


def _stamp(path: Path) -> Stamp:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)


def _backbone(found: dict[str, object]) -> str:
    """What was chosen to train from, as the run wrote it down; "" before that."""
    machine = found.get("machine")
    choice = machine.get("choice") if isinstance(machine, dict) else None
    return _text(choice, "name") if isinstance(choice, dict) else ""


def _text(found: dict[str, object], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _whole(found: dict[str, object], key: str) -> int:
    value = found.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


__all__ = ["LIVE", "RunsStore", "read_run", "record_of"]
