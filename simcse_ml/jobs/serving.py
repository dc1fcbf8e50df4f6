"""A child that answers one window: requests on standard input, answers on what was standard output.

Standard output is moved aside first and pointed at standard error, so that nothing a library prints can break the
stream. A thread reads, so that a cancel is heard while an answer is made; another shows that the child lives. The
newest request of a kind wins: an older one that still runs is told to stop.
"""

from __future__ import annotations

import base64
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import UserError
from simcse_ml.events import Event, Progress, Sink, StageStarted, Warned
from simcse_ml.search.grammar import BadQuery
from simcse_ml.wire import HEARTBEAT, VERSION, BadLine, line_of, message_of

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """One request under way. say: sends an event of it.  stopped: whether nobody wants the answer any more."""

    args: Args
    say: Callable[..., None]
    stopped: Callable[[], bool]

    @property
    def sink(self) -> Sink:
        """Progress and warnings as events of this request."""

        def tell(event: Event) -> None:
            match event:
                case StageStarted(stage, total):
                    self.say("progress", stage=stage, done=0, total=total)
                case Progress(stage, done, total, note):
                    self.say("progress", stage=stage, done=done, total=total, note=note)
                case Warned(text):
                    self.say("progress", stage="warning", note=text)

        return tell


Operation = Callable[[Request], None]


@dataclass
class _Channel:
    """out: what was standard output."""

    out: IO[bytes]
    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: queue.Queue[dict[str, Any] | None] = field(default_factory=queue.Queue)
    unwanted: set[int] = field(default_factory=set)
    newest: dict[str, int] = field(default_factory=dict)

    def send(self, message: Mapping[str, object]) -> None:
        data = line_of(message)
        with self.lock:
            self.out.write(data)
            self.out.flush()


def serve(operations: Mapping[str, Operation], *, newest_wins: frozenset[str], name: str) -> None:
    """Answer until standard input ends.

    newest_wins: operations of which only the last asked for is answered.
    """
    channel = _Channel(_aside())
    threading.Thread(target=_read, args=(channel, newest_wins), daemon=True).start()
    threading.Thread(target=_live, args=(channel,), daemon=True).start()
    channel.send({"id": 0, "ev": "hello", "v": VERSION, "name": name})
    while (message := channel.waiting.get()) is not None:
        _answer(channel, operations, message)


def _aside() -> IO[bytes]:
    """Standard output under another number; the old one goes where errors go."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _read(channel: _Channel, newest_wins: frozenset[str]) -> None:
    for line in sys.stdin.buffer:
        try:
            message = message_of(line)
            number, op = int(str(message["id"])), str(message["op"])
        except (BadLine, KeyError, ValueError) as error:
            channel.send({"id": 0, "ev": "error", "code": "bad_line", "msg": str(error)})
            continue
        args = message.get("args")
        if op == "cancel":
            channel.unwanted.add(int(args["id"]) if isinstance(args, dict) and "id" in args else 0)
            continue
        if op in newest_wins:
            channel.unwanted.add(channel.newest.get(op, 0))
            channel.newest[op] = number
        channel.waiting.put({"id": number, "op": op, "args": args if isinstance(args, dict) else {}})
    channel.waiting.put(None)
    os._exit(0) if channel.waiting.qsize() > 1 else None  # the window is gone: no answer is wanted


def _live(channel: _Channel) -> None:
    pause = threading.Event()
    while not pause.wait(HEARTBEAT):
        try:
            channel.send({"id": 0, "ev": "alive"})
        except OSError:
            os._exit(0)  # nobody reads: the window is gone


def _answer(channel: _Channel, operations: Mapping[str, Operation], message: Mapping[str, Any]) -> None:
    number = int(message["id"])

    def say(event: str, **more: object) -> None:
        if number not in channel.unwanted:
            channel.send({"id": number, "ev": event, **more})

    operation = operations.get(str(message["op"]))
    if operation is None:
        say("error", code="no_such_op", msg=f"this child does not know {message['op']}")
        return
    try:
        if number not in channel.unwanted:
            operation(Request(message["args"], say, lambda: number in channel.unwanted))
    except BadQuery as error:
        say("error", code="query", msg=error.what, position=error.position, length=error.length)
    except UserError as error:
        say("error", code="user", msg=error.what, where=error.where, hint=error.mend)
    except BadLine as error:
        say("error", code="too_large", msg=str(error))
    except MemoryError:
        say("error", code="memory", msg="there is not enough memory for this")
    if number in channel.unwanted:
        channel.send({"id": number, "ev": "cancelled"})
        channel.unwanted.discard(number)


def vector_text(vector: NDArray[np.floating]) -> str:
    """(dim,) -> base64 of float32, little end first."""
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode("ascii")


def vector_of(text: str) -> NDArray[np.float32]:
    """The vector of such a text.  Raises: BadLine."""
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float32)
    except ValueError as error:
        raise BadLine("a vector that cannot be read") from error
