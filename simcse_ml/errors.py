"""The one error a person can cause, and the exit codes of the command line."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """What the shell is told. The table stands in docs/reference/exit-codes.md, made from this class."""

    DONE = 0
    """It did what was asked."""
    FAULT = 1
    """Our bug: the traceback is in the log whose path is printed."""
    USAGE = 2
    """Wrong usage or settings: a flag, a recipe, a language code."""
    INPUT = 3
    """The input: missing, unreadable, no usable text, labels wrong."""
    MACHINE = 4
    """The machine or the network: device, memory, disk, backbone not to be had."""
    GATE = 5
    """A gate is shut: a score under `eval --fail-under`, what `push` found, vectors that `export` changed."""
    INTERRUPTED = 130
    """Stopped by the person; the command that resumes was printed."""


class UserError(Exception):
    """Something a person can mend, raised where it is noticed and shown as one line.

    what: what is wrong, without a full stop.  where: file:line, flag or key ("" if there is none).
    mend: what to do about it.  exit_code: see ExitCode.
    """

    def __init__(self, what: str, *, where: str = "", mend: str, exit_code: ExitCode) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend
        self.exit_code = exit_code

    def __str__(self) -> str:
        place = "\\n".join(self.where.splitlines())  # a file's name may hold line ends
        return f"{place}: {self.what}; {self.mend}" if place else f"{self.what}; {self.mend}"


class Interrupted(Exception):
    """The person stopped the work (Ctrl-C, SIGTERM or a stop request); nothing is lost.

    resume_command: what to type to go on, "" where there is nothing to go on with.
    """

    def __init__(self, resume_command: str = "") -> None:
        super().__init__(resume_command)
        self.resume_command = resume_command


class Fault(Exception):
    """Our bug, met while a run was under way; the traceback is in the run's own log.

    log: the file it was written to.  resume_command: what goes on with the run once it is mended.
    """

    def __init__(self, kind: str, log: Path, resume_command: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.log = log
        self.resume_command = resume_command
