"""Backbones that want words in front of their text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simcse_ml.ragged import Ragged

PREFIXES: Sequence[tuple[str, str]] = (
    (r"ruri-v3", ""),  # v3's own advice for symmetric similarity is no prefix
    (r"ruri-(small|base|large)", "クエリ: "),
    (r"(^|[^a-z0-9])e5([^a-z0-9]|$)", "query: "),  # e5's card: "query: " on both sides of a similarity
)
"""Patterns on the model's own name (the last part of a folder or Hub id), first match wins."""


def known_prefix(name: str) -> str:
    """The text that models of this family want in front, "" for none.

    name: a folder or Hub id, of which the last part counts.
    """
    last = name.rstrip("/").rsplit("/", 1)[-1].lower()
    for pattern, prefix in PREFIXES:
        if re.search(pattern, last):
            return prefix
    return ""


def shared_ends(rows: Ragged) -> tuple[int, int]:
    """How many tokens all rows have alike at their start and at their end: prompt and special tokens.

    rows: tokens of texts that share no first and no last character.
    """
    head = 0
    shortest = int(rows.lengths.min())
    lists = [rows.row(i).tolist() for i in range(len(rows))]
    while head < shortest and len({row[head] for row in lists}) == 1:
        head += 1
    tail = 0
    while tail < shortest - head and len({row[-1 - tail] for row in lists}) == 1:
        tail += 1
    return head, tail
