"""A terminal's screen as SVG: text stays text, each run of cells in its place, no font or address from elsewhere."""

from __future__ import annotations

from itertools import groupby
from xml.sax.saxutils import escape

from pyte.screens import Char, Screen

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, EDGE = 8.4, 18, 14, 12
GROUND, INK = "#121212", "#e0e0e0"
NAMED = {
    "black": "#000000", "red": "#cc5555", "green": "#55aa55", "brown": "#bb9944", "blue": "#5577cc",
    "magenta": "#aa55aa", "cyan": "#44aaaa", "white": "#cccccc",
}  # fmt: skip
FONTS = "'DejaVu Sans Mono','Noto Sans Mono CJK JP',Menlo,Consolas,'MS Gothic',monospace"


def svg_of(screen: Screen, title: str) -> str:
    """title: said by programs that read the picture aloud."""
    width, height = screen.columns * CELL_WIDTH + 2 * EDGE, screen.lines * CELL_HEIGHT + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img"'
        f' shape-rendering="crispEdges" font-family="{FONTS}" font-size="{FONT_SIZE}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="6" fill="{GROUND}"/>',
    ]
    for y in range(screen.lines):
        cells = [(x, screen.buffer[y][x]) for x in range(screen.columns) if screen.buffer[y][x].data]
        for style, group in groupby(
            cells, key=lambda cell: (*_colours(cell[1]), cell[1].bold, _cells(cells, cell, screen.columns))
        ):
            parts += _run(list(group), y, *style)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _cells(row: list[tuple[int, Char]], cell: tuple[int, Char], columns: int) -> int:
    """How many cells a character takes: those up to the next one, or to the edge."""
    later = [x for x, _ in row if x > cell[0]]
    return (later[0] if later else columns) - cell[0]


def _colours(char: Char) -> tuple[str, str]:
    ink, ground = _colour(char.fg, INK), _colour(char.bg, GROUND)
    return (ground, ink) if char.reverse else (ink, ground)


def _colour(name: str, otherwise: str) -> str:
    if name == "default":
        return otherwise
    return NAMED.get(name.removeprefix("bright"), f"#{name}")


def _run(cells: list[tuple[int, Char]], y: int, ink: str, ground: str, bold: bool, wide: int) -> list[str]:
    text = "".join(char.data for _, char in cells)
    x, top, width = EDGE + cells[0][0] * CELL_WIDTH, EDGE + y * CELL_HEIGHT, wide * len(cells) * CELL_WIDTH
    parts = []
    if ground != GROUND:
        parts.append(f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{CELL_HEIGHT}" fill="{ground}"/>')
    kept = text.rstrip()
    if kept:
        weight = ' font-weight="bold"' if bold else ""
        length = width * len(kept) / len(text)
        parts.append(
            f'<text x="{x:.1f}" y="{top + CELL_HEIGHT - 5}" fill="{ink}"{weight} textLength="{length:.1f}"'
            f' lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(kept)}</text>'
        )
    return parts
