"""Labelled pairs of a training: read, told about, and as token rows. Reading needs no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import Recipe
from simcse_ml.text.labelled.archived import archived_tables, is_archive
from simcse_ml.text.labelled.finding import ENDINGS, TRAINING_FOLDERS, is_set_file
from simcse_ml.text.labelled.labels import Label
from simcse_ml.text.labelled.nli import NLISet, read_nli
from simcse_ml.text.labelled.triples import Triples, triples_of
from simcse_ml.text.steps.overlap import keys

if TYPE_CHECKING:
    from simcse_ml.models.contract import Encoder
    from simcse_ml.training.rows import TokenRows
    from simcse_ml.training.triples import TripleRows

BLOCK = 2000


def read_triples(recipe: Recipe, language: Language, exclude: Sequence[str], sink: Sink) -> Triples | None:
    """The triples of nli.paths, None where no stage wants any. exclude: sentences of evaluation sets.

    Raises: UserError for files that cannot be read, or where none is named.
    """
    if not any(stage.data == "nli" for stage in recipe.stages):
        return None
    if not recipe.nli.paths:
        raise UserError(
            "a stage trains on labelled pairs, and none are named",
            where="nli.paths",
            mend="name a file or a folder: --nli PATH",
            exit_code=ExitCode.USAGE,
        )
    sets = [one for name in recipe.nli.paths for one in _sets(Path(name), language, recipe.nli.labels)]
    for one in sets:
        sink(Said("labels", _told(one)))
    pairs = (pair for one in sets for pair in one.pairs)
    triples = triples_of(pairs, seed=recipe.training.seed, exclude=keys(exclude))
    sink(Said("labels", triples.line()))
    if len(triples) < 2:
        raise UserError(
            f"only {len(triples)} pairs are left to train on",
            where=", ".join(recipe.nli.paths),
            mend="give a larger set",
            exit_code=ExitCode.INPUT,
        )
    return triples


def triple_rows(triples: Triples, encoder: Encoder, *, identity: str, cache: Path) -> TripleRows:
    """identity: what decides the tokens beside the texts (tokenizer, prefix, length)."""
    import numpy as np

    from simcse_ml.training.triples import TripleRows

    sentences, positives, negatives = (
        text_rows(texts, encoder, identity=identity, cache=cache)
        for texts in (triples.sentences, triples.positives, triples.negatives)
    )
    return TripleRows((sentences, positives, negatives), np.array([bool(text) for text in triples.negatives]))


def text_rows(texts: Sequence[str], encoder: Encoder, *, identity: str, cache: Path) -> TokenRows:
    """Token rows of `texts`, from the private cache or made now.  identity: as in triple_rows."""
    from simcse_ml.training.rows import open_token_rows, write_token_rows

    parts = [identity, encoder.max_tokens, hashlib.blake2b("\n".join(texts).encode(), digest_size=16).hexdigest()]
    folder = cache / "tokens" / hashlib.blake2b(json.dumps(parts).encode(), digest_size=12).hexdigest()
    if not (folder / "manifest.json").exists():
        blocks = (list(texts[start : start + BLOCK]) for start in range(0, len(texts), BLOCK))
        write_token_rows(folder, blocks, encoder.tokenize, max_tokens=encoder.max_tokens, told=lambda _: None)
    return open_token_rows(folder)


def _sets(path: Path, language: Language, order: Sequence[Label]) -> list[NLISet]:
    """Of a file, of those below a folder, or of those in an archive."""
    if path.is_dir():
        return [read_nli(file, language, order) for file in _parts(_files(path))]
    if not is_archive(path):
        return [read_nli(path, language, order)]
    with TemporaryDirectory(prefix="simcse-ml-") as folder:
        names = archived_tables(path, Path(folder), lambda entry: is_set_file(Path(entry.name)))
        return [_of_member(file, path.parent / names[file], language, order) for file in _parts(names)]


def _of_member(file: Path, shown: Path, language: Language, order: Sequence[Label]) -> NLISet:
    """shown: where it is in its archive; the file itself will be gone."""
    try:
        return read_nli(file, language, order)
    except UserError as error:
        where = error.where.replace(str(file), str(shown))
        raise UserError(error.what, where=where, mend=error.mend, exit_code=error.exit_code) from error


def _parts(files: Mapping[Path, str]) -> list[Path]:
    """Only the training parts, where there are such: by their names, else by the folders they are in.

    files: each with its name in its folder or archive.
    """
    named = [file for file in files if "train" in file.name.casefold()]
    inside = [file for file, name in files.items() if Path(name).parent.name.casefold() in TRAINING_FOLDERS]
    return named or inside or list(files)


def _files(folder: Path) -> dict[Path, str]:
    """The tables below a folder, each with its name in it."""
    found = sorted(file for file in folder.rglob("*") if file.is_file() and is_set_file(file))
    if not found:
        raise UserError(
            "there is no table in this folder",
            where=str(folder),
            mend=f"name a file, or a folder with {', '.join(sorted(ENDINGS))} files",
            exit_code=ExitCode.INPUT,
        )
    return {file: str(file.relative_to(folder)) for file in found}


def _told(one: NLISet) -> str:
    counts = ", ".join(f"{count:,} {label}" for label, count in sorted(one.counts.items()))
    more = [
        f"columns {', '.join(one.columns)}",
        *([f"{one.undecided:,} without an agreed label left out"] if one.undecided else []),
        *([f"{one.foreign:,} of other languages left out"] if one.foreign else []),
        *one.notes,
    ]
    return f"{one.path.name}: {one.kind}, {counts} ({'; '.join(more)})"
