"""A paragraph into sentences. No character is lost but white space at the borders."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from simcse_ml.languages.table import Language
from simcse_ml.text.splitting.blanks import BLANKS, part_at_blanks
from simcse_ml.text.splitting.boundaries import ends
from simcse_ml.text.splitting.rules import Rules, rules_for
from simcse_ml.text.splitting.tibetan import part_at_shads

_WORD = re.compile(r"\w")

Splitter = Callable[[str], list[str]]


def splitter_for(language: Language) -> Splitter:
    """A function from a paragraph to its sentences, trimmed and none empty."""
    rules = rules_for(language)
    words = BLANKS.get(language.code)
    shads = language.scripts[0] == "Tibt"

    def split(paragraph: str) -> list[str]:
        if rules.any_mark.search(paragraph) is None:
            pieces = as_it_is(paragraph)
        else:
            pieces = _pieces(paragraph, rules)
        if words is not None:
            return [part for piece in pieces for part in part_at_blanks(piece, words)]
        if shads:
            return [part for piece in pieces for part in part_at_shads(piece)]
        return pieces

    return split


def _pieces(paragraph: str, rules: Rules) -> list[str]:
    """Marks without a letter or digit behind the last end (a dash, a lone quote) stay with the sentence before."""
    cuts = [0, *ends(paragraph, rules), len(paragraph)]
    if len(cuts) > 2 and _WORD.search(paragraph, cuts[-2]) is None:
        del cuts[-2]
    pieces = [paragraph[start:end].strip() for start, end in pairwise(cuts)]
    return [piece for piece in pieces if piece]


def as_it_is(paragraph: str) -> list[str]:
    """The paragraph as one sentence: the splitter of `split: false`."""
    trimmed = paragraph.strip()
    return [trimmed] if trimmed else []
