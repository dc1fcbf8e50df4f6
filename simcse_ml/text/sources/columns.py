"""Which column or key is the text: the one asked for, a known name, the longest; never a guess between equals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.scripts import script_of
from simcse_ml.text.sources.blocks import Facts, Hints

NAMES: Sequence[str] = (
    "text", "sentence", "content", "body", "sentences", "texts", "document", "paragraph", "passage", "message",
    "comment", "review", "article", "utterance", "本文", "文", "テキスト", "文章", "正文", "内容", "문장", "본문",
    "текст", "texto", "texte", "النص", "متن", "पाठ", "ข้อความ", "ጽሑፍ", "ཡི་གེ", "စာသား",
)  # fmt: skip
"""names of a text column, likeliest first"""
DEPTH = 3
"""of keys within keys that are looked at"""
ITEMS = 20
"""of a list of objects whose keys are looked at"""
NEARLY = 0.8
"""columns whose texts are that much as long as the longest are equally likely"""
MARKED = 0.3
"""a column named like the language (`id` is Indonesian too) is its text only if it is that long beside the longest"""
OWN_SCRIPT = 0.5
"""share of letters in the language's scripts that a column of that language has"""
SHOWN = 8


@dataclass(frozen=True)
class _Column:
    """length: letters a row.  own: share of them in the language's scripts."""

    name: str
    length: float
    own: float


def choose_column(sample: Sequence[Mapping[str, object]], facts: Facts, hints: Hints) -> str:
    """The column that holds the text, noted in `facts`; "a.b" is key b within key a.

    Raises: UserError(INPUT) if no column holds text, the one asked for is missing, or several are equally likely.
    """
    names = list(dict.fromkeys(name for row in sample for name in _names(row)))
    facts.columns = tuple(names)
    if hints.column is not None:
        return _asked(hints.column, names, sample, facts)
    columns = [_measured(name, sample, hints.scripts) for name in names]
    texts = [column for column in columns if column.length > 0]
    if not texts:
        raise _no_text(names, facts)
    longest = max(column.length for column in texts)
    found = _by_language(texts, hints.language, longest)
    named = [found] if found is not None else _by_name(texts)
    if len(named) == 1:
        facts.format += f" (column {named[0]})"
        return named[0]
    return _longest([column for column in texts if column.name in named] or texts, facts)


def _no_text(names: Sequence[str], facts: Facts) -> UserError:
    mend = 'rows need a field "text"'
    if names:
        what, mend = "no column holds text", f"{mend}; it has {_listed(names)}"
    elif facts.warnings:
        why = facts.warnings[0].removeprefix(f"{facts.name}: ")
        what, mend = f"no row could be read: {why}", f"{mend}, and JSON an object a line"
    else:
        what = "no row could be read"
    return UserError(what, where=facts.name, mend=mend, exit_code=ExitCode.INPUT)


def value_at(fields: Mapping[str, object], column: str) -> object:
    """The value of a column; "a.b" is a name or, if there is none, key b within key a, or of all objects in list a."""
    if column in fields:
        return fields[column]
    first, dot, rest = column.partition(".")
    inner = fields.get(first) if dot else None
    if isinstance(inner, list):
        return [value_at(item, rest) for item in inner if isinstance(item, Mapping)]
    return value_at(inner, rest) if isinstance(inner, Mapping) else None


def texts_of(value: object, depth: int = DEPTH) -> list[str]:
    """The texts of a cell: itself, or those of a list of texts, or of lists of them."""
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item, depth - 1)] if depth else []
    return [value] if isinstance(value, str) else []


def _names(fields: Mapping[str, object], prefix: str = "", depth: int = DEPTH) -> Iterator[str]:
    for name, value in fields.items():
        objects = _objects(value) if depth > 1 else []
        for inner in objects:
            yield from _names(inner, f"{prefix}{name}.", depth - 1)
        if not objects:
            yield f"{prefix}{name}"


def _objects(value: object) -> list[Mapping[str, object]]:
    """`value`, or the first objects of a list of them."""
    values = value[:ITEMS] if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, Mapping)]


def _asked(column: str, names: Sequence[str], sample: Sequence[Mapping[str, object]], facts: Facts) -> str:
    if not any(texts_of(value_at(row, column)) for row in sample):
        known = column in names
        raise UserError(
            f"column {column} holds no text" if known else f"there is no column {column}",
            where=facts.name,
            mend=f"it has {_listed(names)}" if names else "give a table with named columns",
            exit_code=ExitCode.INPUT,
        )
    facts.format += f" (column {column})"
    return column


def _measured(name: str, sample: Sequence[Mapping[str, object]], scripts: Sequence[str]) -> _Column:
    letters = [
        character
        for row in sample
        for text in texts_of(value_at(row, name))
        for character in text
        if character.isalpha()
    ]
    own = sum(script_of(character) in scripts for character in letters[:2000]) / max(1, len(letters[:2000]))
    return _Column(name, len(letters) / max(1, len(sample)), own if scripts else 1.0)


def _by_language(columns: Sequence[_Column], language: str, longest: float) -> str | None:
    """A column named ja, text_ja, ja-sentence or translation.ja for `ja`."""
    codes = {language.casefold(), language.casefold().partition("-")[0]} - {"", "und"}
    for column in columns:
        parts = re.split(r"[._\-: ]", column.name.casefold())
        if (
            codes & {column.name.casefold().replace("_", "-"), parts[0], parts[-1]}
            and column.length >= MARKED * longest
        ):
            return column.name
    return None


def _by_name(columns: Sequence[_Column]) -> list[str]:
    """The column called by the likeliest name, or all those within keys that are (question.text, answer.text)."""
    for wanted in NAMES:
        whole = [column.name for column in columns if column.name.strip().casefold() == wanted]
        inner = [column.name for column in columns if column.name.casefold().endswith(f".{wanted}")]
        if whole or inner:
            return whole[:1] or inner
    return []


def _longest(columns: Sequence[_Column], facts: Facts) -> str:
    likely = [column for column in columns if column.own >= OWN_SCRIPT] or columns
    longest = max(column.length for column in likely)
    equals = [column.name for column in likely if column.length >= NEARLY * longest]
    if len(equals) > 1:
        raise UserError(
            f"columns {_listed(equals)} may each be the text",
            where=facts.name,
            mend=f"say which with --column {equals[0]}",
            exit_code=ExitCode.INPUT,
        )
    facts.format += f" (column {equals[0]}, the longest)"
    return equals[0]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
