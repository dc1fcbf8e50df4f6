"""Sentences that also stand in an evaluation set."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_STOPS = ".。．｡!！?？।॥።።။።؟۔།៕ "


def key(sentence: str) -> str:
    """The sentence in NFKC, without blanks and the final stop: what is compared."""
    return "".join(unicodedata.normalize("NFKC", sentence).split()).rstrip(_STOPS)


def keys(sentences: Iterable[str]) -> frozenset[str]:
    """The keys of `sentences`, the empty one left out."""
    return frozenset(key(sentence) for sentence in sentences) - {""}
