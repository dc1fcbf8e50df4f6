"""Questions to simcse-ml itself: a command with --json in a process of its own, and its answer as an object."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """found: what the command printed.  problem: its last line on standard error where it printed nothing usable."""

    found: Mapping[str, object] = field(default_factory=dict)
    problem: str = ""
    code: int = 0


async def ask(command: Sequence[str], arguments: Sequence[str], *, limit: float = 600.0) -> Answer:
    """Run `simcse-ml ARGUMENTS --json`; it is ended when the task is cancelled or takes more than `limit` seconds."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            *arguments,
            "--json",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        return Answer(problem=error.strerror or str(error), code=-1)
    try:
        async with asyncio.timeout(limit):
            out, err = await process.communicate()
    except TimeoutError:
        return Answer(problem=f"no answer in {limit:.0f} s", code=-1)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return answer_of(out, err, process.returncode or 0)


def answer_of(out: bytes, err: bytes, code: int) -> Answer:
    """The last object on standard output, or the last line on standard error."""
    for text in reversed(out.splitlines()):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return Answer(found, code=code)
    lines = [text.strip() for text in err.decode("utf-8", "replace").splitlines() if text.strip()]
    return Answer(problem=lines[-1] if lines else f"exit code {code}", code=code)
