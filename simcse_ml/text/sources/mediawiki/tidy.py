"""What a removed note or template leaves behind: empty brackets, commas in front of a bracket, blanks before a stop."""

from __future__ import annotations

import re

# Each begins with a character or a set, for which `re` looks quickly.
_EMPTY = re.compile(r"[(\[（［〔][,;:、，；：・/／\s]*+[)\]）］〕]")
_AFTER_OPENING = re.compile(r"([（(])[、，；,;\s]++")
_BEFORE_CLOSING = re.compile(r"[、，；,;\s](?<![、，；,;\s]{2})[、，；,;\s]*+([）)])")
_BEFORE_STOP = re.compile(r" (?=[,.](?:\s|$)|[、。，．])")
_TWICE = re.compile(r"([、，；。])(?:\s?\1)+|,(?<!,,)(?<!, ,)(?:\s?,)+(?!\s?,)(?=\s)")
_COMMA_STOP = re.compile(r"[、，](?=。)|,\s?(?=\.(?:\s|$))")
_CALLS = frozenset({"()", "[]"})


def tidied(text: str) -> str:
    """`text` with single blanks and without such remains."""
    text = " ".join(text.split())
    if "(" in text or "（" in text or "［" in text or "[" in text or "〔" in text:
        for _ in range(3):  # brackets in brackets
            text = _EMPTY.sub(_unless_called, text)
        text = _BEFORE_CLOSING.sub(r"\1", _AFTER_OPENING.sub(r"\1", text))
    text = _BEFORE_STOP.sub("", _COMMA_STOP.sub("", _TWICE.sub(_once, text)))
    return " ".join(text.lstrip(",;、，；").split())


def _once(match: re.Match[str]) -> str:
    return match[0][0]


def _unless_called(match: re.Match[str]) -> str:
    """main() stays as it is."""
    before = match.string[match.start() - 1 : match.start()]
    return match[0] if match[0] in _CALLS and before.isascii() and before.isalnum() else ""
