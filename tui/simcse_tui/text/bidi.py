"""Right-to-left text in the order of the eye, for terminals that do not do that themselves (UAX 9, by python-bidi).

It is the last step before the terminal: data, search and copies stay in the order of the text. Letters are moved by
whole clusters, so that no mark leaves its letter. Arabic letters are not joined by this: that is the terminal's.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.clusters import clusters

EXPLICIT, IMPLICIT = "\x1b[8l", "\x1b[8h"
"""ECMA-48's BDSM: a terminal that knows it must not order the text once more; and back"""
_TURNED = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
Role = TypeVar("Role")


def require_bidi() -> None:
    """Raises: UserError MACHINE where python-bidi is missing."""
    if importlib.util.find_spec("bidi") is None:
        raise UserError(
            "python-bidi is not installed",
            where="[tui] bidi = app",
            mend='pip install "simcse-ml[bidi]"',
            exit_code=ExitCode.MACHINE,
        )


def has_turned(text: str) -> bool:
    """Whether anything in it may be written from right to left."""
    return _TURNED.search(text) is not None


def for_the_eye(pieces: Sequence[tuple[str, Role]]) -> list[tuple[str, Role]]:
    """Pieces of one row with their right-to-left part as it is read; the same cells, each in its role.

    The part reaches from the first to the last piece that has any of it, and its first strong letter says where it
    begins; what stands before it, such as columns of numbers, stays.
    """
    turned = [place for place, (text, _) in enumerate(pieces) if has_turned(text)]
    if not turned:
        return list(pieces)
    first, last = turned[0], turned[-1] + 1
    cells = [(cluster, role) for text, role in pieces[first:last] for cluster in clusters(text)]
    shown = [(text, cells[at][1]) for at, text in order([cluster for cluster, _ in cells])]
    joined = [("".join(text for text, _ in some), role) for role, some in groupby(shown, key=lambda one: one[1])]
    return [*pieces[:first], *joined, *pieces[last:]]


def order(letters: Sequence[str]) -> list[tuple[int, str]]:
    """(place in the text, what is drawn) from left to right; a bracket that is turned round is drawn so.

    letters: clusters of one line, without controls; the first character of each says how it is written.
    """
    from bidi import algorithm
    from bidi.mirror import MIRRORED

    text = "".join(letter[0] for letter in letters)
    level = algorithm.get_base_level(text)
    storage = algorithm.get_empty_storage() | {"base_level": level, "base_dir": "LR"[level]}
    algorithm.get_embedding_levels(text, storage)
    for place, one in enumerate(storage["chars"]):
        one["place"] = place
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    algorithm.reorder_resolved_levels(storage, debug=False)
    kept = [(one["place"], one["level"] % 2) for one in storage["chars"]]
    return [(at, MIRRORED.get(letters[at], letters[at]) if turned else letters[at]) for at, turned in kept]
