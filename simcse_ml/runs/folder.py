"""The layout of a run folder: every name in it stands here and nowhere else."""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import PARTIAL, write_error

PRIVATE = 0o700
"""a run may hold sentences of a private corpus"""


@dataclass(frozen=True)
class RunFolder:
    """The paths within one run."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def state(self) -> Path:
        """What was asked, on what, and how far it is: the only file that lists read."""
        return self.path / "run.json"

    @property
    def recipe(self) -> Path:
        """Complete: `train --recipe` with it repeats the run."""
        return self.path / "recipe.yaml"

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def log(self) -> Path:
        """For our faults; free of corpus text."""
        return self.path / "log.txt"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def control(self) -> Path:
        """Stop requests, as files."""
        return self.path / "control"

    @property
    def pins(self) -> Path:
        return self.path / "pins.jsonl"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        return self.path / "model"

    @property
    def eval(self) -> Path:
        """Every score with baselines and intervals."""
        return self.path / "eval.json"

    @property
    def report(self) -> Path:
        """The run as one page, where it was asked for."""
        return self.path / "report.html"


def create_run(runs_dir: Path, *, language: str, inputs: Sequence[str], out: Path | None = None) -> RunFolder:
    """A new folder that only its owner can read: `out`, or a fresh name in `runs_dir`.

    Raises: UserError where `out` holds another run or anything else, or cannot be made.
    """
    if out is not None:
        _refuse_used(out)
        return _made(out)
    return _made(fresh_path(runs_dir, language=language, inputs=inputs))


def fresh_path(runs_dir: Path, *, language: str, inputs: Sequence[str]) -> Path:
    """A name in `runs_dir` that nothing has yet."""
    while (path := runs_dir / run_name(language, inputs, secrets.token_hex(2))).exists():
        pass
    return path


def open_run(path: Path) -> RunFolder:
    """The run in `path`. Raises: UserError where there is none."""
    folder = RunFolder(path)
    if not folder.state.is_file():
        raise UserError(
            "is no run folder" if path.exists() else "there is no such run",
            where=str(path),
            mend="`simcse-ml runs list` names those that there are",
            exit_code=ExitCode.INPUT,
        )
    return folder


def find_run(name: str, runs_dir: Path) -> RunFolder:
    """The run that a person means by a path, or by its name in `runs_dir`. Raises: UserError where there is none."""
    beside = runs_dir / name
    return open_run(beside if not Path(name).exists() and beside.exists() else Path(name))


def run_name(language: str, inputs: Sequence[str], mark: str) -> str:
    """ja-corpus-3f2a: the language, the first input's name without what file systems dislike, a mark."""
    first = "stdin" if not inputs or inputs[0] == "-" else Path(inputs[0]).name.split(".")[0]
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else "-" for c in unicodedata.normalize("NFC", first))
    short = re.sub("-+", "-", kept).strip("-")[:24].strip("-")
    return "-".join(part for part in (language, short or "text", mark) if part)


def _made(path: Path) -> RunFolder:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=PRIVATE, exist_ok=True)
        os.chmod(path, PRIVATE)
        RunFolder(path).control.mkdir(exist_ok=True)
        RunFolder(path).checkpoints.mkdir(exist_ok=True)
    except OSError as error:
        raise write_error(error, path) from error
    return RunFolder(path)


def _refuse_used(path: Path) -> None:
    if not path.exists():
        return
    if RunFolder(path).state.exists():
        what = "this folder holds another run"
        mend = f"go on with it by `simcse-ml runs resume {path}`, or choose another folder with --out"
    elif not path.is_dir():
        what, mend = "this is a file", "choose another folder with --out"
    elif any(not entry.name.startswith(PARTIAL) for entry in path.iterdir()):
        what, mend = "this folder is not empty", "choose a new or empty folder with --out"
    else:
        return
    raise UserError(what, where=str(path), mend=mend, exit_code=ExitCode.USAGE)
