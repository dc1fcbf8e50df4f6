"""The pane below the list of Explore: lines around, why, map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcse_tui.screens.frame import NARROW
from simcse_tui.store.session import Session
from simcse_tui.text.line import Line, line
from simcse_tui.text.width import drawn
from simcse_tui.widgets.map import map_lines
from simcse_tui.widgets.reasons import reason_lines

if TYPE_CHECKING:
    from simcse_tui.screens.explore import Explore

PANES = ("context", "why", "map")
MAP_ROWS, MAP_COLUMNS = 10, 60


def pane_lines(page: Explore, session: Session, width: int, room: int) -> list[Line]:
    """The heading with the names of the panes, and what the shown one has to say."""
    if room < 3:
        return []
    heading = []
    for name in PANES:
        mark = ">" if name == page.shown else " "
        heading.append((f"  {mark}{page.look.say(f'explore.tab_{name}')}", "head" if name == page.shown else "dim"))
    draw = {"context": _context, "why": _why, "map": _map}[page.shown]
    rows = [line(*heading), *draw(page, session, width, room - 1)]  # type: ignore[arg-type]
    return [*rows[:room], *([line("")] * (room - len(rows)))]


def map_room(page: Explore) -> tuple[int, int]:
    """Columns and lines of the map, as there is room."""
    width, height = page.size
    if width < NARROW:
        return max(20, width - 2), max(5, height - 9)
    return min(MAP_COLUMNS, width // 2), MAP_ROWS


def _context(page: Explore, session: Session, width: int, room: int) -> list[Line]:
    hits = page.hits()
    if not hits:
        return []
    chosen = hits[min(page.chosen, len(hits) - 1)]["row"]
    wide = max((len(f"{one['row']:,}") for one in session.lines), default=1)
    rows = [
        line(
            ">" if one["row"] == chosen else " ",
            (f" {one['row']:>{wide},}  ", "dim"),
            str(one["text"]),
            chosen=one["row"] == chosen,
        )
        for one in session.lines
    ]
    at = next((place for place, one in enumerate(session.lines) if one["row"] == chosen), 0)
    first = max(0, min(at - room // 2, len(rows) - room))
    return rows[first : first + room]


def _why(page: Explore, session: Session, width: int, room: int) -> list[Line]:
    if session.why is None:
        return [line(("  " + page.look.say("explore.why_wait"), "dim"))]
    return reason_lines(session.why, session.equal, page.look, width, room, page.part)


def _map(page: Explore, session: Session, width: int, room: int) -> list[Line]:
    say, told = page.look.say, session.map
    if told is None:
        return [line(("  " + say("explore.map_wait") + f" {session.note}", "dim"))]
    columns, lines = len(told["density"][0]) // 2, len(told["density"]) // 4
    drawing = map_lines(told, page.frame, page.look, columns, min(lines, room - (2 if width < NARROW else 0)))
    beside = [say("explore.map_kept", kept=round(100 * told["kept"])), say("explore.map_full")]
    if told.get("trust") is not None:
        beside.append(say("explore.map_trust", trust=f"{told['trust']:.2f}"))
    beside += ["", say("explore.map_keys"), say("explore.map_more")]
    if width < NARROW:
        return [*drawing, *(line((f" {text}", "dim")) for text in beside[:2])]
    rows = []
    for place, drawn_row in enumerate(drawing):
        gap = " " * (columns + 2 - drawn(drawn_row.plain))
        rows.append(line(*drawn_row.pieces, gap, (beside[place] if place < len(beside) else "", "dim")))
    return rows
