"""Home: the runs there are."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from simcse_tui.screens.page import Page
from simcse_tui.text.line import Line, line
from simcse_tui.text.width import padded
from simcse_tui.widgets.lines import Lines


class Home(Page):
    """The list of runs, the newest first."""

    name_ = "home"

    def __init__(self) -> None:
        super().__init__()
        self.chosen = 0

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    def opened(self) -> None:
        self.ticked()

    def ticked(self) -> None:
        if self.tui.store.look_again():
            self.redraw()

    def equal_command(self) -> str:
        return "simcse-ml runs list"

    def chosen_text(self) -> str:
        runs = self.tui.store.runs
        return runs[self.chosen].name if runs else ""

    def move(self, rows: int) -> None:
        self.chosen = max(0, min(self.chosen + rows, len(self.tui.store.runs) - 1))
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        look, runs = self.look, self.tui.store.runs
        if not runs:
            return [line("  " + look.say("home.empty")), line("  " + look.say("home.empty_train"))]
        count = look.say("home.one") if len(runs) == 1 else look.say("home.count", count=f"{len(runs):,}")
        rows = [line((f"  {count}", "head"))]
        top = max(0, self.chosen - height + 3)
        for place, run in enumerate(runs[top : top + height - 1], top):
            mark = "> " if place == self.chosen else "  "
            name = padded(run.name, 26, end=look.end)
            rows.append(line(mark, name, f"  {run.state:<12}", run.corpus, chosen=place == self.chosen))
        return rows
