"""The encoding a person named, held against what the bytes say: it is used, but what contradicts it is said."""

from __future__ import annotations

import codecs
from functools import partial

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.likelihood import log_ratios
from simcse_ml.text.encodings import escaped, wide
from simcse_ml.text.encodings.guess import Guess
from simcse_ml.text.encodings.legacy import guess_legacy
from simcse_ml.text.encodings.names import shown
from simcse_ml.text.encodings.utf8 import utf8_share
from simcse_ml.text.plausibility import implausibility
from simcse_ml.text.sources.blocks import Facts, Hints

UNUSABLE = 0.8
"""share of lines that do not decode from which nothing useful would be left"""
WORSE = 0.7
"""a reading with less than this of the evidence that another has is said to be odd"""
_JUDGED = 1 << 14


def check_named(named: str, head: bytes, facts: Facts, hints: Hints) -> Guess:
    """`named`, with warnings in `facts` if `head` contradicts it. Raises: UserError(INPUT) if hardly a line is left."""
    mark = wide.by_mark(head)
    encoding = _with_order(named, mark)
    skip = mark.skip if mark is not None and mark.encoding == encoding else 0
    if mark is not None and not skip:
        facts.warn(
            f"{facts.name}: it begins with the byte order mark of {shown(mark.encoding)}, but --encoding says "
            f"{shown(encoding)}"
        )
    text = _read(head[skip:], encoding)
    lines = text.splitlines() or [""]
    damaged = sum("\ufffd" in line for line in lines) / len(lines)
    other = _other(head, encoding, hints)
    looks = _says_more(head, text, other)
    if damaged > UNUSABLE:
        raise UserError(
            f"{damaged:.0%} of its lines cannot be {shown(encoding)}".replace("%", " %"),
            where=facts.name,
            mend=f"it reads well as {shown(other.encoding)}: name that, or leave --encoding out"
            if looks and other
            else "name its encoding, or leave --encoding out",
            exit_code=ExitCode.INPUT,
        )
    if looks and other:
        much = f"{damaged:.0%} of its lines cannot be".replace("%", " %") if damaged >= 0.005 else "it reads oddly as"
        facts.warn(f"{facts.name}: {much} {shown(encoding)}; it reads well as {shown(other.encoding)}")
    return Guess(encoding, 1.0, skip)


def _with_order(named: str, mark: Guess | None) -> str:
    """utf-16 and utf-32 with the byte order of the mark, or little-endian; utf-8-sig is utf-8."""
    if named in {"utf-16", "utf-32"}:
        return mark.encoding if mark is not None and mark.encoding.startswith(named) else f"{named}-le"
    return "utf-8" if named in {"utf-8-sig", "utf_8_sig"} else named


def _read(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def _other(head: bytes, encoding: str, hints: Hints) -> Guess | None:
    """What it would be taken for if nothing had been named; None if that is the same."""
    found = wide.by_mark(head) or escaped.by_escapes(head)
    if found is None:
        share = utf8_share(head)
        found = (
            wide.by_pattern(head, partial(guess_legacy, hints=hints))
            if share < 1.0 or escaped.has_controls(head)
            else None
        )
        found = found or (Guess("utf-8", share) if share else guess_legacy(head, hints))
    return found if found is not None and found.encoding != encoding else None


def _says_more(head: bytes, text: str, other: Guess | None) -> bool:
    """Whether `other` makes much more sense of `head` than `text` does."""
    if other is None:
        return False
    better = _read(head[other.skip :], other.encoding)
    if better == text:
        return False
    return _sense(text) < WORSE * _sense(better)


def _sense(text: str) -> float:
    sample = "\n".join([line for line in text.split("\n") if not line.isascii()][:200])[:_JUDGED]
    return float(log_ratios(sample).max()) - implausibility(sample)
