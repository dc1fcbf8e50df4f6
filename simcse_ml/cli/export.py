"""`simcse-ml export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simcse_ml.cli.options import JsonOption, QuietOption
from simcse_ml.cli.render import print_json, print_line, progress_sink, size
from simcse_ml.cli.using import use_of


def export(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A run, a model folder, or a Hub id.")],
    *,
    to: Annotated[str, typer.Option("--to", metavar="KIND", help="onnx, int8, trimmed, model2vec, torch-truncated.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="A new folder.")],
    dim: Annotated[
        int | None, typer.Option("--dim", min=1, metavar="N", help="Numbers of a vector, for torch-truncated.")
    ] = None,
    corpus: Annotated[
        str | None, typer.Option("--corpus", metavar="TEXT", help="The text for trimmed; default: that of the run.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """A model for other runtimes; what it gives is compared with the model itself before it is called done.

    onnx, int8: one graph for onnxruntime (pip install "simcse-ml[export]"). trimmed: the same model without pieces of
    words that the text never uses; vectors of the text stay as they are. model2vec: a static model's vectors in that
    library's layout. torch-truncated: the first N numbers of each vector, for models trained with matryoshka.

    For example:
      simcse-ml export runs/ja-corpus-3f2a --to onnx --out ja-onnx
      simcse-ml export runs/ja-corpus-3f2a --to trimmed --out ja-small
      simcse-ml export runs/ja-corpus-3f2a --to torch-truncated --dim 128 --out ja-128
    """
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.export import ExportRequest
        from simcse_ml.jobs.export import export as run

        use = use_of(model, device="cpu", precision="fp32", threads=None, max_tokens=None, lang=None, encoding=None)
        result = run(ExportRequest(use, to, out, dim, corpus), sink)
    if json:
        print_json(result.as_json())
        return
    print_line(f"{result.kind} in {result.folder}: vectors of {result.dim} numbers")
    if result.pieces is not None:
        from simcse_ml.jobs.cache import bytes_in

        pieces = result.pieces
        print_line(f"pieces: {pieces.after:,} of {pieces.before:,} ({size(bytes_in(result.folder))} on disk)")
        print_line(
            f"of more such text about {100 * pieces.unseen:.2f} % of the pieces are gone, and cut into smaller ones"
        )
    if result.difference is not None:
        print_line(f"largest difference of any number: {result.difference:.1e}")
    if result.cosine is not None:
        print_line(f"cosine with the model's own vectors: {result.cosine[0]:.4f} at least, {result.cosine[1]:.4f} mean")
    for name, (before, after) in result.scores.items():
        print_line(f"{name}, Spearman x 100: {before:.1f} before, {after:.1f} now")
