"""Vectors of a corpus on disk: float32, memory-mapped, built so that a kill costs one block at most.

    vectors.npy    (count, dim) float32, raw as the model gave them
    sides.npz      norms (count,), towards (count,) and mean (dim,): what plain and centred cosines need
    manifest.json  of which model and corpus; written last, so a folder without it is not finished
    progress.json  only while it is being built: rows that are safely on disk

NumPy only.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.files import atomic_file, write_error, write_json

FORMAT = 1
STAGE = "vectors"
SAVE_ROWS = 4096
"""rows that are embedded together and then on disk: the most that a kill can cost"""
READ_ROWS = 32_768

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True)
class Manifest:
    """model, corpus: fingerprints; vectors are only used with the pair they were made from."""

    model: str
    corpus: str
    dim: int
    count: int
    format: int = FORMAT


@dataclass(frozen=True)
class VectorStore:
    """vectors: (count, dim) memory-mapped.  norms: (count,).

    mean: (dim,) of the unit vectors.  towards: (count,) dot product of each unit vector with `mean`.
    """

    folder: Path
    manifest: Manifest
    vectors: Vectors
    norms: Vectors
    towards: Vectors
    mean: Vectors

    def __len__(self) -> int:
        return self.manifest.count


def open_vectors(folder: Path) -> VectorStore | None:
    """The finished store in `folder`, None where there is none of this format."""
    found = _read_manifest(folder / "manifest.json")
    if found is None:
        return None
    try:
        vectors = np.load(folder / "vectors.npy", mmap_mode="r" if found.count else None, allow_pickle=False)
        with np.load(folder / "sides.npz", allow_pickle=False) as sides:
            store = VectorStore(folder, found, vectors, sides["norms"], sides["towards"], sides["mean"])
    except (OSError, ValueError, KeyError):
        return None  # half deleted or damaged: built again
    return store if vectors.shape == (found.count, found.dim) else None


def build_vectors(
    folder: Path,
    texts: Iterable[list[str]],
    embed: Embed,
    dim: int,
    count: int,
    manifest: Mapping[str, str],
    sink: Sink,
) -> VectorStore:
    """The store of these texts in `folder`: opened if it is there, else built, from where a killed build stopped.

    texts: blocks of sentences, `count` in all, in the corpus's order.
    manifest: fingerprints under "model" and "corpus".
    Raises: UserError MACHINE if the disk cannot take them; ValueError if there are more or fewer texts than `count`.
    """
    wanted = Manifest(manifest["model"], manifest["corpus"], dim, count)
    done = open_vectors(folder)
    if done is not None and done.manifest == wanted:
        return done
    path = folder / "vectors.npy"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "manifest.json").unlink(missing_ok=True)
        header = _header(wanted)
        start = _rows_done(folder, wanted, header)
        sink(StageStarted(STAGE, total=count))
        with path.open("r+b" if start else "w+b") as file:
            if not start:
                file.write(header)
            file.seek(len(header) + start * dim * 4)
            row = start
            for block in _from_row(texts, start):
                vectors = np.ascontiguousarray(embed(block), np.float32)
                if vectors.shape != (len(block), dim) or row + len(block) > count:
                    raise ValueError(f"{vectors.shape} vectors at row {row} do not fit a store of {(count, dim)}")
                file.write(vectors.tobytes())
                file.flush()
                os.fsync(file.fileno())
                row += len(block)
                write_json(folder / "progress.json", {**asdict(wanted), "rows": row})
                sink(Progress(STAGE, row, count))
            if row != count:
                raise ValueError(f"{row} texts where {count} were promised")
    except OSError as error:
        raise write_error(error, path) from error
    return _finished(folder, wanted)


def _finished(folder: Path, wanted: Manifest) -> VectorStore:
    """Norms, mean and manifest of vectors that are complete."""
    vectors = np.load(folder / "vectors.npy", mmap_mode="r" if wanted.count else None, allow_pickle=False)
    norms = np.zeros(wanted.count, np.float32)
    total = np.zeros(wanted.dim, np.float64)
    for rows, block in blocks_of(vectors):
        norms[rows] = np.linalg.norm(block, axis=1)
        total += _units(block, norms[rows]).sum(axis=0, dtype=np.float64)
    mean = (total / max(wanted.count, 1)).astype(np.float32)
    towards = np.zeros(wanted.count, np.float32)
    for rows, block in blocks_of(vectors):
        towards[rows] = _units(block, norms[rows]) @ mean
    with atomic_file(folder / "sides.npz") as file:
        buffer = io.BytesIO()
        np.savez(buffer, norms=norms, towards=towards, mean=mean)
        file.write(buffer.getvalue())
    write_json(folder / "manifest.json", asdict(wanted))
    (folder / "progress.json").unlink(missing_ok=True)
    store = open_vectors(folder)
    if store is None:
        raise UserError(
            "vectors that were just written cannot be read back",
            where=str(folder),
            mend="look at the disk, then run the same command again",
            exit_code=ExitCode.MACHINE,
        )
    return store


def blocks_of(vectors: Vectors, rows: int = READ_ROWS) -> Iterator[tuple[slice, Vectors]]:
    """(slice, (rows, dim)) one after another, so that a mapped file is never in memory as a whole."""
    for start in range(0, len(vectors), rows):
        part = slice(start, min(start + rows, len(vectors)))
        yield part, vectors[part]


def _units(block: Vectors, norms: Vectors) -> Vectors:
    safe = np.where(norms > 0, norms, 1.0).astype(np.float32)
    units: Vectors = block / safe[:, None]
    return units


def _header(wanted: Manifest) -> bytes:
    """The first bytes of a .npy file of that shape."""
    buffer = io.BytesIO()
    said = {"descr": "<f4", "fortran_order": False, "shape": (wanted.count, wanted.dim)}
    np.lib.format.write_array_header_1_0(buffer, said)
    return buffer.getvalue()


def _rows_done(folder: Path, wanted: Manifest, header: bytes) -> int:
    """Rows of a killed build of the same store that are on disk whole; 0 to start anew."""
    try:
        said = json.loads((folder / "progress.json").read_text("utf-8"))
        rows = int(said.pop("rows"))
        size = (folder / "vectors.npy").stat().st_size
        with (folder / "vectors.npy").open("rb") as file:
            same = file.read(len(header)) == header
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0
    return rows if same and said == asdict(wanted) and size >= len(header) + rows * wanted.dim * 4 else 0


def _from_row(texts: Iterable[list[str]], start: int) -> Iterator[list[str]]:
    """The texts after the first `start`, in blocks of SAVE_ROWS."""
    waiting: list[str] = []
    for block in texts:
        skipped = min(start, len(block))
        start -= skipped
        waiting.extend(block[skipped:])
        while len(waiting) >= SAVE_ROWS:
            yield waiting[:SAVE_ROWS]
            del waiting[:SAVE_ROWS]
    if waiting:
        yield waiting


def _read_manifest(path: Path) -> Manifest | None:
    try:
        found = Manifest(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return replace(found) if found.format == FORMAT else None
