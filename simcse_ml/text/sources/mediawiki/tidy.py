"""What a removed note or template leaves behind: empty brackets, commas in front of a bracket, blanks before a stop."""

from __future__ import annotations

import re

_EMPTY = re.compile(
    r"[（［〔][,;:、，；：・/／\s]*+[）］〕]"
    r"|(?:(?<=[\s\u2e80-\u9fff])|^)[(\[][,;:\s]*+[)\]]"  # main() stays
    r"|\([,;:\s]++\)"
)
_AFTER_OPENING = re.compile(r"([（(])(?:[、，；,;]|\s)++")
_BEFORE_CLOSING = re.compile(r"(?<![、，；,;\s])[、，；,;\s]++([）)])")
_BEFORE_STOP = re.compile(r"(?<=\S) (?=[,.](?:\s|$)|[、。，．])")
_TWICE = re.compile(r"([、，；。])(?:\s?\1)+|,(?:\s?,)+(?=\s)")
_COMMA_STOP = re.compile(r"[、，](?=。)|,\s?(?=\.(?:\s|$))")


def tidied(text: str) -> str:
    """`text` with single blanks and without such remains."""
    text = " ".join(text.split())
    before = ""
    while before != text and ("(" in text or "（" in text or "［" in text or "[" in text or "〔" in text):
        before = text
        text = _EMPTY.sub("", text)
        if len(before) - len(text) > 1000:  # brackets in brackets: once more for what people write, not for ever
            break
    text = _BEFORE_CLOSING.sub(r"\1", _AFTER_OPENING.sub(r"\1", text))
    text = _BEFORE_STOP.sub("", _COMMA_STOP.sub("", _TWICE.sub(_once, text)))
    return " ".join(text.lstrip(",;、，；").split())


def _once(match: re.Match[str]) -> str:
    return match[0][0]
