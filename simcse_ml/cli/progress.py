"""Events as a person sees them on standard error: lines under headings, a bar while a part is running.

Where standard error is no terminal there is no bar, only one line at the end of each part.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simcse_ml.display import safe
from simcse_ml.events import (
    Evaluated,
    Event,
    OomRetry,
    Planned,
    Progress,
    Said,
    Sink,
    StageStarted,
    StepDone,
    Stopped,
    Warned,
)

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

HEADING = 9
"""cells of the heading column"""


@contextmanager
def progress_sink(quiet: bool = False, json: bool = False) -> Iterator[Sink]:
    """While the block runs, a sink that shows events on standard error.

    quiet: only warnings.  json: a program is reading, so there are lines only if a person watches too.
    """
    watched = sys.stderr.isatty()
    shown = _Bars() if watched and not quiet else _Lines(silent=quiet or json)
    try:
        yield shown.tell
    finally:
        shown.close()


class _Lines:
    """Plain lines: what was said, and the end of each part."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent
        self.warnings: list[str] = []
        self.stage = ""
        self.last = ""
        self.heading = ""
        self.began = time.monotonic()
        self.ended = False
        self.numbers: dict[str, float] = {}

    def write(self, text: str) -> None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def say(self, heading: str, text: str) -> None:
        """One line; a heading is printed once for the lines that follow one another."""
        if self.silent:
            return
        shown = "" if heading == self.heading else heading
        self.heading = heading
        self.write(safe(f"{shown:<{HEADING}} {text}"))

    def tell(self, event: Event) -> None:
        match event:
            case Said(heading, text):
                self.say(heading, text)
            case Planned():
                self.say("plan", planned(event))
            case StageStarted(stage, total):
                self.end_stage()
                self.stage, self.began, self.ended = stage, time.monotonic(), False
                self.start_bar(stage, total)
            case Progress(stage, done, total, note):
                self.stage = stage
                self.last = f"{done:,}" + (f" of {total:,}" if total else "")
                self.move_bar(stage, done, total, note)
                self.end_if(done >= total > 0)
            case StepDone(stage, step, steps):
                self.stage = stage
                self.last = stepped(event, self.numbers)
                self.move_bar(stage, step, steps, self.last)
                self.end_if(step >= steps)
            case Evaluated(numbers=numbers):
                self.numbers.update(numbers)
            case Warned(text):
                self.warnings.append(text)
                self.write(safe(f"warning: {text}"))
            case OomRetry(stage, step, rows, why):
                self.say("memory", f"step {step:,} did not fit: {rows:,} rows at once from here on ({why})")
            case Stopped(stage, step, reason):
                self.say("stopped", f"{stage}, step {step:,}: {reason}")
            case _:
                return

    def end_if(self, complete: bool) -> None:
        if complete:
            self.end_stage()
            self.ended = True

    def end_stage(self) -> None:
        if self.stage and self.last and not self.ended:
            self.say(self.stage, f"{self.last}  ({seconds(time.monotonic() - self.began)})")
        self.stage = self.last = ""

    def start_bar(self, stage: str, total: int) -> None:
        """Nothing: lines have no bar."""

    def move_bar(self, stage: str, done: int, total: int, note: str) -> None:
        """Nothing: lines have no bar."""

    def close(self) -> None:
        self.end_stage()
        if len(self.warnings) > 1:
            self.write(f"{len(self.warnings)} warnings:")
            for text in dict.fromkeys(self.warnings):
                self.write(safe(f"  {text}"))


class _Bars(_Lines):
    """The same lines above a bar for the part that is running."""

    def __init__(self) -> None:
        super().__init__(silent=False)
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self.bar: Bar = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TaskProgressColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=Console(stderr=True, highlight=False),
            transient=True,
            refresh_per_second=8,
        )
        self.task: TaskID | None = None
        self.bar.start()

    def write(self, text: str) -> None:
        self.bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def start_bar(self, stage: str, total: int) -> None:
        if self.task is not None:
            self.bar.remove_task(self.task)
        self.task = self.bar.add_task(f"{safe(stage):<{HEADING}}", total=total or None, note="")

    def move_bar(self, stage: str, done: int, total: int, note: str) -> None:
        if self.task is None:
            self.start_bar(stage, total)
        if self.task is not None:
            self.bar.update(self.task, completed=done, total=total or None, note=safe(note))

    def close(self) -> None:
        self.bar.stop()
        super().close()


def planned(event: Planned) -> str:
    """Such as: 3 epochs, 570 steps of 512 sentences, about 1 min 50 s."""
    whole = f"{event.epochs:.3g} epoch" + ("" if event.epochs == 1 else "s")
    share = whole if event.epochs >= 1 else f"{100 * event.epochs:.2g} % of an epoch"
    line = f"{share}, {event.steps:,} steps of {event.batch_size:,} sentences, about {seconds(event.seconds)}"
    return f"{line}; {event.note}" if event.note else line


def stepped(event: StepDone, numbers: dict[str, float]) -> str:
    """Such as: loss 0.41  random pairs .07  rank 210  12,400 sentences/s  1 min 2 s left."""
    parts = [f"loss {event.loss:.3g}"]
    if "mean_cosine" in numbers:
        parts.append(f"random pairs {numbers['mean_cosine']:.2f}")
    if "effective_rank" in numbers:
        parts.append(f"rank {numbers['effective_rank']:.0f}")
    parts.append(f"{event.rows_per_second:,.0f} sentences/s")
    if event.eta_seconds >= 1:
        parts.append(f"{seconds(event.eta_seconds)} left")
    return "  ".join(parts)


def seconds(count: float) -> str:
    """A duration in the two largest units: 1 min 50 s."""
    whole = round(count)
    if whole < 60:
        return f"{whole} s" if count >= 1 or count == 0 else f"{count:.1f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
