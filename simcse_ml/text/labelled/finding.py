"""Labelled pairs that nobody named: sets in the corpus's language beside it, or where a person keeps such sets."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from simcse_ml.errors import UserError
from simcse_ml.languages.detect import detect
from simcse_ml.languages.scripts import letter_shares
from simcse_ml.languages.table import Language
from simcse_ml.text.labelled.labels import LABELS, NUMBERS, Label, as_number, is_label, label_of
from simcse_ml.text.labelled.nli_columns import Places, is_column, places_of
from simcse_ml.text.labelled.records import Record, Table
from simcse_ml.text.labelled.tables import read_head
from simcse_ml.text.labelled.translations import in_language
from simcse_ml.text.sources.folder import OF_DATASETS

ENDINGS = frozenset({".tsv", ".csv", ".json", ".jsonl", ".txt", ".xml", ".parquet", ".arrow", ".feather"})
PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})
"""behind such an ending"""
HELD_BACK = frozenset({"dev", "devel", "valid", "val", "validation", "test", "trial", "eval"})
"""words in the name of a part that is for evaluation, as publishers write them"""
TRAINING_FOLDERS = ("train", "training")
MOST_FILES = 500
"""that are looked into, so that a full folder costs a second or two"""
DEPTH = 3
"""folders below the one that is looked into"""
LEAST_OWN_SCRIPT = 0.5
"""of the letters of a set in the corpus's language"""
_SET_FOLDER = "nli"
"""a folder beside the corpus is looked into only if its name has this in it"""


@dataclass(frozen=True)
class Found:
    """A file with labelled pairs.  problem: why it cannot be used as it is, "" where it can."""

    path: Path
    problem: str = ""


def beside(corpus: Path) -> list[Path]:
    """Files beside a corpus, and those in folders there that are called after such sets."""
    folder = corpus.parent
    folders = [entry for entry in _entries(folder) if entry.is_dir() and _SET_FOLDER in entry.name.casefold()]
    return [*_files(folder, 0), *(file for one in folders for file in _files(one, 1))]


def within(folder: Path) -> list[Path]:
    """Files in a folder and below it."""
    return list(_files(folder, DEPTH))


def labelled_sets(
    paths: Sequence[Path], language: Language, order: Sequence[Label], *, leave: Collection[Path]
) -> list[Found]:
    """Those of `paths` that hold labelled pairs or triplets in `language` to train on, in their order.

    order: what the labels 0, 1, 2 stand for.  leave: files that have another purpose. Evaluation parts and files
    that cannot be read are left out.
    """
    left = {path.resolve() for path in leave}
    candidates = (path for path in dict.fromkeys(paths) if is_set_file(path) and not _is_held_back(path))
    looked_at = (_look(path, language, order) for path in islice(candidates, MOST_FILES) if path.resolve() not in left)
    return [found for found in looked_at if found is not None]


def is_table(path: Path) -> bool:
    """Whether a file is called as labelled sets are, packed or not."""
    suffixes = [suffix.casefold() for suffix in path.suffixes]
    if suffixes[-1:] and suffixes[-1] in PACKED:
        suffixes.pop()
    return bool(suffixes) and suffixes[-1] in ENDINGS


def is_set_file(path: Path) -> bool:
    """Whether a file is called as labelled sets are, and is none that `datasets` writes beside its own."""
    return is_table(path) and path.name not in OF_DATASETS


def _is_held_back(path: Path) -> bool:
    """Whether a file is called as a part for evaluation, or lies in a folder called so beside one for training."""
    if HELD_BACK.intersection(words_of(path)):
        return True
    parent = path.parent
    return parent.name.casefold() in HELD_BACK and any((parent.parent / name).is_dir() for name in TRAINING_FOLDERS)


def words_of(path: Path) -> list[str]:
    """The words in the name of a file, in order."""
    return re.split(r"[\W_]+", path.stem.casefold())


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, without hidden names and links; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            named = sorted(entry.name for entry in entries if not entry.name.startswith(".") and not entry.is_symlink())
    except OSError:
        return []
    return [folder / name for name in named]


def _files(folder: Path, depth: int) -> Iterator[Path]:
    for entry in _entries(folder):
        if entry.is_file():
            yield entry
        elif depth > 0 and entry.is_dir():
            yield from _files(entry, depth - 1)


def _look(path: Path, language: Language, order: Sequence[Label]) -> Found | None:
    try:
        codes = (language.code, *language.also)
        table, _ = in_language(read_head(path, is_column), codes)
        places = places_of(table, codes)
    except (UserError, OSError):  # somebody else's file: it is no set that can be read
        return None
    if places is None or places.kind == "pairs" or (places.kind == "triplets" and not any(table.columns)):
        return None
    records = _own(table, places, language)
    if not records or not _is_in(records, places, language):
        return None
    if places.kind == "triplets":
        return Found(path)
    return _labelled(path, [str(_cell(record, places.third)).strip() for record in records], order)


def _labelled(path: Path, values: Sequence[str], order: Sequence[Label]) -> Found | None:
    """A file whose third cells are `values`; None where they are no labels of such a set, as scores are none."""
    if any(is_label(value) for value in values):
        try:
            for value in values:
                label_of(value, order)
        except ValueError:
            return None
        return Found(path)
    numbers = {number for value in values if (number := as_number(value)) is not None}
    if len(numbers) < 2 or not numbers <= NUMBERS or any(as_number(value) is None for value in values):
        return None
    if order:
        return Found(path)
    return Found(path, f"its labels are numbers, which --nli-labels {','.join(LABELS)} (in its order) would explain")


def _own(table: Table, places: Places, language: Language) -> Sequence[Record]:
    """Records of the language, where a column names it."""
    if places.language < 0:
        return table.records
    codes = {code.casefold() for code in (language.code, *language.also)}
    return [record for record in table.records if str(_cell(record, places.language)).strip().casefold() in codes]


def _is_in(records: Sequence[Record], places: Places, language: Language) -> bool:
    """Whether the sentences are in `language`, as far as can be told; a column that names it is believed."""
    pieces = [str(_cell(record, place)) for record in records for place in (places.first, places.second)]
    shares = dict(letter_shares(pieces))
    if sum(shares.get(script, 0.0) for script in language.scripts) < LEAST_OWN_SCRIPT:
        return False
    likeliest = detect(pieces).languages[:1]
    return places.language >= 0 or any(code in {language.code, *language.also} for code, _ in likeliest)


def _cell(record: Record, place: int) -> object:
    return record.cells[place] if 0 <= place < len(record.cells) else ""
