"""Which columns of a table are a premise, a hypothesis and their label, or a sentence with positive and negative."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from simcse_ml.text.labelled.labels import as_number, is_label
from simcse_ml.text.labelled.sts import LEFT, RIGHT
from simcse_ml.text.labelled.tables import Table

_PREMISE = ("premise", "s1_translation", *LEFT, "sent0", "anchor", "question", "前提", "전제", "前件")
_HYPOTHESIS = (
    "hypothesis",
    "s2_translation",
    *RIGHT,
    "positive",
    "pos",
    "answer",
    "仮説",
    "假设",
    "假設",
    "가설",
    "後件",
)
_TRANSLATED = ("s1_translation", "s2_translation")
_LABEL = (
    "gold_label", "label", "labels", "gold", "entailment_judgment", "entailment_label", "relation", "ラベル", "标签",
    "標籤", "라벨",
)  # fmt: skip
_TRIPLETS = (
    ("sent0", "sent1", "hard_neg"),
    ("anchor", "positive", "negative"),
    ("query", "positive", "negative"),
    ("sentence", "positive", "negative"),
    ("premise", "entailment", "contradiction"),
)
_NAMES = frozenset((*_PREMISE, *_HYPOTHESIS, *_LABEL))
_SUFFIX = re.compile(r"_[a-z]{2,3}$")
"""a language, behind the name of a column"""
_SAMPLE = 50

Kind = Literal["labelled pairs", "pairs", "triplets"]


@dataclass(frozen=True)
class Places:
    """kind: what the rows are.  first, second, third: their columns; the third is the label or the negative, -1 where
    there is none.  language: a column that names each row's language, or -1.
    """

    kind: Kind
    first: int
    second: int
    third: int = -1
    language: int = -1


def is_column(name: str) -> bool:
    """Whether a header may have it. No name is a label, which the first line of a bare file may begin with."""
    plain = _plain(name)
    return plain in _NAMES or _SUFFIX.sub("", plain) in _NAMES


def places_of(table: Table, codes: Sequence[str]) -> Places | None:
    """The columns, None where they cannot be told.

    codes: of the corpus language; columns named after it go first, those named after another (`sentence_A_Ja`) last.
    """
    plain = [_plain(name) for name in table.columns]
    if not any(plain):
        return _by_content(table)
    own = [_without(table, place, tuple(f"_{code.casefold()}" for code in codes)) for place in range(len(plain))]
    some = [_without(table, place, (_SUFFIX.search(name) or [""])[0]) for place, name in enumerate(plain)]
    return _by_name(own) or _by_name(plain) or _by_name(some)


def _plain(name: str) -> str:
    return re.sub(r"[\s.-]+", "_", name.strip().casefold())


def _without(table: Table, place: int, suffixes: str | tuple[str, ...]) -> str:
    """The column's name without its language; but premise_id is a number, and no premise in Indonesian."""
    name = _plain(table.columns[place])
    if not suffixes or any(as_number(_cell(record.cells, place)) is not None for record in table.records[:_SAMPLE]):
        return name
    for suffix in (suffixes,) if isinstance(suffixes, str) else suffixes:
        name = name.removesuffix(suffix)
    return name


def _cell(cells: Sequence[object], place: int) -> object:
    return cells[place] if place < len(cells) else None


def _by_name(names: Sequence[str]) -> Places | None:
    language = next((names.index(name) for name in ("language", "lang") if name in names), -1)
    for three in _TRIPLETS:
        if all(name in names for name in three):
            first, second, third = (names.index(name) for name in three)
            return Places("triplets", first, second, third, language)
    if all(name in names for name in _TRANSLATED):  # beside the sentences they were translated from
        first, second = (names.index(name) for name in _TRANSLATED)
    else:
        found = [_first(names, choices) for choices in (_PREMISE, _HYPOTHESIS)]
        if None in found:
            return None
        first, second = found[0] or 0, found[1] or 0
    label = _first(names, _LABEL)
    return Places(
        "pairs" if label is None else "labelled pairs", first, second, -1 if label is None else label, language
    )


def _first(names: Sequence[str], choices: Sequence[str]) -> int | None:
    return next((names.index(choice) for choice in choices if choice in names), None)


def _by_content(table: Table) -> Places | None:
    """Without a header: a column of labels tells; else two columns are pairs and three are triplets."""
    width = len(table.columns)
    sample = table.records[:_SAMPLE]
    labels = [place for place in range(width) if sum(_labelled(r.cells, place) for r in sample) > 0.9 * len(sample)]
    if len(labels) == 1 and width == 3:
        first, second = (place for place in range(3) if place != labels[0])
        return Places("labelled pairs", first, second, labels[0])
    if not labels and width in (2, 3):
        return Places("pairs", 0, 1) if width == 2 else Places("triplets", 0, 1, 2)
    return None


def _labelled(cells: Sequence[object], place: int) -> bool:
    cell = _cell(cells, place)
    return is_label(cell) or str(cell).strip() == "-"
