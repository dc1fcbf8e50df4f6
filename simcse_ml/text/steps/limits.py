"""Which sentences are text at all, and how a too long one is cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simcse_ml.text.steps.makeup import size

_LETTER = re.compile(r"[^\W\d_]")
_CUTS = (
    re.compile(r"[.!?。！？।॥።፧؟۔។៕།༎༏༐༑༔]+[^\w\s]*\s*"),  # sentences that the splitter did not part
    re.compile(r"[;:；：،؛፤፥፣၊、，](?!\d)\s*"),  # clauses
    re.compile(r",(?!\d)\s*|\s+[-–—•|]\s+"),
    re.compile(r"[\s\u200b]+"),
    re.compile(r"[\u0f0b\u1361]+"),  # syllables of Tibetan, words of Ethiopic
)
"""where to cut, the best first"""


def has_letters(text: str) -> bool:
    """Whether there is a letter of any script."""
    return _LETTER.search(text) is not None


def cut(text: str, most: int) -> Iterator[str]:
    """`text` in pieces of at most `most` units, cut behind a clause or at a blank; where there is neither, the rest
    comes as it is.
    """
    rest = text
    while 2 * len(rest) > most and (len(rest) > most or size(rest) > most):
        at = _place_to_cut(rest[: max(1, most // 2)])
        if at is None:
            break
        yield rest[:at].rstrip()
        rest = rest[at:]
    if rest:
        yield rest


def _place_to_cut(piece: str) -> int | None:
    """Behind the last place of the best kind in the second half of `piece`."""
    half = len(piece) // 2
    for pattern in _CUTS:
        places = [match.end() for match in pattern.finditer(piece, half) if match.end() < len(piece)]
        if places:
            return places[-1]
    return None
