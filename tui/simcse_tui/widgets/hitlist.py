"""The list of hits: numbers at the left, the text of the corpus last and up to the right edge."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from simcse_tui.look import Look
from simcse_tui.text.line import Line, Piece, line
from simcse_tui.text.width import padded, skip

HUB = 3.0
"""times the expected lists from which a hub is marked"""
WIDE, MIDDLE = 100, 70
"""cells from which all columns, or all but own and dup, have room"""
Hit = Mapping[str, Any]


def columns_of(width: int, extra: Collection[str] = ()) -> tuple[str, ...]:
    """Which numbers are shown.  extra: those that a person asked for or took away."""
    names = ["score"]
    if width >= MIDDLE:
        names += ["pct"]
    if width >= WIDE:
        names += ["own"]
    if width >= MIDDLE:
        names += ["hub", "lex"]
    if width >= WIDE:
        names += ["dup"]
    order = ("row", "score", "pct", "own", "hub", "lex", "dup")
    return tuple(name for name in order if (name in names) != (name in extra))


_ROOM = {"row": 9, "score": 5, "pct": 8, "own": 6, "hub": 4, "lex": 4, "dup": 4}


def head_line(columns: Sequence[str], look: Look) -> Line:
    """Names over the columns."""
    cells = "".join(padded(look.say(f"explore.col_{name}"), _ROOM[name] + 1, right=True) for name in columns)
    return line((f"     # {cells}  {look.say('explore.col_text')}", "head"))


def hit_line(
    hit: Hit,
    place: int,
    columns: Sequence[str],
    look: Look,
    *,
    chosen: bool,
    pinned: bool,
    shift: int = 0,
    note: str = "",
) -> Line:
    """One hit.  place: from 1.  shift: cells by which its text is scrolled.  note: shown before the text."""
    mark = ">" if chosen else " "
    pin = "*" if pinned else " "
    cells = "".join(padded(_cell(hit, name), _ROOM[name] + 1, right=True) for name in columns)
    text = str(hit["text"])
    direction = "<R " if _is_right_to_left(text) else ""
    pieces: list[Piece] = [f"{mark}{pin}{place:>4} {cells}  "]
    if note:
        pieces.append((note, "dim"))
    pieces.append((direction, "dim"))
    pieces.append(skip(text, shift))
    return line(*pieces, chosen=chosen)


def _cell(hit: Hit, name: str) -> str:
    value = hit.get(name)
    if name == "hub":
        return _marks(value, mutual=bool(hit.get("mutual")))
    if value is None:
        return str(hit.get("pct_text") or "") if name == "pct" else ""
    return _CELLS[name](hit, value)


def _marks(times: float | None, *, mutual: bool) -> str:
    """A hub is named first: it is near to much, so that it is near says less."""
    if times is not None and times >= HUB:
        return f"H{times:.0f}"
    return "<>" if mutual else ""


_CELLS: Mapping[str, Callable[[Hit, Any], str]] = {
    "row": lambda _, value: f"#{value}",
    "score": lambda _, value: f"{value:.3f}".replace("0.", ".", 1),
    "pct": lambda hit, _: str(hit.get("pct_text") or ""),
    "own": lambda _, value: f"{value:+.1f}" if abs(value) < 100 else f"{value:+.0f}",
    "lex": lambda _, value: f"{100 * value:.0f}%",
    "dup": lambda _, value: f"x{value}" if value > 1 else "",
}


def _is_right_to_left(text: str) -> bool:
    """By its first strong character (UAX 9, rules P2 and P3)."""
    import unicodedata

    for character in text[:200]:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return True
        if kind == "L":
            return False
    return False
