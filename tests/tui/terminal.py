"""simcse-ml in a pseudo-terminal: what it sent as bytes, and what a terminal makes of them."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte
import pytest
import regex

UNHEARD = re.compile(rb"\x1b[P_][^\x1b]*\x1b\\|\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?u")
"""questions to newer terminals, which this one would write on its screen"""
TORN = re.compile(rb"\x1b(?:[P_][^\x1b]*\x1b?|\[[^a-zA-Z@`~]*)?\Z")
"""the beginning of a sequence whose end has not come yet"""
MARKS = regex.compile(r"([\p{Mn}\p{Me}\p{Cf}]+)|([^\p{Mn}\p{Me}\p{Cf}]+)")
SIZE_OF_ANOTHER = ("COLUMNS", "LINES")
"""told to the workers of pytest-xdist, and believed more than the terminal itself"""
LIMIT = 600.0
"""seconds that one step may take on a machine that has much else to do"""


class Terminal:
    """simcse-ml in a pseudo-terminal of a given size.  seen: all bytes it sent; log: the same with their seconds."""

    def __init__(
        self, *arguments: str, size: tuple[int, int] = (120, 40), cwd: Path | None = None, **environment: str
    ) -> None:
        self.seen = b""
        self.log: list[tuple[float, bytes]] = []
        mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        path = os.pathsep.join([str(Path(__file__).parents[2] / "tui"), str(Path(__file__).parents[2])])
        known = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": path, **environment}
        for name in SIZE_OF_ANOTHER:
            known.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simcse_ml.cli.main", *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, env=known, start_new_session=True, cwd=cwd,
        )  # fmt: skip
        os.close(theirs)
        self.file = mine

    def until(self, wanted: bytes, seconds: float = 60.0) -> None:
        """Read until something was sent; fails where it does not come."""
        end = time.monotonic() + seconds
        while wanted not in self.seen:
            if time.monotonic() > end:
                pytest.fail(f"{wanted!r} did not come; last: {self.seen[-400:]!r}")
            self.read(0.1)

    def read(self, seconds: float) -> None:
        if select.select([self.file], [], [], seconds)[0]:
            try:
                new = os.read(self.file, 1 << 16)
            except OSError:
                return
            self.seen += new
            self.log.append((time.monotonic(), new))

    def resize(self, columns: int, rows: int) -> None:
        """Another size, told as a terminal tells it."""
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGWINCH)

    def type(self, text: str) -> None:
        os.write(self.file, text.encode())

    def kill(self) -> None:
        """End the window however far it is, so that a failed test leaves none behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self) -> int:
        """Read on until the window has ended; returns its exit code."""
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.1)
        self.process.kill()
        for _ in range(5):
            self.read(0.05)
        os.close(self.file)
        return self.process.wait()


class Screen(pyte.Screen):
    """pyte drops what comes behind a mark without a cell and without a combining class, such as a Thai vowel."""

    def draw(self, data: str) -> None:
        for marks, text in MARKS.findall(data):
            if marks:
                self._add(marks)
            else:
                super().draw(text)

    def _add(self, marks: str) -> None:
        """To the character before the cursor, whose second cell holds nothing."""
        row, x = self.buffer[self.cursor.y], self.cursor.x - 1
        while x > 0 and not row[x].data:
            x -= 1
        if x >= 0:
            row[x] = row[x]._replace(data=row[x].data + marks)


class Shown:
    """What stands on the screen of a terminal that was opened with `size`."""

    def __init__(self, terminal: Terminal, size: tuple[int, int] = (120, 40)) -> None:
        self.terminal = terminal
        self.screen = Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._fed = 0

    def rows(self) -> list[str]:
        """The screen as lines; the second cell of a wide character holds nothing."""
        made = self.screen
        return ["".join(made.buffer[y][x].data for x in range(made.columns)).rstrip() for y in range(made.lines)]

    def text(self) -> str:
        return "\n".join(self.rows())

    def until(self, *wanted: str, without: str = "", like: tuple[str, ...] = (), seconds: float = LIMIT) -> str:
        """Read until `wanted` and what is `like` each pattern stand there and `without` does not; returns the screen.

        The parts of one screen come one after the other: what is looked for in it must be waited for together.
        """
        end = time.monotonic() + seconds
        while True:
            self._feed()
            text = self.text()
            there = all(part in text for part in wanted) and all(re.search(pattern, text) for pattern in like)
            if there and not (without and without in text):
                return text
            if time.monotonic() > end or self.terminal.process.poll() is not None:
                pytest.fail(f"{wanted} {like} without {without!r} did not come; the screen:\n{text}")
            self.terminal.read(0.2)

    def rest(self, seconds: float = 0.5) -> None:
        """Read until nothing was sent for so long, so that what is being painted is whole."""
        held = -1
        while held != len(self.terminal.seen):
            held = len(self.terminal.seen)
            self.terminal.read(seconds)
        self._feed()

    def press(self, key: str, *wanted: str, without: str = "", like: tuple[str, ...] = ()) -> str:
        """Send a key and wait for what it shows; returns the screen."""
        self.terminal.type(key)
        return self.until(*wanted, without=without, like=like)

    def answer(self, key: str, prompt: str, text: str) -> None:
        """Press what asks for a line, clear it, type, and give it."""
        self.press(key, prompt, "take it")
        self.press(f"\x15{text}", text)
        self.terminal.type("\r")

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self.terminal.resize(columns, rows)

    def _feed(self) -> None:
        new = self.terminal.seen[self._fed :]
        torn = TORN.search(new)
        if torn is not None and len(torn.group()) < 4096:
            new = new[: torn.start()]
        self._fed += len(new)
        self._stream.feed(UNHEARD.sub(b"", new))
