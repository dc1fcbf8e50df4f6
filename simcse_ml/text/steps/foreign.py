"""Sentences in none of the language's scripts. Languages are never refused; this only finds lines of another script."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simcse_ml.languages.scripts import NOT_OF_ONE_SCRIPT, script_of
from simcse_ml.text.steps.points import Table, points_of

COMPOUND = {"Jpan": ("Hani", "Hira", "Kana"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Hani",)}
"""codes of writing systems that mix scripts, as Unicode has them"""
ForeignTest = Callable[[Sequence[str]], NDArray[np.bool_]]

_NEUTRAL, _OWN, _OTHER = range(3)


def expand(scripts: tuple[str, ...]) -> frozenset[str]:
    """The scripts with compound codes spelled out."""
    return frozenset(part for script in scripts for part in (script, *COMPOUND.get(script, ())))


def foreign_test(scripts: tuple[str, ...], least: float) -> ForeignTest:
    """A function from n sentences to (n,): whether less than `least` of the letters of each are in `scripts`.

    scripts: ISO 15924 codes.
    """
    expected = expand(scripts)

    def kind(point: int) -> int:
        script = script_of(chr(point))
        return _NEUTRAL if script in NOT_OF_ONE_SCRIPT else _OWN if script in expected else _OTHER

    table = Table(kind)

    def are_foreign(sentences: Sequence[str]) -> NDArray[np.bool_]:
        points = points_of(sentences)
        kinds = table.of(points.codes)
        inside, outside = points.sums(kinds == _OWN), points.sums(kinds == _OTHER)
        result: NDArray[np.bool_] = inside < least * (inside + outside)
        return result

    return are_foreign
