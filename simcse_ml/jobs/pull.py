"""`pull`: a model from the Hub to this machine, at one commit; what is here already is not asked for."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.events import Sink, StageStarted
from simcse_ml.files import atomic_folder, require_new
from simcse_ml.models.locate import locate


@dataclass(frozen=True)
class PullRequest:
    """repo: owner/name, or owner/name@revision.  out: a folder to copy it to, None for the Hub's own cache.

    allow_large: over 1 GB without asking.
    """

    repo: str
    out: Path | None = None
    allow_large: bool = False


@dataclass(frozen=True)
class Pulled:
    """revision: the commit, "" for a folder that was named."""

    name: str
    folder: Path
    revision: str
    bytes: int


def pull(request: PullRequest, sink: Sink) -> Pulled:
    """Raises: UserError MACHINE where it is not to be had, USAGE where `out` holds something."""
    out = request.out
    if out is not None:
        require_new(out, "--out")
    sink(StageStarted("fetching"))
    found = locate(request.repo, offline=False, allow_large=request.allow_large)
    folder = found.folder
    if out is not None:
        with atomic_folder(out) as building:
            shutil.copytree(folder, building, dirs_exist_ok=True)  # the cache holds links: files are copied
        folder = out
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Pulled(found.name, folder, found.revision, size)
