"""Explore: a text by meaning, from neighbour to neighbour."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from textual.widget import Widget

from simcse_tui.child.client import Child
from simcse_tui.screens.explore_panes import map_room, pane_lines
from simcse_tui.screens.explore_status import nothing_found, status_line, to_begin
from simcse_tui.screens.frame import NARROW
from simcse_tui.screens.page import Page
from simcse_tui.store.session import COUNTING, Session, children, close
from simcse_tui.text.line import BLANK, Line, line, paragraph
from simcse_tui.widgets.hitlist import columns_of, head_line, hit_line
from simcse_tui.widgets.lines import Lines
from simcse_tui.widgets.map import Box, Frame

PANE_ROWS = 13
LOW = 30
"""rows of a window below which the pane takes the place of the list"""
MARKED = 10
"""hits that the map shows"""
SHIFT = 10
"""cells by which a row is scrolled sideways"""
MOVE = 0.05
"""of the map, that an arrow moves the box"""


class Explore(Page):
    """session: None while nothing is open.  shown: the pane below the list, "" for none.

    unfolded: whether near-duplicates are listed.  shift: cells by which texts are scrolled.
    """

    name_ = "explore"

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.chosen = 0
        self.shown = "context"
        self.unfolded = False
        self.shift = 0
        self.extra: frozenset[str] = frozenset()
        self.frame = Frame()
        self.box: Box | None = None
        self.part = 0
        self._asked: tuple[str, str] = ("", "")
        self._drawn_query = ""

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    # opening

    def opened(self) -> None:
        wants = self.tui.wants
        model = wants.get("model", "")
        if model and (model, wants.get("text", "")) != self._asked:
            self._asked = (model, wants.get("text", ""))
            self.run_worker(self._open(*self._asked), exclusive=True, group="open")

    async def _open(self, model: str, text: str) -> None:
        await self._end()
        search, encode = children(self.tui.places, model)
        self.session = Session(self.tui.places, model, text, self._changed, search, encode)
        self.chosen = 0
        for child in (search, encode):
            if child is not None:
                await child.start()
        self.session.open()
        self._changed()

    async def _again(self, dead: list[Child]) -> None:
        if self.session is not None:
            self.session.state, self.session.note = "loading", ""
        for child in dead:
            await child.again()

    async def _end(self) -> None:
        if self.session is not None:
            await close(self.session.search, self.session.encode)

    async def on_unmount(self) -> None:
        await self._end()

    def _changed(self) -> None:
        session = self.session
        if not self.is_mounted or session is None:
            return
        if session.query != self._drawn_query:
            self._drawn_query, self.chosen, self.shift = session.query, 0, 0
        if session.bad is not None:
            self.tell(session.bad[0], "bad")
        elif session.state == "ready" and session.note:
            self.tell(session.note, "warn")
        self._refresh_pane()
        self.redraw()

    @property
    def busy(self) -> bool:
        return self.session is not None and (self.session.state == "loading" or self.session.searching)

    # what a person sees

    def hits(self) -> list[dict[str, object]]:
        """Those that are listed: without copies, unless they are unfolded."""
        if self.session is None:
            return []
        return [dict(hit) for hit in self.session.hits if self.unfolded or hit.get("folded_into") is None]

    def draw(self, width: int, height: int) -> list[Line]:
        session = self.session
        say = self.look.say
        if session is None:
            return [BLANK, *(row for key in ("", "_how") for row in paragraph(say(f"explore.nothing{key}"), width))]
        top = [status_line(session, self.look, width), *self._mark(session)]
        if session.state == "loading":
            stage = say(f"explore.stage_{session.stage}") if session.stage in _STAGES else session.stage
            told = say("explore.loading", model=session.model, stage=stage, note=session.note)
            return [*top, BLANK, *paragraph(told, width), *paragraph(say("explore.loading_safe"), width, "dim")]
        if session.state == "error" and not session.hits:
            told = say("explore.failed", note=session.note)
            return [*top, BLANK, *paragraph(told, width, "bad"), *paragraph(say("explore.failed_how"), width)]
        instead = width < NARROW or self.size.height < LOW
        if instead and self.pane:
            return [*top, *pane_lines(self, session, width, height - len(top))]
        below = [] if instead else pane_lines(self, session, width, min(PANE_ROWS, max(0, height - 10)))
        listed = self._list(session, width, height - len(top) - len(below))
        return [*top, *listed, *below]

    def _mark(self, session: Session) -> list[Line]:
        """The query that cannot be read, and what is wrong with it under the character."""
        if session.bad is None:
            return []
        text, position, length = session.bad
        before, meant = self._typed[:position], self._typed[position : position + length]
        return [
            line(("  / ", "dim"), before, (meant, "bad"), self._typed[position + length :]),
            line((f"    {text}", "bad")),
        ]

    _typed = ""

    def _list(self, session: Session, width: int, room: int) -> list[Line]:
        hits = self.hits()
        if not hits:
            start = to_begin(session, self.look) if not session.query else nothing_found(session, self.look)
            return _filled([BLANK, *(row for text in start for row in paragraph(text, width))], room)
        columns = columns_of(width, self.extra)
        notes = [row for text in self._notes(session) for row in paragraph(text, width, "warn")]
        space = max(1, room - 1 - len(notes))
        first = max(0, min(self.chosen - space // 2, len(hits) - space))
        rows = [
            hit_line(
                hit,
                place + 1,
                columns,
                self.look,
                chosen=place == self.chosen,
                pinned=hit["row"] in session.pins,
                shift=self.shift,
            )
            for place, hit in enumerate(hits[first : first + space], first)
        ]
        return _filled([head_line(columns, self.look), *rows, *notes], room)

    def _notes(self, session: Session) -> list[str]:
        if session.complete or session.searching:
            return []
        if session.map is not None and session.map.get("inside"):
            return [self.look.say("explore.of_box", count=f"{session.looked_at:,}", shown=len(session.hits))]
        return [self.look.say("explore.fewer", count=f"{session.looked_at:,}")]

    def _refresh_pane(self) -> None:
        """Ask for what the pane shows of the chosen row."""
        session, hits = self.session, self.hits()
        if session is None or session.state != "ready" or not hits:
            return
        hit = hits[min(self.chosen, len(hits) - 1)]
        if self.shown == "context":
            session.ask_lines(int(str(hit["row"])))
        elif self.shown == "why" and hit.get("score") is not None:
            session.ask_why(self.left_text(), str(hit["text"]))

    def left_text(self) -> str:
        """The query as a sentence: its text, or that of its row."""
        from simcse_tui.store.queries import text_of_query

        return text_of_query(self.session) if self.session is not None else ""

    # what a person does

    def move(self, rows: int) -> None:
        if self.pane == "map":
            self.frame = self.frame.moved(0, -MOVE if rows > 0 else MOVE)
        elif self.pane == "why":
            self.part = max(0, self.part + (1 if rows > 0 else -1))
        else:
            self.chosen = max(0, min(self.chosen + rows, len(self.hits()) - 1))
            self.part = 0
            self._refresh_pane()
        self.redraw()

    def do_left(self) -> None:
        self._sideways(-1)

    def do_right(self) -> None:
        self._sideways(1)

    def _sideways(self, way: int) -> None:
        if self.pane == "map":
            self.frame = self.frame.moved(way * MOVE, 0)
        elif self.pane == "why":
            self.part = max(0, self.part + way)
        else:
            self.shift = max(0, self.shift + way * SHIFT)
        self.redraw()

    def do_query(self) -> None:
        if self.session is None:
            return
        self.ask(self.look.say("explore.prompt"), self._query, value=self.session.query)

    def _query(self, typed: str) -> None:
        if self.session is not None and typed.strip():
            self._typed = typed
            self.pane = ""  # where it takes the place of the list, what was asked for would not be seen
            self.tell("")
            self.session.visit(typed.strip())
            self.redraw()

    def do_jump(self) -> None:
        session, hits = self.session, self.hits()
        if session is None:
            return
        if self.pane == "map" and session.map is not None:
            self.box = self.box or None
            self._ask_map(inside=self.frame.box(session.map["box"]))
            self.pane = ""
        elif hits:
            session.visit(f"#{hits[self.chosen]['row']}")

    def do_back(self) -> None:
        if self.session is None or not self.session.go_back():
            self.tell(self.look.say("explore.no_back"))

    def do_forward(self) -> None:
        if self.session is None or not self.session.go_forward():
            self.tell(self.look.say("explore.no_forward"))

    def do_why(self) -> None:
        hits = self.hits()
        if not hits or hits[min(self.chosen, len(hits) - 1)].get("score") is None:
            self.tell(self.look.say("explore.no_query"))
            return
        self._pane("why")

    def do_context(self) -> None:
        self._pane("context")

    def do_map(self) -> None:
        self._pane("map")
        if self.session is not None and self.shown == "map":
            self._ask_map()

    def _pane(self, name: str) -> None:
        """Show a pane; where it takes the place of the list, or is the map, it also has the arrows."""
        again = self.shown == name and (self.pane == name or not self._instead())
        self.shown = "context" if again and name != "context" else name
        self.pane = "" if again else name if name == "map" or self._instead() else ""
        self._refresh_pane()
        self.redraw()

    def _instead(self) -> bool:
        return self.size.width < NARROW or self.size.height < LOW

    def _ask_map(self, **more: object) -> None:
        columns, lines = map_room(self)
        args: dict[str, object] = {"columns": 2 * columns, "lines": 4 * lines, "box": self.box, **more}
        session, hits = self.session, self.hits()
        if session is None:
            return
        if hits and hits[0].get("score") is not None:
            rows = [hit["row"] for hit in hits]
            args |= {"row": rows[0], "nearest": rows[1:], "marks": rows[:MARKED]}
        session.ask_map(**args)

    def do_next_pane(self) -> None:
        self.pane = "" if self.pane else self.shown if self.shown in {"map", "why"} or self._instead() else ""
        self.redraw()

    def do_close(self) -> None:
        self.pane = ""
        super().do_close()
        self.redraw()

    def do_larger(self) -> None:
        self.frame = self.frame.sized(1.25)
        self.redraw()

    def do_smaller(self) -> None:
        self.frame = self.frame.sized(0.8)
        self.redraw()

    def do_zoom(self) -> None:
        if self.session is None or self.session.map is None:
            return
        self.box = None if self.box is not None else self.frame.box(self.session.map["box"])
        self.frame = Frame()
        self._ask_map()

    def do_other_words(self) -> None:
        from simcse_tui.store.queries import with_other_words

        if self.session is not None and self.session.query:
            self.session.visit(with_other_words(self.session.query))

    def do_fold(self) -> None:
        self.unfolded = not self.unfolded
        self.tell(self.look.say("explore.unfolds" if self.unfolded else "explore.folds"))
        self.chosen = min(self.chosen, max(0, len(self.hits()) - 1))
        self.redraw()

    def do_pin(self) -> None:
        hits = self.hits()
        if self.session is not None and hits:
            pinned = self.session.pin(int(str(hits[self.chosen]["row"])))
            self.tell(self.look.say("explore.pinned" if pinned else "explore.unpinned"))
            self.redraw()

    def do_columns(self) -> None:
        self.extra = frozenset() if self.extra else frozenset({"row"})
        self.tell(self.look.say("explore.columns", names=" ".join(columns_of(self.size.width, self.extra))))
        self.redraw()

    def do_compare(self) -> None:
        """Beside counting, the baseline that costs nothing; two runs are marked on Home."""
        if self.session is None or self.session.counting:
            self.tell(self.look.say("home.mark_two"))
        else:
            self.tui.open_page("compare", left=self.session.model, right=COUNTING, text=self.session.text)

    def do_untouched(self) -> None:
        if self.session is not None:
            self.tui.compare_untouched(self.session.model)

    def do_reload(self) -> None:
        """Start again what has stopped; hits, history and pins stay where only a child died."""
        session = self.session
        dead = [] if session is None else [one for one in (session.search, session.encode) if one and one.gone]
        if dead:
            self.run_worker(self._again(dead), exclusive=True, group="open")
        elif session is not None and session.state == "error":
            self.run_worker(self._open(*self._asked), exclusive=True, group="open")
        else:
            super().do_reload()

    def do_export(self) -> None:
        if self.hits():
            self.ask(self.look.say("explore.export_to"), self._export, value="hits.tsv")

    def _export(self, typed: str) -> None:
        from simcse_tui.store.queries import export_hits

        if self.session is not None and typed.strip():
            told, failed = export_hits(self.session, self.hits(), typed.strip(), self.equal_command(), self.look.say)
            self.tell(told, "bad" if failed else "good")

    def equal_command(self) -> str:
        from simcse_tui.store.queries import command_of

        return shlex.join(command_of(self.session)) if self.session is not None else "simcse-ml explore MODEL TEXT"

    def chosen_text(self) -> str:
        hits = self.hits()
        return str(hits[min(self.chosen, len(hits) - 1)]["text"]) if hits else ""


_STAGES = frozenset({"", "model", "vectors", "counting", "yardstick", "hubs", "map"})


def _filled(rows: list[Line], room: int) -> list[Line]:
    return [*rows[:room], *([BLANK] * (room - len(rows)))]
