"""A child process of the window: asked in lines, heard in events, started once more if it dies or falls silent."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from simcse_ml.wire import HEARTBEAT, LONGEST, BadLine, message_of
from simcse_tui.child.protocol import ENDS, Answer, Heard, gone, request_line

SILENT = 30 * HEARTBEAT
"""seconds without a line after which a child with work is taken for dead: loading torch on a busy machine holds the
interpreter for more than ten"""
STARTING = 300.0
"""the same before its first line: a disk that is far away, or a machine with much else to do, takes its time"""
CANCEL_WAIT = 1.0
"""seconds in which a child answers a cancel, else it is replaced"""
GRACE = 1.0
"""seconds between asking a child to end and ending it"""
LOG_TAIL = 2000


@dataclass
class _Open:
    """A request that is not answered yet."""

    op: str
    args: Mapping[str, object]
    heard: Heard
    cancelled: float = 0.0


@dataclass
class Child:
    """module: what is run.  log: where what it prints goes.  lasting: ops that a child started anew is asked again.

    All methods belong to one event loop.
    """

    module: str
    log: Path
    python: Sequence[str] = (sys.executable,)
    lasting: frozenset[str] = frozenset({"open"})
    restarts: int = 0
    hello: Answer = field(default_factory=dict)
    _number: int = 0
    _open: dict[int, _Open] = field(default_factory=dict)
    _kept: dict[str, tuple[Mapping[str, object], Heard]] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = None
    _reader: asyncio.Task[None] | None = None
    _watcher: asyncio.Task[None] | None = None
    _last: float = 0.0
    _ended: bool = False
    _ready: list[bytes] = field(default_factory=list)

    @property
    def pid(self) -> int | None:
        """Of the process, None where none runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def gone(self) -> bool:
        """Whether it died a second time and waits for a person to start it."""
        return self._ended

    async def start(self) -> None:
        """Run it; requests that were made before are sent now."""
        with self._errors() as errors:
            self._process = await asyncio.create_subprocess_exec(
                *self.python,
                "-m",
                self.module,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                limit=2 * LONGEST,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self._last, self.hello = time.monotonic(), {}
        self._reader = asyncio.create_task(self._read(self._process))
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        waiting, self._ready = self._ready, []
        for line in waiting:
            self._write(line)

    def ask(self, op: str, args: Mapping[str, object], heard: Heard) -> int:
        """Send a request; `heard` gets each of its events, the last of them one of ENDS."""
        self._number += 1
        number = self._number
        try:
            line = request_line(number, op, args)
        except BadLine as error:
            heard({"ev": "error", "code": "too_large", "msg": str(error)})
            return number
        if self._ended:
            heard(gone("this child has ended", "press r to start it again"))
            return number
        self._open[number] = _Open(op, args, heard)
        if op in self.lasting:
            self._kept[f"{op} {args.get('slot', '')}"] = (args, heard)
        self._write(line)
        return number

    def cancel(self, number: int) -> None:
        """Nobody wants this answer any more."""
        if number in self._open:
            self._open[number].cancelled = time.monotonic()
            self._number += 1
            self._write(request_line(self._number, "cancel", {"id": number}))

    async def stop(self) -> None:
        """End it, whatever it is doing."""
        self._ended = True
        for task in (self._watcher, self._reader):
            if task is not None:
                task.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), GRACE)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    async def again(self) -> None:
        """Start anew because a person asks for it."""
        await self._replace()
        self.restarts = 0

    def last_words(self) -> str:
        """The last line that it printed before it died, "" for none."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - LOG_TAIL))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _errors(self) -> IO[bytes]:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.log.open("wb")

    def _write(self, line: bytes) -> None:
        if self._process is None or self._process.stdin is None:
            self._ready.append(line)
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(line)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than any line of this protocol
                process.kill()
                break
            if not line:
                break
            self._last = time.monotonic()
            self._take(line)
        await process.wait()
        if not self._ended and process is self._process:
            await self._died()

    def _take(self, line: bytes) -> None:
        try:
            message = message_of(line)
        except BadLine:
            return
        if message.get("ev") == "hello":
            self.hello = message
        number = message.get("id")
        request = self._open.get(number) if isinstance(number, int) else None
        if request is None:
            return
        if message.get("ev") in ENDS:
            del self._open[number]  # type: ignore[arg-type]
        if not request.cancelled:
            request.heard(message)

    async def _died(self) -> None:
        """Start it once more and tell those that wait; a second death is told and left."""
        waiting, self._open = self._open, {}
        words = self.last_words()
        self._process = None
        if self.restarts:
            self._ended = True
            for request in waiting.values():
                request.heard(gone(words or "it ended without a word", "r starts it again"))
            return
        self.restarts += 1
        await self._resume(waiting)

    async def _replace(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        waiting, self._open = self._open, {}
        self._ended = False
        await self._resume(waiting)

    async def _resume(self, waiting: Mapping[int, _Open]) -> None:
        """Start, and ask again what lasts and what was not answered."""
        await self.start()
        for op, (args, heard) in list(self._kept.items()):
            self.ask(op.split(" ")[0], args, heard)
        for request in waiting.values():
            if request.op not in self.lasting and not request.cancelled:
                self.ask(request.op, request.args, request.heard)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            now = time.monotonic()
            late = any(one.cancelled and now - one.cancelled > CANCEL_WAIT for one in self._open.values())
            silent = bool(self._open) and now - self._last > (SILENT if self.hello else STARTING)
            if self._process is not None and self._process.returncode is None and (late or silent):
                if late:
                    self._open = {key: one for key, one in self._open.items() if not one.cancelled}
                    await self._replace()
                else:
                    self._process.kill()  # the reader sees it die, and starts it once more


def text_of(answer: Answer) -> str:
    """What an error says, with what can be done."""
    parts: list[Any] = [answer.get("where"), answer.get("msg"), answer.get("hint")]
    return "; ".join(str(part) for part in parts if part)
