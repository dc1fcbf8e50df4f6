"""`simcse-ml search`."""

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
from simcse_ml.cli.render import note, print_json, print_line, progress_sink, table
from simcse_ml.cli.using import use_of

if TYPE_CHECKING:
    from simcse_ml.jobs.filtered import FilteredResult
    from simcse_ml.jobs.search import SearchResult

HEAD = ("score", "pct", "own", "<>", "hub", "lex", "dup", "row", "text")
HUB = 3.0
"""times the expected lists from which a hub is marked"""


def search(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A run, a model folder, a Hub id, or builtin:counting.")
    ],
    arguments: Annotated[
        list[str],
        typer.Argument(metavar="[CORPUS] QUERY...", help="A text, then what to look for; a run may go without a text."),
    ],
    *,
    count: Annotated[int, typer.Option("--count", "-k", min=1, metavar="N", help="Sentences a query.")] = 10,
    filters: Annotated[
        str | None,
        typer.Option(
            "--filter", metavar="FILTERS", help='What hits must be like: "lex:<.3 len:5..60" (docs/exploring.md).'
        ),
    ] = None,
    hybrid: Annotated[bool, typer.Option("--hybrid", help="Half by meaning, half by counting characters.")] = False,
    index: Annotated[
        bool, typer.Option("--index", help="Ask an approximate index, made the first time: for millions of sentences.")
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
    """Find the sentences of a text that mean the same as a query; put each query in quotes.

    The first time the vectors of the text are made; they are kept in the cache, and an interrupted run goes on.

    For example:
      simcse-ml search runs/ja-corpus-3f2a "a sentence to look for"
      simcse-ml search builtin:counting corpus.txt "a sentence" "another" -k 5
      simcse-ml search runs/ja-corpus-3f2a "a sentence" --filter "lex:<.2"
    """
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.search import SearchRequest
        from simcse_ml.jobs.search import search as run

        use = use_of(
            model,
            device=device,
            precision=precision,
            threads=threads,
            max_tokens=max_tokens,
            lang=lang,
            encoding=encoding,
        )
        request = SearchRequest(use, tuple(arguments), count=count, hybrid=hybrid, index=index)
        if filters is not None:
            from simcse_ml.jobs.filtered import filtered_search

            found = filtered_search(request, filters, sink)
        else:
            result = run(request, sink)
    if filters is not None:
        print_json(found.as_json()) if json else _show_filtered(found)
        return
    if json:
        print_json(result.as_json())
    else:
        _show(result)
        if result.recall is not None:
            note(f"by an index, which finds {result.recall:.1%} of the ten nearest; without --index none is missed")


def _show(result: SearchResult) -> None:
    for number, answer in enumerate(result.answers):
        if number:
            print_line()
        if len(result.answers) > 1:
            print_line(answer.query)
        for line in table([(f"{hit.score:.3f}", hit.text) for hit in answer.hits], right=(0,)):
            print_line(line)


def _show_filtered(found: FilteredResult) -> None:
    from simcse_ml.search.calibration import percentile_text

    for number, answer in enumerate(found.answers):
        if number:
            print_line()
        if len(found.answers) > 1:
            print_line(answer.query)
        rows = [
            (
                "" if hit.score is None else f"{hit.score:.3f}",
                "" if hit.pct is None else percentile_text(hit.pct, found.pairs),
                "" if hit.own is None else f"{hit.own:+.1f}",
                "<>" if hit.mutual else "",
                "" if hit.hub is None or hit.hub < HUB else f"H{hit.hub:.0f}",
                "" if hit.lex is None else f"{hit.lex:.0%}",
                f"x{hit.dup}" if hit.dup > 1 else "",
                f"#{hit.row}",
                hit.text,
            )
            for hit in answer.hits
        ]
        for line in table(rows, head=HEAD, right=(0, 1, 2, 5, 7)):
            print_line(line)
        if not answer.hits:
            nearest = "" if answer.closest is None else f"; without them the nearest has {answer.closest:.3f}"
            note(f"no sentence passes the filters{nearest}")
        if not answer.complete:
            note(f"the {answer.looked_at:,} best sentences were looked at for the filters; more may pass")
