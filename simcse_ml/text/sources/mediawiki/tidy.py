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
_LATE = re.compile(r"[)）](?<=[、，；,;\s][)）])")
"""what _BEFORE_CLOSING finds, looked for by its rarer end"""
_MAYBE_STOPS = re.compile(r"[、，；。, ]\s?[、，；。．,.]")
"""whatever _TWICE, _COMMA_STOP or _BEFORE_STOP finds begins so; most paragraphs have none"""
_CALLS = frozenset({"()", "[]"})
_AT_START = ",;、，；"


def tidied(text: str) -> str:
    """`text` with single blanks and without such remains."""
    text = single = " ".join(text.split())
    if "(" in text or "（" in text or "［" in text or "[" in text or "〔" in text:
        text = _without_empty_brackets(text)
    if _MAYBE_STOPS.search(text):
        text = _BEFORE_STOP.sub("", _COMMA_STOP.sub("", _TWICE.sub(_once, text)))
    if text == single and text[:1] not in _AT_START:
        return text
    return " ".join(text.lstrip(_AT_START).split())


def _without_empty_brackets(text: str) -> str:
    for _ in range(3):  # brackets in brackets
        text, found = _EMPTY.subn(_unless_called, text)
        if not found:
            break
    text = _AFTER_OPENING.sub(r"\1", text)
    return _BEFORE_CLOSING.sub(r"\1", text) if _LATE.search(text) else text


def _once(match: re.Match[str]) -> str:
    return match[0][0]


def _unless_called(match: re.Match[str]) -> str:
    """main() stays as it is."""
    before = match.string[match.start() - 1 : match.start()]
    return match[0] if match[0] in _CALLS and before.isascii() and before.isalnum() else ""
