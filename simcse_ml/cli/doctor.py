"""`simcse-ml doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.options import JsonOption, QuietOption, resolve_config
from simcse_ml.cli.render import print_json, print_line, progress_sink, table
from simcse_ml.errors import ExitCode

if TYPE_CHECKING:
    from simcse_ml.jobs.checks import Check


def doctor(
    terminal: Annotated[
        bool, typer.Option("--terminal", help="Only the terminal: how wide it draws letters of each script.")
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What this machine can do, by trying it, and what to do about each problem.

    Leaves with 4 if something that training needs does not work.

    For example:
      simcse-ml doctor
      simcse-ml doctor --json
      simcse-ml doctor --terminal
    """
    config = resolve_config()
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.doctor import doctor as examine

        if terminal:
            from simcse_ml.cli.terminal import check_terminal

            checks: tuple[Check, ...] = check_terminal(config.cache_dir)
        else:
            checks = examine(config.cache_dir, config.runs_dir, sink).checks
    if json:
        print_json({"checks": [dict(zip(("name", "state", "text", "mend"), check, strict=True)) for check in checks]})
    else:
        for line in table([(name, state, text) for name, state, text, _ in checks]):
            print_line(line)
        for name, state, _, mend in checks:
            if state != "ok" and mend:
                print_line(f"{name}: {mend}")
    if any(state == "fail" for _, state, _, _ in checks):
        raise typer.Exit(ExitCode.MACHINE)
