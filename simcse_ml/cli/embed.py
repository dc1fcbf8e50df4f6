"""`simcse-ml embed`."""

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
    OutOption,
    PrecisionOption,
    QuietOption,
    ThreadsOption,
)
from simcse_ml.cli.render import note, print_json, print_line, progress_sink
from simcse_ml.cli.using import use_of
from simcse_ml.errors import ExitCode, UserError

if TYPE_CHECKING:
    from simcse_ml.jobs.mapped import MapResult
    from simcse_ml.jobs.vector_file import Kind


def embed(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A run, a model folder, or a Hub id.")],
    input: Annotated[
        str, typer.Argument(metavar="INPUT", help='A file of lines, "-", prepared text, or a run for its own text.')
    ],
    *,
    out: OutOption = None,
    dtype: Annotated[
        str | None, typer.Option("--dtype", metavar="KIND", help="float32 or float16: the numbers in the file.")
    ] = None,
    map: Annotated[
        bool, typer.Option("--map", help="Two numbers a line instead: its place on the text's map (PCA).")
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
    """Sentences to vectors: a vector a line, in order, to a .npy file, or as JSON lines where none is named.

    A run that was interrupted goes on where it was when the same command is given again.

    For example:
      simcse-ml embed runs/ja-corpus-3f2a sentences.txt --out vectors.npy
      head -3 sentences.txt | simcse-ml embed runs/ja-corpus-3f2a -
    """
    with progress_sink(quiet=quiet, json=json or out is None) as sink:
        from simcse_ml.jobs.embed import EmbedRequest, stream
        from simcse_ml.jobs.embed import embed as run

        kind = _kind(dtype, out)
        use = use_of(
            model,
            device=device,
            precision=precision,
            threads=threads,
            max_tokens=max_tokens,
            lang=lang,
            encoding=encoding,
        )
        if map:
            from simcse_ml.jobs.mapped import map_text

            print_map(map_text(use, input, out, sink), json=json)
            return
        if out is None:
            for texts, vectors in stream(EmbedRequest(use, input), sink):
                for text, vector in zip(texts, vectors.tolist(), strict=True):
                    print_json({"text": text, "vector": vector})
            return
        result = run(EmbedRequest(use, input, out, kind), sink)
    if json:
        print_json({"model": result.model, "rows": result.rows, "dim": result.dim, "out": result.out})
    else:
        print_line(f"{result.rows:,} vectors of {result.dim} numbers in {result.out}")


def print_map(found: MapResult, *, json: bool) -> None:
    """Where it was written, or, without a file, a JSON line a sentence."""
    said = f"the map keeps {found.kept:.0%} of the variance; distances on it mislead, search finds neighbours"
    if found.out is not None:
        told = {"model": found.model, "rows": found.rows, "kept": found.kept, "out": found.out}
        print_json(told) if json else print_line(f"{found.rows:,} points in {found.out}; {said}")
        return
    for text, (x, y) in found.points():
        print_json({"text": text, "x": x, "y": y})
    note(said)


def _kind(asked: str | None, out: Path | None) -> Kind:
    if asked is None or asked == "float32":
        return "float32"
    if asked != "float16":
        raise UserError(
            "no such kind of number", where=f"--dtype {asked}", mend="float32 or float16", exit_code=ExitCode.USAGE
        )
    if out is None:
        raise UserError(
            "JSON lines have no dtype", where="--dtype", mend="name a file: --out x.npy", exit_code=ExitCode.USAGE
        )
    return "float16"
