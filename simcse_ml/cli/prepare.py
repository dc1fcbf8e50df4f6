"""`simcse-ml prepare`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.options import (
    ColumnOption,
    EncodingOption,
    JsonOption,
    MaxExpansionOption,
    QuietOption,
    RecipeOption,
    RequiredLangOption,
    SeedOption,
    SetOption,
    resolve_config,
)
from simcse_ml.cli.render import clip, note, print_json, print_line, progress_sink, table

if TYPE_CHECKING:
    from simcse_ml.settings.merge import Flag
    from simcse_ml.text.report import PrepareReport

SAMPLE_CELLS = 60


def prepare(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help='Files, folders, hf:OWNER/NAME; "-" is standard input.'),
    ],
    lang: RequiredLangOption,
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="FILE", help='Write the sentences, one a line; "-" is standard output.'),
    ] = None,
    max_sentences: Annotated[
        int | None, typer.Option("--max-sentences", min=1, metavar="N", help="Sample at most so many sentences.")
    ] = None,
    no_split: Annotated[bool, typer.Option("--no-split", help="Take every line as one sentence.")] = False,
    encoding: EncodingOption = None,
    column: ColumnOption = None,
    max_expansion: MaxExpansionOption = None,
    recipe: RecipeOption = None,
    set_: SetOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Text to clean sentences, with a report of everything that was dropped and why.

    For example:
      simcse-ml prepare --lang ja corpus.txt --out sentences.txt
      zcat dump.gz | simcse-ml prepare --lang th - --out - | less
    """
    if out == "-" and json:
        raise typer.BadParameter("sentences and JSON cannot both go to standard output", param_hint="--out -")
    config = resolve_config()
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.settings.load import DEFAULT_RECIPE, load_recipe

        flags: list[Flag] = []
        if max_sentences is not None:
            flags.append((f"--max-sentences {max_sentences}", "text.max_sentences", max_sentences))
        if column is not None:
            flags.append((f"--column {column}", "text.column", column))
        if max_expansion is not None:
            flags.append((f"--max-expansion {max_expansion}", "text.max_expansion", max_expansion))
        if no_split:
            flags.append(("--no-split", "text.split", False))
        if seed is not None:
            flags.append((f"--seed {seed}", "training.seed", seed))
        settings = load_recipe(recipe or DEFAULT_RECIPE, set_ or (), flags)
        from simcse_ml.jobs.prepare import PrepareRequest, write_sentences
        from simcse_ml.jobs.prepare import prepare as run

        request = PrepareRequest(
            inputs=tuple(inputs),
            language=lang,
            settings=settings.text,
            cache_dir=config.cache_dir,
            out=None if out in (None, "-") else Path(str(out)),
            encoding=encoding,
            seed=settings.training.seed,
        )
        result = run(request, sink)
    if out == "-":
        write_sentences(result.corpus, sys.stdout.buffer.write)
    elif json:
        corpus = {"folder": result.corpus.folder, "fingerprint": result.corpus.fingerprint}
        order = {"ordered": result.corpus.ordered, "held_out": len(result.corpus.held_out_rows)}
        print_json({**result.report.as_json(), **corpus, **order, "out": out})
    else:
        _show(result.report)
        if out:
            note(f"{result.report.kept:,} sentences in {out}")


def _show(report: PrepareReport) -> None:
    """Kept and dropped, each reason with its count, its share and an example."""
    from simcse_ml.text.reasons import WORDS, Reason

    rows = [("kept", f"{report.kept:,}", f"{100 * report.kept / max(1, report.read):.1f} %", "")]
    for reason, count in report.dropped.items():
        samples = report.samples.get(reason, ())
        share = f"{100 * count / max(1, report.read):.1f} %"
        rows.append((WORDS[Reason(reason)], f"{count:,}", share, clip(samples[0], SAMPLE_CELLS) if samples else ""))
    for line in table(rows, head=("sentences", "number", "share", "for example"), right=(1, 2)):
        print_line(line)
