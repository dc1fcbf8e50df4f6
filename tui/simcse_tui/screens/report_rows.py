"""The rows of Report: a set's table, and the pairs that a model orders unlike people."""

from __future__ import annotations

from simcse_tui.look import Look
from simcse_tui.screens.home_rows import gain_text
from simcse_tui.store.judged import UnlikeSet
from simcse_tui.store.scores import SetScores
from simcse_tui.text.columns import Column, cells_of
from simcse_tui.text.line import BLANK, Line, Role, line, paragraph
from simcse_tui.widgets.chart import bar

BAR = 20
SIDES = ("both", "over", "under")
CELL = 6
FAR = 50
"""percent from which a gap is shown as bad"""


def set_rows(look: Look, told: SetScores, width: int) -> list[Line]:
    """Every row of a labelled set with its interval; trained ones against the best that costs nothing."""
    table = (
        Column(look.say("report.head_score"), 6, right=True),
        Column("95%", 13),
        Column("0 .. 100", BAR, from_width=100),
        Column(look.say("report.head_gain"), 14, from_width=80),
    )
    heads = cells_of(table, [column.title for column in table], width, look.end)
    rows = [
        line((f"  {look.say('report.set', name=told.name, pairs=f'{told.pairs:,}')}", "head")),
        line((f"    {heads}{look.say('report.head_model')}", "dim")),
    ]
    for row in told.rows:
        gain = told.gain_of(row)
        texts = [
            f"{row.score:.1f}",
            f"[{row.low:.1f},{row.high:.1f}]",
            bar(row.score / 100, BAR, ascii=look.ascii),
            gain_text(look, gain) if gain else look.say("report.free_best") if row is told.free else "",
        ]
        mark = "* " if row is told.trained else "  "
        rows.append(line(f"  {mark}", cells_of(table, texts, width, look.end), row.label))
    return rows


def unlike_rows(look: Look, told: UnlikeSet, side: str, width: int) -> list[Line]:
    """Where the pairs lie by fifths, and the widest gaps: both sentences in the last column."""
    head = look.say("report.unlike", name=told.name, side=look.say(f"report.side_{side}"))
    rows = [BLANK, line((f"  {head}", "head"))]
    rows += paragraph(look.say("report.grid"), width, "dim")
    most = len(told.grid) - 1
    for place, counts in enumerate(told.grid):
        cells = [(f"{count:>{CELL}}", _as("accent", most - place == across)) for across, count in enumerate(counts)]
        rows.append(line("  ", *cells))
    rows += [BLANK, *paragraph(look.say("report.pair_how", pairs=f"{told.pairs:,}"), width, "dim")]
    rows.append(line((f"    {look.say('report.pair_heads')}", "dim")))
    found = told.on_side(side)
    for one in found:
        gap = (f"{one.gap:+7.0f}", _as("bad", abs(one.gap) >= FAR))
        rows.append(line(f"    {one.people:6.0f}{one.model:7.0f}", gap, f"{one.lex:6.0%}  ", one.left))
        rows.append(line(" " * 32, one.right))
    return rows if found else [*rows, line("  ", look.say("report.no_unlike"))]


def _as(role: Role, wanted: bool) -> Role:
    return role if wanted else ""
