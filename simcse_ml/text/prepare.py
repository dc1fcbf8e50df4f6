"""From what a person has to a corpus: two passes over shards on disk, each of which goes on after a kill.

The result lies in the cache under the fingerprint of everything it depends on; asked for again it only opens.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink, StageStarted, Warned
from simcse_ml.files import PARTIAL, atomic_file, sweep_partial
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.building import build
from simcse_ml.text.corpus import MANIFEST, Corpus
from simcse_ml.text.fingerprint import fingerprint
from simcse_ml.text.lock import only_one
from simcse_ml.text.shards import first_pass
from simcse_ml.text.sources.blocks import Hints
from simcse_ml.text.steps.overlap import keys
from simcse_ml.text.verdicts import judge

STDIN = "-"


def prepare_corpus(
    inputs: Sequence[str],
    language: Language,
    settings: TextSettings,
    *,
    cache: Path,
    sink: Sink,
    encoding: str | None = None,
    exclude: Sequence[str] = (),
    seed: int = 42,
) -> Corpus:
    """The prepared text of `inputs` (files, folders, "-" for standard input), from the cache if it lies there.

    exclude: sentences of evaluation sets, left out whatever their spacing and final stop.
    Raises: UserError(INPUT) for inputs that are missing, no text, or too little of it.
    """
    sink(StageStarted("text"))
    if not inputs:
        raise UserError("no input was given", mend="name a file or a folder", exit_code=ExitCode.USAGE)
    folder = cache / "text"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder) as spool:
        paths = tuple(_spooled(Path(spool)) if name == STDIN else Path(name).expanduser() for name in inputs)
        asked = _Asked(paths, language, settings, encoding, keys(exclude), seed)
        corpus = _prepared(asked, folder, sink)
    for line in corpus.report.lines():
        sink(Said("text", line))
    for warning in corpus.report.warnings:
        sink(Warned(warning))
    return corpus


@dataclass(frozen=True)
class _Asked:
    """What the result depends on."""

    paths: tuple[Path, ...]
    language: Language
    settings: TextSettings
    encoding: str | None
    excluded: frozenset[str]
    seed: int


def _prepared(asked: _Asked, folder: Path, sink: Sink) -> Corpus:
    """The corpus below `folder`, made if it is not there; what a killed process left is gone on with."""
    name = fingerprint(asked.paths, asked.language, asked.settings, asked.encoding, asked.excluded, asked.seed)
    done, work = folder / name, folder / f"{name}.work"
    if not (done / MANIFEST).is_file():
        with only_one(folder / f"{name}.lock"):
            if not (done / MANIFEST).is_file():
                work.mkdir(exist_ok=True, mode=0o700)
                sweep_partial(work)
                hints = Hints(asked.encoding, asked.language.encodings, asked.language.scripts)
                read = first_pass(asked.paths, asked.language, asked.settings, hints, asked.excluded, work, sink)
                verdicts = judge(read.shards, asked.settings, asked.seed, work)
                build(done, name, asked.language, asked.settings, read, verdicts, asked.seed)
                shutil.rmtree(work, ignore_errors=True)
    return Corpus.open(done)


def _spooled(folder: Path) -> Path:
    """Standard input, copied into the private cache: it can be read only once."""
    path = folder / "standard-input"
    with atomic_file(path) as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return path
