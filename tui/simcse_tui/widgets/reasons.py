"""The pane that says why two sentences are close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simcse_tui.look import Look
from simcse_tui.text.line import Line, Piece, line
from simcse_tui.text.width import padded

SHADES = ("", "░", "▒", "▓", "█")
PLAIN_SHADES = ("", ".", ":", "+", "#")
BAR = 10
Why = Mapping[str, Any]


def reason_lines(why: Why, equal: float | None, look: Look, width: int, height: int, chosen: int = 0) -> list[Line]:
    """Heading, both sentences with a shade behind each part, what each part is worth."""
    rows = [line((_heading(why, equal, look), "head"))]
    if why["pairs"]:
        left = [sum(row) for row in why["pairs"]]
        right = [sum(column) for column in zip(*why["pairs"], strict=True)]
        rows.append(line((" A ", "dim"), *_shaded(why["left"], left, look, chosen)))
        rows.append(line((" B ", "dim"), *_shaded(why["right"], _beside(why, right, chosen), look, -1)))
    if why["note"]:
        rows.append(line((f" {look.say('explore.approximate')}: {why['note']}", "warn")))
    most = max((why["cosine"] - one["cosine"] for one in why["without"]), default=0.0)
    for one in why["without"][: max(0, height - len(rows))]:
        drop = why["cosine"] - one["cosine"]
        bar = "#" * round(BAR * max(0.0, drop) / most) if most > 0 else ""
        told = f" {why['cosine']:.3f} -> {one['cosine']:.3f}  {padded(bar, BAR)} "
        rows.append(line((told, "dim"), f"{look.say('explore.without')} ", str(one["part"])))
    return rows[:height]


def _heading(why: Why, equal: float | None, look: Look) -> str:
    parts = [f" {why['cosine']:.3f}"]
    if why["pairs"]:
        together = sum(map(sum, why["pairs"]))
        sign = "=" if why["exact"] else "~"
        parts = [
            f" {why['cosine']:.3f} {sign} {look.say('explore.pairs')} {together:.3f}"
            f" + {look.say('explore.common')} {why['common']:.3f}"
            f" + {look.say('explore.rest')} {round(why['rest'], 3) + 0.0:.3f}"
        ]
    parts.append(f"lex {100 * why['lex']:.0f}%")
    if equal is not None:  # a small text may have no pairs of equal lex
        parts.append(look.say("explore.equal_lex", pct=f"{equal:.1f}"))
    return "   ".join(parts)


def _beside(why: Why, sums: Sequence[float], chosen: int) -> Sequence[float]:
    """What the parts of the second sentence give to the chosen part of the first, or to all of it."""
    rows: Sequence[Sequence[float]] = why["pairs"]
    return rows[chosen - 1] if 0 < chosen <= len(rows) else sums


def _shaded(parts: Sequence[str], values: Sequence[float], look: Look, chosen: int) -> list[Piece]:
    shades = PLAIN_SHADES if look.ascii else SHADES
    low, high = min(values, default=0.0), max(values, default=0.0)
    pieces: list[Piece] = []
    for place, (part, value) in enumerate(zip(parts, values, strict=True), 1):
        level = round((len(shades) - 1) * (value - low) / (high - low)) if high > low else 0
        text = part.strip() or "_"
        pieces.append((text, "accent") if place == chosen else text)
        pieces.append((f"{shades[level]} ", "good"))
    return pieces
