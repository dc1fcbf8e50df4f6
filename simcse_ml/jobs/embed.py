"""`embed`: sentences to vectors, one a line, in order, nothing dropped; a killed run goes on where it was."""

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
from simcse_ml.events import Progress, Said, Sink, StageStarted, Warned
from simcse_ml.jobs.packed import Packed, PackedKind, pack
from simcse_ml.jobs.using import Use, open_text, open_used, run_named
from simcse_ml.jobs.vector_file import Begun, Kind, Settings, VectorFile, unfinished_path, vector_file
from simcse_ml.languages.table import lang_info
from simcse_ml.text.corpus import MANIFEST
from simcse_ml.text.decoding import decode
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks
from simcse_ml.text.sources.lines import text_lines
from simcse_ml.text.sources.location import STDIN

STAGE = "vectors"
BLOCK = 4096
"""lines that are sorted by length together: the most that a kill costs (padding 1 %; of 1,024 lines 5 %: LOG.md)"""
STREAMED = 1024
"""lines that a pipe waits for"""

Block = tuple[list[str], NDArray[np.float32]]


@dataclass(frozen=True)
class EmbedRequest:
    """input: a file whose every line is a sentence, "-", prepared text, or a run.  out: a .npy file, None to stream.

    kind: of the numbers in the file; float32 stands on disk until int8 or binary is made of all of it.
    """

    use: Use
    input: str
    out: Path | None = None
    kind: Kind | PackedKind = "float32"


@dataclass(frozen=True)
class EmbedResult:
    """rows, dim: of what was written.  out: where.  packed: what int8 or binary cost."""

    model: str
    rows: int
    dim: int
    out: Path
    packed: Packed | None = None


def embed(request: EmbedRequest, sink: Sink) -> EmbedResult:
    """Write (rows, dim) to `out`, whole or not at all; row i is line i of the input.

    Killed and asked for again with the same model, text and settings, it goes on where it was, to the same bytes.
    Raises: UserError for an input or model that cannot be opened, or a disk that cannot take it.
    """
    if request.out is None:
        raise UserError("no file to write to", where="--out", mend="name a .npy file", exit_code=ExitCode.USAGE)
    model = open_used(request.use)
    kind: Kind = "float16" if request.kind == "float16" else "float32"
    settings = Settings(model.fingerprint, model.precision, kind, model.dim, BLOCK)
    with vector_file(request.out, settings) as (file, begun):
        blocks, total = _rest(file, begun, request, sink)
        sink(StageStarted(STAGE, total=total))
        for block in blocks:
            file.add(block, model.embed(block))
            sink(Progress(STAGE, file.rows, total))
        if not file.rows:
            raise UserError(
                "there is no line in it",
                where=request.input,
                mend="give a text with sentences",
                exit_code=ExitCode.INPUT,
            )
        packed = None
        match request.kind:
            case "int8" | "binary" as small:
                packed = pack(file.so_far(), request.out, small, model.fingerprint)
                file.discard()
            case _:
                file.finish()
    return EmbedResult(request.use.model, file.rows, model.dim, request.out, packed)


def _rest(file: VectorFile, begun: Begun | None, request: EmbedRequest, sink: Sink) -> tuple[Iterator[list[str]], int]:
    """The blocks that are still to do, and the number of all lines (0: not known).

    Raises: UserError INPUT where a pipe does not bring the text again that the file was begun with.
    """
    texts, total = _texts(request, sink)
    blocks = _blocks(texts, BLOCK)
    if begun is not None:
        if _passed(file, begun, blocks):
            sink(Said(STAGE, f"{begun.rows:,} lines were done before; going on behind them"))
            return blocks, total
        assert request.out is not None
        if request.input == STDIN:
            raise UserError(
                "this is not the text that the unfinished file was begun with",
                where=str(unfinished_path(request.out)),
                mend="delete that file to begin anew, or give the same text again",
                exit_code=ExitCode.INPUT,
            )
        sink(Warned("the text is no longer the one that the unfinished file was begun with: begun anew"))
        texts, total = _texts(request, sink)
        blocks = _blocks(texts, BLOCK)
    file.begin()
    return blocks, total


def _passed(file: VectorFile, begun: Begun, blocks: Iterator[list[str]]) -> bool:
    """Go past the lines that are done; False if they are other lines."""
    for block in blocks:
        if not file.passes(block, begun):
            return False
        if file.rows == begun.rows:
            return True
    return False


def stream(request: EmbedRequest, sink: Sink) -> Iterator[Block]:
    """(texts, (n, dim) vectors) one block after another: what `embed` writes, for a pipe."""
    model = open_used(request.use)
    texts, total = _texts(request, sink)
    sink(StageStarted(STAGE, total=total))
    done = 0
    for block in _blocks(texts, STREAMED):
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


def _blocks(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    remaining = iter(texts)
    while block := list(islice(remaining, size)):
        yield block
