"""The sentence, and the sentence with some of its words put in another way, as a list of the user's says."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simcse_ml.languages.scripts import is_unspaced, script_of
from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest
from simcse_ml.views.draws import uniform

Synonyms = Mapping[str, Sequence[str]]
"""A word, casefolded -> what may stand for it."""
MOST_MATCHES = 1 << 20
"""words of one sentence that have random numbers of their own"""
_FOLLOWING = frozenset("ะาำๅะາຳ")
"""vowels of Thai and Lao behind their consonant: letters for Unicode, part of the syllable for a reader"""
_JOINERS = frozenset("\u200c\u200d")


def synonym(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """The row, and the row tokenized again with each word of the list replaced with probability `rate`.

    Words are found in the text, the longest first, from left to right; a word of several synonyms gets a drawn one.
    """
    assert request.wording is not None, "made ready for every recipe with such a view"
    ids, settings = request.row_ids, {"seed": request.seed, "epoch": request.epoch}
    changed, texts = [], []
    for place, (row, text) in enumerate(zip(ids.tolist(), request.wording.texts(ids), strict=True)):
        found = list(matches(text, request.wording.synonyms))
        if not found:
            continue
        keys = np.int64(row) * MOST_MATCHES + np.arange(len(found))
        taken = uniform(keys, stream=15, **settings) < request.rate
        which = uniform(keys, stream=16, **settings)
        if taken.any():
            changed.append(place)
            texts.append(_put(text, found, taken.tolist(), which.tolist(), request.wording.synonyms))
    if not changed:
        return request.rows, request.rows
    return request.rows, _with(request.rows, changed, request.wording.tokenize(texts))


def matches(text: str, synonyms: Synonyms) -> Iterator[tuple[int, int]]:
    """(start, end) of the words of the list in `text`, the longest at each place, none over another.

    A word begins and ends between letters as a reader counts them, and, in scripts with blanks, at the end of a word.
    """
    longest = max(map(len, synonyms), default=0)
    at = 0
    while at < len(text):
        end = _longest_from(text, at, longest, synonyms) if _between(text, at) else 0
        if end:
            yield at, end
        at = end or at + 1


def _longest_from(text: str, at: int, longest: int, synonyms: Synonyms) -> int:
    """The end of the longest word that begins at `at`; 0 where none does."""
    for end in range(min(at + longest, len(text)), at, -1):
        if text[at:end].casefold() in synonyms and _between(text, end):
            return end
    return 0


def _between(text: str, at: int) -> bool:
    """Whether a word may end before text[at]."""
    if at in {0, len(text)}:
        return True
    before, after = text[at - 1], text[at]
    if unicodedata.category(after).startswith("M") or after in _FOLLOWING or {before, after} & _JOINERS:
        return False
    return not (_within_word(before) and _within_word(after)) or _unspaced(before) or _unspaced(after)


def _within_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"


def _unspaced(char: str) -> bool:
    return is_unspaced(script_of(char))


def _put(text: str, found: list[tuple[int, int]], taken: list[bool], which: list[float], synonyms: Synonyms) -> str:
    parts, done = [], 0
    for (start, end), take, draw in zip(found, taken, which, strict=True):
        if take:
            choices = synonyms[text[start:end].casefold()]
            parts += [text[done:start], choices[int(draw * len(choices))]]
            done = end
    return "".join([*parts, text[done:]])


def _with(rows: Ragged, places: list[int], others: Ragged) -> Ragged:
    """`rows` with `others` at `places`."""
    lengths = rows.lengths.copy()
    lengths[places] = others.lengths
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    instead = dict(zip(places, range(len(others)), strict=True))
    parts = [others.row(instead[i]) if i in instead else rows.row(i) for i in range(len(rows))]
    return Ragged(np.concatenate(parts).astype(np.int32), offsets, rows.head, rows.tail)
