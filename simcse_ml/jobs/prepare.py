"""Text to clean sentences, with a report of everything that was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Saved, Sink
from simcse_ml.files import atomic_file
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.text.report import PrepareReport
from simcse_ml.text.sources.location import STDIN

BATCH = 4096


@dataclass(frozen=True)
class PrepareRequest:
    """inputs: files, folders, "-".  language: its code.  out: where the sentences go, one a line, or None."""

    inputs: tuple[str, ...]
    language: str
    settings: TextSettings
    cache_dir: Path
    out: Path | None = None
    encoding: str | None = None
    seed: int = 42


@dataclass(frozen=True)
class PrepareResult:
    """out: the file that was written, or None."""

    corpus: Corpus
    report: PrepareReport
    out: Path | None


def prepare(request: PrepareRequest, sink: Sink) -> PrepareResult:
    """Prepare the text and write its sentences. Raises: UserError for inputs without usable text, and for an output
    that is read.
    """
    if request.out is not None:
        _refuse_input(request.out, request.inputs)
    corpus = prepare_corpus(
        request.inputs,
        lang_info(request.language),
        request.settings,
        cache=request.cache_dir,
        sink=sink,
        encoding=request.encoding,
        seed=request.seed,
    )
    if request.out is not None:
        with atomic_file(request.out) as file:
            write_sentences(corpus, file.write)
        sink(Saved("sentences", str(request.out)))
    return PrepareResult(corpus, corpus.report, request.out)


def _refuse_input(out: Path, inputs: Sequence[str]) -> None:
    """Raises: UserError(USAGE) if `out` is a folder, or an input, or lies in one: it would be read, or lost."""
    if out.is_dir():
        raise UserError("this is a folder", where=f"--out {out}", mend="name a file", exit_code=ExitCode.USAGE)
    place = out.resolve()
    for name in inputs:
        read = Path(name).expanduser().resolve()
        if name != STDIN and read.exists() and (read == place or (read.is_dir() and read in place.parents)):
            what = f"{name} is read for this, and would be written over" if read == place else f"{name} is read"
            raise UserError(what, where=f"--out {out}", mend="write to another place", exit_code=ExitCode.USAGE)


def random_sentences(corpus: Corpus, count: int, seed: int) -> list[str]:
    """`count` sentences drawn from all of `corpus`, in an order that depends on the seed only."""
    rng = np.random.default_rng([seed, 0x53414D50])
    return corpus.texts(rng.choice(len(corpus), min(count, len(corpus)), replace=False))


def write_sentences(corpus: Corpus, write: Callable[[bytes], object]) -> None:
    """Call `write` with one sentence a line in UTF-8; a blank line parts documents where the corpus knows them."""
    last = -1
    for start in range(0, len(corpus), BATCH):
        rows = np.arange(start, min(start + BATCH, len(corpus)))
        lines: list[str] = []
        documents = corpus.documents[rows].tolist()
        for text, document in zip(corpus.texts(rows), documents, strict=True):
            if corpus.ordered == "yes" and document != last and last >= 0:
                lines.append("\n")
            lines.append(text + "\n")
            last = document
        write("".join(lines).encode("utf-8"))
