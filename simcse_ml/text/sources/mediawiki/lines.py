"""Lines of a page, whose templates and links are gone, to paragraphs: headings, rows and short list items left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simcse_ml.text.reasons import Ledger, Reason
from simcse_ml.text.sources.mediawiki.inline import with_references_decoded, without_quotes
from simcse_ml.text.sources.mediawiki.tidy import tidied
from simcse_ml.text.steps.makeup import size

_HEADING = re.compile(r"={1,6}[^\n]*=\s*")
_MARKERS = "*#:;"
_RULE = re.compile(r"-{4,}\s*")
_ENDED = re.compile(
    r"[.!?。！？．｡…‼⁇⁈⁉।॥۔؟؞։።፧፨།༎༏༐༑༔။៖។៕᠃᠉᱾᱿꓿꛳꛷꤯꩝꩞꩟꫰꫱꯫𑁇𑁈⸮⸼]"
    r"[\s\"'”’»›」』）)\]】》〉]*$"
)
"""Unicode's Sentence_Terminal as far as living languages write it, and the ellipsis"""
_STOP_ANYWHERE = re.compile(r"[。！？।॥۔።။༎៕]")
"""these end sentences and do nothing else, so an item with one inside is prose as well"""
_WITHOUT_STOPS = re.compile(r"[\u0e00-\u0eff]")
"""Thai and Lao end their sentences with a blank"""
LONG_ITEM = 80
"""letters (of dense scripts half as many) from which an item in a script without stops is taken for prose"""
_IDEOGRAPH = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]")


def prose(text: str, ledger: Ledger) -> Iterator[str]:
    """Paragraphs, and the list items that are sentences. A blank line ends a paragraph, a line end does not."""
    held: list[str] = []
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped and (stripped[0] not in "*#:;=|!-{}" or not _is_block(stripped)):
            held.append(stripped)
            continue
        if held:
            yield from _paragraph(held)
            held.clear()
        if stripped and stripped[0] in _MARKERS:
            yield from _item(stripped, ledger)
        elif _RULE.match(stripped):
            held.append(_RULE.sub("", stripped, count=1))
    yield from _paragraph(held)


def _is_block(line: str) -> bool:
    """Whether a line is no part of a paragraph: a heading, an item, a row, an argument, a rule."""
    if line[0] == "=":
        return _HEADING.fullmatch(line) is not None
    if line[0] == "!":
        return "|" in line or "!!" in line
    if line[0] == "-":
        return line.startswith("----")
    return line[0] in "*#:;|" or line.startswith(("{{", "{|", "}}"))


def _paragraph(lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    joined = without_quotes(lines[0])
    for line in map(without_quotes, lines[1:]):
        joined += _between(joined, line) + line
    text = tidied(with_references_decoded(joined))
    if text:
        yield text


def _between(before: str, after: str) -> str:
    """A line end is a blank, but not between ideographs."""
    if not before or not after:
        return ""
    return "" if _IDEOGRAPH.match(before[-1]) and _IDEOGRAPH.match(after[0]) else " "


def _item(line: str, ledger: Ledger) -> Iterator[str]:
    text = tidied(with_references_decoded(without_quotes(line.lstrip(_MARKERS).lstrip())))
    if not text:
        return
    if (
        _ENDED.search(text[-16:])
        or _STOP_ANYWHERE.search(text)
        or (_WITHOUT_STOPS.search(text) and size(text) >= LONG_ITEM)
    ):
        yield text
    else:
        ledger.drop(Reason.LIST_ITEM, text)
