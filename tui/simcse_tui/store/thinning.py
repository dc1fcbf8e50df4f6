"""A curve of any length in a bounded number of points, whose least and greatest values are all there."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

Point = tuple[int, float]

KEPT = 8_192
"""points at most: several for each column of the widest window"""


def thinned(points: list[Point]) -> list[Point]:
    """The points, with steps in order; where there are more than KEPT, of steps that lie together the least and the
    greatest value. The first and the last stay.

    How many steps lie together is a power of two, so that thinning again what was thinned loses nothing more.
    """
    if len(points) <= KEPT:
        return points
    span = points[-1][0] - points[0][0] + 1
    together = 1
    while 2 * (span // together + 1) > KEPT // 2:
        together *= 2
    kept = points[:1]
    for _, group in groupby(points[1:-1], key=lambda point: point[0] // together):
        kept += _ends(list(group))
    return [*kept, points[-1]]


def _ends(group: list[Point]) -> list[Point]:
    value = itemgetter(1)
    return sorted({min(group, key=value), max(group, key=value)})
