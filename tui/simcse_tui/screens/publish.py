"""Publish: a run to the Hub. First everything that would be sent, then exactly that, read back."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from simcse_tui.child.protocol import PUSH
from simcse_tui.screens.frame import NARROW
from simcse_tui.screens.page import Page
from simcse_tui.screens.publish_rows import FIELDS, card_rows, form_rows, plan_rows, state_rows
from simcse_tui.store.publishing import Publishing
from simcse_tui.store.session import close, make_child
from simcse_tui.text.line import BLANK, Line, line
from simcse_tui.widgets.lines import Lines
from simcse_tui.working import begin

LEAST_ROWS = 24
PANES = ("", "list", "card")


class Publish(Page):
    """pane: "" while the arrows choose what is changed, "list" and "card" while they scroll what is below."""

    name_ = "publish"

    def __init__(self) -> None:
        super().__init__()
        self.told: Publishing | None = None
        self.chosen = 0
        self.top = 0
        self._room = 0

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    def opened(self) -> None:
        runs = self.tui.store.runs
        name = self.tui.wants.pop("run", "") or (self.told.run if self.told else "")
        done = [run.name for run in runs if run.state == "done"]
        name = name or (done[0] if done else "")
        if not name or (self.told is not None and self.told.run == name):
            return
        if self.told is not None and self.told.is_busy:
            self.tell(self.look.say("publish.busy", name=self.told.run), "warn")
            return
        before = self.told
        child = make_child(self.tui.places, PUSH) if before is None else before.child
        self.told = Publishing(self.tui.places, name, child, self._changed)
        if before is not None:
            self.told.take_child_of(before)
        self.chosen, self.top, self.pane = 0, 0, ""

    def ticked(self) -> None:
        if self.told is None:
            self.opened()
        self.redraw()

    async def on_unmount(self) -> None:
        if self.told is not None:
            await close(self.told.child)

    def _changed(self) -> None:
        if self.is_mounted:
            self.redraw()

    # what a person sees

    @property
    def busy(self) -> bool:
        return self.told is not None and self.told.is_busy

    def draw(self, width: int, height: int) -> list[Line]:
        look, told = self.look, self.told
        if told is None:
            return [BLANK, line("  " + look.say("publish.no_run")), line("  " + look.say("publish.no_run_how"))]
        if width < NARROW or self.size.height < LEAST_ROWS:
            return [line((f"  {told.run}", "head")), line("  " + look.say("publish.small"))]
        top = [line((f"  {told.run}", "head")), *form_rows(look, told, -1 if self.pane else self.chosen), BLANK]
        top += [*state_rows(look, told, width), BLANK]
        below = self._below(width)
        self._room = max(1, height - len(top))
        self.top = max(0, min(self.top, len(below) - self._room))
        return [*top, *below[self.top : self.top + self._room]]

    def _below(self, width: int) -> list[Line]:
        assert self.told is not None
        make = card_rows if self.pane == "card" else plan_rows
        return make(self.look, self.told, width)

    # what a person does

    def move(self, rows: int) -> None:
        if self.pane:
            self.top = max(0, self.top + rows)
        else:
            self.chosen = max(0, min(self.chosen + rows, len(FIELDS) - 1))
        self.redraw()

    def do_next_pane(self) -> None:
        self._show(PANES[(PANES.index(self.pane) + 1) % len(PANES)])

    def do_previous_pane(self) -> None:
        self._show(PANES[PANES.index(self.pane) - 1])

    def do_card(self) -> None:
        self._show("" if self.pane == "card" else "card")

    def _show(self, pane: str) -> None:
        self.pane, self.top = pane, 0
        self.redraw()

    def do_edit(self) -> None:
        told = self._free()
        if told is None:
            return
        name = FIELDS[self.chosen]
        if name == "readers":
            self.do_public()
        elif name == "set_names":
            told.choose(name_sets=not told.name_sets)
        else:
            prompt = self.look.say(f"publish.ask_{name}")
            self.ask(prompt, lambda typed: told.choose(**{name: typed.strip()}), value=str(getattr(told, name)))

    def do_public(self) -> None:
        """Only after a question: what everybody has read cannot be taken back."""
        told = self._free()
        if told is None:
            return
        if told.public:
            told.choose(public=False)
        else:
            self.confirm(self.look.say("publish.make_public"), lambda: told.choose(public=True))

    def do_dry_run(self) -> None:
        told = self._free()
        if told is None:
            return
        missing = "repo" if not told.repo else "licence" if not told.licence else ""
        if missing:
            self.chosen, self.pane = FIELDS.index(missing), ""
            self.do_edit()
            return
        self._show("")
        begin(self, told.look_through)

    def do_agree(self) -> None:
        told = self._free()
        if told is None or not told.findings:
            self.tell(self.look.say("publish.nothing_found"))
            return
        kinds = told.accept_all()
        said = ", ".join(self.look.say(f"publish.kind_{kind}") for kind in kinds)
        self.tell(self.look.say("publish.accepted", kinds=said) if kinds else self.look.say("publish.taken_back"))

    def do_send(self) -> None:
        told = self._free()
        if told is None:
            return
        if told.plan is None:
            self.tell(self.look.say("publish.look_first"), "warn")
        elif told.never:
            self.tell(self.look.say("publish.never"), "bad")
        elif told.open:
            self.tell(self.look.say("publish.accept_first", count=len(told.open)), "warn")
        else:
            self.ask(self.look.say("publish.type_name", repo=told.repo), self._typed)

    def _typed(self, name: str) -> None:
        told = self._free()
        if told is not None and name.strip() == told.repo:
            begin(self, told.send)
        else:
            self.tell(self.look.say("publish.not_sent"))

    def _free(self) -> Publishing | None:
        """What is shown, unless there is nothing or the child is at work on it."""
        if self.told is not None and self.told.is_busy:
            self.tell(self.look.say("publish.busy", name=self.told.run), "warn")
            return None
        return self.told

    def do_close(self) -> None:
        """Leave the pane below, or stop what is under way."""
        super().do_close()
        self._stop()
        self._show("")

    def do_leave(self) -> None:
        super().do_leave()
        self._stop()

    def _stop(self) -> None:
        if self.told is not None and self.told.is_busy:
            sending = self.told.state == "sending"
            self.told.stop()
            self.tell(self.look.say("publish.stopped_sending" if sending else "publish.stopped"))

    def do_reload(self) -> None:
        self.do_dry_run()

    def do_quit(self) -> None:
        if self.told is not None and self.told.state == "sending":
            self.confirm(self.look.say("publish.quit"), self.tui.do_quit)
        else:
            self.tui.do_quit()

    def equal_command(self) -> str:
        return self.told.command() if self.told is not None else "simcse-ml push --help"

    def chosen_text(self) -> str:
        told = self.told
        if told is None:
            return ""
        return str(told.pushed["url"]) if told.pushed is not None else told.card if self.pane == "card" else told.repo
