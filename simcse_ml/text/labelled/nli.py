"""Labelled pairs of sentences as their publishers ship them: what entails what, and what contradicts it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import Language
from simcse_ml.text.labelled.labels import Label, as_number, label_of
from simcse_ml.text.labelled.nli_columns import Places, is_column, places_of, score_of, unread_label
from simcse_ml.text.labelled.parts import FOR_TRAINING, left_out, part_place, rows_for
from simcse_ml.text.labelled.records import Record, Table, cell_text, input_error, sentence_of
from simcse_ml.text.labelled.tables import read_table
from simcse_ml.text.labelled.translations import in_language, not_held

_SHOWN = 40
"""characters of a cell in an error"""
_CELLS = 5
_SEGMENTED = 0.9
"""share of rows with a blank between two letters of an unspaced script from which blanks are taken for segmentation"""
_BLANK_WITHIN = re.compile(r"(?<=[^\x00-\u02ff])[ \u3000](?=[^\x00-\u02ff])|[ \u3000]$")


class LabelledPair(NamedTuple):
    """What the hypothesis is to the premise."""

    premise: str
    hypothesis: str
    label: Label


@dataclass(frozen=True)
class NLISet:
    """kind, columns: what it was read as.  pairs: a triplet is two of them.  undecided: rows without an agreed label.
    foreign: rows of other languages, left out.  notes: what else was done.
    """

    path: Path
    kind: str
    columns: tuple[str, ...]
    pairs: tuple[LabelledPair, ...]
    undecided: int = 0
    foreign: int = 0
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """Label -> pairs."""
        return Counter(pair.label for pair in self.pairs)


def read_nli(path: Path, language: Language, order: Sequence[Label] = ()) -> NLISet:
    """The pairs of one file, whatever tables.py reads; with or without a header, in any order.

    order: what the labels 0, 1, 2 stand for, where a file does not tell.
    Raises: UserError(INPUT) with file:line for columns that cannot be told, an unknown label, numbers without an order,
    or where nothing entails anything.
    """
    codes = (language.code, *language.also)
    table, held = in_language(read_table(path, is_column), codes)
    places = places_of(table, codes)
    if places is None:
        raise _no_places(table)
    if places.kind == "pairs" and (score := score_of(table, places)):
        raise input_error(
            path, f"its pairs are scored (column {score}), not labelled", "give it as --sts, or take that column out", 1
        )
    if places.kind == "pairs" and any(table.columns) and (label := unread_label(table, places)):
        what = f"its column {label} may say which pairs belong together, in words that are not known"
        raise input_error(path, what, "call it label with entailment, neutral, contradiction in it, or take it out", 1)
    rows = list(_of_language(table, places, language))
    own, _, others = rows_for(FOR_TRAINING, rows, part_place(table))
    undecided: list[Record] = []
    pairs = tuple(_pairs(table, places, own, order, undecided))
    if not any(pair.label == "entailment" for pair in pairs):
        raise input_error(path, f"none of its {len(pairs):,} pairs is an entailment", "give a set that has some")
    pairs, notes = _joined(pairs, language)
    if others:
        notes = (f"{left_out(others)} left out", *notes)
    if held:
        notes = (f"its sentences stand in {len(held)} languages; those in {language.name} were taken", *notes)
    columns = [places.first, places.second, *([places.third] if places.third >= 0 else [])]
    return NLISet(
        path,
        places.kind,
        tuple(table.columns[place] or f"column {place + 1}" for place in columns),
        pairs,
        len(undecided),
        len(table.records) - len(rows),
        notes,
    )


def _no_places(table: Table) -> UserError:
    if any(table.columns) or not table.records:
        what = f"no premise and hypothesis among {', '.join(table.columns)}"
    else:
        first = ", ".join(str(cell)[:_SHOWN] for cell in table.records[0].cells[:_CELLS])
        what = f"its first line names no premise and hypothesis that are known here: {first}"
    mend = "name the columns premise, hypothesis, label"
    header = 1 if any(table.columns) and table.kind in ("TSV", "CSV") else 0
    return input_error(table.path, what, mend, header or (table.records[0].line if table.records else 0))


def _of_language(table: Table, places: Places, language: Language) -> Iterator[Record]:
    """Rows in the language, where a column names it; all of them where it names one language only."""
    if places.language < 0:
        yield from table.records
        return
    named = Counter(cell_text(record, places.language).casefold() for record in table.records)
    codes = {code.casefold() for code in (language.code, *language.also)}
    if len(named) > 1 and not codes & named.keys():
        raise not_held(table.path, named, language.code)
    for record in table.records:
        if len(named) == 1 or cell_text(record, places.language).casefold() in codes:
            yield record


def _pairs(
    table: Table, places: Places, records: Sequence[Record], order: Sequence[Label], undecided: list[Record]
) -> Iterator[LabelledPair]:
    for record in records:
        first, second = (sentence_of(table, record, place) for place in (places.first, places.second))
        if places.kind == "pairs":
            yield LabelledPair(first, second, "entailment")
            continue
        if places.kind == "triplets":
            yield LabelledPair(first, second, "entailment")
            yield LabelledPair(first, sentence_of(table, record, places.third), "contradiction")
            continue
        value = cell_text(record, places.third)
        try:
            label = label_of(value, order)
        except ValueError:
            raise _unknown(table, record, value, order) from None
        if label is None:
            undecided.append(record)
        else:
            yield LabelledPair(first, second, label)


def _unknown(table: Table, record: Record, value: str, order: Sequence[Label]) -> UserError:
    where = f"{table.path}:{record.line}"
    if as_number(value) is not None and not order:
        return UserError(
            f"the label is a number ({value}), and this file does not tell what the numbers stand for",
            where=where,
            mend="say it as its publisher does: --nli-labels entailment,neutral,contradiction",
            exit_code=ExitCode.INPUT,
        )
    return UserError(
        f"the label {value[:_SHOWN]!r} is none of entailment, neutral, contradiction",
        where=where,
        mend="write one of these, or delete the line",
        exit_code=ExitCode.INPUT,
    )


def _joined(pairs: tuple[LabelledPair, ...], language: Language) -> tuple[tuple[LabelledPair, ...], tuple[str, ...]]:
    """Words that the publisher parted by blanks as the language writes them: together."""
    if language.spaced:
        return pairs, ()
    parted = sum(_BLANK_WITHIN.search(pair.premise) is not None for pair in pairs)
    if parted < _SEGMENTED * len(pairs):
        return pairs, ()
    whole = tuple(
        LabelledPair(_BLANK_WITHIN.sub("", pair.premise), _BLANK_WITHIN.sub("", pair.hypothesis), pair.label)
        for pair in pairs
    )
    return whole, (f"blanks between words were taken out: {language.name} is written without",)
