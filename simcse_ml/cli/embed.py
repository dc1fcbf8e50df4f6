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
    from simcse_ml.jobs.packed import Packed, PackedKind
    from simcse_ml.jobs.vector_file import Kind


def embed(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A run, a model folder, or a Hub id.")],
    input: Annotated[
        str, typer.Argument(metavar="INPUT", help='A file of lines, "-", prepared text, or a run for its own text.')
    ],
    *,
    out: OutOption = None,
    dtype: Annotated[
        str | None,
        typer.Option("--dtype", metavar="KIND", help="float32, float16, int8 or binary: the numbers in the file."),
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
        told = {"model": result.model, "rows": result.rows, "dim": result.dim, "out": result.out}
        print_json(told | (result.packed.__dict__ if result.packed else {}))
    else:
        print_line(f"{result.rows:,} vectors of {result.dim} numbers in {result.out}")
        if result.packed:
            print_line(_cost(result.packed))


def _cost(packed: Packed) -> str:
    if packed.kept is None:
        return f"too few lines to measure what it costs; how to use them: {packed.facts}"
    among = f"among {packed.among:,} of the lines"
    return f"{packed.kept:.1%} of the ten nearest neighbours are the same, {among}; how to use them: {packed.facts}"


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


def _kind(asked: str | None, out: Path | None) -> Kind | PackedKind:
    match asked:
        case None | "float32":
            return "float32"
        case "float16" | "int8" | "binary" as kind if out is not None:
            return kind
        case "float16" | "int8" | "binary":
            raise _usage("JSON lines have no dtype", "--dtype", "name a file: --out x.npy")
        case _:
            raise _usage("no such kind of number", f"--dtype {asked}", "float32, float16, int8 or binary")


def _usage(what: str, where: str, mend: str) -> UserError:
    return UserError(what, where=where, mend=mend, exit_code=ExitCode.USAGE)
