"""Texts as hashed n-grams, whole blocks at a time: the features of the counting baseline. NumPy only.

A block of texts becomes one array of code points; every n-gram is a rolling 64-bit hash over it, cut to a column
number. No rule here knows spaces or Latin letters only: words are runs of letters, marks and numbers by Unicode
category, so vowel signs of Indic scripts and Thai stay inside their words (the usual regular expression breaks them).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

COLUMN_BITS = 18
COLUMNS = 1 << COLUMN_BITS

_SEPARATOR = "\x00"
"""between texts and, inside a text, between words; n-grams never cross it"""
_JOINERS = "\u200c\u200d"
"""zero-width joiners: part of a word in Persian, Sinhala and others, though their category is Cf"""
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]


def plain(text: str) -> str:
    """`text` as it is counted: NFKC, case folded, punctuation and white space one blank.

    Punctuation is measured to do harm (up to 1.8 points of Spearman); symbols stay, emoji carry meaning.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.translate(_WRITTEN).split())


def character_ngrams(texts: Sequence[str], sizes: Sequence[int]) -> tuple[Rows, Rows]:
    """(rows, columns), one entry an occurrence: n-grams of the lengths `sizes`, blanks counted as characters."""
    return _ngrams([plain(text) for text in texts], sizes)


def ngrams_in_words(texts: Sequence[str], sizes: Sequence[int]) -> tuple[Rows, Rows]:
    """The same within words divided by white space, each with a blank on both sides, so that ends can be told."""
    return _ngrams([_SEPARATOR.join(f" {word} " for word in plain(text).split()) for text in texts], sizes)


def words(texts: Sequence[str]) -> tuple[Rows, Rows]:
    """(rows, columns): runs of letters, marks and numbers, each one feature.

    In scripts that write no spaces such a run is a clause or a sentence: computed all the same, and worth little.
    """
    codes, rows = _codes([plain(text) for text in texts])
    inside = _word_characters()[codes]
    before = np.concatenate([[False], inside[:-1]])
    same_row = np.concatenate([[False], rows[1:] == rows[:-1]])
    starts = np.flatnonzero(inside & ~(before & same_row))
    if not len(starts):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    letters = np.flatnonzero(inside)
    first = np.searchsorted(letters, starts)  # where each word begins among the letters
    lengths = np.diff(np.append(first, len(letters)))
    place = np.arange(len(letters)) - np.repeat(first, lengths)
    powers = np.cumprod(np.full(int(lengths.max()), _STEP | np.uint64(1)), dtype=np.uint64)
    hashes = np.add.reduceat(_mix(codes[letters].astype(np.uint64)) * powers[place], first)
    return rows[starts], _columns(hashes + lengths.astype(np.uint64))


def _ngrams(prepared: Sequence[str], sizes: Sequence[int]) -> tuple[Rows, Rows]:
    codes, rows = _codes(prepared)
    letters = _mix(codes.astype(np.uint64))
    ends = codes == 0
    all_rows: list[Rows] = []
    all_columns: list[Rows] = []
    hashes = np.zeros(len(codes), np.uint64)
    broken = np.zeros(len(codes), np.bool_)
    for size in range(1, max(sizes) + 1):
        count = max(len(codes) - size + 1, 0)
        hashes = _mix(hashes[:count] * _STEP + letters[size - 1 :])
        broken = broken[:count] | ends[size - 1 :]
        if size in sizes:
            all_rows.append(rows[:count][~broken])
            all_columns.append(_columns(hashes[~broken]))
    return np.concatenate(all_rows), np.concatenate(all_columns)


def _codes(prepared: Sequence[str]) -> tuple[NDArray[np.uint32], Rows]:
    """(characters,) code points of all texts with a separator after each, and the row each belongs to."""
    joined = _SEPARATOR.join(prepared) + _SEPARATOR
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.fromiter((len(text) + 1 for text in prepared), np.int64, len(prepared))
    if not len(prepared):
        return np.zeros(0, np.uint32), np.zeros(0, np.int64)
    return codes, np.repeat(np.arange(len(prepared)), lengths)


def _mix(values: Hashes) -> Hashes:
    """The finaliser of splitmix64: every input bit reaches every output bit."""
    values = values + _STEP
    values = (values ^ (values >> np.uint64(30))) * _MIX_1
    values = (values ^ (values >> np.uint64(27))) * _MIX_2
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed


def _columns(hashes: Hashes) -> Rows:
    return (_mix(hashes) >> np.uint64(64 - COLUMN_BITS)).astype(np.int64)


@cache
def _categories() -> str:
    """The first letter of the Unicode category of every code point."""
    return "".join(unicodedata.category(chr(code))[0] for code in range(0x110000))


class _Written(dict[int, str]):
    """How `plain` writes a character: a blank for punctuation and the separator. Filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        blank = unicodedata.category(character)[0] == "P" or character == _SEPARATOR
        self[code] = " " if blank else character
        return self[code]


_WRITTEN = _Written()


@cache
def _word_characters() -> NDArray[np.bool_]:
    """(0x110000,) true for letters, marks, numbers and joiners."""
    table = np.isin(np.array(list(_categories())), list("LMN"))
    table[[ord(joiner) for joiner in _JOINERS]] = True
    return table
