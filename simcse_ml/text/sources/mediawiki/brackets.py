"""Templates, links and tables, which nest in each other: one walk over the brackets with a stack, linear in the text.

What is never closed is not swallowed: at the end of the page it is put back as text, and the lines of it that are
rows or arguments (they begin with a bar) are left out later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

DEPTH = 40
"""brackets open at once; MediaWiki's own limit for templates. More are taken as text"""

_TOKEN = re.compile(
    r"\{\{!\}\}"
    r"|\[\[([^\[\]{}\n]*+)\]\]|\{\{([^\[\]{}]*+)\}\}(?!\})"  # a link, a template with nothing nested in it: one token
    r"|\{\{\{*|\}\}\}*|\[\[|\]\]"
    r"|\n[ \t:*#;]*\{\|"  # a table begins a line ...
    r"|\n[ \t]*\|\}(?!\}(?!\}))"  # ... and so does its end, which is no empty last argument of a template: |}}
    r"|\|"
)
"""Each choice begins with a plain character: only then does `re` skip quickly to the next of them."""
_BARS = frozenset({"|", "{{!}}"})
_FLAT_LINK, _FLAT_TEMPLATE = 1, 2
"""groups of the two that are matched whole: most of all, and they need no frame"""


class Kind(Enum):
    PAGE = 0
    TEMPLATE = 1
    LINK = 2
    TABLE = 3


@dataclass
class _Frame:
    """braces: of a template, that are still open.  starts_line: whether it is the first thing on its line.
    fields: what is between the bars, in pieces.
    """

    kind: Kind
    braces: int = 0
    starts_line: bool = False
    fields: list[list[str]] = field(default_factory=lambda: [[]])

    def texts(self) -> list[str]:
        return ["".join(pieces) for pieces in self.fields]


Template = Callable[[list[str]], str]
"""from its name and arguments, already resolved, to what is kept of it"""
Link = Callable[[list[str], bool], str]
"""from target and labels, and whether it stands alone on its line, to what is kept of it"""


def resolve(text: str, template: Template, link: Link) -> str:
    """`text` with each template and link as the two functions have it, and without tables."""
    return _Walk(text, template, link).run()


class _Walk:
    """The state of one walk."""

    def __init__(self, text: str, template: Template, link: Link) -> None:
        self.text = "\n" + text
        self.template = template
        self.link = link
        self.stack = [_Frame(Kind.PAGE)]

    def run(self) -> str:
        text, at = self.text, 0
        put = self.stack[-1].fields[-1].append  # where _put would put it
        for match in _TOKEN.finditer(text):
            start, end = match.span()
            if start > at:
                put(text[at:start])
            at = end
            flat = match.lastindex
            if flat is not None and len(self.stack) <= DEPTH:
                fields = match[flat].split("|")
                is_link = flat == _FLAT_LINK
                put(self.link(fields, self._alone(start, end)) if is_link else self.template(fields))
                continue
            if flat is None:
                self._token(match[0], start, end)
            else:
                self._token_by_token(match, flat)
            put = self.stack[-1].fields[-1].append
        self._put(text[at:])
        self._put_back_above(0)
        return "".join(self.stack[0].fields[0])

    def _put(self, text: str) -> None:
        self.stack[-1].fields[-1].append(text)

    def _token(self, token: str, start: int, end: int) -> None:
        if token in _BARS:
            self._bar()
        elif token == "[[":
            self._open(_Frame(Kind.LINK, starts_line=self._starts_line(start)))
        elif token == "]]":
            self._close_link(end)
        elif token[0] == "{":
            self._open(_Frame(Kind.TEMPLATE, len(token), self._starts_line(start)))
        elif token[0] == "}":
            self._close_templates(len(token))
        elif token[-1] == "|":
            self._open(_Frame(Kind.TABLE))
        else:
            self._close_table()

    def _token_by_token(self, match: re.Match[str], flat: int) -> None:
        """A link or template that is one too deep to be opened: its bars and its end belong to what is open."""
        first, *others = match[flat].split("|")
        self._put(first)
        for text in others:
            self._bar()
            self._put(text)
        self._token("]]" if flat == _FLAT_LINK else "}}", match.end() - 2, match.end())

    def _starts_line(self, at: int) -> bool:
        return self.text[at - 1] in "\n]"

    def _ends_line(self, at: int) -> bool:
        return self.text[at : at + 1] in "\n["  # or nothing, which is in every text

    def _alone(self, start: int, end: int) -> bool:
        return self._starts_line(start) and self._ends_line(end)

    def _bar(self) -> None:
        if self.stack[-1].kind in (Kind.TEMPLATE, Kind.LINK):
            self.stack[-1].fields.append([])
        else:
            self._put("|")

    def _open(self, frame: _Frame) -> None:
        if len(self.stack) <= DEPTH:
            self.stack.append(frame)

    def _close_link(self, end: int) -> None:
        frame = self.stack[-1]
        if frame.kind is Kind.LINK:
            self.stack.pop()
            self._put(self.link(frame.texts(), frame.starts_line and self._ends_line(end)))

    def _close_templates(self, braces: int) -> None:
        """`}}`, or more: three close a parameter if three opened it."""
        while braces >= 2:
            level = self._nearest(Kind.TEMPLATE)
            if level is None:
                return
            self._put_back_above(level)
            frame = self.stack[level]
            fields = frame.texts()
            closed = 3 if min(frame.braces, braces) >= 3 else 2
            result = self.template(fields) if closed == 2 else "".join(fields[1:2])
            braces -= closed
            frame.braces -= closed
            if frame.braces >= 2:
                frame.fields = [[result]]
            else:
                self.stack.pop()
                self._put(result)

    def _close_table(self) -> None:
        level = self._nearest(Kind.TABLE)
        if level is not None:
            del self.stack[level:]
        self._put("\n\n")

    def _nearest(self, kind: Kind) -> int | None:
        return next((level for level in range(len(self.stack) - 1, 0, -1) if self.stack[level].kind is kind), None)

    def _put_back_above(self, level: int) -> None:
        """What was opened above `level` and never closed, as text of the frame there."""
        opened = self.stack[level + 1 :]
        del self.stack[level + 1 :]
        for frame in opened:
            for text in _as_text(frame):
                self._put(text)


def _as_text(frame: _Frame) -> list[str]:
    fields = frame.texts()
    if frame.kind is Kind.TABLE:
        return ["\n|", *fields]
    if frame.kind is Kind.LINK:
        return ["|".join(fields[1:] or fields)]
    pieces = ["|" if frame.starts_line else "", fields[0]]
    for before, text in pairwise(fields):
        pieces += ["|" if before.endswith("\n") else " ", text]
    return pieces
