"""Work shared out to processes, with the results in order. The same work gives the same results with any number.

A worker is a new Python process that is spoken to through its pipes: nothing is forked, and the caller's own script is
not imported again, so it needs no `if __name__ == "__main__"`.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import psutil

from simcse_ml.errors import ExitCode, UserError

PATIENCE = 3
"""jobs done in this process before others are started, which takes each half a second"""
_START = "import sys; sys.path[:] = sys.argv[1:]; from simcse_ml.text.workers import serve; serve()"

J = TypeVar("J")
R = TypeVar("R")


def usable_cores() -> int:
    """Physical cores this process may use."""
    allowed = len(psutil.Process().cpu_affinity()) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))


class Crew(Generic[J, R]):
    """Does jobs in up to `size` processes.

    make: a function of a module that, called with `arguments`, gives the function that does a job.
    """

    def __init__(self, size: int, make: Callable[..., Callable[[J], R]], *arguments: object) -> None:
        self.size = size
        self._make = make
        self._arguments = arguments
        self._here = make(*arguments)
        self._done_here = 0
        self._own = threading.local()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, trace: TracebackType | None) -> None:
        if kind is not None:
            for process in self._processes:
                process.kill()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            if process.stdin:
                with suppress(BrokenPipeError):  # it is dead, and something was still on its way
                    process.stdin.close()
            process.wait()
            if process.stdout:
                process.stdout.close()

    def submit(self, job: J) -> Future[R]:
        """The result of `job`, once it is there. Raises (from the future): UserError as the work raised it."""
        if self.size == 1 or self._done_here < PATIENCE:
            self._done_here += 1
            future: Future[R] = Future()
            future.set_result(self._here(job))
            return future
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self.size)
        return self._threads.submit(self._ask, job)

    def _ask(self, job: J) -> R:
        """In a thread, which has a process of its own."""
        process = getattr(self._own, "process", None) or self._start()
        try:
            pickle.dump(job, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            kind, answer = pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise UserError(
                f"a process that prepares text has ended ({process.poll()})",
                mend="if memory ran out, close other programs and run it again: what was done is kept",
                exit_code=ExitCode.MACHINE,
            ) from error
        if kind == "refused":
            raise UserError(**answer)
        if kind == "failed":
            raise RuntimeError(answer)
        result: R = answer
        return result

    def _start(self) -> Any:  # noqa: ANN401 - its pipes are typed as optional
        command = [sys.executable, "-c", _START, *sys.path]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._processes.append(process)
        self._own.process = process
        pickle.dump((self._make, self._arguments), process.stdin)  # type: ignore[arg-type]  # it is a pipe
        return process


def serve() -> None:
    """The life of a worker: answer jobs from standard input until it ends. What is printed goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started it ends it
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    jobs = sys.stdin.buffer
    make, arguments = pickle.load(jobs)
    work = make(*arguments)
    while True:
        try:
            job = pickle.load(jobs)
        except EOFError:
            return
        pickle.dump(_answer(work, job), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _answer(work: Callable[[Any], object], job: object) -> tuple[str, object]:
    try:
        return "done", work(job)
    except UserError as error:
        fields = ("what", "where", "mend", "exit_code")
        return "refused", {name: getattr(error, name) for name in fields}
    except Exception:  # whatever it is, it is raised again where the job came from
        import traceback

        return "failed", traceback.format_exc()
