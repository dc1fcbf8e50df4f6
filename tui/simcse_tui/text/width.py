"""Widths in terminal cells, and cutting at cluster ends.

Terminals and libraries disagree about Burmese, Khmer, Tamil and others. A row is therefore cut by the larger of two
counts, and text stands in the last column, so that a wrong count moves nothing else.
"""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from wcwidth import wcswidth

from simcse_ml.languages.clusters import clusters


def cells(text: str) -> int:
    """The most cells that a terminal may take for `text`."""
    return len(text) if text.isascii() else sum(map(_cluster_cells, clusters(text)))


def drawn(text: str) -> int:
    """The cells that the drawing library counts; rows are filled up by this."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, room: int, end: str = "…") -> str:
    """`text`, or as many whole clusters of it as leave place for `end`, in at most `room` cells."""
    if room <= 0:
        return ""
    if text.isascii() and len(text) <= room:
        return text
    taken: list[str] = []
    used = 0
    short = room - cells(end)
    at_short = 0
    for cluster in clusters(text):
        used += _cluster_cells(cluster)
        if used > room:
            return "".join(taken[:at_short]) + (end if short >= 0 else "")
        taken.append(cluster)
        if used <= short:
            at_short = len(taken)
    return "".join(taken)


def skip(text: str, columns: int) -> str:
    """`text` without the clusters that fill its first `columns` cells: for rows that are scrolled sideways."""
    if columns <= 0:
        return text
    used = 0
    kept: list[str] = []
    for cluster in clusters(text):
        if used >= columns:
            kept.append(cluster)
        used += _cluster_cells(cluster)
    return "".join(kept)


def padded(text: str, room: int, *, right: bool = False, end: str = "…") -> str:
    """`text` in exactly `room` drawn cells; right: numbers."""
    cut = fit(text, room, end)
    blanks = " " * max(0, room - drawn(cut))
    return blanks + cut if right else cut + blanks


def fit_end(text: str, room: int, end: str) -> str:
    """`text` in at most `room` cells without its beginning: of a path the end tells more."""
    if drawn(text) <= room:
        return text
    kept: list[str] = []
    left = room - drawn(end)
    for cluster in reversed(clusters(text)):
        left -= _cluster_cells(cluster)
        if left < 0:
            break
        kept.append(cluster)
    return end + "".join(reversed(kept)) if room >= drawn(end) else ""


def wrapped(text: str, room: int) -> list[str]:
    """`text` in lines of at most `room` cells: broken at blanks where there are any, else at cluster ends."""
    lines: list[str] = []
    rest = clusters(text.strip())
    while rest:
        used = taken = blank = 0
        for cluster in rest:
            used += _cluster_cells(cluster)
            if used > room:
                break
            taken += 1
            blank = taken if cluster == " " else blank
        end = taken if taken == len(rest) else blank or max(taken, 1)
        lines.append("".join(rest[:end]).rstrip())
        rest = rest[end:]
        while rest and rest[0] == " ":
            rest = rest[1:]
    return lines


@lru_cache(maxsize=16384)
def _cluster_cells(cluster: str) -> int:
    return max(cell_len(cluster), wcswidth(cluster), 0)
