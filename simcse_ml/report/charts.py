"""Drawings as SVG that stands in the page itself: no script, no font, nothing fetched; colours are the page's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10

from markupsafe import Markup, escape

Point = tuple[float, float]
WIDTH, HEIGHT = 320, 120
"""of a curve, in its own units; the page scales it"""
BAR, LINE = 240, 18
"""of an interval"""
LOG_FROM = 50.0
"""a curve of positive numbers whose greatest is so many times its least is drawn on a logarithmic scale"""


@dataclass(frozen=True)
class Scale:
    """From the numbers between `low` and `high` to 0 ... `length`."""

    low: float
    high: float
    length: float

    def __call__(self, value: float) -> float:
        wide = self.high - self.low
        return round(self.length * ((value - self.low) / wide if wide else 0.5), 2)


def scale_of(rows: Iterable[tuple[float, float]], *, length: float = BAR) -> Scale:
    """A scale on which every (low, high) lies, with a little room at both ends."""
    ends = [end for row in rows for end in row]
    if not ends:
        return Scale(0.0, 1.0, length)
    room = 0.03 * (max(ends) - min(ends)) or 1.0
    return Scale(min(ends) - room, max(ends) + room, length)


def interval(kind: str, score: float, low: float, high: float, scale: Scale, mark: float | None = None) -> Markup:
    """A score as a dot on the line of its interval. mark: a number that a thin line goes through, to compare with."""
    middle = LINE / 2
    thin = _upright(None if mark is None else scale(mark), LINE)
    return Markup(
        f'<svg class="interval {escape(kind)}" viewBox="0 0 {BAR} {LINE}" aria-hidden="true">{thin}'
        f'<line x1="{scale(low)}" x2="{scale(high)}" y1="{middle}" y2="{middle}"/>'
        f'<circle cx="{scale(score)}" cy="{middle}" r="4"/></svg>'
    )


def curve(points: Sequence[Point], *, title: str, marked: float | None = None) -> Markup:
    """A number over steps.  points: (step, value), steps rising.  marked: a step that a line stands at.

    Where more points lie together than the drawing has columns, the least and the greatest of each are kept, so that no
    peak is lost.
    """
    log = is_logarithmic([value for _, value in points])
    drawn = [(step, log10(value) if log else value) for step, value in thinned(points, WIDTH)]
    values = [value for _, value in drawn]
    across = Scale(drawn[0][0], drawn[-1][0], WIDTH)
    up = Scale(min(values), max(values), HEIGHT)
    path = " ".join(f"{across(step)},{round(HEIGHT - up(value), 2)}" for step, value in drawn)
    line = f'<polyline points="{path}"/>' if len(drawn) > 1 else _dot(across(drawn[0][0]), HEIGHT - up(values[0]))
    best = _upright(None if marked is None else across(marked), HEIGHT)
    least, greatest = (f"{10**value if log else value:.3g}" for value in (up.low, up.high))
    return Markup(
        f'<svg class="curve" viewBox="-4 -4 {WIDTH + 8} {HEIGHT + 8}" role="img"><title>{escape(title)}</title>'
        f'<rect x="-4" y="-4" width="{WIDTH + 8}" height="{HEIGHT + 8}"/>{best}{line}'
        f'<text x="{WIDTH}" y="8">{greatest}</text><text x="{WIDTH}" y="{HEIGHT}">{least}</text></svg>'
    )


def is_logarithmic(values: Sequence[float]) -> bool:
    """Whether a curve of these is drawn on a logarithmic scale."""
    return min(values) > 0 and max(values) >= LOG_FROM * min(values)


def thinned(points: Sequence[Point], columns: int) -> list[Point]:
    """At most two points a column, the least and the greatest, in the order of steps; few points stay as they are."""
    if len(points) <= 2 * columns:
        return list(points)
    first, last = points[0][0], points[-1][0]
    kept: dict[int, tuple[Point, Point]] = {}
    for point in points:
        column = int((point[0] - first) / (last - first) * (columns - 1))
        least, greatest = kept.get(column, (point, point))
        kept[column] = (min(least, point, key=_value), max(greatest, point, key=_value))
    return [point for pair in kept.values() for point in sorted(set(pair))]


def _value(point: Point) -> float:
    return point[1]


def _upright(x: float | None, height: float) -> str:
    return "" if x is None else f'<line class="mark" x1="{x}" x2="{x}" y1="0" y2="{height}"/>'


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="3"/>'
