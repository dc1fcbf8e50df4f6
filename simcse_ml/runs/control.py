"""Requests to a running process, as files: they reach it on any system, over any network folder."""

from __future__ import annotations

from simcse_ml.files import write_text
from simcse_ml.runs.folder import RunFolder

STOP = "stop"


def request_stop(folder: RunFolder) -> None:
    """Ask the process at work to save and stop after the step it is in."""
    folder.control.mkdir(exist_ok=True)
    write_text(folder.control / STOP, "stop\n")


def stop_requested(folder: RunFolder) -> bool:
    """Whether somebody asked; cheap enough for every step."""
    return (folder.control / STOP).exists()


def clear_requests(folder: RunFolder) -> None:
    """Forget old requests: whoever starts or resumes a run means it to go on."""
    (folder.control / STOP).unlink(missing_ok=True)
