"""`simcse-ml similar`."""

from __future__ import annotations

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
    ThreadsOption,
)
from simcse_ml.cli.render import clip, print_json, print_line, progress_sink, table
from simcse_ml.cli.using import use_of

if TYPE_CHECKING:
    from simcse_ml.jobs.similar import SimilarResult

CELLS = 48
"""of the terminal, for each of two sentences in a line"""


def similar(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A run, a model folder, a Hub id, or builtin:counting.")
    ],
    texts: Annotated[list[str], typer.Argument(metavar="A B...", help="Two sentences or more, each in quotes.")],
    *,
    corpus: Annotated[
        str | None,
        typer.Option("--corpus", metavar="TEXT", help="A text or a run to compare with; default: the run's own."),
    ] = None,
    lang: LangOption = None,
    device: DeviceOption = None,
    precision: PrecisionOption = None,
    threads: ThreadsOption = None,
    max_tokens: MaxTokensOption = None,
    encoding: EncodingOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """How alike sentences are, and where that stands among random pairs of a text.

    For example:
      simcse-ml similar runs/ja-corpus-3f2a "a cat sleeps" "the cat is asleep"
      simcse-ml similar builtin:counting "one" "two" "three" --corpus corpus.txt
    """
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.similar import SimilarRequest
        from simcse_ml.jobs.similar import similar as run

        use = use_of(
            model,
            device=device,
            precision=precision,
            threads=threads,
            max_tokens=max_tokens,
            lang=lang,
            encoding=encoding,
        )
        result = run(SimilarRequest(use, tuple(texts), corpus), sink)
    if json:
        print_json(result.as_json())
    else:
        _show(result)


def _show(result: SimilarResult) -> None:
    rows = []
    for pair in result.pairs:
        above = "" if pair.above is None else f"above {100 * pair.above:.1f} % of random pairs"
        named = [clip(result.texts[side], CELLS) for side in (pair.left, pair.right)]
        rows.append((f"{pair.cosine:.3f}", above, *(named if len(result.texts) > 2 else ())))
    for line in table(rows, right=(0,)):
        print_line(line)
    if result.random_mean is not None:
        print_line(f"{result.random_mean:.3f}  mean of random pairs of the text")
