"""The table of commands, and the group that imports a command only when it is asked for.

`simcse-ml --help` must come at once, so nothing that a command needs is imported to list it.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as built

from simcse_ml.errors import ExitCode, Interrupted, UserError


@dataclass(frozen=True)
class Row:
    """One command: where it lives and the line that `--help` prints for it.

    attribute: a function, or a Typer app for a command with commands below it.
    """

    name: str
    module: str
    attribute: str
    help: str
    panel: str


_CLI = "simcse_ml.cli."
MAIN, USE, LOOK = "From text to a model", "Use a model", "Look after"
SHARE, HOUSE = "Share", "The house"

COMMANDS: tuple[Row, ...] = (
    Row("train", _CLI + "train", "train", "Text to model: the main job.", MAIN),
    Row("prepare", _CLI + "prepare", "prepare", "Text to clean sentences, with a report of what was dropped.", MAIN),
    Row("eval", _CLI + "evaluate", "evaluate", "Scores on local sets, beside what costs nothing.", MAIN),
    Row("embed", _CLI + "embed", "embed", "Sentences to vectors.", USE),
    Row("search", _CLI + "search", "search", "Find the sentences of a text that mean the same as a query.", USE),
    Row("similar", _CLI + "similar", "similar", "How alike two sentences are.", USE),
    Row("explore", _CLI + "explore", "explore", "A text by meaning, in a window: neighbours, reasons, map.", USE),
    Row("compare", _CLI + "compare", "compare", "Two models on one text.", USE),
    Row("runs", _CLI + "runs", "app", "What was trained and what is training.", LOOK),
    Row("report", _CLI + "report", "report", "A run as one HTML page.", LOOK),
    Row("data", _CLI + "data", "data", "What a file or folder is read as.", LOOK),
    Row("recipes", _CLI + "recipes", "app", "Ready training recipes, to copy and edit.", LOOK),
    Row("langs", _CLI + "langs", "app", "The language table; what language a file is in.", LOOK),
    Row("tui", _CLI + "tui", "tui", "All of it in one window of the terminal.", LOOK),
    Row("export", _CLI + "export", "export", "A model for other runtimes, compared with itself.", SHARE),
    Row("push", _CLI + "push", "push", "A model to the Hub: private, and looked through first.", SHARE),
    Row("pull", _CLI + "pull", "pull", "A model from the Hub to this machine.", SHARE),
    Row("doctor", _CLI + "doctor", "doctor", "What this machine can do, by trying it.", HOUSE),
    Row("cache", _CLI + "cache", "app", "Prepared text and vectors: where, how large, away with it.", HOUSE),
    Row("config", _CLI + "config", "config", "Each setting, and where it came from.", HOUSE),
)

ClickContext: TypeAlias = Any
ClickFormatter: TypeAlias = Any
"""click's, or the copy of it that some versions of typer bring"""
UsageError: Any = typer.BadParameter.__bases__[0]
"""click's own; where it lives differs between versions of typer"""

_CONTEXT = {"help_option_names": ["--help", "-h"], "max_content_width": 100}


class ReaderGone(Exception):
    """Whoever read standard output (`| head`) has enough."""


class LazyGroup(TyperGroup):
    """The top of the command line: lists from the table, imports when a command is resolved."""

    def list_commands(self, ctx: ClickContext) -> list[str]:
        return [row.name for row in COMMANDS]

    def get_command(self, ctx: ClickContext, cmd_name: str) -> Any:  # noqa: ANN401
        """A stand-in that knows its name and line only: enough for help and shell completion."""
        row = _row(cmd_name)
        return TyperCommand(name=row.name, help=row.help) if row else None

    def resolve_command(self, ctx: ClickContext, args: list[str]) -> tuple[str | None, Any, list[str]]:
        self.commands = {row.name: TyperCommand(name=row.name) for row in COMMANDS}  # for "Did you mean ...?"
        name, found, rest = super().resolve_command(ctx, args)
        row = _row(name or "")
        return name, load(row) if row else found, rest

    def format_commands(self, ctx: ClickContext, formatter: ClickFormatter) -> None:
        for panel in dict.fromkeys(row.panel for row in COMMANDS):
            with formatter.section(panel):
                formatter.write_dl([(row.name, row.help) for row in COMMANDS if row.panel == panel], col_max=12)

    def invoke(self, ctx: ClickContext) -> Any:  # noqa: ANN401
        try:
            value = super().invoke(ctx)
            sys.stdout.flush()
            return value
        except KeyboardInterrupt as stopped:
            raise Interrupted from stopped
        except BrokenPipeError as gone:
            raise ReaderGone from gone
        except UsageError as wrong:
            say_in_one_line(wrong)
            raise

    def parse_args(self, ctx: ClickContext, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except UsageError as wrong:
            say_in_one_line(wrong)
            raise


def say_in_one_line(wrong: Any) -> None:  # noqa: ANN401 - click's UsageError
    """Nothing for the help of a group that came without its command, which click prints.

    Raises: UserError (USAGE) for what is wrong with a command line.
    """
    if wrong.ctx is None or wrong.format_message() in ("", wrong.ctx.get_help()):
        return
    raise UserError(
        wrong.format_message().rstrip("."),
        mend=f"see `{wrong.ctx.command_path} --help`",
        exit_code=ExitCode.USAGE,
    ) from wrong


def load(row: Row) -> Any:  # noqa: ANN401 - click's Command, whose home differs between versions of typer
    """The real command of a row of the table."""
    part = getattr(importlib.import_module(row.module), row.attribute)
    if not isinstance(part, typer.Typer):
        part = command_app(row.name, part)
    part.info.context_settings = dict(_CONTEXT)
    command = built(part)
    command.name = row.name
    keep_examples(command)
    return command


def command_app(name: str, function: Any) -> typer.Typer:  # noqa: ANN401 - any function with Annotated parameters
    """A Typer app of one function."""
    app = plain_app()
    app.command(name)(function)
    return app


def plain_app(help: str | None = None) -> typer.Typer:
    """A Typer app in the manner of this house: plain help, no dump of local variables, no completion flags."""
    return typer.Typer(
        help=help,
        no_args_is_help=help is not None,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def keep_examples(command: Any) -> None:  # noqa: ANN401
    """Let paragraphs with indented lines stand as they are; click would join their lines."""
    if command.help:
        paragraphs = inspect.cleandoc(command.help).split("\n\n")
        command.help = "\n\n".join(f"\b\n{text}" if "\n  " in f"\n{text}" else text for text in paragraphs)
    for child in getattr(command, "commands", {}).values():
        keep_examples(child)


def _row(name: str) -> Row | None:
    return next((row for row in COMMANDS if row.name == name), None)


def _version(wanted: bool) -> None:
    if wanted:
        from simcse_ml import __version__

        typer.echo(f"simcse-ml {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_CONTEXT,
)


@app.callback()
def top(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Sentence-embedding models for any language, from raw text, without labels.

    For example:
      simcse-ml train --lang ja corpus.txt
      simcse-ml search runs/ja-corpus-3f2a "a sentence to look for"
    """


def run_command(arguments: Sequence[str] | None) -> None:
    """Build the table of commands and run the one that was asked for.

    Raises: BrokenPipeError where whoever reads standard output has enough.
    """
    command = built(app)
    keep_examples(command)
    try:
        command.main(arguments, prog_name="simcse-ml")
    except ReaderGone as gone:
        raise BrokenPipeError from gone
