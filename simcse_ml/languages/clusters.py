"""Grapheme clusters (UAX 29): what a reader calls one letter, in any script."""

from __future__ import annotations

import regex

_CLUSTER = regex.compile(r"\X")


def clusters(text: str) -> list[str]:
    """The clusters of `text`, in order; joined they are `text` again.

    >>> clusters("क्षत्रिय"), clusters("བཀྲ")
    (['क्ष', 'त्रि', 'य'], ['བ', 'ཀྲ'])
    """
    found: list[str] = list(text) if text.isascii() and "\r" not in text else _CLUSTER.findall(text)
    return found


def length(text: str) -> int:
    """Letters as a reader counts them, blanks and signs among them."""
    return len(clusters(text))
