"""Live: one training as it goes, and what becomes of the neighbours of pinned sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from textual.widget import Widget

from simcse_tui.screens.live_rows import curves, head, log_rows, state_lines
from simcse_tui.screens.page import Page
from simcse_tui.screens.pin_rows import churn, pin_rows
from simcse_tui.store.records import RunRecord
from simcse_tui.store.thinning import Point
from simcse_tui.store.watching import Watched
from simcse_tui.text.line import BLANK, Line, line
from simcse_tui.widgets.lines import Lines
from simcse_tui.working import begin

LATEST = -1
"""the evaluation that is shown while nobody scrubs"""
PANES = ("pins", "log")


class Live(Page):
    """Follows a run. What the person chose (evaluation, pin, filter, pane) stays when something new comes in."""

    name_ = "live"

    def __init__(self) -> None:
        super().__init__()
        self.pane = PANES[0]
        self.run_name = ""
        self.watched: Watched | None = None
        self.place = LATEST
        self.pin = 0
        self.back = 0
        self.wanted = ""
        self.paused = False
        self._reading = False

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    # which run

    def opened(self) -> None:
        wants = self.tui.wants
        self._watch(wants.pop("run", "") or self.run_name)
        self.pane = wants.pop("pane", self.pane)
        self.ticked()

    def _watch(self, name: str) -> None:
        store = self.tui.store
        if not name:
            at_work = store.at_work()
            name = at_work.name if at_work else store.runs[0].name if store.runs else ""
        if name == self.run_name and self.watched is not None:
            return
        self.run_name, self.place, self.pin, self.back, self.wanted = name, LATEST, 0, 0, ""
        self.watched = Watched(store.runs_dir / name) if name else None

    @property
    def run_record(self) -> RunRecord:
        """The run as the store knows it; one that is just starting is not there yet."""
        found = self.tui.store.named(self.run_name)
        return found or RunRecord(self.tui.store.runs_dir / self.run_name, self.run_name, "preparing")

    def ticked(self) -> None:
        if self.watched is None:
            self._watch("")
        if self.watched is not None and not self._reading:
            self._reading = True
            begin(self, partial(self._read, self.watched))
        elif self.watched is None:
            self.redraw()

    async def _read(self, watched: Watched) -> None:
        try:
            await asyncio.to_thread(watched.look_again)
        finally:
            self._reading = False
        if not self.paused:
            self.redraw()

    # drawing

    def draw(self, width: int, height: int) -> list[Line]:
        look = self.look
        if self.watched is None:
            return [line("  " + look.say("live.none"))]
        run, course = self.run_record, self.watched.course
        starting = self.tui.trainer.is_starting(self.run_name)
        if not course.began:
            said = "live.starting" if starting or run.pid else "live.no_events"
            return [line((f"  {run.name}", "head")), line("  ", look.say(said))]
        top = [head(look, run, course, width), *state_lines(look, run, course, width)]
        top += curves(look, course, self._churns(), width)[: max(0, height - 6)]
        if self.pane == "log":
            title = look.say("live.log_title", filter=self.wanted)
            rest = log_rows(look, course, self.watched.bad, self.wanted, height - len(top) - 1, self.back)
        else:
            title = self._pins_title()
            rows = pin_rows(look, self.watched.pins, course.pins, self._evaluation(), self.pin, one=width < 80)
            room = height - len(top) - 1
            logged = max(0, min(8, room - len(rows) - 1)) if height >= 24 else 0
            start = next((i for i, row in enumerate(rows) if row.chosen), 0)
            first = max(0, min(start - 1, len(rows) - (room - logged)))
            rest = rows[first : first + room - logged]
            if logged:
                rest += [BLANK] * (room - logged - len(rest))
                rest += log_rows(look, course, self.watched.bad, self.wanted, logged, 0)
        return [*top, line((title, "bar")), *rest]

    def _churns(self) -> list[Point]:
        pins = self.watched.course.pins if self.watched else ()
        values = [(at.step, churn(pins, place)) for place, at in enumerate(pins)]
        return [(step, value) for step, value in values if value is not None]

    def _evaluation(self) -> int:
        count = len(self.watched.course.pins) if self.watched else 0
        return count - 1 if self.place == LATEST else max(0, min(self.place, count - 1))

    def _pins_title(self) -> str:
        look, pins = self.look, self.watched.course.pins if self.watched else ()
        place = self._evaluation()
        if place < 0:
            return look.say("live.pins_title_empty")
        follow = look.say("live.following") if self.place == LATEST else look.say("live.scrubbed")
        at = pins[place]
        return look.say("live.pins_title", step=f"{at.step:,}", of=len(pins), follow=follow, pool=f"{at.pool:,}")

    def equal_command(self) -> str:
        return f"simcse-ml runs watch {self.run_name}" if self.run_name else "simcse-ml runs list"

    def chosen_text(self) -> str:
        pins = self.watched.pins if self.watched else ()
        return pins[self.pin] if self.pin < len(pins) else ""

    # actions

    def move(self, rows: int) -> None:
        if self.watched is None:
            return
        if self.pane == "log":
            self.back = max(0, min(self.back - rows, len(self.watched.course.log) - 1))
        else:
            self.pin = max(0, min(self.pin + rows, len(self.watched.pins) - 1))
        self.redraw()

    def do_next_pane(self) -> None:
        self.pane = PANES[(PANES.index(self.pane) + 1) % len(PANES)]
        self.redraw()

    def do_log(self) -> None:
        self.pane = "log"
        self.redraw()

    def do_left(self) -> None:
        if self.pane == "pins":
            self.place = max(0, self._evaluation() - 1)
            self.redraw()

    def do_right(self) -> None:
        last = len(self.watched.course.pins) - 1 if self.watched else 0
        if self.pane == "pins" and self.place != LATEST:
            self.place = LATEST if self.place + 1 >= last else self.place + 1
            self.redraw()

    def do_follow(self) -> None:
        self.place, self.back = LATEST, 0
        self.redraw()

    def do_pin(self) -> None:
        if self.watched is not None:
            self.ask(self.look.say("live.pin_prompt"), self._pin)

    def _pin(self, text: str) -> None:
        if self.watched is None or not text.strip():
            return
        said = self.watched.pin(text)
        self.tell(said or self.look.say("live.pinned"), "bad" if said else "")
        self.redraw()

    def do_unpin(self) -> None:
        text = self.chosen_text()
        if text and self.watched is not None:
            self.watched.pin(text)
            self.pin = max(0, min(self.pin, len(self.watched.pins) - 1))
            self.tell(self.look.say("live.unpinned"))
            self.redraw()

    def do_filter(self) -> None:
        self.ask("/ ", self._filter, value=self.wanted, changed=self._filter)

    def _filter(self, text: str) -> None:
        self.wanted, self.back = text, 0
        self.redraw()

    def do_pause(self) -> None:
        self.paused = not self.paused
        self.tell(self.look.say("live.paused" if self.paused else "live.going_on"))
        if not self.paused:
            self.redraw()

    def do_stop(self) -> None:
        run = self.run_record
        if not run.pid:
            self.tell(self.look.say("live.nothing_to_stop", name=run.name))
            return
        step = self.watched.course.step if self.watched else 0
        self.confirm(self.look.say("live.stop", name=run.name, step=f"{step:,}"), lambda: self.tui.stop_run(run))

    def do_resume(self) -> None:
        run = self.run_record
        if run.pid or run.state in {"done", "unreadable", "newer"}:
            self.tell(self.look.say("home.no_resume", name=run.name, state=run.state), "warn")
            return
        self.tui.resume(run)

    def do_new(self) -> None:
        self.tui.do_screen_2()
