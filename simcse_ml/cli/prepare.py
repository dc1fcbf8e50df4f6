"""`simcse-ml prepare`."""

from __future__ import annotations

import shutil
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

LEAST_EXAMPLE = 12
"""cells; a narrower terminal gets no examples"""


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
    samples: Annotated[
        int,
        typer.Option("--samples", min=0, metavar="N", help="Show N random sentences, and N that each reason dropped."),
    ] = 0,
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
      simcse-ml prepare --lang ja corpus.txt --out sentences.txt --samples 5
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
        from simcse_ml.jobs.prepare import PrepareRequest, random_sentences, write_sentences
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
        return
    kept = random_sentences(result.corpus, samples, request.seed)
    if json:
        corpus = {"folder": result.corpus.folder, "fingerprint": result.corpus.fingerprint}
        order = {"ordered": result.corpus.ordered, "held_out": len(result.corpus.held_out_rows)}
        detail = {"reasons": result.report.reasons(), "kept_samples": kept}
        print_json({**result.report.as_json(), **detail, **corpus, **order, "out": out})
        return
    _show(result.report)
    if samples:
        _show_samples(result.report, kept, samples)
    if out:
        note(f"{result.report.kept:,} sentences in {out}")


def _show(report: PrepareReport) -> None:
    """Kept and dropped, each reason with its count, its share, what moves it and an example.

    The examples stand last, behind a word in Latin letters, so that no right-to-left text reorders the columns.
    """
    rows = [("kept", f"{report.kept:,}", _share(report.kept, report.read), "")]
    for item in report.reasons():
        switch = str(item["switch"] or "").removeprefix("text.")
        rows.append((str(item["words"]), f"{item['count']:,}", _share(int(str(item["count"])), report.read), switch))
    lines = table(rows, head=("sentences", "number", "share", "--set text."), right=(1, 2))
    room = shutil.get_terminal_size((100, 24)).columns - max(map(len, lines)) - 2
    examples = ["for example", "", *(clip((*texts, "")[0], max(2, room)) for texts in _texts(report))]
    width = max(map(len, lines))
    for line, example in zip(lines, examples, strict=True):
        print_line(f"{line:{width}}  {example}".rstrip() if room >= LEAST_EXAMPLE else line)


def _texts(report: PrepareReport) -> list[tuple[str, ...]]:
    return [tuple(report.samples.get(reason, ())) for reason in report.dropped]


def _share(count: int, total: int) -> str:
    return f"{100 * count / max(1, total):.1f} %"


def _show_samples(report: PrepareReport, kept: list[str], count: int) -> None:
    """Sentences at random under the name of what became of them."""
    from simcse_ml.text.reasons import WORDS, Reason

    width = shutil.get_terminal_size((100, 24)).columns
    groups = [("kept", kept), *((WORDS[Reason(name)], list(report.samples.get(name, ()))) for name in report.dropped)]
    for words, texts in groups:
        if texts:
            print_line()
            print_line(f"{words}:")
        for text in texts[:count]:
            print_line("  " + clip(text, width - 2))
