"""`simcse-ml eval --pairs`: pairs that a model orders unlike people, as lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from simcse_ml.cli.render import print_json, print_line, table
from simcse_ml.display import safe

if TYPE_CHECKING:
    from simcse_ml.evaluation.judged import JudgedSet
    from simcse_ml.events import Sink
    from simcse_ml.jobs.using import Use

HEAD = ("gold", "people %", "model %", "gap", "lex", "pair")


def show_pairs(
    use: Use,
    sts: tuple[Path, ...],
    corpus: str | None,
    count: int,
    side: str,
    sink: Sink,
    *,
    json: bool,
) -> None:
    """Look and print."""
    from simcse_ml.evaluation.judged import SIDES
    from simcse_ml.jobs.pair_by_pair import JudgeRequest, judge_pairs

    asked = next((one for one in SIDES if one == side), None)
    if asked is None:
        raise typer.BadParameter(f"{side} is none of {', '.join(SIDES)}", param_hint="--side")
    found = judge_pairs(JudgeRequest(use, sts, corpus, count, asked), sink)
    if json:
        print_json({"sets": [one.as_json() for one in found]})
        return
    for one in found:
        _show(one)


def _show(one: JudgedSet) -> None:
    print_line()
    print_line(f"{safe(one.name)}, {one.pairs:,} pairs; % of them are less alike, by people and by the model")
    print_line()
    rows = []
    for pair in one.worst:
        numbers = (f"{pair.gold:g}", f"{pair.gold_pct:.0f}", f"{pair.model_pct:.0f}", f"{pair.gap:+.0f}")
        rows += [(*numbers, f"{pair.lex:.0%}", pair.left), ("",) * 5 + (pair.right,)]
    for line in table(rows, head=HEAD, right=(0, 1, 2, 3, 4)):
        print_line(line)
