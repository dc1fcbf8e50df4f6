"""UTF-16 and UTF-32: by their byte order mark, or by the pattern that units of two or four bytes make.

High bytes repeat: 00 in Latin text, 0E in Thai, 30 in kana. What has the pattern is then read in both byte orders and
must make sense in one of them.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simcse_ml.languages.likelihood import log_ratios
from simcse_ml.languages.scripts import script_counts
from simcse_ml.text.encodings.guess import Guess
from simcse_ml.text.plausibility import implausibility

MARKS: Sequence[tuple[bytes, str]] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
APART = 0.5
"""distance of the frequencies of even and odd bytes, 0 to 1, from which units of two bytes are likely; legacy texts of
benchmarks/decoding.py without a line end have up to 0.95 (GBK), so that what is read must make sense too"""
MOST_BAD = 0.01
"""share of characters that cannot be"""
_READ = 1 << 16
_JUDGED = 8000
_LEAST_PAIRS = 8
_GROUPS = {"Hira": "Hani", "Kana": "Hani", "Bopo": "Hani", "Hang": "Hani"}
"""scripts that stand in one text with Han"""


def by_mark(head: bytes) -> Guess | None:
    """The encoding whose byte order mark `head` begins with."""
    return next((Guess(encoding, 1.0, len(mark)) for mark, encoding in MARKS if head.startswith(mark)), None)


def by_pattern(head: bytes, rival: Callable[[bytes], Guess | None]) -> Guess | None:
    """UTF-32 or UTF-16 without a mark, None if `head` is in neither.

    rival: what it would be otherwise. Without a NUL in it, text must make more sense as UTF-16 than as that.
    """
    data = np.frombuffer(head[: _READ & ~3], np.uint8)
    data = data[: len(data) & ~3]
    if len(data) and (wide := _utf32(data)) is not None:
        return wide
    pairs = np.frombuffer(head[: min(len(head), _READ) & ~1], np.uint8).reshape(-1, 2)
    if len(pairs) < 2 or not _looks_paired(pairs):
        return None
    scores = {encoding: _sense(head, encoding) for encoding in ("utf-16-le", "utf-16-be")}
    best, other = sorted(scores, key=lambda encoding: scores[encoding], reverse=True)
    if scores[best] <= 0.0:
        return None
    legacy = None if b"\0" in head[:_READ] else rival(head)
    if legacy is not None and _sense(head, legacy.encoding) >= scores[best]:
        return None
    return Guess(best, 0.99 if scores[best] - max(0.0, scores[other]) > 20.0 else 0.8)


def _utf32(data: NDArray[np.uint8]) -> Guess | None:
    units = data.reshape(-1, 4)
    for encoding, top, plane in (("utf-32-le", 3, 2), ("utf-32-be", 0, 1)):
        inside = (units[:, top] == 0) & (units[:, plane] <= 0x10)
        empty = (units == 0).all(axis=1)
        if inside.mean() > 1.0 - MOST_BAD and empty.mean() < 0.5:
            return Guess(encoding, 0.99)
    return None


def _looks_paired(pairs: NDArray[np.uint8]) -> bool:
    """Whether one byte of the pairs behaves like a high byte. A text of any length has NULs, in line ends and blanks;
    without one, the high bytes must be those of a script.
    """
    shares = [np.bincount(pairs[:, column], minlength=256) / len(pairs) for column in (0, 1)]
    if max(share[0] for share in shares) > 0.0:
        return bool(np.abs(shares[0] - shares[1]).sum() / 2 > APART)
    if len(pairs) < _LEAST_PAIRS:
        return False
    alphabetic = any(share[1:0x20].max() >= 0.3 for share in shares)
    han = any(share[0x30] + share[0x4E:0xA0].sum() + share[0xFF] > 0.97 for share in shares)
    hangul = any(share[0x30] + share[0xAC:0xD8].sum() + share[0xFF] > 0.97 for share in shares)
    return alphabetic or han or hangul


def _sense(head: bytes, encoding: str) -> float:
    """Nats for `head` read as `encoding`; negative for what cannot be text."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head[:_JUDGED])
    counts = Counter(text)
    bad = sum(n for character, n in counts.items() if character == "\ufffd" or _impossible(character))
    if bad > MOST_BAD * len(text) or not _is_of_one_script(text):
        return -1.0
    parted = 20.0 if counts["\n"] or counts[" "] else 0.0  # the other byte order has U+0A00 and U+2000
    return 1.0 + parted + float(log_ratios(text).max()) - implausibility(text)


def _impossible(character: str) -> bool:
    return unicodedata.category(character) in {"Cn", "Co", "Cs"} or (character < " " and not character.isspace())


def _is_of_one_script(text: str) -> bool:
    """Whether two scripts (the East Asian ones are one) are most of it."""
    groups: Counter[str] = Counter()
    for script, count in script_counts(text).items():
        groups[_GROUPS.get(script, script)] += count
    for neutral in ("Zyyy", "Zinh", "Zzzz"):
        groups.pop(neutral, None)
    return sum(count for _, count in groups.most_common(2)) >= 0.9 * groups.total()
