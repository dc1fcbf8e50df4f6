"""One run that is looked at: its events as they come, its pins, and the end of its log."""

from __future__ import annotations

from pathlib import Path

from simcse_ml.errors import UserError
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.pins import add_pin, read_pins, remove_pin
from simcse_tui.store.course import NONE_YET, Course, advanced
from simcse_tui.store.tail import Tail


class Watched:
    """Read only but for pins.jsonl. course: everything so far.  pins: texts, in the person's order."""

    def __init__(self, path: Path) -> None:
        self.folder = RunFolder(path)
        self.course: Course = NONE_YET
        self.pins: tuple[str, ...] = ()
        self._tail = Tail(self.folder.events)

    @property
    def bad(self) -> int:
        """Lines of events.jsonl that could not be read."""
        return self._tail.bad

    def look_again(self) -> bool:
        """Take in what was written; True where anything is new."""
        pins = read_pins(self.folder)
        changed, more = pins != self.pins, True
        self.pins = pins
        while more:
            polled = self._tail.poll()
            changed |= bool(polled.records) or polled.began_again
            before = NONE_YET if polled.began_again else self.course
            self.course = advanced(before, polled.records) if polled.records else before
            more = polled.more
        return changed

    def pin(self, text: str) -> str:
        """Pin a text, or take it away where it is pinned; returns what went wrong, "" for nothing."""
        try:
            if not remove_pin(self.folder, " ".join(text.split())):
                add_pin(self.folder, text)
            self.pins = read_pins(self.folder)
        except UserError as error:
            return str(error)
        return ""
