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
    from simcse_ml.jobs.why import Why

MOST = 10
"""pairs and parts that are printed; --json has all"""
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
    why: Annotated[
        bool, typer.Option("--why", help="Why two sentences are close: token pairs, and what each part is worth.")
    ] = False,
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
      simcse-ml similar runs/ja-corpus-3f2a "a cat sleeps" "the cat is asleep" --why
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
        request = SimilarRequest(use, tuple(texts), corpus)
        if why:
            from simcse_ml.jobs.similar_why import similar_why

            reasons = similar_why(request, sink)
        else:
            result = run(request, sink)
    if why:
        print_json(reasons.as_json()) if json else _show_why(reasons)
        return
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


def _show_why(found: Why) -> None:
    kind = "exactly the sum" if found.exact else "not a sum"
    print_line(f"{found.cosine:.3f}  cosine; {found.lex:.0%} of letter trigrams shared")
    if found.equal_lex_pct is not None:
        print_line(f"{found.equal_lex_pct:.1f}  percent of random pairs with as many shared are less alike")
    if found.note:
        print_line(f"{kind}: {found.note}")
    if found.pairs is not None:
        together = sum(map(sum, found.pairs))
        parts = f"token pairs {together:+.3f}, common to the text {found.common:+.3f}, rest {found.rest:+.3f}"
        print_line(parts if found.exact else f"{parts} (approximate)")
        largest = sorted(
            (
                (value, left, right)
                for left, row in zip(found.left, found.pairs, strict=True)
                for right, value in zip(found.right, row, strict=True)
            ),
            key=lambda one: -one[0],
        )
        for line in table([(f"{value:+.3f}", left, right) for value, left, right in largest[:MOST]], right=(0,)):
            print_line(f"  {line}")
    print_line("without this part of the first sentence the cosine is:")
    for line in table([(f"{one.cosine:.3f}", one.part) for one in found.without[:MOST]], right=(0,)):
        print_line(f"  {line}")
