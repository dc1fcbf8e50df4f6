"""Curves in rows of text: one line of blocks, or braille dots; plain letters where no such glyph may be used."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-=+*#@"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))

Point = tuple[int, float]


def columns_of(points: Sequence[Point], width: int) -> list[tuple[float, float] | None]:
    """The least and the greatest value of each of `width` columns over the steps; None where no step fell."""
    finite = [point for point in points if math.isfinite(point[1])]
    if not finite or width <= 0:
        return []
    first, last = finite[0][0], finite[-1][0]
    found: list[tuple[float, float] | None] = [None] * width
    for step, value in finite:
        place = min(width - 1, (step - first) * width // max(last - first, 1)) if last > first else width - 1
        old = found[place]
        found[place] = (value, value) if old is None else (min(old[0], value), max(old[1], value))
    return found


def joined(columns: Sequence[tuple[float, float] | None]) -> list[tuple[float, float] | None]:
    """The same with a straight line between columns that have values; what stands before the first stays empty."""
    found = list(columns)
    known = [place for place, column in enumerate(columns) if column is not None]
    for left, right in itertools.pairwise(known):
        start, end = _middle(columns[left]), _middle(columns[right])
        for place in range(left + 1, right):
            value = start + (end - start) * (place - left) / (right - left)
            found[place] = (value, value)
    return found


def _middle(column: tuple[float, float] | None) -> float:
    assert column is not None, "only columns with values are joined"
    return (column[0] + column[1]) / 2


def sparkline(points: Sequence[Point], width: int, *, ascii: bool) -> str:
    """One row: the middle of each column between the least and the greatest of all."""
    columns = columns_of(points, width)
    glyphs = PLAIN if ascii else BLOCKS
    middles = [None if column is None else (column[0] + column[1]) / 2 for column in columns]
    known = [value for value in middles if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    shown = []
    last = " "
    for value in middles:
        if value is not None:
            share = (value - low) / (high - low) if high > low else 0.5
            last = glyphs[min(len(glyphs) - 1, int(share * len(glyphs)))]
        shown.append(last)
    return "".join(shown)


def curve(points: Sequence[Point], width: int, height: int, *, ascii: bool) -> list[str]:
    """`height` rows of a curve, the greatest value above; each column spans its least to its greatest value."""
    columns = joined(columns_of(points, width if ascii else 2 * width))
    known = [column for column in columns if column is not None]
    if not known or height <= 0:
        return [""] * max(height, 0)
    low, high = min(column[0] for column in known), max(column[1] for column in known)
    rows = height if ascii else 4 * height
    span = (high - low) or 1.0

    def at(value: float) -> int:
        return min(rows - 1, int((high - value) / span * rows))

    marked = [(x, y) for x, c in enumerate(columns) if c for y in range(at(c[1]), at(c[0]) + 1)]
    return _letters(marked, width, height) if ascii else _braille(marked, width, height)


def plane(points: Sequence[tuple[float, float]], width: int, height: int) -> list[str]:
    """Points (x, y) over their own range, y up; S is the first, o those between, O the last."""
    if not points or width < 3 or height < 2:
        return []
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    low, high = min(y for _, y in points), max(y for _, y in points)
    grid = [[" "] * width for _ in range(height)]
    for place, (x, y) in enumerate(points):
        column = round((x - left) / ((right - left) or 1.0) * (width - 1))
        row = round((high - y) / ((high - low) or 1.0) * (height - 1))
        grid[row][column] = "O" if place == len(points) - 1 else "S" if place == 0 else "o"
    return ["".join(row).rstrip() for row in grid]


def bar(share: float, width: int, *, ascii: bool) -> str:
    """A bar of `width` cells, so much of it full."""
    full = round(max(0.0, min(share, 1.0)) * width)
    return "#" * full + "." * (width - full) if ascii else "█" * full + "░" * (width - full)


def _letters(marked: Sequence[tuple[int, int]], width: int, height: int) -> list[str]:
    grid = [[" "] * width for _ in range(height)]
    for x, y in marked:
        grid[y][x] = "*"
    return ["".join(row) for row in grid]


def _braille(marked: Sequence[tuple[int, int]], width: int, height: int) -> list[str]:
    grid = [[0] * width for _ in range(height)]
    for x, y in marked:
        grid[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
    return ["".join(chr(0x2800 + bits) if bits else " " for bits in row) for row in grid]
