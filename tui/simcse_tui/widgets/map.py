"""The map: how many sentences lie where, in braille dots; the box is what a person may look into."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simcse_tui.look import Look
from simcse_tui.text.line import Line, line

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""bits of a braille sign: four lines of two dots"""
PLAIN = " .:+*#"
EVEN = 3
"""sentences on a dot up to which every dot with one is shown; above it the share of dots says how many there are"""
ORDER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))
"""Bayer's matrix: the order in which the dots of a square of 16 are shown as it fills"""
HIT = "o"
LEAST, STEP = 0.02, 1.25
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """x, y: middle of the box.  size: its sides, all as shares of the map that is shown, 0 to 1, y upward."""

    x: float = 0.5
    y: float = 0.5
    size: float = 0.2

    def moved(self, right: float, up: float) -> Frame:
        return replace(self, x=min(1.0, max(0.0, self.x + right)), y=min(1.0, max(0.0, self.y + up)))

    def sized(self, times: float) -> Frame:
        return replace(self, size=min(1.0, max(LEAST, self.size * times)))

    def box(self, whole: Sequence[float]) -> Box:
        """In the map's own numbers: left, bottom, right, top."""
        left, bottom, right, top = whole
        half = self.size / 2
        wide, high = right - left, top - bottom
        x, y = left + self.x * wide, bottom + self.y * high
        return x - half * wide, y - half * high, x + half * wide, y + half * high


def map_lines(told: Mapping[str, Any], frame: Frame, look: Look, columns: int, lines: int) -> list[Line]:
    """Dots (2 x 4 to a cell; letters in ASCII), hits of the query as o, the box drawn over them."""
    density = told["density"]
    hits = {_cell(mark, told["box"], columns, lines) for mark in told.get("marks") or ()}
    most = max((max(row) for row in density), default=0)
    left, right = round((frame.x - frame.size / 2) * columns), round((frame.x + frame.size / 2) * columns)
    top, bottom = round((1 - frame.y - frame.size / 2) * lines), round((1 - frame.y + frame.size / 2) * lines)
    rows = []
    for y in range(lines):
        signs = []
        for x in range(columns):
            inside = left <= x <= right and top <= y <= bottom
            edge = inside and (x in {left, right} or y in {top, bottom})
            sign = HIT if (x, y) in hits else _sign(density, x, y, most, look)
            signs.append(_edge(x, y, left, right, top, bottom) if edge else sign)
        rows.append(line(("".join(signs), "accent")))
    return rows


def _cell(mark: Sequence[float], box: Sequence[float], columns: int, lines: int) -> tuple[int, int]:
    """Where a point (x, y) of the map lies, which may be outside of what is shown; the far edges belong to it."""
    left, bottom, right, top = box
    x = (mark[0] - left) / ((right - left) or 1.0) * columns
    y = (top - mark[1]) / ((top - bottom) or 1.0) * lines
    return math.floor(x) - (x == columns), math.floor(y) - (y == lines)


def _edge(x: int, y: int, left: int, right: int, top: int, bottom: int) -> str:
    if x in {left, right} and y in {top, bottom}:
        return "+"
    return "-" if y in {top, bottom} else "|"


def _sign(density: Sequence[Sequence[int]], x: int, y: int, most: int, look: Look) -> str:
    if look.ascii:
        total = sum(density[4 * y + j][2 * x + i] for j in range(4) for i in range(2))
        return PLAIN[1 + round(4 * _depth(total, 8 * most))] if total else PLAIN[0]
    dots = ((j, i, 4 * y + j, 2 * x + i) for j in range(4) for i in range(2))
    bits = sum(DOTS[j][i] for j, i, down, across in dots if _shown(density[down][across], across, down, most))
    return chr(0x2800 + bits) if bits else " "


def _shown(count: int, x: int, y: int, most: int) -> bool:
    """A dot of an ordered halftone of the logarithm, so that a map of a million rows is no blot."""
    if most <= EVEN:
        return count > 0
    return _depth(count, most) > (ORDER[y % 4][x % 4] + 0.5) / 16


def _depth(count: int, most: int) -> float:
    """0 to 1 by the logarithm."""
    return math.log1p(count) / math.log1p(most)
