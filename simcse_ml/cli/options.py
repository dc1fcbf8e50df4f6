"""Flags that recur, written once so that they mean the same everywhere.

Use them as types: `def search(model: str, lang: LangOption = None, out: OutOption = None, json: JsonOption = False)`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simcse_ml.cli.environment import Config, resolve_config

__all__ = [
    "ColumnOption",
    "Config",
    "DeviceOption",
    "EncodingOption",
    "JsonOption",
    "LangOption",
    "MaxExpansionOption",
    "MaxTokensOption",
    "OutOption",
    "PrecisionOption",
    "QuietOption",
    "RecipeOption",
    "RequiredLangOption",
    "SeedOption",
    "SetOption",
    "ThreadsOption",
    "VerboseOption",
    "resolve_config",
]

_LANG = typer.Option("--lang", "-l", metavar="CODE", help="Language of the text: a code of `simcse-ml langs list`.")

RequiredLangOption = Annotated[str, _LANG]
LangOption = Annotated[str | None, _LANG]
OutOption = Annotated[Path | None, typer.Option("--out", "-o", metavar="PATH", help="Where the result goes.")]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", metavar="NAME", help="auto, cpu, cuda, cuda:1, xpu, mps; default from config."),
]
PrecisionOption = Annotated[str | None, typer.Option("--precision", metavar="KIND", help="auto, fp32, bf16 or fp16.")]
ThreadsOption = Annotated[
    int | None,
    typer.Option("--threads", min=1, metavar="N", help="Processor threads; default: cores that are free."),
]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, metavar="N", help="Where every draw starts from.")]
MaxTokensOption = Annotated[
    int | None, typer.Option("--max-tokens", min=4, metavar="N", help="Longer sentences are cut; the share is said.")
]
RecipeOption = Annotated[
    str | None,
    typer.Option(
        "--recipe",
        metavar="NAME",
        help="A name of `simcse-ml recipes list`, or a YAML file; default: frames, or static for builtin:static.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one value of the recipe; may be given again."),
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Encoding of the text, instead of a guess.")
]
ColumnOption = Annotated[
    str | None,
    typer.Option("--column", metavar="NAME", help="Column or key that holds the text, like text or meta.body."),
]
MaxExpansionOption = Annotated[
    int | None,
    typer.Option("--max-expansion", min=2, metavar="N", help="Times a packed file may expand; default: 200."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress; warnings and errors only.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")]
