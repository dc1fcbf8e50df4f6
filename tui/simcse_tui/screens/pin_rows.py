"""Pins and their neighbours at one evaluation, and how that differs from the one before and from the beginning."""

from __future__ import annotations

from collections.abc import Sequence

from simcse_tui.look import Look
from simcse_tui.store.course import Near, PinsAt
from simcse_tui.text.amounts import score
from simcse_tui.text.line import Line, Role, line


def overlap(now: Sequence[Near], then: Sequence[Near]) -> float:
    """The share of the neighbours that are the same sentences, whatever their order."""
    most = max(len(now), len(then))
    return len({near.row for near in now} & {near.row for near in then}) / most if most else 1.0


def first_of(all_: Sequence[PinsAt], text: str) -> tuple[Near, ...]:
    """Where a pin stood when it was first looked at: a pin that was added late starts there."""
    return next((at.pins[text] for at in all_ if text in at.pins), ())


def churn(all_: Sequence[PinsAt], place: int) -> float | None:
    """The mean share of neighbours that changed since the evaluation before; None for the first."""
    if place <= 0:
        return None
    now, then = all_[place], all_[place - 1]
    shares = [1 - overlap(near, then.pins[text]) for text, near in now.pins.items() if text in then.pins]
    return sum(shares) / len(shares) if shares else None


def percentile(value: float) -> str:
    """99.99, and ">99.99" past what the pairs that were drawn can tell."""
    return ">99.99" if value >= 99.995 else f"{value:.2f}"


def pin_rows(
    look: Look, pins: Sequence[str], all_: Sequence[PinsAt], place: int, chosen: int, *, one: bool = False
) -> list[Line]:
    """place: which evaluation of `all_`.  chosen: the pin under the cursor.  one: only that pin."""
    if not pins:
        return [line("  ", look.say("live.no_pins"))]
    rows: list[Line] = []
    for number, text in enumerate(pins):
        if one and number != chosen:
            continue
        rows.append(line(("> " if number == chosen else "* "), (text, "head"), chosen=number == chosen))
        at = all_[place] if 0 <= place < len(all_) else None
        if at is None or text not in at.pins:
            rows.append(line("    ", (look.say("live.pin_waits"), "dim")))
            continue
        before = all_[place - 1].pins.get(text) if place else None
        rows += neighbour_rows(look, at.pins[text], before)
    return rows


def neighbour_rows(look: Look, now: Sequence[Near], before: Sequence[Near] | None) -> list[Line]:
    """The neighbours with what became of their rank since the evaluation before, and those that left."""
    ranks = {near.row: rank for rank, near in enumerate(before or (), 1)}
    rows = []
    for rank, near in enumerate(now, 1):
        old = ranks.get(near.row)
        if before is None:
            move = ""
        elif old is None:
            move = look.say("live.new")
        elif old == rank:
            move = "="
        else:
            move = look.say("live.up" if old > rank else "live.down", count=abs(old - rank))
        role: Role = "good" if before is not None and old is None else ""
        numbers = f"  {rank} {move:<8} {score(near.score):>5}  {percentile(near.percentile):>6}  "
        rows.append(line((numbers, "dim"), (near.text, role)))
    rows += [
        line((f"  - {look.say('live.left', rank=rank)}  ", "dim"), (near.text, "dim"))
        for rank, near in enumerate(before or (), 1)
        if near.row not in {other.row for other in now}
    ]
    return rows
