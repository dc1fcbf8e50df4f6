"""events.jsonl: everything that happened, one JSON object a line, only ever appended to.

A kill may tear the last line; the writer that comes next begins on a new one, and readers skip what they cannot read.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import get_args

from simcse_ml import events
from simcse_ml.events import Event, Progress, StepDone, as_record
from simcse_ml.files import write_error
from simcse_ml.runs.lines import Record, records_in
from simcse_ml.runs.state import finite

FORMAT = 1
THROTTLED = (StepDone, Progress)
KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(events.Event)}


class EventsFile:
    """A sink that appends to `path`.

    interval: seconds between two step (or progress) lines of one part; the last before anything else is always kept.
    """

    def __init__(self, path: Path, *, interval: float = 1.0, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self.interval = interval
        self.clock = clock
        self.written = 0.0
        self.waiting: tuple[float, Event] | None = None
        try:
            torn = path.exists() and path.stat().st_size > 0 and not _ends_a_line(path)
            self.file = path.open("ab", buffering=0)
            if torn:
                self.file.write(b"\n")
        except OSError as error:
            raise write_error(error, path) from error

    def __call__(self, event: Event) -> None:
        now = self.clock()
        if isinstance(event, THROTTLED):
            if now - self.written < self.interval:
                self.waiting = (now, event)
                return
            self.written, self.waiting = now, None
        else:
            self._write_waiting()
        self._append(now, event)

    def __enter__(self) -> EventsFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what still waits."""
        if not self.file.closed:
            self._write_waiting()
            self.file.close()

    def _write_waiting(self) -> None:
        if self.waiting:
            (when, event), self.waiting = self.waiting, None
            self._append(when, event)

    def _append(self, when: float, event: Event) -> None:
        record = finite({"format": FORMAT, "time": round(when, 3), **as_record(event)})
        try:
            self.file.write(json.dumps(record, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n")
        except OSError as error:
            raise write_error(error, self.path) from error


def read_events(path: Path, offset: int = 0) -> tuple[list[Record], int]:
    """The whole lines after byte `offset` as records, and the offset to go on from.

    A line without its end is left for the next time; one that is no JSON object is skipped. No file: nothing yet.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return [], offset
    records, _, end = records_in(data)
    return records, offset + end


def follow(path: Path, going_on: Callable[[], bool], *, pause: float = 0.5) -> Iterator[Record]:
    """Records as they are written, from the first, until `going_on()` is false and all has been read."""
    offset = 0
    while True:
        last = not going_on()
        records, offset = read_events(path, offset)
        yield from records
        if last:
            return
        time.sleep(pause)


def as_event(record: Mapping[str, object]) -> Event | None:
    """The event of a record; None for a kind or shape of another version."""
    kind = KINDS.get(str(record.get("kind")))
    if kind is None:
        return None
    names = {field.name for field in dataclasses.fields(kind)}
    try:
        event: Event = kind(**{key: value for key, value in record.items() if key in names})
    except TypeError:
        return None
    return event


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
