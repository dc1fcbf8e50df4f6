"""Sentences in none of the language's scripts. Languages are never refused; this only finds lines of another script."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from simcse_ml.languages.scripts import NOT_OF_ONE_SCRIPT, script_of

COMPOUND = {"Jpan": ("Hani", "Hira", "Kana"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Hani",)}
"""codes of writing systems that mix scripts, as Unicode has them"""
_REMEMBERED = 1 << 16
_OWN = 1 << 32
"""a letter of the language in a sum where one of another script is 1"""


def expand(scripts: tuple[str, ...]) -> frozenset[str]:
    """The scripts with compound codes spelled out."""
    return frozenset(part for script in scripts for part in (script, *COMPOUND.get(script, ())))


def foreign_test(scripts: tuple[str, ...], least: float) -> Callable[[str], bool]:
    """A function that tells whether less than `least` of a sentence's letters are in `scripts` (ISO 15924)."""
    expected = expand(scripts)
    own: set[str] = set()  # characters met so far that are in the scripts, or in none

    @lru_cache(maxsize=65536)
    def weight(character: str) -> int:
        script = script_of(character)
        is_foreign = script not in expected and script not in NOT_OF_ONE_SCRIPT
        if not is_foreign and len(own) < _REMEMBERED:
            own.add(character)
        return int(is_foreign) if script in NOT_OF_ONE_SCRIPT or is_foreign else _OWN

    def is_foreign(sentence: str) -> bool:
        if own.issuperset(sentence):
            return False
        inside, outside = divmod(sum(map(weight, sentence)), _OWN)
        return inside < least * (inside + outside)

    return is_foreign
