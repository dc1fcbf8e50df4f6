"""What is written down of our own faults: where in the code it happened, and nothing of anybody's text."""

from __future__ import annotations

import platform
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

TOLD = (OSError, MemoryError, ImportError, AttributeError, NotImplementedError)
"""kinds of exceptions whose message speaks of the machine or the code; any other may quote a sentence"""
_LIBRARIES = ("torch", "transformers", "tokenizers", "numpy", "pyarrow")


def report_of(fault: BaseException, *, in_run: bool = True) -> str:
    """Versions, then the frames of `fault` and of what caused it, oldest first; no local variables.

    in_run: a run may be shown to others, so a message is kept only where its kind is in TOLD, or torch raised it: any
    other can hold words of the corpus. Elsewhere (the private cache) all messages are kept.
    """
    lines = [f"Python {platform.python_version()}, {platform.platform()}"]
    lines += [f"{name} {_version(name)}" for name in ("simcse-ml", *_LIBRARIES)]
    for one in _chain(fault):
        frames = traceback.extract_tb(one.__traceback__)
        told = not in_run or isinstance(one, TOLD) or (type(one) is RuntimeError and _of_torch(frames))
        message = " ".join(str(one).split())[:500] if told else "(message left out)"
        lines += ["", *(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)]
        lines.append(f"{type(one).__qualname__}: {message}")
    return "\n".join(lines) + "\n"


def _chain(fault: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    at: BaseException | None = fault
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return chain[::-1]


def _of_torch(frames: traceback.StackSummary) -> bool:
    return bool(frames) and "torch" in Path(frames[-1].filename).parts


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
