"""The map: no blot however many rows there are, and the hits of the query where they lie."""

from __future__ import annotations

import numpy as np

from simcse_tui.look import Look
from simcse_tui.widgets.map import HIT, PLAIN, Frame, map_lines

COLUMNS, LINES = 40, 10
CORNER = Frame(0.02, 0.02, 0.02)


def drawn(density: np.ndarray, *marks: tuple[float, float], look: Look | None = None) -> list[str]:
    told = {"density": density.tolist(), "box": [0.0, 0.0, 1.0, 1.0], "marks": marks}
    return [row.plain for row in map_lines(told, CORNER, look or Look(), COLUMNS, LINES)]


def dots(row: str) -> int:
    return sum(bin(ord(sign) - 0x2800).count("1") for sign in row if 0x2800 <= ord(sign) <= 0x28FF)


def test_where_more_lie_more_dots_are_shown() -> None:
    counts = np.repeat(np.geomspace(1, 5_000, 4 * LINES).astype(int)[:, None], 2 * COLUMNS, axis=1)
    rows = drawn(counts)[:-2]  # the box stands in the last ones
    shown = [dots(row) for row in rows]
    assert shown == sorted(shown) and shown[0] < shown[-1] < 8 * COLUMNS


def test_letters_tell_more_and_less_too() -> None:
    counts = np.repeat(np.geomspace(1, 5_000, 4 * LINES).astype(int)[:, None], 2 * COLUMNS, axis=1)
    shades = [PLAIN.index(row[-1]) for row in drawn(counts, look=Look(ascii=True))]
    assert shades == sorted(shades) and len(set(shades)) >= 4 and shades[-1] == len(PLAIN) - 1


def test_of_a_small_text_every_row_is_seen() -> None:
    counts = np.zeros((4 * LINES, 2 * COLUMNS), int)
    counts[3::7, 20::9] = 1
    assert sum(map(dots, drawn(counts))) == counts.sum()


def test_hits_are_marked_where_they_lie_and_not_where_they_are_out_of_view() -> None:
    nothing = np.zeros((4 * LINES, 2 * COLUMNS), int)
    rows = drawn(nothing, (0.5, 0.95), (1.0, 0.5), (3.0, 0.5), (-0.01, 0.5), (0.5, 1.01))
    assert rows[0][20] == HIT and rows[5][-1] == HIT
    assert "".join(rows).count(HIT) == 2
    assert "".join(drawn(np.ones((4 * LINES, 2 * COLUMNS), int), (0.5, 0.95), look=Look(ascii=True))).count(HIT) == 1
