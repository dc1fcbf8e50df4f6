"""The window: it holds the settings, the store and the screens, and lets one of them be in front."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from simcse_ml.errors import UserError
from simcse_tui.keys import KEYS, Key, remapped
from simcse_tui.look import Look
from simcse_tui.places import Places
from simcse_tui.screens.page import Page
from simcse_tui.screens.table import SCREENS, entry_of, page_class
from simcse_tui.store.records import RunRecord
from simcse_tui.store.runs import RunsStore, read_run
from simcse_tui.themes import THEMES, for_textual
from simcse_tui.trainer import Trainer
from simcse_tui.widgets.letting_go import let_go
from simcse_tui.widgets.lines import Lines
from simcse_tui.working import begin

STANDARD_INPUT = 0
TICK = 1.0
"""seconds between two looks at what is new"""
AGAIN = 1.0
"""seconds in which a second ctrl+c quits"""


class Tui(App[int], inherit_bindings=False):
    """first: the screen that opens.  wants: what that screen is to open with, such as {"run": name}."""

    BINDINGS: ClassVar = []
    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { overflow: hidden; }"

    def __init__(
        self, look: Look, places: Places, *, first: str = "home", wants: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(ansi_color=THEMES[look.theme].ansi)
        self.look, self.places = look, places
        self.table: tuple[Key, ...] = remapped(look.keys) if look.keys else tuple(KEYS)
        self.store = RunsStore(places.runs_dir)
        self.trainer = Trainer(places.command, places.cache_dir / "logs")
        self.first, self.wants = first, dict(wants or {})
        self.farewell: list[str] = []
        self._pages: dict[str, Page] = {}
        self._cancelled = 0.0
        self._looking = False
        self._in_terminal = os.isatty(STANDARD_INPUT)

    async def on_mount(self) -> None:
        for name in THEMES:
            self.register_theme(for_textual(name))
        self.theme = f"simcse-{self.look.theme}"
        self._quit_on_terminate()
        await self.push_screen(self.page(self.first))
        self.set_interval(TICK, self.look_again)
        self.look_again()

    def pop_screen(self) -> AwaitComplete:
        """Close the uppermost screen, and keep nothing of it."""
        closed = super().pop_screen()
        let_go()
        return closed

    def _quit_on_terminate(self) -> None:
        """Without this a SIGTERM would leave the terminal in its other screen."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                try:
                    loop.add_signal_handler(number, self.exit, 0)
                except (NotImplementedError, RuntimeError, ValueError):
                    return  # Windows, or not the main thread (tests)

    # screens

    def page(self, name: str) -> Page:
        """The one screen of that name; it keeps its cursor and filters while others are in front."""
        if name not in self._pages:
            made = page_class(entry_of(name))()
            self._pages[name] = made
            self.install_screen(made, name)
        return self._pages[name]

    @property
    def front(self) -> Page | None:
        """The page in front; None while help or the palette is, and once the window is closing."""
        last = self.screen_stack[-1] if self.screen_stack else None
        return last if isinstance(last, Page) else None

    def open_page(self, name: str, **wants: str) -> None:
        """Bring a screen to the front; wants: what it is to show."""
        self.wants.update(wants)
        page = self.page(name)
        if self.screen is page:
            page.opened()
            page.redraw()
            return
        self.switch_screen(page)

    def status(self) -> tuple[str, str]:
        """What stands at the right of the tabs: the device, and what is being trained."""
        at_work = self.store.at_work()
        if at_work is None:
            return self.places.device, self.look.say("frame.idle")
        share = round(100 * at_work.share)
        return self.places.device, self.look.say("frame.training", name=at_work.name, share=share)

    def change_look(self, look: Look) -> None:
        """Another theme or language, at once and everywhere."""
        self.look = look
        self.theme = f"simcse-{look.theme}"
        self.ansi_color = THEMES[look.theme].ansi
        for screen in {*self._pages.values(), *self.screen_stack}:
            if isinstance(screen, Screen) and screen.is_mounted:
                for lines in screen.query(Lines):
                    lines.relook(look)

    # what changes: the store is read in a thread, one look at a time

    def look_again(self) -> None:
        """Read what is new and tell the page in front; end where the terminal is gone, which not every one tells."""
        if self._in_terminal and not os.isatty(STANDARD_INPUT):
            self.exit(0)
            return
        self._tell_ended()
        if not self._looking:
            self._looking = True
            begin(self, self._look)

    async def _look(self) -> None:
        try:
            changed = await asyncio.to_thread(self.store.look_again)
        finally:
            self._looking = False
        if self.front is not None:
            self.front.ticked()
            if changed:
                self.front.redraw()

    def _tell_ended(self) -> None:
        for ended in self.trainer.ended():
            if ended.code not in {0, 130} and self.front is not None:
                self.front.tell(f"{ended.name}: {ended.said}", "bad")

    def resume(self, run: RunRecord) -> None:
        """Go on with a run, in a process of its own."""
        self._start(run.name, lambda: self.trainer.resume(run.path))

    def train(self, name: str, arguments: Sequence[str]) -> None:
        """Start a new run."""
        self._start(name, lambda: self.trainer.start(name, arguments))

    def _start(self, name: str, start: Callable[[], int]) -> None:
        try:
            pid = start()
        except OSError as error:
            if self.front is not None:
                self.front.tell(f"{name}: {error.strerror}", "bad")
            return
        self.open_page("live", run=name)
        if self.front is not None:
            self.front.tell(self.look.say("frame.started", name=name, pid=pid))

    def stop_run(self, run: RunRecord) -> None:
        """Ask a run for a checkpoint and an end."""
        try:
            self.trainer.stop(run.path)
        except UserError as error:
            if self.front is not None:
                self.front.tell(str(error), "bad")
            return
        if self.front is not None:
            self.front.tell(self.look.say("live.stopping", name=run.name))

    def compare_untouched(self, model: str) -> None:
        """Put a run beside the backbone it was trained from; one that was trained from nothing, beside counting."""
        from simcse_tui.store.session import BUILTIN, COUNTING  # not needed for the first look at Home

        run = self.store.named(model) or read_run(Path(model).expanduser())
        if run.state == "unreadable":
            said = self.look.say("compare.no_run", model=model)
        elif not run.backbone:
            said = self.look.say("compare.no_backbone", name=run.name)
        else:
            nothing = run.backbone.startswith(BUILTIN)
            self.open_page("compare", left=model, right=COUNTING if nothing else run.backbone, text="")
            said = self.look.say("compare.from_nothing", name=run.name) if nothing else ""
        if self.front is not None:
            self.front.tell(said)

    def delete(self, run: RunRecord) -> None:
        """Delete a run with all that is in it, in a process of its own."""
        try:
            self.trainer.start(run.name, ("runs", "remove", str(run.path), "--yes"))
            said = self.look.say("home.deleting", name=run.name)
        except OSError as error:
            said = f"{run.name}: {error.strerror}"
        if self.front is not None:
            self.front.tell(said)

    # actions that are the same everywhere

    def _open_number(self, number: int) -> None:
        entry = next((entry for entry in SCREENS if entry.number == number), None)
        if entry is not None:
            self.open_page(entry.name)
        elif self.front is not None:
            self.front.tell(self.look.say("frame.no_screen", number=number))

    def do_screen_1(self) -> None:
        self._open_number(1)

    def do_screen_2(self) -> None:
        self._open_number(2)

    def do_screen_3(self) -> None:
        self._open_number(3)

    def do_screen_4(self) -> None:
        self._open_number(4)

    def do_screen_5(self) -> None:
        self._open_number(5)

    def do_screen_6(self) -> None:
        self._open_number(6)

    def do_screen_7(self) -> None:
        self._open_number(7)

    def do_help(self) -> None:
        from simcse_tui.screens.help import Help

        if self.front is not None:
            self.push_screen(Help(self.look, self.table, self.front.name_, self.front.pane))

    def do_palette(self) -> None:
        from simcse_tui.screens.palette import Palette, offers

        page = self.front
        if page is not None:
            self.push_screen(Palette(self.look, self.table, offers(self, page)), self._chosen)

    def _chosen(self, then: object) -> None:
        if callable(then):
            then()

    def do_cancel(self) -> None:
        now = time.monotonic()
        if now - self._cancelled < AGAIN:
            self.do_quit()
            return
        self._cancelled = now
        page = self.front
        if page is None:
            self.pop_screen()
            return
        page.do_no()
        page.do_leave()
        page.tell(self.look.say("frame.again"))

    def do_quit(self) -> None:
        at_work = self.store.at_work()
        if at_work is not None and at_work.pid:
            self.farewell.append(self.look.say("frame.still_training", name=at_work.name, pid=at_work.pid))
        self.exit(0)
