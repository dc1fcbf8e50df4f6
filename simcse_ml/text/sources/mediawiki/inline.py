"""Marks inside a line: bold and italics, character references, magic words, raised figures, Chinese variants."""

from __future__ import annotations

import html
import re

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MAGIC_WORD = re.compile(r"__[^\W_]+(?:_[^\W_]+)*__")
"""__NOTOC__ and its translations: any word between two pairs of lines. Groups are never possessive here: Python 3.11.7
did not find such a match once in many thousand runs (docs/decisions.md)."""
_QUOTES = re.compile(r"'{2,}")
_VARIANTS = re.compile(r"-\{([^{}]*+)\}-")
_HIDDEN_FLAGS = frozenset("THDN-")
_FLAGS = re.compile(r"\s*([A-Za-z-](?:\s*;\s*[A-Za-z-]+)*)\s*\|")
_VARIANT = re.compile(r"\s*(?:[^;:|]*=>\s*)?[a-z]{2,3}(?:-[a-z]+)*\s*:([^;]*)", re.DOTALL)
_RAISED = re.compile(r"<sup(?:\s[^<>]*)?>\s*([-+\u2212]?\d{1,4})\s*</sup\s*>", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_ONE_LETTER = re.compile(r"(?<!\S)\S$")


def with_references_decoded(text: str) -> str:
    """Character references as the characters they name; unknown ones, and those without `;`, stay as they are."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    return " " if character in "\r\n\0" else character


def without_magic_words(text: str) -> str:
    """`text` without __NOTOC__ and the like."""
    return _MAGIC_WORD.sub("", text) if "__" in text else text


def with_figures_raised(text: str) -> str:
    """10<sup>6</sup> as 10⁶: without its tag the figure would make another number."""
    return _RAISED.sub(lambda match: match[1].translate(_SUPERSCRIPT), text) if "<" in text else text


def in_one_variant(text: str) -> str:
    """-{zh-hans:软件;zh-hant:軟體}- as the first of its variants; -{T|...}- and other hidden rules as nothing."""
    if "-{" not in text:
        return text
    return _VARIANTS.sub(_first_variant, text)


def _first_variant(match: re.Match[str]) -> str:
    inside = match[1]
    flags = _FLAGS.match(inside)
    if flags:
        inside = inside[flags.end() :]
        if _HIDDEN_FLAGS & set(flags[1].upper()) and "A" not in flags[1].upper():
            return ""
    variant = _VARIANT.match(inside)
    return variant[1].strip() if variant else inside


def without_quotes(line: str) -> str:
    """One line without the quotes of ''italics'' and '''bold''', with those that are apostrophes (l'''amour'')."""
    if "''" not in line:
        return line
    runs = list(_QUOTES.finditer(line))
    bold = sum(len(run[0]) != 2 for run in runs)  # 3, or 4 and more: an apostrophe and bold
    italic = sum(len(run[0]) == 2 or len(run[0]) >= 5 for run in runs)
    apostrophe = _apostrophe(line, runs) if bold % 2 and italic % 2 else -1
    kept: list[str] = []
    at = 0
    for run in runs:
        kept.append(line[at : run.start()])
        extra = 1 if len(run[0]) == 4 else max(0, len(run[0]) - 5)
        kept.append("'" * (extra or run.start() == apostrophe))
        at = run.end()
    kept.append(line[at:])
    return "".join(kept)


def _apostrophe(line: str, runs: list[re.Match[str]]) -> int:
    """Where bold and italics are both left open: the three quotes of which MediaWiki takes the first as a letter.

    The first behind a word of one letter, else behind any word, else behind a blank.
    """
    three = [run.start() for run in runs if len(run[0]) == 3]
    single = [at for at in three if _ONE_LETTER.search(line[max(0, at - 2) : at])]
    words = [at for at in three if at and not line[at - 1].isspace()]
    return next(iter(single or words or three), -1)
