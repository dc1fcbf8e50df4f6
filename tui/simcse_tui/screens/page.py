"""What all screens share: the frame, one way for keys to become actions, a line to type in, a question to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from simcse_tui.keys import action_of, contexts_of
from simcse_tui.look import Look
from simcse_tui.screens.frame import HEIGHT, WIDTH, key_row, small, tab_row
from simcse_tui.text.layouts import fold
from simcse_tui.text.line import Line, Role, line
from simcse_tui.text.safe import code_points, replaced, safe_text
from simcse_tui.widgets.field import Field
from simcse_tui.widgets.lines import Lines

if TYPE_CHECKING:
    from simcse_tui.app import Tui

Done = Callable[[str], None]

WIDE_BLANK = "\u3000"
"""the space bar of a Japanese input method"""


class Page(Screen[None], inherit_bindings=False):
    """A screen. It gives `body()`, the words of `equal_command()` and `chosen_text()`, and a `do_<action>` for each of
    its rows in keys.py; it reads the store and sends requests, and opens no file itself.

    name_: its context in keys.py.
    """

    BINDINGS: ClassVar = []
    AUTO_FOCUS = ""
    name_: ClassVar[str] = ""
    CSS = """
    Page { layout: vertical; padding: 0; }
    Page #tabs, Page #message, Page #keys, Page #field { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.pane = ""
        self._said: Line = line("")
        self._keyboard = ""
        self._question: Callable[[], None] | None = None
        self._asking = False
        self._ours: tuple[Widget, ...] = ()
        self._on_done: Done | None = None
        self._on_change: Done | None = None

    # what a screen gives

    def body(self) -> Iterable[Widget]:
        """The widgets between tabs and message."""
        return ()

    def equal_command(self) -> str:
        """The command line that does what this screen shows."""
        return "simcse-ml tui"

    def chosen_text(self) -> str:
        """The text of the row that is chosen, as it is in the file; "" for none."""
        return ""

    @property
    def busy(self) -> bool:
        """Whether what was asked for is still on its way: whoever reads lines waits for it."""
        return False

    def opened(self) -> None:
        """The screen is in front now."""

    def ticked(self) -> None:
        """The store looked at the runs again (about once a second)."""
        self.redraw()

    # the frame

    @property
    def tui(self) -> Tui:
        """The app, by its own type."""
        from simcse_tui.app import Tui

        app = self.app
        assert isinstance(app, Tui), "pages live in this app"
        return app

    @property
    def look(self) -> Look:
        """The person's settings."""
        return self.tui.look

    def compose(self) -> Iterable[Widget]:
        look = self.look
        self._ours = (
            Lines(lambda width, _: [tab_row(self.look, self.name_, self.tui.status(), width)], look, id="tabs"),
            *self.body(),
            Lines(lambda _w, _h: [self._said], look, id="message"),
            Field(look, id="field"),
            Lines(self._keys, look, id="keys"),
            Lines(lambda *_: small(self.look, *self.size), look, id="small"),
        )
        return self._ours

    def _keys(self, width: int, height: int) -> list[Line]:
        return [key_row(self.look, self.tui.table, self.contexts(), self._keyboard, width)]

    def redraw(self) -> None:
        """Make all rows anew; those that did not change are not painted."""
        for lines in self.query(Lines):
            lines.redraw()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width < WIDTH or event.size.height < HEIGHT)

    def _arrange(self, is_small: bool) -> None:
        """Show the frame and the body, or only that there is no room for them."""
        for widget in self._ours:
            widget.display = (widget.id == "small") == is_small and self._is_in_place(widget)

    def _is_in_place(self, widget: Widget) -> bool:
        """Of message and field one is shown."""
        return widget.id != ("message" if self._asking else "field")

    def on_screen_resume(self) -> None:
        self.opened()
        self.redraw()

    # messages, questions, typing

    def tell(self, text: str, role: Role = "") -> None:
        """Put one line into the message row."""
        self._said = line((f" {text}", role))
        self._draw_foot()

    def confirm(self, question: str, then: Callable[[], None]) -> None:
        """Ask; enter does `then`, esc nothing."""
        self._question = then
        self.tell(question, "warn")

    def ask(self, prompt: str, then: Done, *, value: str = "", changed: Done | None = None) -> None:
        """Let the person type a line; enter gives it to `then`, each change to `changed`."""
        self._on_done, self._on_change = then, changed
        self._asking = True
        field = self.query_one("#field", Field)
        field.display, self.query_one("#message").display = True, False
        field.fill(f" {prompt}", value)
        self.set_focus(field)
        self._draw_foot()

    def _draw_foot(self) -> None:
        if self.is_mounted:
            self.query_one("#message", Lines).redraw()
            self.query_one("#keys", Lines).redraw()

    def _stop_asking(self) -> None:
        self._on_done = self._on_change = None
        self._asking = False
        self.query_one("#field").display, self.query_one("#message").display = False, True
        self.set_focus(None)
        self._draw_foot()

    def on_field_changed(self, message: Field.Changed) -> None:
        if message.field.id == "field" and self._on_change is not None:
            self._on_change(message.value)

    # keys

    def contexts(self) -> tuple[str, ...]:
        """Where the next key is looked for."""
        if self._question is not None:
            return ("confirm",)
        if isinstance(self.focused, Field):
            return ("field",)
        return contexts_of(self.name_, self.pane)

    def on_key(self, event: events.Key) -> None:
        if passed_on(self, event):
            return
        key = name_of(event)
        contexts = self.contexts()
        action = action_of(key, contexts, self.tui.table)
        if not action and event.character and "field" not in contexts:
            folded, layout = fold(event.character, self.look.layout)
            action = action_of(folded, contexts, self.tui.table) if folded else ""
            if action and layout != self._keyboard:
                self._keyboard = layout
        if not action:
            return
        event.stop()
        event.prevent_default()
        self.act(action)

    def on_paste(self, event: events.Paste) -> None:
        paste_on(self, event)

    def act(self, action: str) -> None:
        """Do what a key or the palette asks."""
        handler = getattr(self, f"do_{action}", None) or getattr(self.tui, f"do_{action}", None)
        if handler is not None:
            handler()
            self._draw_foot()

    def do_yes(self) -> None:
        then, self._question = self._question, None
        self.tell("")
        if then is not None:
            then()

    def do_no(self) -> None:
        self._question = None
        self.tell("")

    def do_accept(self) -> None:
        then, value = self._on_done, self.query_one("#field", Field).value
        self._stop_asking()
        self.tell("")
        if then is not None:
            then(value)

    def do_leave(self) -> None:
        self._stop_asking()

    def do_complete(self) -> None:
        """Nothing to complete unless a screen says so."""

    def do_close(self) -> None:
        self.tell("")

    def do_command(self) -> None:
        self.tell(self.look.say("frame.command", command=self.equal_command()), "accent")

    def do_copy(self) -> None:
        text = self.chosen_text()
        if not text:
            self.tell(self.look.say("frame.nothing_to_copy"))
            return
        self.app.copy_to_clipboard(safe_text(text))
        marks = replaced(text)
        self.tell(self.look.say("frame.copied_marks", count=marks) if marks else self.look.say("frame.copied"))

    def do_code_points(self) -> None:
        text = self.chosen_text()
        self.tell(code_points(text) if text else self.look.say("frame.nothing_to_copy"))

    def do_reload(self) -> None:
        self.tui.look_again()

    def do_up(self) -> None:
        self.move(-1)

    def do_down(self) -> None:
        self.move(1)

    def do_page_up(self) -> None:
        self.move(-max(1, self.size.height // 2))

    def do_page_down(self) -> None:
        self.move(max(1, self.size.height // 2))

    def do_first(self) -> None:
        self.move(-(10**9))

    def do_last(self) -> None:
        self.move(10**9)

    def do_left(self) -> None:
        """Only some screens move sideways."""

    def do_right(self) -> None:
        """Only some screens move sideways."""

    def do_next_pane(self) -> None:
        """Only some screens have panes."""

    def do_previous_pane(self) -> None:
        self.do_next_pane()

    def move(self, rows: int) -> None:
        """Move the cursor by so many rows, as far as there are any."""


def name_of(event: events.Key) -> str:
    """The key as keys.py writes it: its character where it has one, else its name."""
    if event.character in {" ", WIDE_BLANK}:
        return "space"
    if event.character is not None and event.is_printable:
        return event.character
    return event.key


def passed_on(screen: Screen[Any], event: events.Key) -> bool:
    """Give a key to where those before it have led: another screen, or the field; False where it is this screen's own.

    Without this a paste such as "/text" would run the commands of the screen below.
    """
    front = screen.app.screen
    if front is not screen:
        event.stop()
        event.prevent_default()
        front.post_message(events.Key(event.key, event.character))
        return True
    field = screen.focused
    return isinstance(field, Field) and field.took(event)


def paste_on(screen: Screen[Any], event: events.Paste) -> None:
    """The same for a paste; where nothing is being typed, it is nothing."""
    front = screen.app.screen
    event.stop()
    if front is not screen:
        front.post_message(events.Paste(event.text))
    elif isinstance(screen.focused, Field):
        screen.focused.pasted(event)
