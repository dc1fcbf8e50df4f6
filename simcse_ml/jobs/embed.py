"""`embed`: sentences to vectors, one a line, in order, nothing dropped."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.files import atomic_file
from simcse_ml.jobs.using import Use, open_text, open_used, run_named
from simcse_ml.languages.table import lang_info
from simcse_ml.text.corpus import MANIFEST
from simcse_ml.text.decoding import decode
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks
from simcse_ml.text.sources.lines import text_lines
from simcse_ml.text.sources.location import STDIN

STAGE = "vectors"
BLOCK = 1024

Block = tuple[list[str], NDArray[np.float32]]


@dataclass(frozen=True)
class EmbedRequest:
    """input: a file whose every line is a sentence, "-", prepared text, or a run.  out: a .npy file, None to stream."""

    use: Use
    input: str
    out: Path | None = None


@dataclass(frozen=True)
class EmbedResult:
    """rows, dim: of what was written.  out: where."""

    model: str
    rows: int
    dim: int
    out: Path


def embed(request: EmbedRequest, sink: Sink) -> EmbedResult:
    """Write (rows, dim) float32 to `out`, whole or not at all; row i is line i of the input.

    Raises: UserError for an input or model that cannot be opened, or a disk that cannot take it.
    """
    if request.out is None:
        raise UserError("no file to write to", where="--out", mend="name a .npy file", exit_code=ExitCode.USAGE)
    rows, dim = 0, 0
    with atomic_file(request.out) as file:
        for _, vectors in stream(request, sink):
            if rows == 0:
                dim = vectors.shape[1]
                _write_header(file, 0, dim)
            file.write(np.ascontiguousarray(vectors, "<f4").tobytes())
            rows += len(vectors)
        if not rows:
            raise UserError(
                "there is no line in it",
                where=request.input,
                mend="give a text with sentences",
                exit_code=ExitCode.INPUT,
            )
        file.seek(0)
        _write_header(file, rows, dim)
    return EmbedResult(request.use.model, rows, dim, request.out)


def stream(request: EmbedRequest, sink: Sink) -> Iterator[Block]:
    """(texts, (n, dim) vectors) one block after another: what `embed` writes, for a pipe."""
    model = open_used(request.use)
    texts, total = _texts(request, sink)
    sink(StageStarted(STAGE, total=total))
    done = 0
    for block in _blocks(texts):
        yield block, model.embed(block)
        done += len(block)
        sink(Progress(STAGE, done, total))


def _texts(request: EmbedRequest, sink: Sink) -> tuple[Iterator[str], int]:
    """Sentences and how many there are (0: not known). Prepared text as it is; any other file line by line."""
    name, use = request.input, request.use
    prepared = name != STDIN and (run_named(name, use.runs_dir) or (Path(name).expanduser() / MANIFEST).is_file())
    if prepared:
        corpus = open_text(name, use, sink)
        return (text for block in corpus.iterate() for text in block), len(corpus)
    if name != STDIN and Path(name).expanduser().is_dir():
        raise UserError(
            "this is a folder; a vector a line needs a file of lines",
            where=name,
            mend="prepare it first: simcse-ml prepare, then embed what that made",
            exit_code=ExitCode.INPUT,
        )
    return _lines(sys.stdin.buffer if name == STDIN else open_bytes(Path(name).expanduser()), request), 0


def _lines(file: IO[bytes], request: EmbedRequest) -> Iterator[str]:
    use = request.use
    language = lang_info(use.language) if use.language else None
    hints = Hints.of(language, use.encoding)
    facts = Facts(request.input)
    with file:
        yield from text_lines(decode(read_chunks(file, facts), facts, hints))


def _blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while block := list(islice(remaining, BLOCK)):
        yield block


def _write_header(file: IO[bytes], rows: int, dim: int) -> None:
    """A .npy header; NumPy leaves room in it, so its length does not change with the number of rows."""
    np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (rows, dim)})
