"""docs/reference/exit-codes.md, from simcse_ml.errors.ExitCode."""

from __future__ import annotations

import ast
import inspect
import sys
from itertools import pairwise

from page import settle

from simcse_ml import errors


def page() -> str:
    parts = [
        "# Exit codes",
        "",
        "Made by docs/generate/exit_codes.py. Errors are one line on standard error: where, what is wrong, what to do.",
        "Only code 1 is our fault; its traceback is in the log whose path is printed.",
        "",
        "| code | name | meaning |",
        "|---|---|---|",
    ]
    body = ast.parse(inspect.getsource(errors.ExitCode)).body[0].body
    for member, text in pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(text, ast.Expr):
            name = member.targets[0].id
            parts.append(f"| {errors.ExitCode[name].value} | {name.lower()} | {' '.join(text.value.value.split())} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(settle("exit-codes.md", page(), "exit_codes.py"))
