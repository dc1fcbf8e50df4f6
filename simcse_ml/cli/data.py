"""`simcse-ml data`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.options import ColumnOption, JsonOption, QuietOption
from simcse_ml.cli.render import clip, print_json, print_line, progress_sink, size, table

if TYPE_CHECKING:
    from simcse_ml.text.labelled.recognise import Described

CELL = 36
LINE = 100
NAMES = {
    "text": "text",
    "sts": "scored pairs (STS)",
    "nli": "labelled pairs (NLI)",
    "triplets": "triplets (for --nli)",
    "pairs": "pairs",
    "translations": "sentences in two languages",
    "retrieval": "questions and documents (for --retrieval)",
}
UNITS = {"text": "lines", "retrieval": "questions"}


def data(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, folders, hf:OWNER/NAME.")],
    column: ColumnOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What a file or folder is read as: text, scored pairs, labelled pairs; with columns, counts and first rows.

    For example:
      simcse-ml data corpus.txt pairs.tsv
      simcse-ml data letters/ --json
    """
    with progress_sink(quiet=True, json=json) as sink:
        from simcse_ml.jobs.data import DataRequest
        from simcse_ml.jobs.data import data as run

        result = run(DataRequest(tuple(paths), column), sink)
    if json:
        print_json({"files": [asdict(file) for file in result.files]})
        return
    for number, file in enumerate(result.files):
        if number:
            print_line()
        _show(file)


def _show(file: Described) -> None:
    """One file: a line of what it is, one of its labels or scale, its first rows."""
    if file.kind == "unreadable":
        print_line(f"{file.path}: not used ({file.problem})")
        return
    from simcse_ml.text.encodings.names import encoding_line

    encoding = f", {encoding_line(file.encoding, file.certainty)}" if file.encoding else ""
    counted = f"{file.rows:,} {UNITS.get(file.kind, 'rows')}"
    print_line(f"{file.path}: {NAMES[file.kind]}; {file.format}{encoding}, {size(file.bytes)}, {counted}")
    if file.scale is not None:
        print_line(f"  scores from {file.scale[0]:g} to {file.scale[1]:g}")
    if file.labels:
        print_line("  labels: " + ", ".join(f"{label} {count:,}" for label, count in file.labels.items()))
    for warning in file.warnings:
        print_line(f"  {warning}")
    if file.kind == "text" and file.columns != ("text",):
        print_line("  columns: " + clip(", ".join(file.columns), LINE))
    head = file.columns if file.kind != "text" else ()
    for line in table([[clip(cell, CELL) for cell in row] for row in file.first], head=head):
        print_line(f"  {line}")
