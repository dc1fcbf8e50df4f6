"""Text that was decoded wrongly before it came here: noticed, counted and said, with an example; never mended unasked.

Mojibake gives itself away by being reversible: written back in the encoding it was wrongly read in, its bytes are sound
UTF-8, which the bytes of a right text hardly ever are; and what they say makes more sense.
"""

from __future__ import annotations

import html.entities
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from simcse_ml.display import safe
from simcse_ml.languages.likelihood import log_ratios
from simcse_ml.text.encodings.names import shown
from simcse_ml.text.encodings.utf8 import above_ascii, faults
from simcse_ml.text.plausibility import implausibility
from simcse_ml.text.sources.blocks import Block, Facts

SINGLE_BYTE: Sequence[str] = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "cp1257", "cp437", "cp850", "cp866", "koi8_r",
    "mac_roman", "cp874",
)  # fmt: skip
EAST_ASIAN: Sequence[str] = ("cp932", "gb18030", "cp949", "big5hkscs")
MENDED = frozenset({"cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp437", "mac_roman"})
"""what text.mend_mojibake can undo: the encodings that ftfy knows"""
SOUND = 0.7
"""share of the bytes above ASCII in sound UTF-8 from which a paragraph may be mojibake"""
LEAST_BYTES = 4
FIRST, THEN_EVERY = 2000, 64
"""paragraphs that are looked at: the first ones, then one of so many"""
SAID_SHARE = 0.002
"""of the paragraphs looked at; less is not worth a line"""
EXAMPLE = ", for example: "
"""in a warning, behind which a piece of the text is quoted"""
_EXAMPLE = 40
_ANY_BYTE = 0xA0
"""for a letter that was lost: probably one within a character"""
_LOST = re.compile("\ufffd|锟斤拷|ï¿½")
"""the mark of lost bytes, and the mark itself as mojibake"""

_RUN = re.compile(r"[^\x00-\x7f]+")
_ENTITY = re.compile(r"&(#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_MYANMAR = re.compile("[\u1000-\u109f]")
_CONSONANT = "\u1000-\u102a\u103b-\u103f\u104e\u1050\u1051\u105a-\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
_ZAWGYI = re.compile(f"(?<![{_CONSONANT}])\u1031|\u1039(?![\u1000-\u1021])")
_ZAWGYI_SHARE = 0.02
"""signs in an order that Unicode does not have, of all Burmese characters: Unicode text has next to none, Zawgyi 5 %"""


@dataclass
class _Tally:
    """Paragraphs looked at, and in how many of them what was found, with the first example of each."""

    looked_at: int = 0
    found: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, example: str) -> None:
        self.found[kind] += 1
        self.examples.setdefault(kind, example)


def watched(blocks: Iterator[Block], facts: Facts, mending: bool = False) -> Iterator[Block]:
    """The same blocks; what looks wrong in a sample of them is told to `facts` at the end.

    mending: what can be mended will be, and needs no word here.
    """
    tally = _Tally()
    for number, block in enumerate(blocks):
        if number < FIRST or number % THEN_EVERY == 0:
            _look(block.text, tally)
        yield block
    _tell(tally, facts, mending)


def _look(text: str, tally: _Tally) -> None:
    tally.looked_at += 1
    if (entity := _ENTITY.search(text)) and _is_entity(entity[1]):
        tally.add("entities", text[max(0, entity.start() - 10) : entity.end() + 10])
    if text.isascii():
        return
    codec = misread_as(text)
    if codec is not None:
        first = _RUN.search(text)
        tally.add(codec, text[max(0, first.start() - 10) if first else 0 :])
    if lost := _LOST.search(text):
        tally.add("lost", text[max(0, lost.start() - 10) :])
    if is_zawgyi(text):
        tally.add("zawgyi", text)


def misread_as(text: str) -> str | None:
    """The encoding in which UTF-8 was read to make `text`, None if it is right as it is."""
    runs = " ".join(_RUN.findall(text[:2000]))
    if len(runs) < 2:
        return None
    for codec, encode in _encoders():
        data = encode(runs)
        if data is None:
            continue
        above = len(above_ascii(data))
        least, sound = (9, 0.85) if codec in EAST_ASIAN else (LEAST_BYTES, SOUND)
        if above >= least and faults(data) <= (1.0 - sound) * above:
            meant = data.decode("utf-8", "ignore").replace("\ufffd", "")
            if _sense(meant) > _sense(runs):
                return codec
    return None


def _sense(text: str) -> float:
    return float(log_ratios(text).max()) - implausibility(text)


@cache
def _encoders() -> list[tuple[str, Callable[[str], bytes | None]]]:
    """From text back to bytes; None where a letter is not in the encoding."""
    return [*((codec, _single_byte(codec)) for codec in SINGLE_BYTE), *((codec, _wide(codec)) for codec in EAST_ASIAN)]


def _single_byte(codec: str) -> Callable[[str], bytes | None]:
    """With bytes that the encoding has no letter for as control characters, as browsers read them."""
    letters = {code: bytes([code]).decode(codec, "replace") for code in range(0x80, 0x100)}
    table = {ord(letter) if letter != "\ufffd" else code: code for code, letter in letters.items()}
    table[0xFFFD] = _ANY_BYTE

    def encode(text: str) -> bytes | None:
        data = [table.get(ord(character), ord(character)) for character in text]
        return bytes(data) if max(data) < 0x100 else None

    return encode


def _wide(codec: str) -> Callable[[str], bytes | None]:
    def encode(text: str) -> bytes | None:
        data = text.encode(codec, "replace")  # there is no question mark in runs of what is not ASCII
        return data.replace(b"?", bytes([_ANY_BYTE])) if data.count(b"?") <= 0.3 * len(text) else None

    return encode


def is_zawgyi(text: str) -> bool:
    """Whether Burmese `text` has its signs in the order of Zawgyi fonts, which was before Unicode's."""
    letters = len(_MYANMAR.findall(text))
    return letters >= 10 and len(_ZAWGYI.findall(text)) > _ZAWGYI_SHARE * letters


def _is_entity(name: str) -> bool:
    return name.startswith("#") or f"{name};" in html.entities.html5


def _tell(tally: _Tally, facts: Facts, mending: bool) -> None:
    for kind, count in tally.found.most_common():
        ours = kind == "lost" and facts.damaged  # said where it was decoded
        if ours or count < SAID_SHARE * tally.looked_at or (mending and kind in {"entities", *MENDED}):
            continue
        share = f"at least {_percent(count, tally.looked_at)} of the paragraphs looked at"
        example = " ".join(safe(tally.examples[kind])[:_EXAMPLE].split())
        facts.warn(f"{facts.name}: {share} {_words(kind)}{EXAMPLE}{example}")


def _words(kind: str) -> str:
    mend = "--set text.mend_mojibake=true mends it"
    if kind == "entities":
        return f"have HTML entities in them ({mend})"
    if kind == "lost":
        return "have the mark of lost bytes in them (U+FFFD), which nothing brings back"
    if kind == "zawgyi":
        return "look like Zawgyi, not Unicode (convert them first)"
    how = mend if kind in MENDED else "get the text again, undamaged"
    return f"are UTF-8 that was read as {shown(kind)} before ({how})"


def _percent(count: int, total: int) -> str:
    share = 100 * count / total
    return f"{share:.0f} %" if share >= 1 else f"{share:.1f} %"
