"""`simcse-ml eval`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.options import (
    DeviceOption,
    EncodingOption,
    JsonOption,
    LangOption,
    MaxTokensOption,
    PrecisionOption,
    QuietOption,
    SeedOption,
    ThreadsOption,
)
from simcse_ml.cli.pairs import show_pairs
from simcse_ml.cli.render import print_json, print_line, progress_sink
from simcse_ml.cli.using import use_of

if TYPE_CHECKING:
    from simcse_ml.jobs.evaluate import EvaluateResult

INDENT = "  "


def evaluate(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A run, a model folder, a Hub id, or builtin:counting.")
    ],
    *,
    sts: Annotated[
        list[Path] | None, typer.Option("--sts", metavar="FILE", help="Scored pairs; may be given again.")
    ] = None,
    retrieval: Annotated[
        list[Path] | None,
        typer.Option(
            "--retrieval", metavar="FOLDER", help="Questions, documents and which answer which; may be given again."
        ),
    ] = None,
    translations: Annotated[
        list[Path] | None,
        typer.Option("--translations", metavar="FILE", help="Sentences in two languages; may be given again."),
    ] = None,
    corpus: Annotated[
        str | None,
        typer.Option(
            "--corpus", metavar="TEXT", help="A text or a run, for the weights of counting; default: the run's."
        ),
    ] = None,
    fail_under: Annotated[
        float | None, typer.Option("--fail-under", metavar="X", help="Exit with 5 if a set scores less than X.")
    ] = None,
    pairs: Annotated[
        int | None,
        typer.Option(
            "--pairs", min=1, metavar="N", help="In place of scores, the N pairs it orders most unlike people."
        ),
    ] = None,
    side: Annotated[
        str | None,
        typer.Option("--side", metavar="NAME", help="With --pairs: both (default), over (taken for too alike), under."),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Every baseline, not only the best of each kind.")] = False,
    samples: Annotated[int, typer.Option("--samples", min=50, metavar="N", help="Resamples for the intervals.")] = 1000,
    lang: LangOption = None,
    device: DeviceOption = None,
    precision: PrecisionOption = None,
    threads: ThreadsOption = None,
    max_tokens: MaxTokensOption = None,
    seed: SeedOption = None,
    encoding: EncodingOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Scores on local sets, always beside what costs nothing; with no set, numbers that need no labels.

    For example:
      simcse-ml eval runs/ja-corpus-3f2a --sts jsts-valid.tsv
      simcse-ml eval builtin:counting --corpus corpus.txt --sts pairs.tsv --json
      simcse-ml eval runs/ja-corpus-3f2a --pairs 20
    """
    if pairs is None and side is not None:
        raise typer.BadParameter("only pairs have a side: add --pairs N", param_hint="--side")
    if pairs is not None and (retrieval or translations):
        raise typer.BadParameter("only scored pairs (--sts) have an order by people", param_hint="--pairs")
    if pairs is not None and fail_under is not None:
        raise typer.BadParameter("--pairs gives no score", param_hint="--fail-under")
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.evaluate import EvaluateRequest, check_gate
        from simcse_ml.jobs.evaluate import evaluate as run

        use = use_of(
            model,
            device=device,
            precision=precision,
            threads=threads,
            max_tokens=max_tokens,
            lang=lang,
            encoding=encoding,
        )
        if pairs is not None:
            show_pairs(use, tuple(sts or ()), corpus, pairs, side or "both", sink, json=json)
            return
        request = EvaluateRequest(
            use,
            sts=tuple(sts or ()),
            retrieval=tuple(retrieval or ()),
            translations=tuple(translations or ()),
            corpus=corpus,
            samples=samples,
            seed=42 if seed is None else seed,
            fail_under=fail_under,
        )
        result = run(request, sink)
    if json:
        print_json(result.as_json())
    else:
        _show(result, full=full)
    check_gate(request, result)


def _show(result: EvaluateResult, *, full: bool) -> None:
    for table, told in zip(result.tables, result.sentences, strict=True):
        print_line()
        for line in table.lines(full=full):
            print_line(INDENT + line)
        print_line()
        print_line(told)
    if result.geometry is not None:
        print_line()
        for line in result.geometry.lines():
            print_line(INDENT + line)
    if result.note:
        print_line()
        print_line(result.note)
