"""Cells that hold one sentence in several languages, as the sets of all of XNLI do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from simcse_ml.errors import UserError
from simcse_ml.text.labelled.records import Record, Table, input_error

_CODE = re.compile(r"[a-z]{2,3}([_-][a-z0-9]{2,8})*", re.IGNORECASE)
_LISTS = ("language", "translation")
"""two lists side by side, where not every row has every language"""
_TOLD = 20
"""languages in an error"""


def translations(value: object) -> Mapping[str, str]:
    """Language -> sentence of a cell; empty where it is none of {"de": ...} and {"language": [...], "translation":
    [...]}.
    """
    if not isinstance(value, Mapping):
        return {}
    if set(value) == set(_LISTS):
        codes, sentences = (value[name] for name in _LISTS)
        if not isinstance(codes, list) or not isinstance(sentences, list) or len(codes) != len(sentences):
            return {}
        value = dict(zip(map(str, codes), sentences, strict=True))
    told = {str(code).casefold(): sentence for code, sentence in value.items() if isinstance(sentence, str)}
    return told if told and all(map(_CODE.fullmatch, told)) else {}


def in_language(table: Table, codes: Sequence[str]) -> tuple[Table, tuple[str, ...]]:
    """The table with the sentences of one language in such cells, and the languages that they hold; () for a table
    without such cells, which stays itself.

    codes: of the language; the first that a cell has is taken, of () its first of all. Cells without it become None.
    Raises: UserError(INPUT) where no cell has it.
    """
    held = tuple(dict.fromkeys(code for one in table.records for cell in one.cells for code in translations(cell)))
    if not held:
        return table, ()
    wanted = [code.casefold() for code in codes] or held
    if not any(code in held for code in wanted):
        raise not_held(table.path, held, codes[0])
    records = tuple(Record(one.line, tuple(_in(cell, wanted) for cell in one.cells)) for one in table.records)
    return replace(table, records=records), held


def not_held(path: Path, held: Iterable[str], code: str) -> UserError:
    """Of a set in other languages than the corpus's."""
    what = f"it holds {', '.join(sorted(held)[:_TOLD])}, but not {code}"
    return input_error(path, what, "give a set in your language, or the --lang of one of these")


def _in(cell: object, wanted: Sequence[str]) -> object:
    told = translations(cell)
    return next((told[code] for code in wanted if code in told), None) if told else cell
