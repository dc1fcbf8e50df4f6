"""The query line: what is sought by meaning, and what a hit must be like.

    query  = {text | "phrase" | #row | filter}
    filter = ["-"] key ":" value       value = word, <x, >x, a..b

A word with a colon is a filter only where its key is one (12:30 and https://... are text). Full-width signs of an
input method count as the plain ones.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import regex

Kind = Literal["number", "share", "word", "pattern"]
KEYS: Mapping[str, tuple[Kind, str]] = {
    "lex": ("share", "shared trigrams of letters, 0 to 1 or in %"),
    "len": ("number", "length in letters"),
    "lang": ("word", "language, a guess for each line"),
    "script": ("word", "script, such as Hira or Latn"),
    "src": ("number", "number of the document"),
    "line": ("number", "row of the text, from 0"),
    "score": ("number", "cosine"),
    "pct": ("number", "percent of random pairs that are less alike"),
    "own": ("number", "robust z among all scores of this query"),
    "hub": ("number", "times the expected number of nearest-ten lists"),
    "mutual": ("word", "yes or no: the query is among the hit's own nearest ten"),
    "dup": ("number", "near-duplicates folded into a hit"),
    "re": ("pattern", "regular expression"),
    "k": ("number", "hits to show"),
    "is": ("word", "pin"),
}
WORDS: Mapping[str, frozenset[str]] = {"mutual": frozenset({"yes", "no"}), "is": frozenset({"pin"})}
_TOKEN = regex.compile(r'-?["＂][^"＂]*["＂]?|\S+')
_FILTER = regex.compile(r"(?P<no>-?)(?P<key>[A-Za-z]+):(?P<value>.*)", regex.DOTALL)
_COLON = regex.compile("[:：]")
_QUOTES = '"＂'


class BadQuery(ValueError):
    """position, length: the characters of the line that are meant."""

    def __init__(self, what: str, position: int, length: int) -> None:
        super().__init__(what)
        self.what, self.position, self.length = what, position, length


@dataclass(frozen=True)
class Condition:
    """What a hit must be like. low, high: of a number, not in the range where the bound is open.

    word: of a word, phrase or pattern.  negated: must not.
    """

    key: str
    negated: bool = False
    word: str = ""
    low: float = float("-inf")
    high: float = float("inf")
    open_ends: bool = False

    def holds(self, value: float) -> bool:
        """For a number; NaN is in no range."""
        inside = self.low < value < self.high if self.open_ends else self.low <= value <= self.high
        return inside != self.negated if value == value else False  # NaN  # noqa: PLR0124


@dataclass(frozen=True)
class Query:
    """text: sought by meaning, "" for none.  row: of the corpus, in place of a text.  count: hits asked for."""

    text: str = ""
    row: int | None = None
    conditions: tuple[Condition, ...] = ()
    count: int | None = None


def parse_query(line: str) -> Query:
    """Raises: BadQuery for a filter that cannot be read, with its place in `line`."""
    words: list[str] = []
    conditions: list[Condition] = []
    row: int | None = None
    count: int | None = None
    for found in _TOKEN.finditer(line):
        token, at = found.group(), found.start()
        plain = unicodedata.normalize("NFKC", token)
        if plain.lstrip("-").startswith(_QUOTES[0]):
            conditions.append(_phrase(token, at))
            words += [] if token.startswith("-") else [conditions[-1].word]
        elif plain.startswith("#") and plain[1:].isdecimal():
            if row is not None:
                raise BadQuery("only one row can be the query", at, len(token))
            row = int(plain[1:])
        elif (condition := _filter(token, plain, at)) is None:
            words.append(token)
        elif condition.key == "k":
            count = _count(condition, at, len(token))
        else:
            conditions.append(condition)
    if row is not None and words:
        raise BadQuery("a row or a text can be the query, not both", line.find(words[0]), len(words[0]))
    return Query(" ".join(words), row, tuple(conditions), count)


def _phrase(token: str, at: int) -> Condition:
    inner = token.lstrip("-")
    if len(inner) < 2 or inner[-1] not in _QUOTES:
        raise BadQuery("this quote is not closed", at, len(token))
    if not inner[1:-1].strip():
        raise BadQuery("there is nothing between the quotes", at, len(token))
    return Condition("phrase", token.startswith("-"), inner[1:-1].strip())


def _filter(token: str, plain: str, at: int) -> Condition | None:
    """None where it is no filter but text."""
    match = _FILTER.fullmatch(plain)
    if match is None:
        return None
    key, value, negated = match["key"].lower(), match["value"], bool(match["no"])
    if key not in KEYS:
        if value[:1] in "<>" and value:
            near = difflib.get_close_matches(key, KEYS, 1)
            hint = f"did you mean {near[0]}:?" if near else f"filters are {' '.join(KEYS)}"
            raise BadQuery(f"there is no filter {key}: ({hint})", at, len(token))
        return None
    as_typed = _COLON.split(token, maxsplit=1)[-1]
    here, span = at + len(token) - len(as_typed), max(1, len(as_typed))
    if not value:
        raise BadQuery(f"{key}: wants a value ({KEYS[key][1]})", at, len(token))
    kind = KEYS[key][0]
    if kind == "word":
        if key in WORDS and value.lower() not in WORDS[key]:
            raise BadQuery(f"{key}: can be {' or '.join(sorted(WORDS[key]))}", here, span)
        return Condition(key, negated, value)
    if kind == "pattern":
        try:
            regex.compile(as_typed)
        except regex.error as error:
            raise BadQuery(f"this regular expression cannot be read: {error.msg}", here, span) from error
        return Condition(key, negated, as_typed)
    return _range(key, negated, value, here, span)


def _range(key: str, negated: bool, value: str, at: int, span: int) -> Condition:
    scaled = KEYS[key][0] == "share"
    if ".." in value:
        low, high = value.split("..", 1)
        first, last = _number(low, at, span, scaled), _number(high, at, span, scaled)
        if first > last:
            raise BadQuery(f"{low} is more than {high}", at, span)
        return Condition(key, negated, low=first, high=last)
    if value[0] in "<>":
        closed = value[1:2] == "="
        bound = _number(value[1 + closed :], at, span, scaled)
        if value[0] == "<":
            return Condition(key, negated, high=bound, open_ends=not closed)
        return Condition(key, negated, low=bound, open_ends=not closed)
    exact = _number(value, at, span, scaled)
    return Condition(key, negated, low=exact, high=exact)


def _number(text: str, at: int, span: int, scaled: bool) -> float:
    try:
        value = float(text.rstrip("%"))
    except ValueError:
        raise BadQuery(f"{text or 'nothing'} is no number; like <.3, >5 or 5..60", at, span) from None
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124
        raise BadQuery(f"{text} is no number; like <.3, >5 or 5..60", at, span)
    return value / 100 if scaled and (text.endswith("%") or value > 1) else value


def _count(condition: Condition, at: int, span: int) -> int:
    if condition.negated or condition.low != condition.high or condition.low < 1 or condition.low != int(condition.low):
        raise BadQuery("k: wants a number of hits, like k:50", at, span)
    return int(condition.low)
