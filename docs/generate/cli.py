"""docs/reference/cli.md: the help of every command, as `--help` prints it."""

from __future__ import annotations

import sys
from typing import Any

from page import settle

from simcse_ml.cli.app import COMMANDS, load

WIDTH = 100


def page() -> str:
    parts = [
        "# Commands",
        "",
        "Made by docs/generate/cli.py from `--help`. Flags that recur mean the same everywhere. Results go to standard",
        "output, everything else to standard error; exit codes are in [exit-codes.md](exit-codes.md).",
    ]
    for panel in dict.fromkeys(row.panel for row in COMMANDS):
        parts += ["", f"## {panel}"]
        for row in COMMANDS:
            if row.panel == panel:
                parts += described(load(row), f"simcse-ml {row.name}", None, "###")
    return "\n".join(parts) + "\n"


def described(command: Any, path: str, parent: Any, mark: str) -> list[str]:  # noqa: ANN401
    """A heading and the help, then those of the commands below it."""
    name = path.removeprefix("simcse-ml ") if parent is None else path.rsplit(" ", 1)[1]
    context = command.context_class(
        command,
        info_name=path if parent is None else name,
        parent=parent,
        terminal_width=WIDTH,
        **command.context_settings,
    )
    lines = [line.rstrip() for line in command.get_help(context).replace("\b", "").split("\n")]
    parts = ["", f"{mark} {path.removeprefix('simcse-ml ')}", "", "```", *lines, "```"]
    for below, child in getattr(command, "commands", {}).items():
        parts += described(child, f"{path} {below}", context, mark + "#")
    return parts


if __name__ == "__main__":
    sys.exit(settle("cli.md", page(), "cli.py"))
