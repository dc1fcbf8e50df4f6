"""What files and folders are read as."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simcse_ml.events import Progress, Sink
from simcse_ml.text.labelled.recognise import Described, describe


@dataclass(frozen=True)
class DataRequest:
    """column: as for --column, None to recognise it."""

    paths: tuple[Path, ...]
    column: str | None = None


@dataclass(frozen=True)
class DataResult:
    files: tuple[Described, ...]


def data(request: DataRequest, sink: Sink) -> DataResult:
    """Describe every path. Raises: UserError(INPUT) for one that does not exist."""
    files: list[Described] = []
    for number, path in enumerate(request.paths, start=1):
        files.extend(describe(path, request.column))
        sink(Progress("data", number, len(request.paths), path.name))
    return DataResult(tuple(files))
