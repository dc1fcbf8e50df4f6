"""Sentences in none of the language's scripts. Languages are never refused; this only finds lines of another script."""

from __future__ import annotations

from collections.abc import Callable

from simcse_ml.languages.scripts import NOT_OF_ONE_SCRIPT, script_of

COMPOUND = {"Jpan": ("Hani", "Hira", "Kana"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Hani",)}
"""codes of writing systems that mix scripts, as Unicode has them"""
LEAST_SHARE = 0.15
"""a sentence with a smaller share of its letters in the language's scripts is foreign"""
_OWN = 1 << 32
"""a letter of the language in a sum where one of another script is 1"""


def expand(scripts: tuple[str, ...]) -> frozenset[str]:
    """The scripts with compound codes spelled out."""
    return frozenset(part for script in scripts for part in (script, *COMPOUND.get(script, ())))


def foreign_test(scripts: tuple[str, ...]) -> Callable[[str], bool]:
    """A function that tells whether a sentence is in other scripts than `scripts` (ISO 15924)."""
    expected = expand(scripts)

    weights = _Weights(expected)

    def is_foreign(sentence: str) -> bool:
        own, other = divmod(sum(map(weights.__getitem__, sentence)), _OWN)
        return own < LEAST_SHARE * (own + other)

    return is_foreign


class _Weights(dict[str, int]):
    """What a character adds to the sum; a table that fills itself is read twice as fast as a cached function."""

    def __init__(self, expected: frozenset[str]) -> None:
        super().__init__()
        self._expected = expected

    def __missing__(self, character: str) -> int:
        script = script_of(character)
        self[character] = _OWN if script in self._expected else int(script not in NOT_OF_ONE_SCRIPT)
        return self[character]
