"""What Explore says about itself: where it is, how far a search has come, how to begin."""

from __future__ import annotations

from simcse_tui.look import Look
from simcse_tui.screens.frame import NARROW
from simcse_tui.store.session import Session, row_in
from simcse_tui.text.line import Line, Piece, line

LARGE = 1_000_000
"""rows above which an index is worth its making"""


def status_line(session: Session, look: Look, width: int) -> Line:
    """Model and rows, what was scanned, and the query."""
    parts = [look.say("explore.status", model=session.model, rows=f"{session.rows:,}")]
    if session.searching and session.scanned < 1:
        if session.recall is not None:
            parts.append(look.say("explore.by_index", recall=_short(session.recall, 2)))
        parts.append(look.say("explore.scanned", share=round(100 * session.scanned)))
    if session.back:
        parts.append(look.say("explore.back", count=len(session.back)))
    pieces: list[Piece] = [("  " + "  ".join(parts) if width >= NARROW else "", "head")]
    row = row_in(session.query)
    told = f"   {session.texts.get(row, '')}" if row is not None else ""
    return line(*pieces, ("  / ", "dim"), session.query, (told, "dim"))


def to_begin(session: Session, look: Look) -> list[str]:
    """What stands where no query was given yet."""
    mean = f"{float(session.facts.get('mean', 0)):.2f}"
    told = [look.say("explore.start"), look.say("explore.start_try", rows=f"{session.rows:,}", mean=mean)]
    index = session.facts.get("index")
    if index is not None:
        told.append(look.say("explore.has_index", recall=_short(float(index), 2)))
    elif session.rows > LARGE and not session.counting:
        told.append(look.say("explore.wants_index"))
    return told


def nothing_found(session: Session, look: Look) -> list[str]:
    """What stands where no row passes; nothing while it is being looked for."""
    if session.searching:
        return []
    told = [look.say("explore.no_hits")]
    if session.closest is not None:
        told.append(look.say("explore.closest", score=_short(session.closest, 3)))
    return told


def _short(number: float, places: int) -> str:
    return f"{number:.{places}f}".replace("0.", ".")
