"""Which sentences are long enough, short enough, and text at all."""

from __future__ import annotations

import re
from typing import Literal

from simcse_ml.languages.scripts import units

Length = Literal["short", "right", "long"]

_LETTER = re.compile(r"[^\W\d_]")
_DENSE = re.compile(
    "[\u1100-\u11ff\u1200-\u139f\u13a0-\u13ff\u1400-\u167f\u2d80-\u2ddf\u2e80-\u2fdf\u3005-\u3007\u3031-\u3035"
    "\u3041-\u30ff\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua500-\ua63f"
    "\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\U00017000-\U00018cff\U0001b000-\U0001b2ff\U00020000-\U000323af]"
)
"""A character is a word or a syllable: Han, kana, Hangul, bopomofo, Yi, Ethiopic, Cherokee, Canadian syllabics, Vai."""


def size(text: str) -> int:
    """Length in units: letters as a reader counts them, those of dense scripts twice."""
    return units(text) + len(_DENSE.findall(text))


def judge_length(text: str, least: int, most: int) -> Length:
    """Whether least <= size(text) <= most, looking only at as much of the text as it takes."""
    if 2 * len(text) < least or (size(text[: 4 * least]) < least and size(text) < least):
        return "short"
    return "right" if 2 * len(text) <= most or size(text) <= most else "long"


def has_letters(text: str) -> bool:
    """Whether there is a letter of any script."""
    return _LETTER.search(text) is not None
