"""Report: what a model scored on labelled pairs beside what costs nothing, with intervals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from textual.widget import Widget

from simcse_tui.asking import ask
from simcse_tui.screens.home_rows import gain_text
from simcse_tui.screens.page import Page
from simcse_tui.store.records import RunRecord
from simcse_tui.store.scores import Scores, SetScores, read_scores, scores_of
from simcse_tui.text.columns import Column, cells_of
from simcse_tui.text.line import Line, line, paragraph
from simcse_tui.widgets.chart import bar
from simcse_tui.widgets.lines import Lines
from simcse_tui.working import begin

BAR = 20


class Report(Page):
    """Left and right change the run, up and down scroll; E scores the run on a file of pairs."""

    name_ = "report"

    def __init__(self) -> None:
        super().__init__()
        self.run_name = ""
        self.scores: Scores | None = None
        self.top = 0
        self.said = ""

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
        for told in self.scores.sets:
            rows += [line(""), *self._set(told, width)]
        if not self.scores.sets:
            rows += [line(""), line("  ", (look.say("report.no_pairs"), "warn"))]
        rows += self._geometry()
        top = max(0, min(self.top, len(rows) - height))
        return rows[top : top + height]

    def _set(self, told: SetScores, width: int) -> list[Line]:
        look = self.look
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
        name = self.run_name
        run = str(self.tui.store.runs_dir / name)
        answer = await ask(self.tui.places.command, ("eval", run, "--sts", file))
        if name != self.run_name:
            return
        self.said = ""
        if answer.problem:
            self.tell(answer.problem, "bad")
        else:
            self.scores = scores_of(answer.found)
        self.redraw()
