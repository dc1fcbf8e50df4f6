"""Home: the runs there are, what they came to, and what can be done with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from textual.widget import Widget

from simcse_tui.screens.home_rows import below, empty, header, run_row
from simcse_tui.screens.page import Page
from simcse_tui.store.filtering import chosen, wrong
from simcse_tui.store.records import RunRecord
from simcse_tui.text.line import Line, line
from simcse_tui.widgets.lines import Lines
from simcse_tui.working import begin

DETAIL = 8
"""rows below the list, where there is room"""
ORDERS = ("newest", "name", "state", "size")


class Home(Page):
    """The list of runs. The cursor stays on its run while others come and go."""

    name_ = "home"

    def __init__(self) -> None:
        super().__init__()
        self.filter = ""
        self.order = ORDERS[0]
        self._at: str = ""
        self._place = 0
        self._shown: list[RunRecord] = []
        self._counting = False
        self.marked: tuple[str, ...] = ()

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    def opened(self) -> None:
        wanted = self.tui.wants.pop("run", "")
        if wanted:
            self._at, self.filter = wanted, ""
        self.ticked()

    def ticked(self) -> None:
        runs = chosen(self.tui.store.runs, self.filter)
        store = self.tui.store
        if self.order != "newest":
            orders = {
                "name": lambda run: (run.name.casefold(),),
                "state": lambda run: (run.state, run.name),
                "size": lambda run: (-store.detail_of(run).size, run.name),
            }
            runs.sort(key=orders[self.order])
        self._shown = runs
        names = [run.name for run in runs]
        if self._at in names:
            self._place = names.index(self._at)
        self._place = max(0, min(self._place, len(runs) - 1))
        self._at = names[self._place] if names else self._at
        self.redraw()
        if runs and not self._counting:
            begin(self, self._count, only=True)

    async def _count(self) -> None:
        """Sizes and scores of the rows that are in view, in a thread."""
        self._counting = True
        try:
            top, rows = self._window(self.size.height)
            for run in self._shown[top : top + rows]:
                if await asyncio.to_thread(self.tui.store.look_into, run):
                    self.redraw()
        finally:
            self._counting = False

    @property
    def current(self) -> RunRecord | None:
        """The run under the cursor."""
        return self._shown[self._place] if self._shown else None

    def equal_command(self) -> str:
        return "simcse-ml runs list"

    def chosen_text(self) -> str:
        return self.current.name if self.current else ""

    def move(self, rows: int) -> None:
        self._place = max(0, min(self._place + rows, len(self._shown) - 1))
        self._at = self._shown[self._place].name if self._shown else ""
        self.ticked()

    # drawing

    def _window(self, height: int, told: int = 2) -> tuple[int, int]:
        """The first run in view and how many there are. told: lines that are said of the chosen one."""
        rows = max(1, height - 2 - (DETAIL if height >= 24 else min(max(told, 2), height // 3)))
        top = max(0, min(self._place - rows // 2, len(self._shown) - rows))
        return top, rows

    @property
    def busy(self) -> bool:
        return not self.tui.store.looked

    def draw(self, width: int, height: int) -> list[Line]:
        look, store = self.look, self.tui.store
        if not store.looked:
            return [line("  " + look.say("home.loading"))]
        if store.problem:
            return [line((f"  {store.problem}", "bad"))]
        if not store.runs:
            return empty(look, str(store.runs_dir))
        told = [] if self.current is None else below(look, self.current, store.detail_of(self.current), width)
        top, rows = self._window(height, len(told))
        sizes = [store.detail_of(run).size for run in store.runs]
        lines = header(look, len(store.runs), sizes, self.order, self.filter, width)
        for place, run in enumerate(self._shown[top : top + rows], top):
            lines.append(run_row(look, run, store.detail_of(run), width, chosen=place == self._place))
        if not self._shown:
            lines.append(line("  " + look.say("home.none", filter=self.filter)))
        lines += [line("")] * (rows + 2 - len(lines))
        return [*lines, *told]

    # actions

    def do_open(self) -> None:
        if self.current is None:
            return
        self.tui.open_page("live", run=self.current.name)

    def do_filter(self) -> None:
        self.ask("/ ", self._filter, value=self.filter, changed=self._filter)

    def _filter(self, text: str) -> None:
        unknown = wrong(text)
        if unknown:
            self.tell(self.look.say("home.unknown", word=unknown), "warn")
            return
        self.filter = text.strip()
        self.ticked()

    def do_close(self) -> None:
        self.filter = ""
        self.tell("")
        self.ticked()

    def do_sort(self) -> None:
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self.ticked()

    def do_resume(self) -> None:
        run = self.current
        if run is None:
            return
        if run.pid or run.state in {"done", "unreadable", "newer"}:
            self.tell(self.look.say("home.no_resume", name=run.name, state=run.state), "warn")
            return
        self.tui.resume(run)

    def do_log(self) -> None:
        if self.current is not None:
            self.tui.open_page("live", run=self.current.name, pane="log")

    def do_explore(self) -> None:
        if self.current is not None:
            self.tui.open_page("explore", model=self.current.name, text="")

    def do_mark(self) -> None:
        """Mark the run, or take its mark away; the last two marked are compared."""
        if self.current is not None:
            others = tuple(name for name in self.marked if name != self.current.name)
            self.marked = others if self.current.name in self.marked else (*others, self.current.name)[-2:]
            self.tell(self.look.say("home.marked", names=", ".join(self.marked) or "-"))

    def do_compare(self) -> None:
        if len(self.marked) == 2:
            self.tui.open_page("compare", left=self.marked[0], right=self.marked[1], text="")
        else:
            self.tell(self.look.say("home.mark_two"))

    def do_untouched(self) -> None:
        if self.current is not None:
            self.tui.compare_untouched(self.current.name)

    def do_publish(self) -> None:
        if self.current is not None:
            self.tui.open_page("publish", run=self.current.name)

    def do_delete(self) -> None:
        run = self.current
        if run is None:
            return
        if run.pid:
            self.tell(self.look.say("home.no_delete", name=run.name), "warn")
            return

        def typed(text: str) -> None:
            if text.strip() == run.name:
                self.tui.delete(run)
            else:
                self.tell(self.look.say("home.not_deleted"))

        self.ask(self.look.say("home.type_name", name=run.name), typed)

    def do_new(self) -> None:
        self.tui.do_screen_2()
