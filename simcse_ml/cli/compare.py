"""`simcse-ml compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.options import DeviceOption, EncodingOption, JsonOption, LangOption, QuietOption, ThreadsOption
from simcse_ml.cli.render import note, print_json, print_line, progress_sink, table
from simcse_ml.cli.using import use_of

if TYPE_CHECKING:
    from simcse_ml.jobs.compare import CompareResult, Movers

MOST = 20
"""movers that are printed; --json has all"""


def compare(
    left: Annotated[str, typer.Argument(metavar="A", help="A run, a model folder, a Hub id, or builtin:counting.")],
    right: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="What both search in; a run may go without.")
    ] = None,
    *,
    query: Annotated[str | None, typer.Option("--query", metavar="TEXT", help="A text, or #row, to search by.")] = None,
    movers: Annotated[
        bool, typer.Option("--movers", help="Overlap over 1,000 queries; those that moved most.")
    ] = False,
    seed: Annotated[
        str | None, typer.Option("--seed-run", metavar="RUN", help="A model like A of another seed: the noise.")
    ] = None,
    count: Annotated[int, typer.Option("--count", "-k", min=1, metavar="N", help="Sentences of each.")] = 10,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of a window: for screen readers.")] = False,
    ascii: Annotated[bool, typer.Option("--ascii", help="No signs beyond ASCII of our own, in the window.")] = False,
    theme: Annotated[str | None, typer.Option("--theme", metavar="NAME", help="Colours of the window.")] = None,
    lang: LangOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    encoding: EncodingOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Two models on one text: where their nearest sentences differ, and whether by more than two seeds do.

    Without --query, --movers or --json it opens a window, where there is a terminal.

    For example:
      simcse-ml compare runs/ja-2 runs/ja-3
      simcse-ml compare runs/ja-2 runs/ja-3 --query "a sentence to look for"
      simcse-ml compare runs/ja-2 builtin:counting --movers --seed-run runs/ja-2b
    """
    if query is None and not movers and not json:
        from simcse_ml.cli.opening import open_compare

        raise typer.Exit(open_compare(left=left, right=right, text=text, plain=plain, ascii=ascii, theme=theme))
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.compare import CompareRequest
        from simcse_ml.jobs.compare import compare as run

        uses = [
            use_of(name, device=device, threads=threads, lang=lang, encoding=encoding) if name is not None else None
            for name in (left, right, seed)
        ]
        assert uses[0] is not None
        assert uses[1] is not None
        request = CompareRequest(uses[0], uses[1], text, query, movers or query is None, uses[2], count)
        result = run(request, sink)
    if json:
        print_json(result.as_json())
    else:
        _show(result)


def _show(result: CompareResult) -> None:
    if result.rows is not None:
        head = ("A", "B", "move", "pctA", "pctB", "row", "text")
        rows = [
            (str(one.left_rank), str(one.right_rank), one.move, one.left_pct, one.right_pct, f"#{one.row}", one.text)
            for one in result.rows
        ]
        for line in table(rows, head=head, right=(0, 1, 3, 4, 5)):
            print_line(line)
    if result.movers is not None:
        _show_movers(result.movers)


def _show_movers(found: Movers) -> None:
    shares = [f"overlap@10 {found.overlap.mean:.2f} ({found.overlap.low:.2f}-{found.overlap.high:.2f})"]
    if found.noise is not None:
        shares.append(f"two seeds {found.noise.mean:.2f} ({found.noise.low:.2f}-{found.noise.high:.2f})")
    print_line(f"{', '.join(shares)}, over {found.queries:,} queries: {found.verdict}")
    rows = [(f"{one.overlap:.1f}", f"#{one.row}", one.text) for one in found.movers[:MOST]]
    for line in table(rows, head=("overlap", "row", "text"), right=(0, 1)):
        print_line(line)
    if len(found.movers) > MOST:
        note(f"{len(found.movers) - MOST:,} more: --json")
