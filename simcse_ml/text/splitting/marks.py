"""The marks that end sentences, and the regular expression that finds them, with what belongs to them.

What one language or script ends its sentences with is in langs.yaml (`terminators`). The marks here end a sentence in
any text, because no script uses them for anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

STRONG = frozenset("。｡！？‼⁇⁈⁉؟۔।॥፧፨։።។៕៚᙮᱾᱿꘎꘏꧉᠃᠉߹᭟᨞᨟෴܀܁܂꓿꛳꩝꩞꩟᪨᪩᪪᪫᰻᰼⳹⳾༎༏༐༑།")
"""no blank need follow, and no capital. Those above U+FFFF come with their language only: `re` is slower by half with
them in a set (measured: 8 and 13 million characters a second of English)"""
SHADS = frozenset("།༎༏༐༑")
"""a sentence ends at only some of them: tibetan.py says at which"""
WEAK = frozenset(".!?…‥．")
"""ends a sentence if what follows looks like the beginning of one"""

CLOSING = "\"'”’»›」』）)]】〉》〕｝}〟｣＂＇›"
_CLOSERS = (
    rf"(?:[{re.escape(CLOSING)}]|[“‘«](?=\s|$)|\[\d{{1,3}}\]|[ \u00a0\u202f][»)\]](?![\w])|\s?[\U0001F300-\U0001FAFF]"
    r"\ufe0f?(?:\u200d[\U0001F300-\U0001FAFF\u2600-\u27bf]\ufe0f?)*|[ㅋㅎㅠㅜ]{2,})"
)
CLOSERS = re.compile(f"{_CLOSERS}*")

TOGETHER = 250
"""characters: a quotation or bracket of up to that many is not parted; a longer one is (some 60 tokens)"""
TOGETHER_WIDE = 120
"""the same in East Asian quotes and brackets"""
_PAIRS = ("「」", "『』", "“”", "«»", "‹›", "｢｣", "〝〟", "„“”", "‚‘’")
_BRACKETS = ("()", "（）", "[]", "【】", "〔〕", "《》", "〈〉")
_CASED = "A-Za-z\u00c0-\u024f\u0370-\u052f"


def _pair(pair: str) -> str:
    opening, closing = re.escape(pair[0]), re.escape(pair[1:])
    inside = re.escape(pair[0]) if len(pair) > 2 else re.escape(pair)
    most = TOGETHER_WIDE if "\u3000" < pair[0] else TOGETHER
    return rf"{opening}[^{inside}]{{0,{most}}}?[{closing}]"


QUOTES: Mapping[str, re.Pattern[str]] = {
    **{pair[0]: re.compile(_pair(pair)) for pair in _PAIRS},
    '"': re.compile(rf"""(?<![^\s(\[「（：:,،—–-])"(?=\S)[^"]{{0,{TOGETHER}}}(?<=\S)"(?![{_CASED}0-9])"""),
    "‘": re.compile(rf"(?<![^\s(\[「（])‘(?=\S)[^‘]{{0,{TOGETHER}}}?(?<=[.!?,…])’(?!\w)"),
}
"""whole quotations, by the mark that opens them"""
BRACKETS: Mapping[str, re.Pattern[str]] = {pair[0]: re.compile(_pair(pair)) for pair in _BRACKETS}

SPACED_RUNS = r"\.(?: \.){2,}|[!?](?: [!?])+|[۔।॥။።](?: [۔।॥။።])+"


def marks_of(terminators: str, without: frozenset[str]) -> frozenset[str]:
    """All single characters that may end a sentence.

    terminators: of the language.  without: marks that do not count.
    """
    return (STRONG | WEAK | frozenset(terminators)) - without


def run_pattern(marks: frozenset[str], extra: str) -> re.Pattern[str]:
    """A run of marks with the closers behind it.  extra: more that ends a sentence, as a regular expression."""
    several = "[" + re.escape("".join(sorted(marks))) + "]+"
    return re.compile(f"(?:{'|'.join(filter(None, [extra, SPACED_RUNS, several]))}){_CLOSERS}*")


def any_of(characters: Iterable[str]) -> re.Pattern[str]:
    """One of `characters`: a plain set, which `re` looks for twenty times as fast as for a choice of patterns."""
    return re.compile("[" + re.escape("".join(sorted(set(characters)))) + "]")
