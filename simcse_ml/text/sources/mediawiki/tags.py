"""What stands in angle brackets: comments, extension tags with all they hold, and the HTML that only frames text.

Every function takes one walk over the text, whatever is left open in it: an unclosed <ref> costs its line, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

HELD = (
    "ref references math chem ce gallery imagemap timeline score graph mapframe maplink hiero templatedata inputbox "
    "syntaxhighlight source code pre templatestyles categorytree indicator charinsert includeonly rss dynamicpagelist "
    "quiz phonos abc youtube video audio svg style script noscript object del s strike table"
).split()
"""what these hold is no prose: references, formulas, code, drawings, lists made by machine, what was struck out"""
BREAKS = "br hr p div center blockquote poem ul ol li dl dt dd h1 h2 h3 h4 h5 h6 caption noinclude onlyinclude".split()
"""a new line begins where these begin or end"""

_COMMENT, _COMMENT_END = "<!--", "-->"
_NOWIKI = re.compile(r"<(/?)nowiki\b[^<>]*>", re.IGNORECASE)
_HELD = re.compile(rf"<(/?)({'|'.join(HELD)})(?![\w-])([^<>]*)>", re.IGNORECASE)
_BREAK = re.compile(rf"</?(?:{'|'.join(BREAKS)})(?![\w-])[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>]*|/)?>")
_MARKUP = re.compile(r"[\[\]{}|'<>=*#:;_~\-!\n]")
"""what wikitext gives a meaning; <nowiki> takes it away"""


class _Tag(NamedTuple):
    start: int
    end: int
    closing: bool
    name: str
    alone: bool


def without_comments(text: str) -> str:
    """`text` without comments; one that is never closed is left to the tags, so that what follows it stays."""
    if _COMMENT not in text:
        return text
    kept: list[str] = []
    at = 0
    while (start := text.find(_COMMENT, at)) >= 0 and (end := text.find(_COMMENT_END, start + 4)) >= 0:
        line = text.rfind("\n", 0, start) + 1
        after = end + len(_COMMENT_END)
        kept.append(text[at:start])
        alone = text[line:start].strip() == "" and text.startswith("\n", after) and line >= at
        at = after + alone  # a line that was only a comment leaves no blank line, which would part a paragraph
    kept.append(text[at:])
    return "".join(kept).replace(_COMMENT, "")


def with_nowiki_escaped(text: str) -> str:
    """What <nowiki> holds with its markup as character references, which are decoded last of all."""
    if "nowiki" not in text:
        return text
    kept: list[str] = []
    at, opened = 0, -1
    for tag in _NOWIKI.finditer(text):
        if tag[0].endswith("/>") or (tag[1] and opened < 0):
            continue
        if not tag[1]:
            opened = tag.end() if opened < 0 else opened
            kept.append(text[at : tag.start()])
        else:
            kept.append(_MARKUP.sub(_as_reference, text[opened : tag.start()]))
            opened = -1
        at = tag.end()
    kept.append(text[at:])
    return _NOWIKI.sub("", "".join(kept))


def _as_reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def without_held(text: str) -> str:
    """`text` without the elements of HELD. Tables nest; of the others an inner one closes nothing."""
    if "<" not in text:
        return text
    kept: list[str] = []
    at = 0
    for start, end in _spans(text):
        if start >= at:
            kept.append(text[at:start])
        at = max(at, end)
    kept.append(text[at:])
    return "".join(kept)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """From where to where there is nothing to keep, by rising start."""
    tags = [
        _Tag(m.start(), m.end(), bool(m[1]), m[2].lower(), m[3].rstrip().endswith("/")) for m in _HELD.finditer(text)
    ]
    ends = _partners(tags)
    line_end = 0
    for number, tag in enumerate(tags):
        if tag.closing or tag.alone:
            yield tag.start, tag.end
        elif (end := ends[number]) is not None:
            if tag.name != "code" or "\n" in text[tag.end : end]:  # a name inside a sentence is a word of it
                yield tag.start, end
        elif tag.name in ("table", "references", "code", "s", "del"):
            yield tag.start, tag.end
        else:
            if line_end < tag.end:
                line_end = _line_end(text, tag.end)
            yield tag.start, line_end


def _partners(tags: list[_Tag]) -> list[int | None]:
    """For each opening tag where its closing one ends; None if there is none before the next of its name opens."""
    ends: list[int | None] = [None] * len(tags)
    following: dict[str, list[int]] = {}  # ends of closing tags that wait for their opening ones, going backwards
    for number in range(len(tags) - 1, -1, -1):
        tag = tags[number]
        if tag.alone and not tag.closing:
            continue
        waiting = following.setdefault(tag.name, [])
        if tag.closing:
            if tag.name != "table":
                waiting.clear()
            waiting.append(tag.end)
        elif waiting:
            ends[number] = waiting.pop()
    return ends


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def without_tags(text: str) -> str:
    """`text` without the tags that only frame it; a new line where one breaks the line."""
    if "<" not in text:
        return text
    return _TAG.sub("", _BREAK.sub("\n\n", text))
