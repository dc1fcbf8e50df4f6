"""Cells that hold one sentence in several languages, as the sets of all of XNLI do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from simcse_ml.text.labelled.records import Record, Table, input_error

_CODE = re.compile(r"[a-z]{2,3}([_-][a-z0-9]{2,8})*", re.IGNORECASE)
_LISTS = ("language", "translation")
"""two lists side by side, where not every row has every language"""


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


def languages_of(table: Table) -> tuple[str, ...]:
    """The languages of a table with such cells, as its records name them; () for any other table."""
    found = (translations(cell) for record in table.records for cell in record.cells)
    return tuple(dict.fromkeys(code for one in found for code in one))


def in_language(table: Table, codes: Sequence[str]) -> Table:
    """The table with the sentences of one language in such cells; itself where it has none.

    codes: of the language, the first that a cell has is taken. Cells without it become None.
    Raises: UserError(INPUT) where no cell has it.
    """
    held = languages_of(table)
    if not held:
        return table
    wanted = [code.casefold() for code in codes]
    if not any(code in held for code in wanted):
        what = f"it holds {', '.join(sorted(held)[:20])}, but not {codes[0]}"
        raise input_error(table.path, what, "give a set in your language, or the --lang of one of these")
    records = tuple(Record(one.line, tuple(_in(cell, wanted) for cell in one.cells)) for one in table.records)
    return replace(table, records=records)


def _in(cell: object, wanted: Sequence[str]) -> object:
    told = translations(cell)
    return next((told[code] for code in wanted if code in told), None) if told else cell
