"""Prepared sentences on disk: Arrow files, memory-mapped, opened in milliseconds, read at random.

A corpus is a folder: manifest.json and part-00000.arrow, part-00001.arrow ... Every part has PART_ROWS rows (the last
one fewer) in a single record batch, so that a row's place is a division and never a search through chunks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.report import PrepareReport

FORMAT = 1
PART_ROWS = 1 << 16
MANIFEST = "manifest.json"

Ordered = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class _Part:
    """One memory-mapped file. text: its UTF-8 bytes.  offsets: (rows + 1,) where each sentence begins."""

    text: memoryview
    offsets: NDArray[np.int64]
    documents: NDArray[np.int32]
    positions: NDArray[np.int32]


@dataclass(frozen=True)
class Corpus:
    """fingerprint: of the inputs, the settings and this format; the same text prepared alike has the same one.
    ordered: whether neighbouring rows of a document are neighbours in a text.
    """

    folder: Path
    fingerprint: str
    size: int
    ordered: Ordered
    report: PrepareReport
    held_out_rows: NDArray[np.int64]

    @classmethod
    def open(cls, folder: Path) -> Corpus:
        """Raises: UserError(INPUT) if it is no corpus, or one of a later version."""
        try:
            manifest: Mapping[str, object] = json.loads((folder / MANIFEST).read_text("utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise UserError(
                "this is no prepared text", where=str(folder), mend="run prepare again", exit_code=ExitCode.INPUT
            ) from error
        if manifest.get("format") != FORMAT:
            raise UserError(
                f"this was prepared by another version (format {manifest.get('format')})",
                where=str(folder),
                mend="run prepare again",
                exit_code=ExitCode.INPUT,
            )
        return cls(
            folder,
            str(manifest["fingerprint"]),
            int(str(manifest["size"])),
            manifest["ordered"],  # type: ignore[arg-type]
            PrepareReport.from_json(manifest["report"]),  # type: ignore[arg-type]
            np.asarray(manifest["held_out_rows"], np.int64),
        )

    def __len__(self) -> int:
        return self.size

    def texts(self, rows: NDArray[np.int64]) -> list[str]:
        """The sentences with the indices `rows` (n,), in that order."""
        found: list[str] = []
        for row in rows.tolist():
            number, at = divmod(row, PART_ROWS)
            part = self._parts[number]
            found.append(str(part.text[part.offsets[at] : part.offsets[at + 1]], "utf-8"))
        return found

    def iterate(self, rows: NDArray[np.int64] | None = None, batch: int = 1000) -> Iterator[list[str]]:
        """All sentences, or those of `rows` (n,), in lists of at most `batch`."""
        count = len(self) if rows is None else len(rows)
        for start in range(0, count, batch):
            end = min(start + batch, count)
            yield self.texts(np.arange(start, end) if rows is None else rows[start:end])

    @cached_property
    def documents(self) -> NDArray[np.int32]:
        """(len,) the document number of each row, not falling."""
        return np.concatenate([part.documents for part in self._parts])

    @cached_property
    def positions(self) -> NDArray[np.int32]:
        """(len,) the number of each row within its document, before anything was dropped."""
        return np.concatenate([part.positions for part in self._parts])

    @cached_property
    def train_rows(self) -> NDArray[np.int64]:
        """(n,) the rows that are not held out, rising."""
        mask = np.ones(len(self), np.bool_)
        mask[self.held_out_rows] = False
        return np.flatnonzero(mask)

    @cached_property
    def _parts(self) -> list[_Part]:
        count = -(-len(self) // PART_ROWS)
        return [_open_part(part_path(self.folder, number)) for number in range(count)]


def part_path(folder: Path, number: int) -> Path:
    """Where part `number` lies."""
    return folder / f"part-{number:05d}.arrow"


def _open_part(path: Path) -> _Part:
    import pyarrow as pa

    from simcse_ml.text.arrowfiles import numbers

    with pa.memory_map(str(path)) as source:
        batch = pa.ipc.open_file(source).get_batch(0)
    text = batch.column("text")
    _, offsets, data = text.buffers()
    return _Part(
        memoryview(data) if data is not None else memoryview(b""),
        np.frombuffer(offsets, np.int32, len(text) + 1).astype(np.int64),
        numbers(batch.column("document")),
        numbers(batch.column("position")),
    )
