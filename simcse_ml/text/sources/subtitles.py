"""Subtitles (SubRip, WebVTT, SubStation Alpha): what is said, without times, numbers and styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce

from simcse_ml.text.sources.blocks import Block, Facts
from simcse_ml.text.sources.lines import text_lines
from simcse_ml.text.sources.wrapped import joiner

_STAMP = r"(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMES = re.compile(rf"{_STAMP}\s*-->\s*{_STAMP}")
_CUES = re.compile(rf"(?:\d+[ \t]*\r?\n)?{_TIMES.pattern}")
_VTT = re.compile(r"WEBVTT(?:[ \t][^\r\n]*)?[\r\n]")
_ASS = "[script info]"
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_ASS_BREAK = re.compile(r"\\[Nnh]")
_DIALOGUE = "Dialogue:"
_DASHES = ("-", "‐", "–", "—")
"""what parts speakers within a cue"""
_ASS_FIELDS = 9
"""before the text of a line of dialogue"""


def is_subtitles(start: str) -> bool:
    """Whether `start` is the beginning of a file of subtitles."""
    text = start.lstrip()
    return bool(_VTT.match(text) or _CUES.match(text)) or text[: len(_ASS)].lower() == _ASS


def subtitle_blocks(chunks: Iterator[str], facts: Facts) -> Iterator[Block]:
    """What one person says at one time, as a block: the lines of a cue are put together, but for those with a dash."""
    cue: Block | None = None
    shown = False  # numbers, names of cues, notes and styles stand outside
    for number, line in enumerate(text_lines(chunks), start=1):
        if line.startswith(_DIALOGUE):
            said = filter(None, map(str.strip, _ASS_BREAK.split(_plain(line.split(",", _ASS_FIELDS)[-1]))))
            yield Block(0, reduce(_put_together, said, ""), number)
            continue
        starts, text = _TIMES.match(line.lstrip()) is not None, _plain(line)
        if cue is not None and (starts or not text or text.startswith(_DASHES)):
            yield cue
            cue = None
        if starts or not text:
            shown = starts
        elif shown:
            cue = Block(0, text, number) if cue is None else cue._replace(text=_put_together(cue.text, text))
    if cue is not None:
        yield cue


def _put_together(before: str, after: str) -> str:
    return before + joiner(before, after) + after if before else after


def _plain(line: str) -> str:
    return _TAG.sub("", line).strip()
