"""events.jsonl while it is being written: whole lines only, what cannot be read counted and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.runs.lines import records_in

READ = 2 << 20
"""bytes taken in at once, since their records are many times as large; a file of a long run takes several looks"""
LONGEST_LINE = 8 << 20
"""bytes; the pins of an evaluation are the longest lines"""

Record = Mapping[str, object]


@dataclass(frozen=True)
class Polled:
    """records: new ones.  began_again: the file was replaced or cut, and these are from its beginning.

    more: there is more to read at once.
    """

    records: tuple[Record, ...] = ()
    began_again: bool = False
    more: bool = False


class Tail:
    """Follows one file by size and inode. bad: lines so far that were no JSON object."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad = 0
        self._offset = 0
        self._inode = -1

    def poll(self) -> Polled:
        """What was written since the last call; a line without its end waits for the next."""
        try:
            stat = self.path.stat()
            began_again = self._inode != -1 and (stat.st_ino != self._inode or stat.st_size < self._offset)
            if began_again:
                self._offset = self.bad = 0
            self._inode = stat.st_ino
            if stat.st_size == self._offset:
                return Polled(began_again=began_again)
            with self.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(READ)
                while b"\n" not in data and len(data) < LONGEST_LINE and (rest := file.read(READ)):
                    data += rest
        except OSError:
            return Polled()
        records, bad, end = records_in(data)
        self.bad += bad
        if not end and len(data) >= LONGEST_LINE:
            end, self.bad = len(data), self.bad + 1  # none of ours, and it would wait on
        self._offset += end
        return Polled(tuple(records), began_again, more=end > 0 and self._offset < stat.st_size)
