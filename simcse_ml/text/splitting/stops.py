"""Finding what may end a sentence: runs of stops, and whole quotations and brackets that end with one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from simcse_ml.text.splitting.marks import BRACKETS, CLOSERS, CLOSING, QUOTES, SHADS, STRONG, WEAK
from simcse_ml.text.splitting.rules import Rules

_BLANKS = re.compile(r"\s*")
_PAIRED = {
    **{opening: ("quote", pattern) for opening, pattern in QUOTES.items()},
    **{opening: ("bracket", pattern) for opening, pattern in BRACKETS.items()},
}
"""what a mark that opens something opens, and the whole of it"""
_NARROW = " \u00a0\u202f"
"""blanks that French puts before a closing mark"""
_BEHIND_STOPS = CLOSING + _NARROW


class Stop(NamedTuple):
    """A place where a sentence may end. Offsets into the text.

    kind: "run" of stops, or a "quote" or "bracket" that ends with one.  first: where that begins.  run: where the stops
    begin.  end: behind them and their closing marks.  after: where the text goes on, behind blanks.  marks: the stops.
    closed: whether a quotation ends here.
    """

    kind: str
    first: int
    run: int
    end: int
    after: int
    marks: str
    closed: bool

    @property
    def gap(self) -> bool:
        """Whether a blank follows."""
        return self.after > self.end


def stops_of(text: str, rules: Rules) -> Iterator[Stop]:
    """Every place in `text` where a sentence may end, in order; one that ends the text is not among them."""
    at = 0
    while mark := rules.first.search(text, at):
        first = mark.start()
        kind, pattern = _PAIRED.get(text[first]) or ("run", rules.run)
        if rules.inside is not None and (inside := rules.inside.match(text, first)):
            at = inside.end()
            continue
        whole = pattern.match(text, first)
        if whole is None:
            at = first + 1
            continue
        at = whole.end()
        run = first if kind == "run" else _last_run(text, first, at - 1)
        if run < 0:
            continue
        if kind != "run":
            at = _behind(CLOSERS, text, at)
        after = _behind(_BLANKS, text, at) if text[at : at + 1].isspace() else at
        if after >= len(text):
            return
        marks = text[run:at].rstrip(_BEHIND_STOPS)
        yield Stop(kind, first, run, at, after, marks, kind == "quote" or len(marks) < at - run)


def _last_run(text: str, first: int, closing: int) -> int:
    """Where the stops begin that stand right before the closing mark at `closing`; -1 if there are none."""
    at = closing
    while at > first and (text[at - 1] in CLOSING or text[at - 1] in _NARROW):
        at -= 1
    end = at
    while at > first and (text[at - 1] in STRONG or text[at - 1] in WEAK) and text[at - 1] not in SHADS:
        at -= 1
    return at if at < end else -1


def _behind(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
