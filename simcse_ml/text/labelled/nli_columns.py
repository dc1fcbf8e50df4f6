"""Which columns of a table are a premise, a hypothesis and their label, or a sentence with positive and negative."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from unicodedata import combining, normalize

from simcse_ml.text.labelled.labels import NUMBERS, as_number, is_label
from simcse_ml.text.labelled.parts import part_place
from simcse_ml.text.labelled.records import Record, Table
from simcse_ml.text.labelled.sts_columns import LEFT, RIGHT, SCORE, column_name, count_rows, number_of


def _spellings(*names: str) -> tuple[str, ...]:
    """Names, and behind them those that somebody writes without accents."""
    bare = ("".join(c for c in normalize("NFD", name) if not combining(c)) for name in names)
    return tuple(dict.fromkeys((*names, *(normalize("NFC", name) for name in bare))))


_PREMISE = _spellings(
    "premise", "s1_translation", *LEFT, "sent0", "anchor", "question", "context", "evidence", "text", "t", "前提",
    "전제", "前件", "prämisse", "premisa", "premissa", "premisse", "prémisse", "premessa", "посылка", "öncül",
    "المقدمة", "مقدمه", "الجملة1",
)  # fmt: skip
_HYPOTHESIS = _spellings(
    "hypothesis", "hypo", "s2_translation", *RIGHT, "positive", "pos", "answer", "sentence", "claim", "statement",
    "query", "h", "仮説", "假设", "假設", "가설", "後件", "hypothese", "hipótesis", "hipótese", "hypothèse",
    "ipotesi", "гипотеза", "hipotez", "varsayım", "الفرضية", "فرضیه", "الجملة2",
)  # fmt: skip
_TRANSLATED = ("s1_translation", "s2_translation")
_LABEL = _spellings(
    "gold_label", "label", "labels", "gold", "entailment_judgment", "entailment_label", "majority_label", "relation",
    "ラベル", "标签", "標籤", "라벨", "关系", "關係", "관계", "関係", "etikett", "etiqueta", "rótulo", "étiquette",
    "etichetta", "метка", "etiket", "العلاقة", "التصنيف", "برچسب",
)  # fmt: skip
_LABEL_BESIDE = ("entailment",)
"""names of such columns that are labels as well, so that they make no line a header"""
_TRIPLETS = (
    ("sent0", "sent1", "hard_neg"),
    ("anchor", "positive", "negative"),
    ("query", "positive", "negative"),
    ("sentence", "positive", "negative"),
    ("premise", "entailment", "contradiction"),
)
_NAMES = frozenset((*_PREMISE, *_HYPOTHESIS, *_LABEL))
_BESIDE = frozenset("genre domain source dataset corpus type topic category year license fold batch annotator".split())
"""what else rows are sorted by, in columns of few different words"""
_SUFFIX = re.compile(r"_[a-z]{2,3}$")
"""a language, behind the name of a column"""
_SAMPLE = 50
_NEARLY = 0.9
_ENOUGH, _FEW = 12, 5
"""rows with so few different cells in a column: four labels and the name above them"""
_WORD = 24
"""letters of a label at most"""

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
    folded = column_name(name)
    return folded in _NAMES or _SUFFIX.sub("", folded) in _NAMES


def places_of(table: Table, codes: Sequence[str]) -> Places | None:
    """The columns, None where they cannot be told.

    codes: of the corpus language; columns named after it go first, those named after another (`sentence_A_Ja`) last.
    """
    names = [column_name(name) for name in table.columns]
    if not any(names):
        return _by_content(table)
    own = [_without(table, place, tuple(f"_{code.casefold()}" for code in codes)) for place in range(len(names))]
    some = [_without(table, place, (_SUFFIX.search(name) or [""])[0]) for place, name in enumerate(names)]
    found = _by_name(own) or _by_name(names) or _by_name(some)
    return replace(found, **_label_by_content(table, found)) if found is not None and found.kind == "pairs" else found


def score_of(table: Table, places: Places) -> str:
    """The name of a column with a score of each pair, "" where there is none: alike is not entailed."""
    rows = table.records[:_SAMPLE]
    for place, name in enumerate(table.columns):
        if place not in (places.first, places.second) and column_name(name) in SCORE:
            if all(number_of(_cell(record.cells, place)) is not None for record in rows):
                return name
    return ""


def unread_label(table: Table, places: Places) -> str:
    """The name of a column that may tell which pairs belong together, in words that are not known or in lists of
    labels; "" where there is none. To take all pairs for entailed would be wrong then.
    """
    rows = table.records[:_SAMPLE]
    read = (places.first, places.second, places.language, part_place(table))
    for place, name in enumerate(table.columns):
        if place in read or column_name(name) in _BESIDE:
            continue
        cells = [_cell(record.cells, place) for record in rows]
        if cells and all(isinstance(cell, list) and cell and all(map(is_label, cell)) for cell in cells):
            return name
        words = {str(cell).strip() for cell in cells if isinstance(cell, str | bool)}
        if 1 < len(words) and _few_words(rows, place) and max(map(len, words)) <= _WORD:
            return name
    return ""


def _without(table: Table, place: int, suffixes: str | tuple[str, ...]) -> str:
    """The column's name without its language; but premise_id is a number, and no premise in Indonesian."""
    name = column_name(table.columns[place])
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
        both = _two(names)
        if both is None:
            return None
        first, second = both
    label = _first(names, (*_LABEL, *_LABEL_BESIDE))
    return Places(
        "pairs" if label is None else "labelled pairs", first, second, -1 if label is None else label, language
    )


