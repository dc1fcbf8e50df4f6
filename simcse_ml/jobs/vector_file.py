"""A .npy file that grows a block at a time under another name, and goes on where a killed run stopped.

    x.npy.unfinished         header and the rows so far
    x.npy.unfinished.json    how many rows are safely on disk, of what they are made, a hash of their texts

Both are gone once x.npy is there.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import write_error, write_json
from simcse_ml.text.lock import only_one

Kind = Literal["float32", "float16"]
CODES: Mapping[Kind, str] = {"float32": "<f4", "float16": "<f2"}


@dataclass(frozen=True)
class Settings:
    """All that decides what a row holds beside its text.

    block: rows that are encoded together, which moves the last bits.
    """

    model: str
    precision: str
    kind: Kind
    dim: int
    block: int
    format: int = 1


@dataclass(frozen=True)
class Begun:
    """rows: safely on disk.  texts: hash of what they were made from."""

    rows: int
    texts: str


class VectorFile:
    """One such file while it is open; made by `vector_file`."""

    def __init__(self, file: IO[bytes], out: Path, settings: Settings) -> None:
        self._file, self._out, self._settings = file, out, settings
        self._hash = hashlib.blake2b(digest_size=16)
        self.rows = 0

    def passes(self, texts: list[str], begun: Begun) -> bool:
        """Count `texts` as done; whether they can be those that `begun` tells of."""
        self._take(texts)
        return self.rows < begun.rows or Begun(self.rows, self._hash.hexdigest()) == begun

    def begin(self) -> None:
        """An empty file, whatever it held."""
        self.rows, self._hash = 0, hashlib.blake2b(digest_size=16)
        progress_path(self._out).unlink(missing_ok=True)
        self._file.truncate(0)
        self._header()

    def add(self, texts: list[str], vectors: NDArray[np.float32]) -> None:
        """Vectors (n, dim) of `texts`, on the disk when this returns.

        Raises: UserError where a number is too large for float16.
        """
        with np.errstate(over="ignore"):
            rows = np.ascontiguousarray(vectors, CODES[self._settings.kind])
        if self._settings.kind == "float16" and np.isinf(rows).any() and not np.isinf(vectors).any():
            raise UserError(
                "a number of these vectors is too large for float16 (over 65,504)",
                where="--dtype float16",
                mend="leave it out: float32 holds them",
                exit_code=ExitCode.USAGE,
            )
        self._file.seek(self._header_bytes + self.rows * self._settings.dim * rows.itemsize)
        self._file.write(rows.tobytes())
        _sync(self._file)
        self._take(texts)
        told = {"settings": self._settings.__dict__, "rows": self.rows, "texts": self._hash.hexdigest()}
        write_json(progress_path(self._out), told)

    def finish(self) -> None:
        """Give it its header and its name."""
        self._file.truncate(self._header_bytes + self.rows * self._settings.dim * np.dtype(self._code).itemsize)
        self._header()
        _sync(self._file)
        os.replace(unfinished_path(self._out), self._out)
        progress_path(self._out).unlink(missing_ok=True)

    def so_far(self) -> np.memmap[tuple[int, int], np.dtype[np.float32]]:
        """(rows, dim) the rows on disk, mapped."""
        shape = (self.rows, self._settings.dim)
        return np.memmap(unfinished_path(self._out), self._code, "r", self._header_bytes, shape)

    def discard(self) -> None:
        """Delete it: its rows went into another file."""
        progress_path(self._out).unlink(missing_ok=True)
        unfinished_path(self._out).unlink(missing_ok=True)

    @property
    def _code(self) -> str:
        return CODES[self._settings.kind]

    @property
    def _header_bytes(self) -> int:
        return len(header(0, self._settings.dim, self._code))

    def _header(self) -> None:
        self._file.seek(0)
        self._file.write(header(self.rows, self._settings.dim, self._code))

    def _take(self, texts: list[str]) -> None:
        self.rows += len(texts)
        for text in texts:
            data = text.encode("utf-8", "surrogatepass")
            self._hash.update(len(data).to_bytes(8, "little") + data)


@contextmanager
def vector_file(out: Path, settings: Settings) -> Iterator[tuple[VectorFile, Begun | None]]:
    """The file that will be `out`, and what an earlier run with the same settings has done of it.

    If the block raises, what was added stays for the next run. One process at a time; another one waits.
    Raises: UserError MACHINE where the disk cannot take it.
    """
    path = unfinished_path(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with only_one(out.with_name(f".{out.name}.lock")):
            begun = _begun(out, settings)
            with path.open("r+b" if begun else "w+b") as file:
                opened = VectorFile(file, out, settings)
                try:
                    yield opened, begun
                except BaseException:
                    if not opened.rows and not progress_path(out).exists():
                        path.unlink(missing_ok=True)
                    raise
    except OSError as error:
        raise write_error(error, path) from error


def unfinished_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.unfinished")


def progress_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.unfinished.json")


def header(rows: int, dim: int, code: str) -> bytes:
    """The first bytes of a .npy file; NumPy leaves room, so their number does not change with the rows."""
    from io import BytesIO

    buffer = BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": code, "fortran_order": False, "shape": (rows, dim)})
    return buffer.getvalue()


def _begun(out: Path, settings: Settings) -> Begun | None:
    """What is whole on disk of the same settings."""
    try:
        told = json.loads(progress_path(out).read_text("utf-8"))
        begun = Begun(int(told["rows"]), str(told["texts"]))
        size = unfinished_path(out).stat().st_size
    except (OSError, ValueError, KeyError, TypeError):
        return None
    code = CODES[settings.kind]
    whole = len(header(0, settings.dim, code)) + begun.rows * settings.dim * np.dtype(code).itemsize
    return begun if told.get("settings") == settings.__dict__ and begun.rows > 0 and size >= whole else None


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
