"""Report: what a model scored on labelled pairs beside what costs nothing, with intervals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial

from textual.widget import Widget

from simcse_tui.asking import ask
from simcse_tui.screens.page import Page
from simcse_tui.screens.report_rows import SIDES, set_rows, unlike_rows
from simcse_tui.store.judged import UnlikeSet, unlike_sets
from simcse_tui.store.records import RunRecord
from simcse_tui.store.scores import Scores, read_scores, scores_of
from simcse_tui.text.line import Line, line, paragraph
from simcse_tui.widgets.lines import Lines
from simcse_tui.working import begin

PAIRS = 100
"""of a set that are listed at most"""


class Report(Page):
    """Left and right change the run, up and down scroll; E scores the run on a file of pairs.

    file: what E scored it on, "" for the sets of the run.
    unlike: pairs that it orders unlike people, None where they are not shown.
    """

    name_ = "report"

    def __init__(self) -> None:
        super().__init__()
        self.run_name = ""
        self.scores: Scores | None = None
        self.top = 0
        self.said = ""
        self.file = ""
        self.unlike: tuple[UnlikeSet, ...] | None = None
        self.side = 0

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    def opened(self) -> None:
        wanted = self.tui.wants.pop("run", "") or self.run_name
        done = self._done()
        if not wanted and done:
            wanted = done[0].name
        if wanted != self.run_name or self.scores is None:
            self._show(wanted)

    def _done(self) -> list[RunRecord]:
        return [run for run in self.tui.store.runs if run.state == "done"]

    def _show(self, name: str) -> None:
        self.run_name, self.scores, self.top, self.said = name, None, 0, ""
        self.file, self.unlike = "", None
        if name:
            begin(self, self._read, only=True)
        self.redraw()

    async def _read(self) -> None:
        self.scores = await asyncio.to_thread(read_scores, self.tui.store.runs_dir / self.run_name)
        self.redraw()

    def ticked(self) -> None:
        if not self.run_name:
            self.opened()

    def equal_command(self) -> str:
        return f"simcse-ml runs show {self.run_name} --json" if self.run_name else "simcse-ml eval --help"

    def chosen_text(self) -> str:
        return self.scores.verdict if self.scores else ""

    # drawing

    def draw(self, width: int, height: int) -> list[Line]:
        look = self.look
        if not self.run_name:
            return [line("  " + look.say("report.none"))]
        rows = [line((f"  {self.run_name}", "head"), f"  {self.said}")]
        if self.scores is None:
            return [*rows, line("  ", look.say("report.reading"))]
        if self.scores.problem:
            return [*rows, line("  ", (self.scores.problem, "bad"))]
        if self.scores.verdict:
            rows += paragraph(self.scores.verdict, width)
        for found in self.unlike or ():
            rows += unlike_rows(look, found, SIDES[self.side], width)
        for told in self.scores.sets:
            rows += [line(""), *set_rows(look, told, width)]
        if not self.scores.sets:
            rows += [line(""), line("  ", (look.say("report.no_pairs"), "warn"))]
        rows += self._geometry()
        top = max(0, min(self.top, len(rows) - height))
        return rows[top : top + height]

    def _geometry(self) -> list[Line]:
        numbers = self.scores.geometry if self.scores else None
        if not numbers:
            return []
        rows = [line(""), line((f"  {self.look.say('report.free')}", "head"))]
        return [*rows, *(line(f"    {name:<16} {value:.4g}") for name, value in numbers.items())]

    # actions

    def move(self, rows: int) -> None:
        self.top = max(0, self.top + rows)
        self.redraw()

    def _beside(self, places: int) -> None:
        names = [run.name for run in self._done()]
        if self.run_name in names:
            self._show(names[max(0, min(names.index(self.run_name) + places, len(names) - 1))])

    def do_left(self) -> None:
        self._beside(-1)

    def do_right(self) -> None:
        self._beside(1)

    def do_reload(self) -> None:
        self._show(self.run_name)

    def do_publish(self) -> None:
        if self.run_name:
            self.tui.open_page("publish", run=self.run_name)

    def do_evaluate(self) -> None:
        if self.run_name:
            self.ask(self.look.say("report.file"), self._evaluate)

    def _evaluate(self, file: str) -> None:
        if file.strip():
            self.said = self.look.say("report.scoring", file=file.strip())
            begin(self, partial(self._score, file.strip()), only=True)
            self.redraw()

    async def _score(self, file: str) -> None:
        found = await self._eval("--sts", file)
        if found is not None:
            self.scores, self.file, self.unlike = scores_of(found), file, None
            self.redraw()

    async def _eval(self, *arguments: str) -> Mapping[str, object] | None:
        """What `eval RUN ...` found; None where it said a problem, which is shown, or another run is shown by now."""
        name = self.run_name
        answer = await ask(self.tui.places.command, ("eval", str(self.tui.store.runs_dir / name), *arguments))
        if name != self.run_name:
            return None
        self.said = ""
        if answer.problem:
            self.tell(answer.problem, "bad")
            self.redraw()
            return None
        return answer.found

    def do_side(self) -> None:
        self.side = (self.side + 1) % len(SIDES)
        self.redraw()

    def do_pairs(self) -> None:
        """Put the list on, by another process that has the model, or off."""
        if not self.run_name:
            return
        if self.unlike is not None:
            self.unlike = None
        else:
            self.said = self.look.say("report.looking", file=self.file or self.look.say("report.own_sets"))
            begin(self, self._compare, only=True)
        self.redraw()

    async def _compare(self) -> None:
        sets = ("--sts", self.file) if self.file else ()
        found = await self._eval(*sets, "--pairs", str(PAIRS))
        if found is not None:
            self.unlike, self.top = unlike_sets(found), 0
            self.redraw()
