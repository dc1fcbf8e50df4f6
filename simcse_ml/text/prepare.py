"""From what a person has to a corpus: two passes over shards on disk, each of which goes on after a kill.

The result lies in the cache under the fingerprint of everything it depends on; asked for again it only opens.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink, StageStarted, Warned
from simcse_ml.files import PARTIAL, atomic_file, sweep_partial
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.arrowfiles import giving_back
from simcse_ml.text.building import build
from simcse_ml.text.corpus import MANIFEST, Corpus
from simcse_ml.text.fingerprint import fingerprint
from simcse_ml.text.lock import only_one
from simcse_ml.text.looking import notices, settled
from simcse_ml.text.shards import first_pass
from simcse_ml.text.sources.blocks import Hints
from simcse_ml.text.sources.folder import shown
from simcse_ml.text.sources.location import STDIN, hub_id, only_once
from simcse_ml.text.sources.sizes import Sizes
from simcse_ml.text.steps.overlap import keys
from simcse_ml.text.verdicts import judge
from simcse_ml.text.workers import usable_cores


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
    workers: int | None = None,
) -> Corpus:
    """The prepared text of `inputs` (files, folders, "-" for standard input, data sets on the Hub), from the cache if
    it lies there.

    exclude: sentences of evaluation sets, left out whatever their spacing and final stop.
    workers: processes, as many as physical cores unless said; the result does not depend on it.
    Raises: UserError(INPUT) for inputs that are missing, no text, or too little of it.
    """
    sink(StageStarted("text"))
    if not inputs:
        raise UserError("no input was given", mend="name a file or a folder", exit_code=ExitCode.USAGE)
    folder = cache / "text"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder) as spool:
        paths = tuple(_readable(name, Path(spool) / str(number), sink) for number, name in enumerate(inputs))
        asked = _Asked(paths, language, settings, encoding, keys(exclude), seed, workers or usable_cores())
        asked = replace(asked, language=settled(language, paths, _hints(asked)))
        corpus = _prepared(asked, folder, sink)
    for line in corpus.report.lines():
        sink(Said("text", line))
    for warning in corpus.report.warnings:
        sink(Warned(warning))
    return corpus


@dataclass(frozen=True)
class _Asked:
    """What the result depends on, and the number of processes."""

    paths: tuple[Path, ...]
    language: Language
    settings: TextSettings
    encoding: str | None
    excluded: frozenset[str]
    seed: int
    workers: int


def _prepared(asked: _Asked, folder: Path, sink: Sink) -> Corpus:
    """The corpus below `folder`, made if it is not there; what a killed process left is gone on with."""
    name, sizes = fingerprint(asked.paths, asked.language, asked.settings, asked.encoding, asked.excluded, asked.seed)
    done, work = folder / name, folder / f"{name}.work"
    if not (done / MANIFEST).is_file():
        with only_one(folder / f"{name}.lock"), giving_back():
            if not (done / MANIFEST).is_file():
                work.mkdir(exist_ok=True, mode=0o700)
                sweep_partial(work)
                hints = _hints(asked, sizes)
                read = first_pass(
                    asked.paths,
                    asked.language,
                    asked.settings,
                    hints,
                    asked.excluded,
                    work,
                    sink,
                    asked.workers,
                )
                starts = [facts.first_document for facts in read.facts if facts.format != "skipped"]
                verdicts = judge(read.shards, asked.settings, asked.seed, work, starts)
                told = notices(asked.language, asked.paths, hints)
                build(done, name, asked.language, asked.settings, read, verdicts, asked.seed, told)
                shutil.rmtree(work, ignore_errors=True)
    return Corpus.open(done)


def _hints(asked: _Asked, sizes: Sizes | None = None) -> Hints:
    return replace(
        Hints.of(asked.language, asked.encoding),
        column=asked.settings.column,
        mixed_encodings=asked.settings.mixed_encodings,
        most_expansion=asked.settings.max_expansion,
        sizes=sizes,
        max_sentences=asked.settings.max_sentences,
        seed=asked.seed,
        unwrap=asked.settings.unwrap,
    )


def _readable(name: str, spool: Path, sink: Sink) -> Path:
    """A path that can be read more than once, or a data set on the Hub with its commit.

    Raises: UserError(MACHINE) for a data set that is not to be had.
    """
    if only_once(name):
        if name != STDIN:
            sink(Said("text", f"{shown(name)}: reading from this pipe until it is closed"))
        return spooled(name, spool / ("standard-input" if name == STDIN else shown(Path(name).name)))
    data_set = hub_id(name)
    if data_set is not None:
        from simcse_ml.text.sources.hub import pinned

        return Path(str(pinned(data_set)))
    return Path(name).expanduser()


def spooled(name: str, path: Path) -> Path:
    """Standard input or a named pipe, copied to `path`: it can be read only once."""
    with atomic_file(path) as file:
        if name == STDIN:
            shutil.copyfileobj(sys.stdin.buffer, file)
        else:
            with Path(name).expanduser().open("rb") as pipe:
                shutil.copyfileobj(pipe, file)
    return path