def _two(names: Sequence[str]) -> tuple[int, int] | None:
    """Premise and hypothesis: two columns, where one alone could be either (`query`)."""
    wanted = ((first, second) for first in _PREMISE for second in _HYPOTHESIS if first in names and second in names)
    return next(((names.index(first), names.index(second)) for first, second in wanted if first != second), None)


def _first(names: Sequence[str], choices: Sequence[str]) -> int | None:
    return next((names.index(choice) for choice in choices if choice in names), None)


def _label_by_content(table: Table, places: Places) -> dict[str, Any]:
    """What makes pairs labelled ones, where a column of labels has a name that is not known."""
    rows = table.records[:_SAMPLE]
    others = [p for p in range(len(table.columns)) if p not in (places.first, places.second, places.language)]
    labels = [*(p for p in others if _all_labels(rows, p)), *(p for p in others if _all_numbers(rows, p))]
    return {"kind": "labelled pairs", "third": labels[0]} if labels else {}


def _by_content(table: Table) -> Places | None:
    """Without a header: a column of labels tells; else two columns are pairs and three are triplets."""
    width = len(table.columns)
    sample = table.records[:_SAMPLE]
    labels = [place for place in range(width) if _all_labels(sample, place)]
    numbers = [place for place in range(width) if count_rows([_cell(record.cells, place) for record in table.records])]
    sentences = [place for place in range(width) if place not in labels and place not in numbers]
    if len(labels) == 1 and len(sentences) == 2:
        return Places("labelled pairs", sentences[0], sentences[1], labels[0])
    if not labels and len(sentences) == 2 and width <= 3:
        return Places("pairs", sentences[0], sentences[1])
    if labels or any(_all_labels(sample[1:], place) or _few_words(sample, place) for place in range(width)):
        return None  # below a first line of names that are not known, or in words that are not
    return Places("triplets", 0, 1, 2) if width == 3 else None


def _all_labels(rows: Sequence[Record], place: int) -> bool:
    """Whether nearly every cell of a column is a label in words."""
    cells = [_cell(record.cells, place) for record in rows]
    labels = sum(map(is_label, cells))
    return labels > 0 and labels + sum(str(cell).strip() == "-" for cell in cells) > _NEARLY * len(cells)


def _all_numbers(rows: Sequence[Record], place: int) -> bool:
    """Whether a column may be labels as numbers: none but theirs, and one of them in several rows."""
    numbers = [as_number(_cell(record.cells, place)) for record in rows]
    return set(numbers) <= NUMBERS and 1 < len(set(numbers)) < len(numbers)


def _few_words(rows: Sequence[Record], place: int) -> bool:
    """Whether a column has so few different cells that they are no sentences."""
    return len(rows) >= _ENOUGH and len({_cell(record.cells, place) for record in rows}) <= _FEW
