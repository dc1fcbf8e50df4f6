"""Questions before something is deleted."""

from __future__ import annotations

import sys

from simcse_ml.errors import ExitCode, Interrupted, UserError


def agreed(question: str, *, yes: bool) -> None:
    """Go on only if the person agrees, here or by --yes.

    Raises: Interrupted on no; UserError where nobody can be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UserError(question, mend="add --yes to agree without being asked", exit_code=ExitCode.USAGE)
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Interrupted
