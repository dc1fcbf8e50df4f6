"""The outermost frame: every way a command can end becomes one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from simcse_ml.cli.windows import quickly
from simcse_ml.errors import ExitCode, Fault, Interrupted, UserError
from simcse_ml.faultlog import report_of


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with one of the exit codes.

    arguments: without the program's name; None takes them from the process.
    """
    signal.signal(signal.SIGTERM, _terminated)
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # before huggingface_hub: it would ask about us first
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait sleep (docs/decisions.md); before torch
    try:
        code = quickly(sys.argv[1:] if arguments is None else arguments)
        if code is not None:
            sys.exit(code)
        from simcse_ml.cli.app import run_command

        run_command(arguments)
    except UserError as error:
        _say(f"error: {error}")
        sys.exit(error.exit_code)
    except (Interrupted, KeyboardInterrupt) as stopped:
        resume = getattr(stopped, "resume_command", "")
        _say(f"\ninterrupted; go on with: {resume}" if resume else "\ninterrupted")
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:  # whoever read standard output (`| head`) has enough
        _close_standard_output()
        sys.exit(ExitCode.DONE)
    except Fault as fault:
        _say(
            f"error: a fault of simcse-ml ({fault.kind}); the details are in {fault.log}, without your text; "
            f"`{fault.resume_command}` tries again from the last checkpoint"
        )
        sys.exit(ExitCode.FAULT)
    except Exception as fault:  # the outermost frame: whatever arrives here is our fault
        _say(f"error: a fault of simcse-ml ({type(fault).__name__}); the details are in {_log(fault)}")
        sys.exit(ExitCode.FAULT)
    sys.exit(ExitCode.DONE)


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    from simcse_ml.display import safe

    print(*(safe(part) for part in line.split("\n")), sep="\n", file=sys.stderr)  # noqa: T201


def _close_standard_output() -> None:
    """Keep the interpreter from complaining when it flushes what nobody reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _log(fault: Exception) -> Path:
    """Write the report and say where."""
    handle, name = tempfile.mkstemp(prefix=time.strftime("fault-%Y%m%d-%H%M%S-"), suffix=".txt", dir=_log_folder())
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(report_of(fault, in_run=False))
    return Path(name)


def _log_folder() -> Path | None:
    """The cache's log folder; None (the system's temporary folder) where there is no writing."""
    from simcse_ml.cli.environment import resolve_config

    try:
        folder = resolve_config().cache_dir / "logs"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (UserError, OSError):
        return None
    return folder


if __name__ == "__main__":
    main()
