"""Compare: two models on one text, one merged list."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from textual.widget import Widget

from simcse_tui.child.protocol import ENCODE, SEARCH
from simcse_tui.screens.frame import NARROW
from simcse_tui.screens.page import Page
from simcse_tui.store.comparison import Comparison
from simcse_tui.store.session import COUNTING, Session, close, make_child
from simcse_tui.text.line import BLANK, Line, line, paragraph
from simcse_tui.text.width import fit_end, padded
from simcse_tui.widgets.lines import Lines

MOVER_ROWS = 13
LOW = 30
ROWS_ROOM = 24
"""cells of the status that are not names of models"""


class Compare(Page):
    """pane: "movers" while the arrows are on the movers, "" on the merged list."""

    name_ = "compare"

    def __init__(self) -> None:
        super().__init__()
        self.comparison: Comparison | None = None
        self.chosen = {"": 0, "movers": 0}
        self.raw = False
        self._asked: tuple[str, str, str] = ("", "", "")

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    def opened(self) -> None:
        wants = self.tui.wants
        asked = (wants.get("left", ""), wants.get("right", ""), wants.get("text", ""))
        if asked[0] and asked[1] and asked != self._asked:
            self._asked = asked
            self.run_worker(self._open(*asked), exclusive=True, group="open")

    async def _open(self, left: str, right: str, text: str) -> None:
        await self._end()
        places = self.tui.places
        search = make_child(places, SEARCH)
        encode = None if left == right == COUNTING else make_child(places, ENCODE)
        sides = [
            Session(places, model, text, self._changed, search, encode, slot=slot)
            for slot, model in (("a", left), ("b", right))
        ]
        self.comparison = Comparison(places, sides[0], sides[1], text, self._changed, search, encode)
        for child in (search, encode):
            if child is not None:
                await child.start()
        self.comparison.open()
        self._changed()

    async def _end(self) -> None:
        if self.comparison is not None:
            await close(self.comparison.search, self.comparison.encode)

    async def on_unmount(self) -> None:
        await self._end()

    def _changed(self) -> None:
        if self.is_mounted and self.comparison is not None:
            if self.comparison.bad:
                self.tell(self.comparison.bad, "bad")
            self.redraw()

    @property
    def busy(self) -> bool:
        return self.comparison is not None and self.comparison.busy

    # what a person sees

    def draw(self, width: int, height: int) -> list[Line]:
        found, say = self.comparison, self.look.say
        if found is None:
            return [BLANK, *paragraph(say("compare.nothing"), width), *paragraph(say("compare.nothing_how"), width)]
        rows, room = f"{found.left.rows:,}", max(8, (width - ROWS_ROOM) // 2)
        left, right = (fit_end(side.model, room, self.look.end) for side in (found.left, found.right))
        status = say("compare.status", left=left, right=right, rows=rows)
        top = [line((f"  {status}", "head")), line(("  / ", "dim"), found.query), *self._overlap(found, width)]
        if found.refused or found.error:
            return [*top, BLANK, *paragraph(say("explore.failed", note=found.refused or found.error), width, "bad")]
        if not found.ready:
            side = found.loading
            stage = say(f"explore.stage_{side.stage}")
            told = say("explore.loading", model=side.model, stage=stage, note=side.note)
            return [*top, BLANK, *paragraph(told, width), *paragraph(say("explore.loading_safe"), width, "dim")]
        instead = width < NARROW or self.size.height < LOW
        if instead:
            body = (
                self._movers(found, height - len(top)) if self.pane else self._merged(found, width, height - len(top))
            )
            return [*top, *body]
        below = self._movers(found, MOVER_ROWS)
        return [*top, *self._merged(found, width, height - len(top) - len(below)), *below]

    def _overlap(self, found: Comparison, width: int) -> list[Line]:
        say, told = self.look.say, found.movers
        if told is None:
            return paragraph(say("compare.movers_start"), width, "dim")
        shares = [say("compare.overlap", **_rounded(told["overlap"]))]
        if told["noise"] is not None:
            shares.append(say("compare.seeds", **_rounded(told["noise"])))
            differ = told["overlap"]["high"] < told["noise"]["low"]
            shares.append(say("compare.differ" if differ else "compare.same"))
        else:
            shares.append(say("compare.unknown"))
        return paragraph("   ".join(shares), width, "accent")

    def _merged(self, found: Comparison, width: int, room: int) -> list[Line]:
        if not found.rows:
            return _filled([BLANK, *paragraph(self.look.say("compare.start"), width)], room)
        wide = width >= NARROW
        head = self.look.say("compare.head" if wide else "compare.head_narrow")
        space = max(1, room - 1)
        chosen = min(self.chosen[""], len(found.rows) - 1)
        first = max(0, min(chosen - space // 2, len(found.rows) - space))
        rows = [line((head, "head"))]
        for place, row in enumerate(found.rows[first : first + space], first):
            here = place == chosen and not self.pane
            rows.append(self._row(row, wide, chosen=here))
        return _filled(rows, room)

    def _row(self, row: Mapping[str, Any], wide: bool, *, chosen: bool) -> Line:
        cells = f"{row['left_rank']:>5,} {row['right_rank']:>5,}  {padded(str(row['move']), 9)}"
        if wide:
            cells += f" {row['left_pct']:>8}{row['right_pct']:>8}  "
        if self.raw:
            cells += f" {row['left_score']:.3f} {row['right_score']:.3f}  "
        return line(">" if chosen else " ", cells, " ", str(row["text"]), chosen=chosen)

    def _movers(self, found: Comparison, room: int) -> list[Line]:
        say, told = self.look.say, found.movers
        if told is None:
            text = say("compare.movers_wait", note=found.note) if found.counting_movers else say("compare.movers_start")
            return _filled([line(("  " + text, "dim"))], room)
        rows = [line(("  " + say("compare.movers", count=f"{told['queries']:,}"), "head"))]
        space = max(1, room - 1)
        chosen = min(self.chosen["movers"], len(told["movers"]) - 1)
        first = max(0, min(chosen - space // 2, len(told["movers"]) - space))
        for place, one in enumerate(told["movers"][first : first + space], first):
            here = place == chosen and self.pane == "movers"
            rows.append(line(">" if here else " ", (f" {one['overlap']:.2f}  ", "dim"), str(one["text"]), chosen=here))
        return _filled(rows, room)

    # what a person does

    def move(self, rows: int) -> None:
        found = self.comparison
        if found is None:
            return
        count = len(found.movers["movers"]) if self.pane and found.movers else len(found.rows)
        self.chosen[self.pane] = max(0, min(self.chosen[self.pane] + rows, count - 1))
        self.redraw()

    def do_next_pane(self) -> None:
        self.pane = "" if self.pane else "movers"
        self.redraw()

    def do_query(self) -> None:
        if self.comparison is not None:
            self.ask(self.look.say("explore.prompt"), self._query, value=self.comparison.query)

    def _query(self, typed: str) -> None:
        if self.comparison is not None and typed.strip():
            self.pane, self.chosen[""] = "", 0
            self.comparison.ask(typed.strip())

    def do_jump(self) -> None:
        """The chosen row becomes the query."""
        found = self.comparison
        if found is None:
            return
        rows = found.movers["movers"] if self.pane and found.movers else found.rows
        if rows:
            row = rows[min(self.chosen[self.pane], len(rows) - 1)]["row"]
            self._query(f"#{row}")

    def do_back(self) -> None:
        if self.comparison is None or not self.comparison.back:
            self.tell(self.look.say("explore.no_back"))
            return
        line_, self.comparison.query = self.comparison.back.pop(), ""
        self.comparison.ask(line_)

    def do_forward(self) -> None:
        self.tell(self.look.say("explore.no_forward"))

    def do_movers(self) -> None:
        if self.comparison is None:
            return
        if self.comparison.movers is None and not self.comparison.counting_movers:
            self.comparison.ask_movers()
        self.pane = "movers"
        self.redraw()

    def do_swap(self) -> None:
        left, right, text = self._asked
        if left:
            self.tui.open_page("compare", left=right, right=left, text=text)

    def do_untouched(self) -> None:
        """A beside what it was trained from."""
        if self._asked[0]:
            self.tui.compare_untouched(self._asked[0])

    def do_columns(self) -> None:
        self.raw = not self.raw
        self.tell(self.look.say("compare.scores") if self.raw else "")
        self.redraw()

    def do_export(self) -> None:
        if self.comparison is not None and self.comparison.rows:
            self.ask(self.look.say("explore.export_to"), self._export, value="compared.tsv")

    def _export(self, typed: str) -> None:
        from simcse_tui.store.queries import export_compared

        if self.comparison is not None and typed.strip():
            told, failed = export_compared(self.comparison, typed.strip(), self.equal_command(), self.look.say)
            self.tell(told, "bad" if failed else "good")

    def equal_command(self) -> str:
        found = self.comparison
        if found is None:
            return "simcse-ml compare A B"
        told = ["simcse-ml", "compare", found.left.model, found.right.model, *([found.text] if found.text else [])]
        return shlex.join([*told, "--query", found.query] if found.query else [*told, "--movers"])

    def chosen_text(self) -> str:
        found = self.comparison
        rows = [] if found is None else found.movers["movers"] if self.pane and found.movers else found.rows
        return str(rows[min(self.chosen[self.pane], len(rows) - 1)]["text"]) if rows else ""


def _rounded(told: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{told[name]:.2f}" for name in ("mean", "low", "high")}


def _filled(rows: list[Line], room: int) -> list[Line]:
    return [*rows[:room], *([BLANK] * (room - len(rows)))]
